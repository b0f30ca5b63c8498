"""Intervals of a mean.

Shares get the Wilson score interval: E. B. Wilson, "Probable inference, the law of succession, and
statistical inference", Journal of the American Statistical Association 22 (1927) 209-212. It was
made for outcomes of 0 and 1; for shares in between, whose variance is at most that of a 0/1 outcome
with the same mean, it is on the safe side. Unlike the bootstrap it does not shrink to a point when
every case of a small suite is right. Other units get the percentile bootstrap: B. Efron, "Bootstrap
methods: another look at the jackknife", Annals of Statistics 7 (1979) 1-26.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

_Z = 1.959964  # the standard normal's 97.5 % point: a 95 % interval
_RESAMPLES = 2_000
_SEED = 20250117


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
