"""Which layer is blamed for what, seen through compare()."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from made_pairs import BOTH, bare, good, missed, refused, silent, talkative, told, wrong
from made_runs import run_of

from eval.comparing.compare import compare
from eval.comparing.comparison import Comparison
from eval.comparing.policy import MetricPolicy, Policy, default_policy
from eval.scorers import Observation

TOLD, SILENT = range(40), range(40, 60)
FEWER = BOTH[:1]


def against(
    cases: Callable[[int], Observation] = good,
    silents: Callable[[int], Observation] = silent,
    policy: Policy | None = None,
) -> Comparison:
    """Compare a run in which all is right with one of these answers."""
    before = run_of(*map(good, TOLD), *map(silent, SILENT))
    after = run_of(*map(cases, TOLD), *map(silents, SILENT))
    return compare(before, after, policy or default_policy())


def blamed(found: Comparison) -> list[str]:
    return [blame.layer for blame in found.blames]


def among(
    numbers: Iterable[int], bad: Callable[[int], Observation]
) -> Callable[[int], Observation]:
    chosen = frozenset(numbers)
    return lambda n: bad(n) if n in chosen else good(n)


def test_nobody_is_blamed_where_nothing_changed() -> None:
    assert blamed(against()) == []


def test_a_worse_search_is_blamed_for_all_that_follows() -> None:
    def after(n: int) -> Observation:
        return wrong(n) if n == 1 else among(TOLD[::3], missed)(n)

    found = against(after)
    (blame,) = found.blames
    assert blame.layer == "retrieval"
    assert (blame.cases, blame.own, blame.inherited) == (14, 14, 0)
    assert blame.because == (
        "retrieval: retrieval_recall fell in 14 of 40 cases; "
        "answer_rate fell with it in 14 of them; "
        "fact_recall fell with it in 14 of them, and in 1 case on its own; "
        "right_document fell with it in 14 of them"
    )
    assert found.because[0] == blame.because
    assert {"answer_rate", "fact_recall"} <= {
        change.metric for change in found.changes if change.verdict == "regression"
    }


def test_other_passages_of_a_worse_search_explain_what_falls_after_it() -> None:
    """Nothing required is lost in some cases, but the answers there are wrong too."""

    def after(n: int) -> Observation:
        return missed(n) if n < 14 else wrong(n, found=FEWER) if n < 30 else good(n)

    found = against(after)
    assert blamed(found) == ["retrieval"]
    (consequence,) = (c for c in found.blames[0].consequences if c.metric == "fact_recall")
    assert (consequence.inherited, consequence.own) == (30, 0)


def test_with_the_same_passages_the_answers_are_to_blame_as_well() -> None:
    def after(n: int) -> Observation:
        return missed(n) if n < 14 else wrong(n) if n < 30 else good(n)

    found = against(after)
    assert blamed(found) == ["retrieval", "answer"]
    answer = found.blames[1]
    assert (answer.cases, answer.own, answer.inherited) == (30, 16, 14)
    assert "14 of which may follow from an earlier layer" in answer.because


def test_other_passages_alone_excuse_nobody() -> None:
    """A search that finds less of what nobody needs did not get worse."""
    found = against(among(range(14), lambda n: wrong(n, found=FEWER)))
    assert blamed(found) == ["answer"]


def test_missing_citations_are_blamed_on_the_citations_alone() -> None:
    found = against(among(TOLD[::3], bare))
    (blame,) = found.blames
    assert blame.layer == "citation"
    assert "citation_coverage" in blame.metrics
    assert blame.inherited == 0


def test_answering_the_unanswerable_is_blamed_on_abstention_alone() -> None:
    """What such an answer cites is compared with nothing: a refusal cites nothing."""
    found = against(silents=talkative)
    (blame,) = found.blames
    assert (blame.layer, blame.metrics) == ("abstention", ("abstention_recall",))
    assert blame.consequences == ()
    regressions = [c.metric for c in found.changes if c.verdict == "regression"]
    assert regressions == ["abstention_recall"]


def test_refusing_the_answerable_is_blamed_on_abstention_and_not_on_the_missing_facts() -> None:
    found = against(among(TOLD[::3], refused))
    (blame,) = found.blames
    assert (blame.layer, blame.metrics) == ("abstention", ("answer_rate",))
    assert [c.metric for c in blame.consequences] == ["fact_recall", "right_document"]


def test_a_wrong_fact_is_blamed_on_the_answer() -> None:
    assert blamed(against(among(TOLD[::3], wrong))) == ["answer"]


def test_a_few_falls_of_their_own_are_not_enough() -> None:
    """Six falls would be enough for one metric alone, but as many as are gated are looked at."""
    found = against(lambda n: missed(n) if n < 14 else wrong(n) if n < 20 else good(n))
    assert blamed(found) == ["retrieval"]


def test_where_no_layer_can_be_told_that_is_said() -> None:
    """The search got worse by a measure that nobody judges; the answers may follow from it."""
    policy = Policy(metrics={"fact_recall": MetricPolicy()})
    found = against(lambda n: missed(n) if n < 20 else good(n), policy=policy)
    assert found.verdict == "REGRESSION"
    assert found.blames == ()
    assert (
        "which layer is at fault for fact_recall cannot be told from these cases" in found.because
    )


def test_a_gain_is_blamed_on_nobody() -> None:
    before = run_of(*(missed(n) if n % 3 == 0 else good(n) for n in TOLD))
    after = run_of(*map(good, TOLD))
    found = compare(before, after, default_policy())
    assert found.verdict == "PASS"
    assert found.blames == ()


def test_repeats_are_one_case_each() -> None:
    before = run_of(*map(good, TOLD), *map(good, TOLD))
    after = run_of(*map(wrong, TOLD[:12]), *map(good, TOLD[12:]), *map(good, TOLD))
    found = compare(before, after, default_policy())
    (blame,) = found.blames
    assert (blame.layer, blame.cases, blame.n) == ("answer", 12, 40)


def test_an_answer_to_nothing_is_no_case() -> None:
    """Cases that got no answer are errors, not falls of a layer."""
    before = run_of(*map(good, TOLD))
    after = run_of(*((told(n).case, "too slow") if n < 20 else good(n) for n in TOLD))
    found = compare(before, after, default_policy())
    assert found.verdict == "REGRESSION"
    assert found.blames == ()
