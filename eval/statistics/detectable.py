"""What a suite can tell at all: power, and the smallest difference that it could detect.

Two things limit it. The differences scatter: the test of a mean difference has the power of the
t test with the cluster-robust standard error and one degree of freedom less than there are clusters
(J. Cohen, Statistical Power Analysis for the Behavioral Sciences, 1988, chapter 2). An exact test
of scores that change by steps is coarser than that by one step in all (the continuity correction of
A. L. Edwards, "Note on the 'correction for continuity' in testing the significance of the
difference between correlated proportions", Psychometrika 13 (1948) 185-187). And clusters are
counted: at 5 % no exact test rejects before six of them have moved one way, so a difference must be
large enough to move as many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, isnan

from eval.statistics.clusters import Totals, standard_error

_HALVINGS = 30


@dataclass(frozen=True, slots=True)
class Spread:
    """How the paired differences of a suite scatter."""

    sizes: tuple[int, ...]
    """Number of cases of each cluster."""
    standard_error: float
    """Cluster-robust standard error of the mean difference, in the metric's unit."""
    step: float
    """Least change of one case, 1 for right or wrong; 0 where scores change freely."""
    change: float
    """Mean change of a case that changes."""
    together: float
    """How many cases change where a cluster moves, 1 at least."""


def spread_of(of: Totals, differences: Sequence[float], *, binary: bool) -> Spread | None:
    """Return the scatter of the differences behind ``of``.

    ``None`` where it cannot be known: for one cluster, and for graded scores that do not differ at
    all. Cases that are right or wrong and do not differ are taken to change one by one.
    """
    error = standard_error(of)
    changes = [abs(d) for d in differences if d]
    if error is None or not (binary or changes):
        return None
    if not changes:
        return Spread(of.sizes, error, step=1.0, change=1.0, together=1.0)
    change = fsum(changes) / len(changes)
    move = fsum(map(abs, of.sums)) / of.moved
    if of.moved == len(of.sizes):
        # Where every cluster moves anyway, each counts as a whole.
        change, together = move * len(of.sizes) / of.cases, of.cases / len(of.sizes)
    else:
        together = max(1.0, move / change)
    return Spread(of.sizes, error, min(changes), change, together)


def fewest_moves(alpha: float) -> int:
    """Return how many clusters must move, all one way, for an exact two-sided p below ``alpha``."""
    count = 1
    while 2.0 ** (1 - count) >= alpha:
        count += 1
    return count


def predicted_power(difference: float, spread: Spread, *, alpha: float = 0.05) -> float:
    """Return how probably a true mean ``difference`` gives a two-sided p below ``alpha``."""
    size = abs(difference)
    beyond_a_step = max(size - spread.step / sum(spread.sizes), 0.0)
    return min(_enough_move(size, spread, alpha), _t_power(beyond_a_step, spread, alpha))


def detectable(spread: Spread, *, alpha: float = 0.05, power: float = 0.8) -> float | None:
    """Return the smallest mean difference found with probability ``power``, in the metric's unit.

    ``None`` where there are too few clusters to find any, fewer than six at 5 %.
    """
    if len(spread.sizes) < fewest_moves(alpha):
        return None
    least = spread.step * fewest_moves(alpha) / sum(spread.sizes)
    low, high = 0.0, max(spread.change, least)
    while predicted_power(high, spread, alpha=alpha) < power:
        low, high = high, 2 * high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if predicted_power(middle, spread, alpha=alpha) < power:
            low = middle
        else:
            high = middle
    return max(high, least)


def _enough_move(difference: float, spread: Spread, alpha: float) -> float:
    """Return how probably the fewest clusters move, if all that moves moves one way.

    A cluster is taken for as many independent parts as it has groups of cases that change together.
    """
    from scipy.special import bdtrc

    still = 1 - min(1.0, difference / spread.change)
    parts = [max(1.0, size / spread.together) for size in spread.sizes]
    moved = fsum(1 - still**part for part in parts) / len(parts)
    return float(bdtrc(fewest_moves(alpha) - 1, len(parts), moved))


def _t_power(difference: float, spread: Spread, alpha: float) -> float:
    from scipy.special import nctdtr, stdtrit

    if spread.standard_error == 0:
        return float(difference > 0)
    degrees = len(spread.sizes) - 1
    critical = stdtrit(degrees, 1 - alpha / 2)
    shift = difference / spread.standard_error
    below = float(nctdtr(degrees, shift, critical))
    if isnan(below):  # too far out for the series: certain
        return 1.0
    return 1 - below + float(nctdtr(degrees, shift, -critical))
