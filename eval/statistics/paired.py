"""Two runs over the same cases, compared case by case: the one door to the paired statistics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import fsum, isclose, isfinite
from typing import Literal

from pydantic import BaseModel, ConfigDict

from eval.statistics.clusters import (
    DRAWS,
    SEED,
    Totals,
    interval,
    sign_flip,
    totals,
)
from eval.statistics.detectable import detectable, spread_of
from eval.statistics.mcnemar import mcnemar

Test = Literal["mcnemar", "sign_flip", "none"]
"""The test behind a p-value: exact McNemar, the cluster sign-flip test, or none without pairs."""

_LEVEL = 0.05  # of the interval, and so of the p-value that agrees with it


class PairedDifference(BaseModel):
    """How the scores of two runs over the same cases differ."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    n: int
    """Number of cases scored in both runs."""
    clusters: int
    """Number of clusters they form; cases of one cluster share a story or a document."""
    baseline: float | None
    """Mean of the first run over these cases; ``None`` without cases."""
    candidate: float | None
    """Mean of the second run over these cases."""
    difference: float | None
    """Mean of candidate less baseline."""
    low: float | None
    """Lower end of the 95 % interval of the mean difference; ``None`` where too few clusters bound
    it."""
    high: float | None
    """Upper end. 0 lies strictly between the ends only if ``p`` is .05 or more, and is left out or
    is itself an end if ``p`` is below."""
    p: float | None
    """Two-sided p-value of no difference; ``None`` without cases."""
    test: Test
    """How ``p`` was computed."""
    improved: int
    """Cases whose value rose."""
    worsened: int
    """Cases whose value fell."""
    detectable: float | None
    """Smallest mean difference that a suite of this size and scatter finds with the wanted power;
    ``None`` if there is none or it cannot be told, as when graded scores do not differ at all."""


def paired(
    baseline: Sequence[float],
    candidate: Sequence[float],
    clusters: Sequence[str],
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    seed: int = SEED,
    draws: int = DRAWS,
) -> PairedDifference:
    """Compare two runs over the same cases.

    Values of 0 and 1 get the exact McNemar test as long as the cases that changed are all of
    different clusters; all else gets the cluster sign-flip test, which is the same test there.

    Args:
        baseline: value of each case in the first run.
        candidate: value of each case in the second run, in the same order.
        clusters: name of each case's cluster; a case of its own has a name of its own.
        alpha: level of the test for which ``detectable`` is computed.
        power: wanted probability of finding a difference of ``detectable``.
        seed: of the random splits, used where there are more than 14 clusters.
        draws: number of random splits.

    Raises:
        ValueError: the three differ in length, or a value is not finite.
    """
    if not all(map(isfinite, (*baseline, *candidate))):
        raise ValueError("paired() compares finite values")
    pairs = list(zip(baseline, candidate, strict=True))
    # Means over repeats that differ by rounding alone do not differ.
    differences = [0.0 if isclose(b, c, rel_tol=1e-12) else c - b for b, c in pairs]
    of = totals(differences, clusters)
    improved, worsened = sum(d > 0 for d in differences), sum(d < 0 for d in differences)
    if not pairs:
        return PairedDifference(
            n=0,
            clusters=0,
            baseline=None,
            candidate=None,
            difference=None,
            low=None,
            high=None,
            p=None,
            test="none",
            improved=0,
            worsened=0,
            detectable=None,
        )
    values = {*baseline, *candidate}
    binary = values <= {0.0, 1.0}
    changed = Counter(c for c, d in zip(clusters, differences, strict=True) if d)
    test: Test = "mcnemar" if binary and max(changed.values(), default=0) < 2 else "sign_flip"
    exact = test == "mcnemar"
    p = mcnemar(improved, worsened) if exact else sign_flip(of, seed=seed, draws=draws)
    low, high = _ends(of, p, seed, draws)
    if low is not None and high is not None and min(values) >= 0 and max(values) <= 1:
        low, high = max(low, -1.0), min(high, 1.0)
    return PairedDifference(
        n=len(pairs),
        clusters=len(set(clusters)),
        baseline=fsum(baseline) / len(pairs),
        candidate=fsum(candidate) / len(pairs),
        difference=of.mean,
        low=low,
        high=high,
        p=p,
        test=test,
        improved=improved,
        worsened=worsened,
        detectable=_detectable(of, differences, binary=binary, alpha=alpha, power=power),
    )


def _ends(of: Totals, p: float, seed: int, draws: int) -> tuple[float | None, float | None]:
    """Return the ends of the interval, at one with ``p`` about a difference of 0."""
    found = interval(of, seed=seed, draws=draws)
    if found is None:
        return None, None
    low, high = found
    if p >= _LEVEL:
        return min(low, 0.0), max(high, 0.0)
    return (max(low, 0.0), high) if of.mean > 0 else (low, min(high, 0.0))


def _detectable(
    of: Totals, differences: Sequence[float], *, binary: bool, alpha: float, power: float
) -> float | None:
    spread = spread_of(of, differences, binary=binary)
    found = detectable(spread, alpha=alpha, power=power) if spread else None
    return None if binary and found is not None and found > 1 else found
