"""A run as a plain table: one block per layer, then the cases that fell short."""

from __future__ import annotations

from itertools import groupby

from eval.run import Result, Run
from eval.statistics import Figure
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
    for layer, figures in groupby(run.figures, key=lambda figure: figure.layer):
        lines.append(layer)
        lines.extend(_row(f, verdict.thresholds.minimum.get(f.metric), failed) for f in figures)
    lines += ["", "Intervals: Wilson score for shares, percentile bootstrap for seconds."]
    lines += _failing_cases(run)
    lines += ["", _conclusion(verdict)]
    return "\n".join(lines)


def _row(figure: Figure, minimum: float | None, failed: set[str]) -> str:
    if figure.mean is None or figure.low is None or figure.high is None:
        value, interval, verdict = "–", "not measured", ""
    elif figure.unit == "seconds":
        value, interval = f"{figure.mean:.2f} s", f"{figure.low:.2f}–{figure.high:.2f} s"
        verdict = ""
    else:
        value, interval = f"{figure.mean:.3f}", f"{figure.low:.3f}–{figure.high:.3f}"
        verdict = "" if minimum is None else "FAIL" if figure.metric in failed else "pass"
    least = "" if minimum is None else f"{minimum:.2f}"
    row = f"  {figure.metric:<22}{figure.n:>4}{value:>9}{interval:>18}{least:>11}  {verdict}"
    return row.rstrip()


def _failing_cases(run: Run) -> list[str]:
    lines = [line for result in run.results for line in _shortfalls(result)]
    if not lines:
        return ["", "No case fell short."]
    hidden = len(lines) - _SHOWN_FAILURES
    more = [f"  … and {hidden} more, in the run file"] if hidden > 0 else []
    return ["", "Where cases fell short", *lines[:_SHOWN_FAILURES], *more]


def _shortfalls(result: Result) -> list[str]:
    if result.error is not None:
        return [f"  {result.case.id}  {result.error.code}: {result.error.message}"]
    shares = [score for score in result.scores if score.metric != "latency"]
    low = [score for score in shares if score.value is not None and score.value < 1]
    if not low:
        return []
    parts = "; ".join(f"{score.metric} {score.value:.2f} ({score.reason})" for score in low)
    return [f"  {result.case.id}  {parts}"]


def _conclusion(verdict: Verdict) -> str:
    if verdict.passed:
        return "PASSED"
    return "FAILED: " + "; ".join(str(failure) for failure in verdict.failures)
