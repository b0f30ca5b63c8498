"""Flips and what their answers claim otherwise, seen through compare()."""

from __future__ import annotations

from datetime import date

import pytest
from eval_answers import answer, case, observe
from made_pairs import good, missed, told, wrong
from made_runs import run_of

from eval.comparing.compare import compare
from eval.comparing.comparison import ClaimChange, Flip
from eval.comparing.policy import default_policy
from qa.models import Answer, Citation, Note, Statement

GAZETTE, HERALD = "Harbour Gazette", "Coast Herald"


def cited(number: int, outlet: str, start: int = 0, end: int = 40) -> Citation:
    return Citation(
        number=number,
        document_id=f"d-{outlet.split(maxsplit=1)[0].lower()}",
        version=1,
        outlet=outlet,
        published_at=date(2025, 1, 17),
        quote="Words of the document " * 20,
        start=start,
        end=end,
    )


def of(*sentences: tuple[str, Citation | None]) -> Answer:
    """Return an answer of sentences, each with its citation."""
    given = answer([text for text, _ in sentences], [one for _, one in sentences if one])
    statements = tuple(
        statement.model_copy(update={"citations": (one.number,) if one else ()})
        for statement, (_, one) in zip(given.statements, sentences, strict=True)
    )
    return given.model_copy(update={"statements": statements})


def flip_of(before: Answer, after: Answer) -> Flip:
    """Return the flip of a case: what the search found makes it one, whatever the answers say."""
    asked = case(expected=[["nothing that either says"]])
    (flip,) = compare(
        run_of(observe(asked, before, retrieved=("d-ferry",))),
        run_of(observe(asked, after, retrieved=("d-canal",))),
        default_policy(),
    ).flips
    return flip


def claims(before: Answer, after: Answer) -> tuple[ClaimChange, ...]:
    return flip_of(before, after).claims


class TestFlips:
    def test_a_flip_has_both_answers_with_their_evidence(self) -> None:
        found = compare(
            run_of(good(1), good(2), name="old"), run_of(wrong(1), good(2)), default_policy()
        )
        (flip,) = found.flips
        assert (flip.case, flip.direction) == ("c01", "worse")
        assert flip.question == "How many people fit on the ferry?"
        (metric,) = (m for m in flip.metrics if m.metric == "fact_recall")
        assert (metric.baseline, metric.candidate) == (1, 0)
        assert (metric.baseline_reason, metric.candidate_reason) == (None, "missing: 1,200")
        assert [s.text for s in flip.before.statements] == ["The ferry carries 1,200 people."]
        assert [q.quote for q in flip.after.quotations] == ["It sails at noon"]
        assert flip.before.found == ("d-ferry", "d-canal")
        assert {s.metric: s.value for s in flip.after.scores}["right_document"] == 1

    def test_worse_ones_come_first_and_gains_are_there_too(self) -> None:
        found = compare(
            run_of(wrong(1), good(2), good(3)), run_of(good(1), wrong(2), good(3)), default_policy()
        )
        assert [(f.case, f.direction) for f in found.flips] == [("c02", "worse"), ("c01", "better")]

    def test_what_is_short_of_full_in_both_is_no_flip(self) -> None:
        found = compare(run_of(wrong(1)), run_of(missed(1)), default_policy())
        assert "fact_recall" not in {m.metric for m in found.flips[0].metrics}

    def test_long_quotations_are_shortened_and_name_outlet_and_day(self) -> None:
        flip = flip_of(of(("It sails.", cited(1, GAZETTE))), of(("It stays.", cited(1, HERALD))))
        (quotation,) = flip.before.quotations
        assert quotation.source == "Harbour Gazette, 2025-01-17"
        assert len(quotation.quote) <= 302
        assert quotation.quote.endswith("…")


