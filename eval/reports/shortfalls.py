"""Shortfalls: what single cases lack."""

from __future__ import annotations

from eval.running.results import MetricIdentity, Result, Run
from eval.scorers.base import Score


def short(identity: MetricIdentity, value: float | None) -> bool:
    """Return whether a value is less than the best that a share can be; amounts have no best."""
    if value is None or identity.unit != "share":
        return False
    # Means over repeats and shares of parts carry rounding.
    return value < 1 - 1e-9 if identity.better == "higher" else value > 1e-9


def shortfalls(run: Run, result: Result) -> tuple[Score, ...]:
    """Return the scores of an asking that are less than full, in the order of tables."""
    known = {identity.metric: identity for identity in run.metrics}
    return tuple(
        score
        for score in result.scores
        if score.metric in known and short(known[score.metric], score.value)
    )
