"""Cases that share a story or a document share their luck: what moves, moves by whole clusters.

The test is the randomisation test of R. A. Fisher (The Design of Experiments, 1935, section 21) on
clusters: if the two runs are alike, exchanging them within a whole cluster changes nothing, so
every pattern of signs of the clusters' sums is as likely as the one seen. The interval holds the
differences that this test would not reject. That makes it the wild cluster bootstrap with the null
hypothesis imposed (A. C. Cameron, J. B. Gelbach, D. L. Miller, "Bootstrap-based improvements for
inference with clustered errors", Review of Economics and Statistics 90 (2008) 414-427), which holds
its level with few clusters (I. A. Canay, A. Santos, A. M. Shaikh, "The wild bootstrap with a
'small' number of 'large' clusters", the same journal 103 (2021) 346-363). For a mean it needs no
search: every split of the clusters into two parts gives two means, and the differences that it
supports are those between the two (J. A. Hartigan, "Using subsample values as typical values",
Journal of the American Statistical Association 64 (1969) 1303-1317).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, copysign, fsum, inf, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Columns = NDArray[np.float64]

SEED = 20250117
"""Of the random splits, where no other is given."""
DRAWS = 9_999
"""How many random splits are drawn where there are too many to go through."""

_EXACT = 14  # clusters: up to 2^13 splits are gone through one by one
_OUTSIDE = 0.05  # a 95 % interval
_ROUNDING = 1e-9  # sums that differ by less, relative to what was summed, are equal


@dataclass(frozen=True, slots=True)
class Totals:
    """Differences, added up over each cluster."""

    sums: tuple[float, ...]
    """Sum of the differences of each cluster, in the metric's unit."""
    sizes: tuple[int, ...]
    """Number of cases of each."""

    @property
    def cases(self) -> int:
        """Return the number of cases."""
        return sum(self.sizes)

    @property
    def mean(self) -> float:
        """Return the mean difference of a case."""
        return fsum(self.sums) / self.cases

    @property
    def moved(self) -> int:
        """Return the number of clusters whose sum is not 0."""
        return sum(s != 0 for s in self.sums)

    @property
    def squares(self) -> float:
        """Return the sum of squares of the clusters' sums about what their sizes make expect."""
        mean = self.mean
        return fsum((s - mean * m) ** 2 for s, m in zip(self.sums, self.sizes, strict=True))


def totals(differences: Sequence[float], clusters: Sequence[str]) -> Totals:
    """Add up the differences of each cluster; the order of the cases does not matter.

    Where gains and losses cancel in every single cluster, only the cases can say how far anything
    moves, so each stands for itself.
    """
    members: dict[str, list[float]] = {}
    for difference, cluster in zip(differences, clusters, strict=True):
        members.setdefault(cluster, []).append(difference)
    groups = [members[name] for name in sorted(members)]
    sums = [_sum(group) for group in groups]
    if any(differences) and not any(sums):
        groups = [[difference] for difference in sorted(differences)]
        sums = sorted(differences)
    return Totals(tuple(sums), tuple(map(len, groups)))


def _sum(group: Sequence[float]) -> float:
    """Return the sum; what cancels but for rounding is 0."""
    total = fsum(group)
    return total if abs(total) > _ROUNDING * fsum(map(abs, group)) else 0.0


def standard_error(of: Totals) -> float | None:
    """Return the cluster-robust standard error of the mean difference.

    The sandwich estimator of K.-Y. Liang and S. L. Zeger ("Longitudinal data analysis using
    generalized linear models", Biometrika 73 (1986) 13-22) for a mean, times G / (G - 1) for G
    clusters. ``None`` for one cluster.
    """
    count = len(of.sizes)
    if count < 2:
        return None
    return sqrt(of.squares * count / (count - 1)) / of.cases


def sign_flip(of: Totals, *, seed: int = SEED, draws: int = DRAWS) -> float:
    """Return the two-sided p-value of the cluster sign-flip test of no difference.

    Exact for up to 14 clusters that moved. Beyond, random splits are drawn and the split that was
    seen counts as one of them, so that the p-value is valid and never 0: B. Phipson and
    G. K. Smyth, "Permutation p-values should never be zero", Statistical Applications in Genetics
    and Molecular Biology 9 (2010) article 39.
    """
    import numpy as np

    sums = [s for s in of.sums if s]
    if not sums:
        return 1.0
    total = fsum(sums)
    kept = _halves(np.asarray(sums)[:, None], seed, draws)[:, 0]
    least = abs(total) - _ROUNDING * fsum(map(abs, sums))
    extreme = int(np.count_nonzero(np.abs(2 * kept - total) >= least))
    return (1 + extreme) / (1 + len(kept))


