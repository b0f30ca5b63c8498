from __future__ import annotations

from datetime import UTC, datetime

import pytest
from eval_answers import answer, case, citation, observe, unanswerable
from pydantic import ValidationError

from eval.report import table
from eval.run import CorpusIdentity, Fault, Result, Run, SuiteIdentity
from eval.scorers import SCORERS
from eval.statistics import figures
from eval.thresholds import Thresholds, judge

FERRY = citation("ferry.txt", "The ferry carries 1,200 people.")
GOOD = observe(case(), answer(["It carries 1,200 people."], [FERRY]), retrieved=("d-ferry",))
SILENT = observe(case(id="silent"), answer([], []), retrieved=("d-ferry",))
DUE = observe(unanswerable(id="due"), answer([], []))
EASY = Thresholds(minimum={"fact_recall": 0.5, "abstention_precision": 0.5})


def result(of: object) -> Result:
    if isinstance(of, str):
        scores = tuple(scorer.unscored("no answer") for scorer in SCORERS)
        fault = Fault(code="model_timeout", message=of)
        return Result(
            case=case(id="broken"),
            answer=None,
            error=fault,
            refused=None,
            retrieved=(),
            scores=scores,
        )
    return Result(
        case=of.case,  # type: ignore[attr-defined]
        answer=of.answer,  # type: ignore[attr-defined]
        error=None,
        refused=of.refused,  # type: ignore[attr-defined]
        retrieved=of.retrieved,  # type: ignore[attr-defined]
        scores=tuple(scorer.score(of) for scorer in SCORERS),  # type: ignore[arg-type]
    )


def run_of(*observations: object) -> Run:
    results = tuple(result(of) for of in observations)
    refusals = [(r.refused, not r.case.answerable) for r in results if r.refused is not None]
    return Run(
        suite=SuiteIdentity(name="hand-made", sha256="ab" * 32, cases=len(results)),
        corpus=CorpusIdentity(fingerprint="cd" * 32, documents=2),
        settings={},
        code="0.0.0+0",
        started_at=datetime(2025, 1, 1, tzinfo=UTC),
        finished_at=datetime(2025, 1, 1, tzinfo=UTC),
        results=results,
        figures=figures([{s.metric: s.value for s in r.scores} for r in results], refusals),
    )


def test_means_at_or_above_their_thresholds_pass() -> None:
    verdict = judge(run_of(GOOD, SILENT, DUE), EASY)
    assert verdict.passed
    assert verdict.failures == ()


def test_a_mean_below_its_threshold_fails_and_is_named() -> None:
    verdict = judge(run_of(GOOD, SILENT, DUE), Thresholds(minimum={"fact_recall": 0.9}))
    assert not verdict.passed
    assert [str(failure) for failure in verdict.failures] == ["fact_recall 0.500 is below 0.90"]


def test_a_case_without_an_answer_fails_the_run() -> None:
    verdict = judge(run_of(GOOD, "it took too long"), EASY)
    assert not verdict.passed
    assert [str(failure) for failure in verdict.failures] == ["1 case got no answer"]


def test_what_the_suite_does_not_measure_neither_passes_nor_fails() -> None:
    run = run_of(GOOD)
    assert judge(run, Thresholds(minimum={"abstention_recall": 1.0})).passed
    report = table(run, judge(run, EASY))
    row = next(line for line in report.splitlines() if "abstention_recall" in line)
    assert "not measured" in row
    assert "pass" not in row


@pytest.mark.parametrize("minimum", [{"accuracy": 0.5}, {"latency": 0.5}, {"fact_recall": 80}])
def test_thresholds_for_what_cannot_have_one_are_refused(minimum: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Thresholds(minimum=minimum)


def test_the_table_keeps_layers_apart_and_names_what_fell_short() -> None:
    run = run_of(GOOD, SILENT, DUE, "it took too long")
    lines = table(run, judge(run, EASY)).splitlines()
    layers = ["retrieval", "answer", "citation", "abstention", "speed"]
    assert [line for line in lines if line in layers] == layers
    answer_row = lines[lines.index("answer") + 1].split()
    assert answer_row == ["fact_recall", "2", "0.500", "0.095–0.905", "0.50", "pass"]
    assert any(line.split()[:2] == ["latency", "3"] for line in lines)
    short = lines[lines.index("Where cases fell short") + 1 :]
    assert short[0].startswith("  silent  fact_recall 0.00 (missing: 1,200); right_document 0.00")
    assert short[1] == "  broken  model_timeout: it took too long"
    assert lines[-1] == "FAILED: 1 case got no answer"


def test_the_table_marks_the_metric_that_failed() -> None:
    run = run_of(GOOD, SILENT, DUE)
    lines = table(run, judge(run, Thresholds(minimum={"fact_recall": 0.9}))).splitlines()
    assert next(line for line in lines if "fact_recall  " in line).endswith("0.90  FAIL")


def test_a_perfect_run_says_so() -> None:
    run = run_of(GOOD, DUE)
    report = table(run, judge(run, EASY))
    assert "No case fell short." in report
    assert report.splitlines()[-1] == "PASSED"


def test_a_long_list_of_failures_is_cut() -> None:
    run = run_of(*[SILENT] * 35)
    report = table(run, judge(run, EASY))
    assert report.count("  silent  ") == 30
    assert "… and 5 more" in report
