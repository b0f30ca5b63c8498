from __future__ import annotations

from pathlib import Path

import pytest
from eval_answers import answer, case, citation, observe, unanswerable
from made_runs import run_of

from eval.errors import InvalidThresholds
from eval.reports.run_table import table
from eval.scorers import SCORERS
from eval.thresholds import Thresholds, judge, read

FERRY = citation("ferry.txt", "The ferry carries 1,200 people.")
GOOD = observe(case(), answer(["It carries 1,200 people."], [FERRY]), retrieved=("d-ferry",))
SILENT = observe(case(id="silent"), answer([], []), retrieved=("d-ferry",))
DUE = observe(unanswerable(id="due"), answer([], []))
EASY = Thresholds(minimum={"fact_recall": 0.5, "abstention_precision": 0.5})


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
    rows = [line for line in report.splitlines() if "abstention_recall" in line]
    assert [row.split()[:2] for row in rows] == [["Not", "measured:"]]


@pytest.mark.parametrize("minimum", [{"accuracy": 0.5}, {"latency": 0.5}])
def test_thresholds_for_what_cannot_have_one_are_refused(minimum: dict[str, float]) -> None:
    with pytest.raises(InvalidThresholds, match=r"accuracy|latency"):
        Thresholds(minimum=minimum).check(SCORERS)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("[minimum]\nfact_recall = 80", "fact_recall: 80.0 is not between 0 and 1"),
        ("[minimum]\nfact_recall = 'high'", "number"),
        ("[least]\nfact_recall = 0.8", "required"),
        ("[minimum", "Expected"),
    ],
)
def test_a_file_of_thresholds_that_does_not_fit_is_named(
    tmp_path: Path, content: str, complaint: str
) -> None:
    path = tmp_path / "least.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidThresholds, match=rf"least\.toml.*{complaint}"):
        read(path)


def test_thresholds_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "least.toml"
    path.write_text("[minimum]\nfact_recall = 0.8\n", encoding="utf-8")
    assert read(path).minimum == {"fact_recall": 0.8}


def test_the_table_keeps_layers_apart_and_names_what_fell_short() -> None:
    run = run_of(GOOD, SILENT, DUE, "it took too long")
    lines = table(run, judge(run, EASY)).splitlines()
    layers = ["retrieval", "abstention", "answer", "citation", "speed"]
    assert [line for line in lines if line in layers] == layers
    answer_row = lines[lines.index("answer") + 1].split()
    assert answer_row == ["fact_recall", "2", "0.500", "0.095–0.905", "0.50", "pass"]
    assert any(line.split()[:2] == ["latency", "3"] for line in lines)
    short = lines[lines.index("Where cases fell short") + 1 :]
    assert short[0].startswith(
        "  silent  abstention 0.00 (refused); answer_rate 0.00 (refused); fact_recall 0.00"
    )
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