def interval(of: Totals, *, seed: int = SEED, draws: int = DRAWS) -> tuple[float, float] | None:
    """Return the 95 % interval of the mean difference; the same totals, the same interval.

    Two intervals are laid over each other. The first inverts the sign-flip test. It is too short
    where few clusters moved, because those that would move in another suite are not in this one;
    so the second has one imagined cluster more in each direction, of mean size and moved as far as
    those that moved (root mean square, about the mean). That carries the extra discordant pair in
    each cell of D. G. Bonett and R. M. Price ("Adjusted Wald confidence interval for a difference
    of binomial proportions based on paired data", Journal of Educational and Behavioral Statistics
    37 (2012) 479-488) over to clusters and to any score. Where most clusters moved, the first is
    the wider one.

    ``None`` for fewer than six clusters, which support any difference at this level, unless nothing
    moved at all: then it is (0, 0).
    """
    if not of.moved:
        return 0.0, 0.0
    found = _supported(of.sums, of.sizes, seed, draws)
    if found[0] == -inf or found[1] == inf:
        return None
    size = of.cases / len(of.sizes)
    # The sign goes by the first cluster that moved, so that swapped runs give the mirror image.
    step = copysign(sqrt(of.squares / of.moved), next(s for s in of.sums if s))
    centre = of.mean * size
    wider = _supported(
        (*of.sums, centre + step, centre - step), (*of.sizes, size, size), seed, draws
    )
    return min(found[0], wider[0]), max(found[1], wider[1])


def _supported(
    sums: Sequence[float], sizes: Sequence[float], seed: int, draws: int
) -> tuple[float, float]:
    """Return the least and the greatest difference that the sign-flip test would not reject.

    A split supports every difference between the means of its two parts, the split that was seen
    (all clusters on one side) every difference at all. A difference stays in if at least 5 % of the
    splits support it.
    """
    import numpy as np

    columns = np.column_stack([sums, sizes]).astype(np.float64)
    whole = columns.sum(axis=0)
    one = _halves(columns, seed, draws)
    other = whole - one
    with np.errstate(divide="ignore", invalid="ignore"):
        means = np.stack([one[:, 0] / one[:, 1], other[:, 0] / other[:, 1]])
    whole_on_one_side = (one[:, 1] == 0) | (other[:, 1] == 0)
    lows = np.where(whole_on_one_side, -inf, means.min(axis=0))
    highs = np.where(whole_on_one_side, inf, means.max(axis=0))
    needed = ceil(_OUTSIDE * (len(one) + 1)) - 1  # less the split that was seen
    if needed < 1:
        return -inf, inf
    low = np.partition(lows, needed - 1)[needed - 1]
    high = np.partition(highs, len(highs) - needed)[len(highs) - needed]
    return float(low), float(high)


def _halves(columns: Columns, seed: int, draws: int) -> Columns:
    """Return the sums of ``columns`` (clusters x any) over one part of each split (splits x any).

    All splits but the one that was seen where there are few clusters, else ``draws`` random ones.
    """
    import numpy as np

    count = len(columns)
    if count <= _EXACT:
        # The first cluster stays where it is: the mirror image of a split says the same.
        numbers = np.arange(2 ** (count - 1) - 1)
        stays: Columns = columns[0] + _chosen(columns[1:], np.stack([numbers & 255, numbers >> 8]))
        return stays
    random = np.random.default_rng(seed)
    return _chosen(columns, random.integers(256, size=(ceil(count / 8), draws), dtype=np.uint8))


def _chosen(columns: Columns, choices: NDArray[np.integer]) -> Columns:
    """Return the sums of the rows of ``columns`` that each choice has.

    ``choices`` (bytes x choices) has one bit for each row. The sums of eight rows are looked up by
    their byte: an eighth of the work of adding them up, and no matrix product that would start
    threads for it.
    """
    import numpy as np

    bits = np.arange(256)[:, None] >> np.arange(8) & 1
    sums = np.zeros((choices.shape[1], columns.shape[1]))
    for byte, choice in enumerate(choices):
        rows = columns[8 * byte : 8 * byte + 8]
        sums += (bits[:, : len(rows)] @ rows)[choice]
    return sums
