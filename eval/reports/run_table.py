"""A run as a plain table: one block per layer, then the cases that fell short."""

from __future__ import annotations

import textwrap
from itertools import groupby

from eval.running.figures import Figure
from eval.running.results import Result, Run
from eval.thresholds import Verdict

_SHOWN_FAILURES = 30
_HEADER = f"  {'metric':<22}{'n':>4}{'value':>9}{'95 % interval':>18}{'threshold':>11}"


def table(run: Run, verdict: Verdict) -> str:
    """Return the report of ``run``: figures by layer, thresholds, failing cases, verdict."""
    answerers = sorted({r.answer.answerer for r in run.results if r.answer is not None})
    lines = [
        f"Suite {run.suite.name}: {run.suite.cases} cases, {run.corpus.documents} documents, "
        f"answerer {', '.join(answerers) or 'none'}",
        f"cases {run.suite.sha256[:12]}  corpus {run.corpus.fingerprint[:12]}  code {run.code}",
        "",
        _HEADER,
    ]
    failed = {failure.metric for failure in verdict.failures}
    measured = [figure for figure in run.all_figures if figure.n]
    for layer, figures in groupby(measured, key=lambda figure: figure.layer):
        lines.append(layer)
        lines.extend(_row(f, verdict.thresholds.minimum.get(f.metric), failed) for f in figures)
    absent = [figure.metric for figure in run.all_figures if not figure.n]
    if absent:
        lines += ["", *textwrap.wrap(f"Not measured: {', '.join(absent)}.", 96)]
    lines += ["", "Intervals: Wilson score for shares, percentile bootstrap for the rest."]
    lines += _failing_cases(run)
    lines += ["", _conclusion(verdict)]
    return "\n".join(lines)


def _row(figure: Figure, minimum: float | None, failed: set[str]) -> str:
    assert figure.mean is not None
    assert figure.low is not None
    assert figure.high is not None
    if figure.unit == "seconds":
        value, interval = f"{figure.mean:.2f} s", f"{figure.low:.2f}–{figure.high:.2f} s"
        verdict = ""
    else:
        value, interval = f"{figure.mean:.3f}", f"{figure.low:.3f}–{figure.high:.3f}"
        verdict = "" if minimum is None else "FAIL" if figure.metric in failed else "pass"
    least = "" if minimum is None else f"{minimum:.2f}"
    row = f"  {figure.metric:<22}{figure.n:>4}{value:>9}{interval:>18}{least:>11}  {verdict}"
    return row.rstrip()


def _failing_cases(run: Run) -> list[str]:
    shares = {one.metric for one in run.metrics if one.unit == "share"}
    lines = [line for result in run.results for line in _shortfalls(result, shares)]
    if not lines:
        return ["", "No case fell short."]
    hidden = len(lines) - _SHOWN_FAILURES
    more = [f"  … and {hidden} more, in the run file"] if hidden > 0 else []
    return ["", "Where cases fell short", *lines[:_SHOWN_FAILURES], *more]


def _shortfalls(result: Result, shares: set[str]) -> list[str]:
    if result.error is not None:
        return [f"  {result.case.id}  {result.error.code}: {result.error.message}"]
    low = [s for s in result.scores if s.metric in shares and s.value is not None and s.value < 1]
    if not low:
        return []
    parts = (
        f"{one.metric} {one.value:.2f}" + (f" ({one.reason})" if one.reason else "") for one in low
    )
    return [f"  {result.case.id}  {'; '.join(parts)}"]


def _conclusion(verdict: Verdict) -> str:
    if verdict.passed:
        return "PASSED"
    return "FAILED: " + "; ".join(str(failure) for failure in verdict.failures)
