from __future__ import annotations

from eval_answers import answer, case, citation, observe, unanswerable

from eval.cases import Case
from eval.scorers import SCORERS, Score
from qa.models import Answer

FERRY = citation("ferry.txt", "The ferry carries 1,200 people.")
CANAL = citation("canal.txt", "It was dug by hand.", number=2)
ANSWERED = answer(["The ferry carries 1,200 people."], [FERRY])
REFUSED = answer([], [])


def scored(
    of: Case, given: Answer, *, retrieved: tuple[str, ...] = ()
) -> dict[str, tuple[float | None, str | None]]:
    observation = observe(of, given, retrieved=retrieved)
    return {s.metric: (s.value, s.reason) for s in (x.score(observation) for x in SCORERS)}


def test_a_good_answer_scores_full_everywhere() -> None:
    quotes = [{"documents": ["ferry.txt"], "text": "carries 1,200"}]
    scores = scored(case(quotes=quotes), ANSWERED, retrieved=("d-canal", "d-ferry"))
    assert scores.pop("latency") == (0.25, None)
    assert scores == dict.fromkeys(scores, (1.0, None))
    assert {scorer.layer for scorer in SCORERS} == {
        "retrieval",
        "answer",
        "citation",
        "abstention",
        "speed",
    }


def test_what_does_not_apply_has_no_score_and_a_reason() -> None:
    scores = scored(unanswerable(), REFUSED)
    assert scores["abstention"] == (1.0, None)
    for metric in (
        "retrieval_recall",
        "fact_recall",
        "citation_validity",
        "right_document",
        "right_words",
    ):
        value, reason = scores[metric]
        assert value is None
        assert reason


def test_retrieval_recall_counts_requirements_and_not_files() -> None:
    both = case(documents={"all_of": ["ferry.txt", "canal.txt"]})
    either = case(documents={"any_of": ["ferry.txt", "canal.txt"]})
    found = scored(both, ANSWERED, retrieved=("d-canal",))["retrieval_recall"]
    assert found == (0.5, "not found: ferry.txt")
    assert scored(either, ANSWERED, retrieved=("d-canal",))["retrieval_recall"] == (1.0, None)
    none = scored(either, ANSWERED, retrieved=("d-x",))["retrieval_recall"]
    assert none == (0.0, "not found: canal.txt or ferry.txt")


def test_facts_are_found_in_any_accepted_wording() -> None:
    of = case(expected=[["1,200", "dozen hundred"], ["dug by hand"], ["at noon"]])
    given = answer(["It holds one thousand two hundred people.", "It SAILS at  noon."], [FERRY])
    assert scored(of, given)["fact_recall"] == (1 - 1 / 3, "missing: dug by hand")


def test_a_refusal_states_no_fact_though_its_text_names_figures() -> None:
    assert "1,200" in REFUSED.text
    assert scored(case(), REFUSED)["fact_recall"] == (0.0, "missing: 1,200")
    assert scored(case(), REFUSED)["abstention"] == (0.0, "refused")


def test_markers_of_citations_are_no_facts() -> None:
    assert scored(case(expected=[["1"]]), ANSWERED)["fact_recall"][0] == 0.0


def test_a_quotation_that_is_not_at_its_place_is_invalid() -> None:
    moved = citation("ferry.txt", "It sails at noon.", shift=1)
    value, reason = scored(case(), answer(["x"], [FERRY, moved]))["citation_validity"]
    assert value == 0.0
    assert reason == "[1] is not what ferry.txt says there"


def test_an_empty_quotation_is_invalid() -> None:
    empty = FERRY.model_copy(update={"quote": "", "end": FERRY.start})
    assert scored(case(), answer(["x"], [empty]))["citation_validity"][0] == 0.0


def test_a_citation_of_an_unknown_version_is_invalid() -> None:
    other = FERRY.model_copy(update={"version": 2})
    value, reason = scored(case(), answer(["x"], [other]))["citation_validity"]
    assert value == 0.0
    assert "not in the record" in str(reason)


def test_the_right_document_has_to_be_cited() -> None:
    assert scored(case(), answer(["x"], [CANAL]))["right_document"] == (
        0.0,
        "not cited: ferry.txt",
    )
    both = case(documents={"all_of": ["ferry.txt"], "any_of": ["canal.txt"]})
    assert scored(both, ANSWERED)["right_document"][0] == 0.5
    assert scored(both, answer(["x"], [FERRY, CANAL]))["right_document"][0] == 1.0


def test_the_right_words_have_to_be_cited_in_the_right_document() -> None:
    words = {"documents": ["ferry.txt"], "text": "carries 1,200 people. It sails"}
    elsewhere = {"documents": ["canal.txt"], "text": "1,200 people"}
    longer = citation("ferry.txt", "1,200 people.\nIt sails")
    assert scored(case(quotes=[words]), answer(["x"], [longer]))["right_words"] == (1.0, None)
    value, reason = scored(case(quotes=[words, elsewhere]), answer(["x"], [longer]))["right_words"]
    assert value == 0.5
    assert "1,200 people" in str(reason)


def test_an_answer_to_what_the_documents_do_not_say_is_wrong() -> None:
    value, reason = scored(unanswerable(), ANSWERED)["abstention"]
    assert value == 0.0
    assert reason == "answered what the documents do not say"


def test_citing_only_that_it_is_undisclosed_counts_as_a_refusal() -> None:
    open_ = citation("ferry.txt", "Its captain is not named.")
    quotes = [{"documents": ["ferry.txt"], "text": "Its captain is not named."}]
    of = unanswerable(question="Who is the captain?", quotes=quotes)
    assert scored(of, answer(["Its captain is not named."], [open_]))["abstention"][0] == 1.0
    assert scored(of, answer(["…"], [open_, FERRY]))["abstention"][0] == 0.0
    assert scored(of, answer(["The captain is Ada."], []))["abstention"][0] == 0.0
    assert scored(unanswerable(), answer(["…"], [open_]))["abstention"][0] == 0.0


def test_an_incomplete_answer_is_no_refusal() -> None:
    half = answer(["It sails at noon."], [FERRY], status="incomplete")
    assert scored(case(), half)["abstention"][0] == 1.0
    assert scored(unanswerable(), half)["abstention"][0] == 0.0


def test_unscored_is_not_zero() -> None:
    score = SCORERS[0].unscored("no answer: it broke")
    assert score == Score(metric="retrieval_recall", value=None, reason="no answer: it broke")
