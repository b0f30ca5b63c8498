"""JUnit XML, the form in which continuous integration reads results.

The form has no specification; this keeps to what Jenkins, GitLab and the reporters of GitHub
Actions read in common: ``testsuites`` > ``testsuite`` > ``testcase`` with at most one of
``failure``, ``error`` and ``skipped``, then ``system-out``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree as ET

from eval.comparing.comparison import Comparison, Flip, MetricChange, SideAnswer
from eval.reports.amounts import amount, change, changes, interval
from eval.reports.shortfalls import shortfalls
from eval.running.figures import Figure
from eval.running.results import Result, Run
from eval.thresholds import Verdict
from qa.visible import one_line, visible

Outcome = Literal["passed", "failure", "error", "skipped"]


@dataclass(frozen=True, slots=True)
class _Test:
    name: str
    outcome: Outcome = "passed"
    message: str = ""
    kind: str = ""
    details: str = ""
    seconds: float = 0.0


def run_junit(run: Run, verdict: Verdict) -> str:
    """Return a run as JUnit XML.

    The suite ``gates`` has one test for each metric with a threshold: failed below it, skipped
    where nothing was measured. The suite ``cases`` has one for each asking, which errs where there
    was no answer; what else it lacks stands in its output, since thresholds judge means and not
    single cases.
    """
    minimum = verdict.thresholds.minimum
    failed = {failure.metric: str(failure) for failure in verdict.failures}
    figures = [figure for figure in run.all_figures if figure.metric in minimum]
    answers = (
        _Test("errors", "failure", failed["errors"], "errors") if run.errors else _Test("errors")
    )
    gates = [answers, *(_gate(f, minimum[f.metric], failed.get(f.metric)) for f in figures)]
    cases = [_asking(run, result) for result in run.results]
    begun = run.measured.started_at.isoformat(timespec="seconds")
    return _document(f"{run.suite.name}: {run.name}", (("gates", gates), ("cases", cases)), begun)


def comparison_junit(comparison: Comparison) -> str:
    """Return a comparison as JUnit XML.

    The suite ``gates`` has one test for each gated metric and one for lost answers: failed for a
    regression, skipped where so many cases cannot tell. The suite ``cases`` has one for each flip.
    A flip to worse has the outcome of the comparison: single flips are what the policy weighs, so
    they fail only where it says REGRESSION, and are skipped where it cannot tell.
    """
    errors = comparison.errors
    lost = _Test("errors", details=errors.why)
    if errors.verdict == "regression":
        lost = _Test("errors", "failure", errors.why, "regression", ", ".join(errors.new))
    gated = [one for one in comparison.changes if one.verdict != "not gated"]
    cases = [_flip(flip, comparison) for flip in comparison.flips]
    name = f"{comparison.candidate.name} against {comparison.baseline.name}"
    gates = [lost, *(_change(one) for one in gated)]
    return _document(name, (("gates", gates), ("cases", cases)))


def _gate(figure: Figure, minimum: float, failed: str | None) -> _Test:
    if figure.mean is None:
        return _Test(figure.metric, "skipped", "not measured by this suite")
    told = (
        f"{figure.metric} {amount(figure.mean, figure.unit)} "
        f"({interval(figure.low, figure.high, figure.unit)}) of {figure.n}, at least {minimum:.2f}"
    )
    if failed is not None:
        return _Test(figure.metric, "failure", failed, "threshold", told)
    return _Test(figure.metric, details=told)


def _asking(run: Run, result: Result) -> _Test:
    name = result.case.id if run.repeats == 1 else result.key
    clock = run.measured.cases.get(result.key)
    seconds = clock.seconds if clock else 0.0
    if result.error is not None:
        return _Test(name, "error", result.error.message, result.error.code, seconds=seconds)
    lacks = (
        f"{score.metric} {score.value:.2f} {score.reason or ''}".rstrip()
        for score in shortfalls(run, result)
    )
    return _Test(name, details="\n".join((result.case.question, *lacks)), seconds=seconds)


def _change(one: MetricChange) -> _Test:
    name = f"{one.metric} {one.slice}".strip()
    told = (
        f"{amount(one.baseline, one.unit)} -> {amount(one.candidate, one.unit)}, "
        f"difference {change(one.difference, one.unit)} "
        f"({changes(one.low, one.high, one.unit)}), {one.n} cases, "
        f"{one.improved} better, {one.worsened} worse"
    )
    if one.verdict == "regression":
        return _Test(name, "failure", one.why, "regression", told)
    if one.verdict == "inconclusive":
        return _Test(name, "skipped", f"inconclusive: {one.why}", details=told)
    return _Test(name, details=told)


def _flip(flip: Flip, comparison: Comparison) -> _Test:
    told = "; ".join(f"{m.metric} {m.baseline:.2f} -> {m.candidate:.2f}" for m in flip.metrics)
    message = f"{flip.direction}: {told or 'no answer in one run'}"
    details = "\n".join(
        (
            flip.question,
            message,
            f"baseline: {_said(flip.before)}",
            f"candidate: {_said(flip.after)}",
        )
    )
    if flip.direction == "better" or comparison.verdict == "PASS":
        return _Test(flip.case, details=details)
    if comparison.verdict == "INCONCLUSIVE":
        return _Test(flip.case, "skipped", message, details=details)
    return _Test(flip.case, "failure", message, "flip", details)


def _said(side: SideAnswer) -> str:
    return side.text if side.error is None else f"no answer: {side.error}"


def _document(
    name: str, suites: Iterable[tuple[str, Iterable[_Test]]], begun: str | None = None
) -> str:
    root = ET.Element("testsuites", name=one_line(name))
    for suite, tests in suites:
        _suite(root, suite, list(tests), begun)
    for count in ("tests", "failures", "errors", "skipped"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    root.set("time", _seconds(sum(float(suite.get("time", "0")) for suite in root)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _suite(root: ET.Element, name: str, tests: list[_Test], begun: str | None) -> None:
    counts = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    element = ET.SubElement(root, "testsuite", name=name, tests=str(len(tests)))
    for plural, outcome in counts.items():
        element.set(plural, str(sum(test.outcome == outcome for test in tests)))
    element.set("time", _seconds(sum(test.seconds for test in tests)))
    if begun is not None:
        element.set("timestamp", begun)
    for test in tests:
        case = ET.SubElement(
            element,
            "testcase",
            name=one_line(test.name),
            classname=f"dossier.eval.{name}",
            time=_seconds(test.seconds),
        )
        if test.outcome != "passed":
            told = ET.SubElement(case, test.outcome, message=one_line(test.message))
            if test.kind:
                told.set("type", one_line(test.kind))
            if test.outcome != "skipped":
                told.text = visible(test.details or test.message)
        if test.details and test.outcome in ("passed", "skipped"):
            ET.SubElement(case, "system-out").text = visible(test.details)


def _seconds(value: float) -> str:
    return f"{value:.3f}"