class TestClaims:
    def test_equal_claims_are_no_change_whatever_their_order(self) -> None:
        one = ("The ferry sank off Ombray on 3 May.", cited(1, GAZETTE))
        other = ("Divers found its bell in the mud.", cited(2, GAZETTE, 50, 90))
        assert claims(of(one, other), of(other, one)) == ()

    def test_another_figure_is_a_changed_value(self) -> None:
        (change,) = claims(
            of(("The army lost 11,000 soldiers in Kursk.", cited(1, GAZETTE))),
            of(("In Kursk the army lost 10,000 soldiers.", cited(1, HERALD))),
        )
        assert (change.kind, change.what) == ("changed", "11,000 -> 10,000")
        assert change.before_sources == ("Harbour Gazette, 2025-01-17",)
        assert change.after_sources == ("Coast Herald, 2025-01-17",)

    @pytest.mark.parametrize(
        ("was", "now", "what"),
        [
            (
                "The bridge opened on 3 May 2024.",
                "The bridge opened on 5 May 2024.",
                "3 May 2024 -> 5 May 2024",
            ),
            (
                "The treaty was signed by Greta Olsen in the capital.",
                "The treaty was signed by Marta Hansen in the capital.",
                "Greta Olsen -> Marta Hansen",
            ),
            (
                "The fire killed 7 people and 20 horses.",
                "The fire killed 7 people and horses.",
                "20 left out",
            ),
            (
                "The minister confirmed the sale of the harbour.",
                "The minister did not confirm the sale of the harbour.",
                "denied now",
            ),
        ],
    )
    def test_days_names_and_denials_are_values_too(self, was: str, now: str, what: str) -> None:
        (change,) = claims(of((was, cited(1, GAZETTE))), of((now, cited(1, GAZETTE))))
        assert (change.kind, change.what) == ("changed", what)

    def test_the_same_value_written_otherwise_is_no_change(self) -> None:
        assert (
            claims(
                of(("The army lost 11,000 soldiers in Kursk.", cited(1, GAZETTE))),
                of(("The army lost eleven thousand soldiers in Kursk.", cited(1, GAZETTE))),
            )
            == ()
        )

    def test_figures_do_not_make_two_claims_of_one(self) -> None:
        (change,) = claims(
            of(("It lost 11,000 in 2024 and 12,000 in 2025.", cited(1, GAZETTE))),
            of(("It lost 9,000 in 2022 and 8,000 in 2023.", cited(1, HERALD))),
        )
        assert change.kind == "changed"
        assert change.what.startswith("11,000 -> 9,000; 2024 -> 2022")

    def test_notes_are_no_part_of_the_claim(self) -> None:
        plain = of(("He signed the treaty with the harbour union.", cited(1, GAZETTE)))
        text = "He [on 3 May 2024] signed the treaty with the harbour union."
        noted = of((text, cited(1, GAZETTE)))
        statement = Statement.model_validate(
            noted.statements[0].model_dump() | {"notes": [Note(start=3, end=18, kind="computed")]}
        )
        assert claims(plain, noted.model_copy(update={"statements": (statement,)})) == ()

    def test_the_same_claim_from_another_document_is_re_sourced(self) -> None:
        text = "The ferry sank off Ombray on 3 May."
        (change,) = claims(of((text, cited(1, GAZETTE))), of((text, cited(1, HERALD))))
        assert change.kind == "re-sourced"
        assert change.what == "Harbour Gazette, 2025-01-17 -> Coast Herald, 2025-01-17"

    def test_the_same_claim_without_its_source_is_re_sourced(self) -> None:
        text = "The ferry sank off Ombray on 3 May."
        (change,) = claims(of((text, cited(1, GAZETTE))), of((text, None)))
        assert (change.kind, change.what) == ("re-sourced", "no source any more")

    def test_what_only_one_answer_claims_is_dropped_or_added(self) -> None:
        kept = ("The ferry sank off Ombray on 3 May.", cited(1, GAZETTE))
        gone = ("Divers found its bell in the mud.", cited(2, GAZETTE, 50, 90))
        new = ("An inquiry will open in autumn.", cited(2, HERALD))
        found = claims(of(kept, gone), of(kept, new))
        assert [(c.kind, c.before, c.after) for c in found] == [
            ("dropped", gone[0], None),
            ("added", None, new[0]),
        ]
        assert found[1].after_sources == ("Coast Herald, 2025-01-17",)

    def test_distant_words_for_the_same_cited_words_are_one_claim(self) -> None:
        found = claims(
            of(("The vessel went down with 40 aboard.", cited(1, GAZETTE))),
            of(("When the old ferry sank in the gale, 45 were aboard.", cited(1, GAZETTE))),
        )
        assert [(c.kind, c.what) for c in found] == [("changed", "40 -> 45")]

    def test_a_refusal_drops_every_claim(self) -> None:
        found = compare(run_of(good(1)), run_of(told(1)), default_policy())
        assert [c.kind for c in found.flips[0].claims] == ["dropped"]
