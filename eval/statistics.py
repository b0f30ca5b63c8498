"""From scores of cases to figures of a suite, with the uncertainty that a small suite has.

Shares get the Wilson score interval: E. B. Wilson, "Probable inference, the law of succession, and
statistical inference", Journal of the American Statistical Association 22 (1927) 209-212. It was
made for outcomes of 0 and 1; for shares in between, whose variance is at most that of a 0/1 outcome
with the same mean, it is on the safe side. Unlike the bootstrap it does not shrink to a point when
every case of a small suite is right. Seconds get the percentile bootstrap: B. Efron, "Bootstrap
methods: another look at the jackknife", Annals of Statistics 7 (1979) 1-26.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Literal

from pydantic import BaseModel, ConfigDict

from eval.scorers import SCORERS, Layer, Unit

_Z = 1.959964  # the standard normal's 97.5 % point: a 95 % interval
_RESAMPLES = 2_000
_SEED = 20250117


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
    scores: Sequence[dict[str, float | None]], refusals: Sequence[tuple[bool, bool]]
) -> tuple[Figure, ...]:
    """Return the figures of a suite, layer by layer.

    Args:
        scores: for each case the value of each metric; ``None`` does not count.
        refusals: for each case that got an answer, whether it was refused and whether rightly.
    """
    found: list[Figure] = []
    for scorer in SCORERS:
        values = [v for case in scores if (v := case.get(scorer.metric)) is not None]
        found.append(figure(scorer.metric, scorer.layer, scorer.unit, values))
        if scorer.layer == "abstention":
            due = [float(due) for refused, due in refusals if refused]
            refused = [float(refused) for refused, due in refusals if due]
            found.append(figure("abstention_precision", "abstention", "share", due))
            found.append(figure("abstention_recall", "abstention", "share", refused))
    return tuple(found)


METRICS = (*(scorer.metric for scorer in SCORERS), "abstention_precision", "abstention_recall")
"""Names of all figures."""


def wilson(mean: float, n: int) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of a share ``mean`` seen in ``n`` cases."""
    centre = (mean + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * sqrt(mean * (1 - mean) / n + _Z**2 / (4 * n**2))
    return max(0.0, centre - half), min(1.0, centre + half)


def bootstrap(values: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % percentile bootstrap interval of the mean; same values, same interval."""
    import numpy as np

    sample = np.asarray(values, dtype=np.float64)
    picks = np.random.default_rng(_SEED).integers(len(sample), size=(_RESAMPLES, len(sample)))
    low, high = np.percentile(sample[picks].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)
