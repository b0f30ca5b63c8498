"""From scores of cases to figures of a suite, with the uncertainty that a small suite has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from eval.scorers import Layer, Unit
from eval.scorers.base import Scorer
from eval.statistics.intervals import bootstrap, wilson


class Figure(BaseModel):
    """What one metric says about the whole suite."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    metric: str
    """Name of the metric."""
    layer: Layer
    """Which layer of the system it speaks about."""
    unit: Unit
    """What its values are."""
    n: int
    """Number of values behind it: cases, or for abstention precision refusals."""
    mean: float | None
    """Their mean; ``None`` where there is no value."""
    low: float | None
    """Lower end of the 95 % interval of the mean."""
    high: float | None
    """Upper end of the 95 % interval of the mean."""
    interval: Literal["wilson", "bootstrap"]
    """How the interval was computed."""


def figure(metric: str, layer: Layer, unit: Unit, values: Sequence[float]) -> Figure:
    """Return mean and 95 % interval of ``values``."""
    method: Literal["wilson", "bootstrap"] = "wilson" if unit == "share" else "bootstrap"
    mean = low = high = None
    if values:
        mean = sum(values) / len(values)
        low, high = wilson(mean, len(values)) if unit == "share" else bootstrap(values)
    return Figure(
        metric=metric,
        layer=layer,
        unit=unit,
        n=len(values),
        mean=mean,
        low=low,
        high=high,
        interval=method,
    )


def figures(
    scorers: Iterable[Scorer], values: Sequence[dict[str, float | None]]
) -> tuple[Figure, ...]:
    """Return the figures of a suite, in the order of ``scorers``.

    Args:
        scorers: the metrics.
        values: for each case the value of each metric; ``None`` does not count.
    """
    found = []
    for scorer in scorers:
        scored = [v for case in values if (v := case.get(scorer.metric)) is not None]
        found.append(figure(scorer.metric, scorer.layer, scorer.unit, scored))
    return tuple(found)


PRECISION = "abstention_precision"
"""The metric that has no score of a single case: of the refusals, how many were due."""


def precision(refusals: Iterable[tuple[bool, bool]]) -> Figure:
    """Return the precision of refusals.

    Args:
        refusals: for each case that got an answer, whether it was refused and whether rightly.
    """
    due = [float(due) for refused, due in refusals if refused]
    return figure(PRECISION, "abstention", "share", due)
