"""Do the paired statistics hold what they promise? Simulated runs whose true difference is known.

    python -m benchmarks.eval_statistics [--runs 2000]

Cases come in clusters (stories, documents). Each pair of runs differs in a share of the cases; a
case takes its difference from its cluster's one draw or from a draw of its own, so that two cases
of a cluster correlate as stated. Beside the statistics of ``eval.statistics.paired`` stand the
usual ones: the percentile bootstrap and the exact test over cases, as if there were no clusters;
the percentile bootstrap over clusters; the t interval with the cluster-robust standard error and
G - 1 degrees of freedom; and the studentised bootstrap over clusters. With 2,000 pairs of runs a
rate of .05 has a standard error of .005.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from eval.statistics.clusters import totals
from eval.statistics.detectable import Spread, detectable, predicted_power, spread_of
from eval.statistics.paired import PairedDifference, paired

Array = NDArray[np.float64]

RESAMPLES = 999
SIZES = {
    "6 x 10": [10] * 6,
    "12 x 5": [5] * 12,
    "12 of 1-15": [1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 10, 15],
    "30 x 4": [4] * 30,
    "30 of 1-12": [1] * 10 + [2] * 6 + [3] * 5 + [5] * 4 + [8] * 3 + [12] * 2,
    "60 x 3": [3] * 60,
    "60 of 1-15": [1] * 25 + [2] * 15 + [4] * 10 + [8] * 6 + [15] * 4,
    "80 x 1": [1] * 80,
}
STEPS = {"binary": (1.0,), "graded": (0.25, 0.5, 1.0)}


@dataclass(frozen=True)
class World:
    """What pairs of runs are drawn from."""

    sizes: str
    """Numbers and sizes of clusters, a key of ``SIZES``."""
    kind: str
    """``binary``, ``graded``, or ``seconds`` (heavy-tailed)."""
    changed: float
    """Share of the cases that differ between the runs; for seconds every case does."""
    effect: float
    """Share that rises less share that falls; for seconds the mean difference."""
    correlation: float
    """Between the differences of two cases of a cluster."""

    @property
    def true(self) -> float:
        """Return the true mean difference."""
        return self.effect * float(np.mean(STEPS.get(self.kind, (1.0,))))

    def differences(self, runs: int, random: np.random.Generator) -> Array:
        """Return the differences of ``runs`` pairs of runs (runs x cases)."""
        sizes = SIZES[self.sizes]
        codes = np.repeat(np.arange(len(sizes)), sizes)
        common = self._draw((runs, len(sizes)), random)[:, codes]
        own = self._draw((runs, len(codes)), random)
        return np.where(random.random(own.shape) < np.sqrt(self.correlation), common, own)

    def _draw(self, shape: tuple[int, int], random: np.random.Generator) -> Array:
        if self.kind == "seconds":
            return self.effect + random.standard_t(4, shape)
        u = random.random(shape)
        signs = np.where(u < (self.changed + self.effect) / 2, 1.0, -1.0) * (u < self.changed)
        drawn: Array = signs * random.choice(STEPS[self.kind], shape)
        return drawn


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2_000)
    runs = parser.parse_args().runs
    alarms(runs)
    coverage(runs)
    power(runs)


def alarms(runs: int) -> None:
    """Print how often two runs of the same system are found to differ."""
    print(f"\n{runs} A/A comparisons each: share that is told to differ at 5 %\n")
    head("clusters", "scores", "corr.", "cases b.", "cases exact", "clusters b.", "paired")
    worlds = [
        World(sizes, kind, 0.3, 0.0, correlation)
        for sizes in SIZES
        for kind, correlation in (("binary", 0.7), ("graded", 0.5), ("seconds", 0.9))
    ]
    for world in worlds:
        random = np.random.default_rng(1)
        found = world.differences(runs, random)
        clusters = names(SIZES[world.sizes])
        alone = [str(place) for place in range(found.shape[1])]
        exact = [compare(world, row, alone).p or 0 for row in found[: runs // 4]]
        ours = [compare(world, row, clusters).p or 0 for row in found]
        line(
            world.sizes,
            world.kind,
            f"{world.correlation}",
            f"{1 - covered(percentile(found, [1] * found.shape[1], random), 0):.3f}",
            f"{np.mean(np.array(exact) < 0.05):.3f}",
            f"{1 - covered(percentile(found, SIZES[world.sizes], random), 0):.3f}",
            f"{np.mean(np.array(ours) < 0.05):.3f}",
        )


def coverage(runs: int) -> None:
    """Print how often 95 % intervals hold the true difference, and on which side they miss it."""
    print(f"\n{runs} comparisons each: share of 95 % intervals that hold the true difference;")
    print("in brackets those that lie above it and below it, and the median width\n")
    head(
        "clusters", "scores", "changed", "true", "cases b.", "clusters b.", "t", "boot-t", "paired"
    )
    mixes = (
        ("binary", 0.5, 0.2, 0.5),
        ("graded", 0.5, 0.25, 0.5),
        ("seconds", 1.0, 3.0, 0.5),
        ("binary", 0.2, -0.1, 0.5),
        ("binary", 0.05, -0.05, 0.0),
        ("binary", 0.05, -0.02, 0.0),
    )
    for sizes, counts in SIZES.items():
        for kind, changed, effect, correlation in mixes:
            world = World(sizes, kind, changed, effect, correlation)
            random = np.random.default_rng(2)
            found = world.differences(runs, random)
            # Runs without any difference give [0, 0] by every method.
            found = found[(found != 0).any(axis=1)]
            every: tuple[Callable[..., Array], ...] = (percentile, student, studentised)
            ends = [percentile(found, [1] * found.shape[1], random)]
            ends += [method(found, counts, random) for method in every]
            clusters = names(counts)
            ours = [compare(world, row, clusters) for row in found]
            ends.append(
                np.array(
                    [(-np.inf, np.inf) if one.low is None else (one.low, one.high) for one in ours]
                )
            )
            line(
                sizes,
                kind,
                f"{changed}",
                f"{world.true:+.3f}",
                *(f"{covered(each, world.true):.3f}" for each in ends),
                f"[{np.mean(ends[-1][:, 0] > world.true + 1e-9):.3f}"
                f" {np.mean(ends[-1][:, 1] < world.true - 1e-9):.3f}]"
                f" {np.median(np.diff(ends[-1])):.3f}",
            )


def power(runs: int) -> None:
    """Print predicted and simulated power, and that of the difference told to be detectable."""
    print(f"\n{runs} comparisons each: share found to differ at 5 %, predicted and seen; then the")
    print(
        "difference told to be detectable (80 %) from the scatter of A/A runs, and how often it is"
    )
    print("found\n")
    head("clusters", "scores", "changed", "true", "predicted", "seen", "detectable", "seen")
    mixes = (
        ("binary", 0.5, 0.2, 0.5),
        ("binary", 0.5, 0.3, 0.7),
        ("graded", 0.5, 0.25, 0.5),
        ("seconds", 1.0, 0.5, 0.5),
        ("binary", 0.05, -0.05, 0.0),
        ("binary", 0.1, -0.1, 0.0),
    )
    for sizes in SIZES:
        for kind, changed, effect, correlation in mixes:
            world = World(sizes, kind, changed, effect, correlation)
            predicted = predicted_power(world.true, spread(world, runs))
            told = detectable(spread(replace(world, effect=0.0), runs))
            # A step's mean size turns the difference into a share of cases.
            needed = None if told is None else told * world.effect / world.true
            fits = needed is not None and (kind == "seconds" or needed <= 1)
            more = replace(world, changed=max(changed, needed or 0), effect=needed or 0)
            line(
                sizes,
                kind,
                f"{changed}",
                f"{world.true:+.3f}",
                f"{predicted:.3f}",
                f"{rejected(world, runs):.3f}",
                f"{told:.3f}" if told is not None else "none",
                f"{rejected(more, runs):.3f}" if fits else "-",
            )


def rejected(world: World, runs: int) -> float:
    """Return how often the runs are told to differ at 5 %."""
    clusters = names(SIZES[world.sizes])
    found = world.differences(runs, np.random.default_rng(3))
    return float(np.mean([(compare(world, row, clusters).p or 0) < 0.05 for row in found]))


def spread(world: World, runs: int) -> Spread:
    """Return the scatter of a world: true standard error, and what one pair of runs shows else."""
    clusters = names(SIZES[world.sizes])
    found = world.differences(runs, np.random.default_rng(4))
    binary = world.kind == "binary"
    seen = [spread_of(totals(list(row), clusters), list(row), binary=binary) for row in found[:200]]
    known = [one for one in seen if one]
    return Spread(
        tuple(SIZES[world.sizes]),
        standard_error=float(found.mean(axis=1).std()),
        step=min(STEPS.get(world.kind, (0.0,))),
        change=float(np.mean([one.change for one in known])),
        together=float(np.mean([one.together for one in known])),
    )


def compare(world: World, differences: Array, clusters: Sequence[str]) -> PairedDifference:
    """Compare two runs that differ so."""
    baseline = np.full(len(differences), 10.0)
    if world.kind != "seconds":
        baseline = np.where(differences, np.maximum(-differences, 0), 1.0)
    candidate = baseline + differences
    return paired(baseline.tolist(), candidate.tolist(), clusters, draws=RESAMPLES)


def percentile(found: Array, sizes: Sequence[int], random: np.random.Generator) -> Array:
    """Return the percentile bootstrap intervals of the mean, resampling clusters."""
    sums, counts = added(found, sizes), np.asarray(sizes)
    picks = random.multinomial(len(sizes), np.full(len(sizes), 1 / len(sizes)), size=RESAMPLES)
    means = (sums @ picks.T) / (picks @ counts)
    ends: Array = np.percentile(means, [2.5, 97.5], axis=1).T
    return ends


def student(found: Array, sizes: Sequence[int], _: np.random.Generator) -> Array:
    """Return the t intervals with the cluster-robust standard error."""
    means, errors = found.mean(axis=1), robust(added(found, sizes), sizes)
    half = stats.t.ppf(0.975, len(sizes) - 1) * errors
    return np.column_stack([means - half, means + half])


def studentised(found: Array, sizes: Sequence[int], random: np.random.Generator) -> Array:
    """Return the studentised bootstrap intervals (bootstrap-t), resampling clusters."""
    sums, counts = added(found, sizes), np.asarray(sizes, dtype=np.float64)
    picks = random.multinomial(len(sizes), np.full(len(sizes), 1 / len(sizes)), size=RESAMPLES)
    cases = picks @ counts
    means = (sums @ picks.T) / cases
    squares = (sums**2) @ picks.T - 2 * means * ((sums * counts) @ picks.T)
    squares += means**2 * (picks @ counts**2)
    errors = np.sqrt(np.maximum(squares, 0) * len(sizes) / (len(sizes) - 1)) / cases
    away = means - found.mean(axis=1)[:, None]
    # A resample in which nothing scatters is as far out as can be.
    far = np.where(np.abs(away) < 1e-9, 0.0, np.sign(away) * 1e9)
    t = np.where(errors > 1e-9, away / np.maximum(errors, 1e-9), far)
    low, high = np.percentile(t, [2.5, 97.5], axis=1, method="inverted_cdf")
    error = robust(sums, sizes)
    return np.column_stack([found.mean(axis=1) - high * error, found.mean(axis=1) - low * error])


def robust(sums: Array, sizes: Sequence[int]) -> Array:
    """Return the cluster-robust standard errors of the means."""
    cases, count = sum(sizes), len(sizes)
    rest = sums - sums.sum(axis=1, keepdims=True) / cases * np.asarray(sizes)
    errors: Array = np.sqrt((rest**2).sum(axis=1) * count / (count - 1)) / cases
    return errors


def added(found: Array, sizes: Sequence[int]) -> Array:
    """Return the sums of the clusters (runs x clusters)."""
    return np.add.reduceat(found, np.cumsum([0, *sizes[:-1]]), axis=1)


def covered(ends: Array, true: float) -> float:
    """Return the share of the intervals that hold ``true``."""
    return float(np.mean((ends[:, 0] <= true + 1e-9) & (true - 1e-9 <= ends[:, 1])))


def names(sizes: Sequence[int]) -> list[str]:
    """Return the cluster of each case."""
    return [f"c{place:03}" for place, size in enumerate(sizes) for _ in range(size)]


def head(*cells: str) -> None:
    line(*cells)
    print("-" * 12 * len(cells))


def line(*cells: str) -> None:
    print("".join(f"{cell:<12}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
