"""Runs whose true difference is known: false alarms, coverage and power of the paired statistics.

``python -m benchmarks.eval_statistics`` does the same for more worlds and more runs, and
``make soak`` for those that are left out here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from eval.statistics.clusters import totals
from eval.statistics.detectable import Spread, detectable, predicted_power, spread_of
from eval.statistics.intervals import bootstrap
from eval.statistics.paired import PairedDifference, paired

# Many runs of what other tests cover; to measure them takes half as long again.
pytestmark = pytest.mark.no_cover

Array = NDArray[np.float64]

TWELVE, THIRTY, SIXTY = [5] * 12, [4] * 30, [3] * 60
UNEQUAL_TWELVE = [1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 10, 15]
UNEQUAL_THIRTY = [1] * 10 + [2] * 6 + [3] * 5 + [5] * 4 + [8] * 3 + [12] * 2
ALONE = [1] * 80
BINARY, GRADED = (1.0,), (0.25, 0.5, 1.0)


def differences(
    runs: int,
    sizes: Sequence[int],
    steps: Sequence[float],
    *,
    changed: float,
    correlation: float,
    effect: float = 0.0,
) -> Array:
    """Draw pairs of runs (runs x cases) that differ in a share of the cases.

    A case takes its difference from its cluster's draw or from its own, so that two cases of a
    cluster correlate as wanted.
    """
    random = np.random.default_rng(1)
    codes = np.repeat(np.arange(len(sizes)), sizes)

    def draw(columns: int) -> Array:
        u = random.random((runs, columns))
        signs = np.where(u < (changed + effect) / 2, 1.0, -1.0) * (u < changed)
        return np.asarray(signs * random.choice(steps, u.shape))

    common, own = draw(len(sizes))[:, codes], draw(len(codes))
    return np.where(random.random(own.shape) < np.sqrt(correlation), common, own)


def compare(found: Array, sizes: Sequence[int]) -> list[PairedDifference]:
    clusters = names(sizes)
    baseline = np.where(found, np.maximum(-found, 0), 1.0)
    return [
        paired(first.tolist(), second.tolist(), clusters, draws=499)
        for first, second in zip(baseline, baseline + found, strict=True)
    ]


def names(sizes: Sequence[int]) -> list[str]:
    return [f"c{place:02}" for place, size in enumerate(sizes) for _ in range(size)]


def alarms(found: Sequence[PairedDifference]) -> float:
    return float(np.mean([one.p is not None and one.p < 0.05 for one in found]))


def misses(found: Sequence[PairedDifference], true: float) -> tuple[float, float]:
    """Return how often the interval lies above the true difference, and how often below."""
    above = [one.low is not None and one.low > true + 1e-9 for one in found]
    below = [one.high is not None and one.high < true - 1e-9 for one in found]
    return float(np.mean(above)), float(np.mean(below))


@pytest.mark.parametrize(
    ("sizes", "steps", "correlation"),
    [
        (UNEQUAL_THIRTY, GRADED, 0.5),
        pytest.param(TWELVE, BINARY, 0.7, marks=pytest.mark.soak),
        pytest.param(SIXTY, BINARY, 0.9, marks=pytest.mark.soak),
    ],
)
def test_equal_runs_are_told_to_differ_as_seldom_as_promised(
    sizes: list[int], steps: tuple[float, ...], correlation: float
) -> None:
    found = differences(800, sizes, steps, changed=0.3, correlation=correlation)
    assert alarms(compare(found, sizes)) <= 0.06
    # The usual ways, which take the cases for independent, are wrong more than twice as often.
    alone = [1] * found.shape[1]
    assert alarms(compare(found[:150], alone)) > 0.12
    ends = [bootstrap(row.tolist()) for row in found[:150]]
    assert np.mean([low > 0 or high < 0 for low, high in ends]) > 0.12


@pytest.mark.parametrize(
    ("sizes", "steps", "correlation", "effect"),
    [
        (UNEQUAL_TWELVE, BINARY, 0.5, 0.2),
        pytest.param(TWELVE, BINARY, 0.5, 0.2, marks=pytest.mark.soak),
        pytest.param(UNEQUAL_THIRTY, GRADED, 0.5, 0.25, marks=pytest.mark.soak),
    ],
)
def test_the_interval_holds_the_true_difference_nineteen_times_in_twenty(
    sizes: list[int], steps: tuple[float, ...], correlation: float, effect: float
) -> None:
    found = differences(500, sizes, steps, changed=0.5, correlation=correlation, effect=effect)
    true = effect * float(np.mean(steps))
    above, below = misses(compare(found, sizes), true)
    assert 0.93 <= 1 - above - below <= 0.98
    ends = [bootstrap(row.tolist()) for row in found[:150]]
    assert np.mean([low <= true <= high for low, high in ends]) < 0.85


def test_where_little_changed_the_interval_is_not_too_sure_that_little_was_lost() -> None:
    # One case in twenty is lost and none is won: often one or two of eighty are seen, and
    # resampling those puts the loss well above what it is.
    found = differences(400, ALONE, BINARY, changed=0.05, correlation=0.0, effect=-0.05)
    above, _ = misses(compare(found, ALONE), -0.05)
    assert above <= 0.03
    ends = [bootstrap(row.tolist()) for row in found[:200]]
    assert np.mean([low > -0.05 for low, _ in ends]) > 0.06


@pytest.mark.parametrize(
    ("sizes", "steps", "effect"),
    [
        (UNEQUAL_THIRTY, BINARY, 0.3),
        pytest.param(THIRTY, BINARY, 0.25, marks=pytest.mark.soak),
        pytest.param(THIRTY, GRADED, 0.3, marks=pytest.mark.soak),
        pytest.param(ALONE, BINARY, 0.2, marks=pytest.mark.soak),
    ],
)
def test_power_is_as_predicted(sizes: list[int], steps: tuple[float, ...], effect: float) -> None:
    found = differences(500, sizes, steps, changed=0.5, correlation=0.5, effect=effect)
    predicted = predicted_power(effect * float(np.mean(steps)), scatter(found, sizes, steps))
    assert 0.4 < predicted < 0.8
    assert alarms(compare(found, sizes)) == pytest.approx(predicted, abs=0.07)


@pytest.mark.parametrize(
    ("sizes", "correlation"),
    [
        (UNEQUAL_THIRTY, 0.5),
        pytest.param(ALONE, 0.0, marks=pytest.mark.soak),
        pytest.param(TWELVE, 0.0, marks=pytest.mark.soak),
    ],
)
def test_a_difference_told_to_be_detectable_is_detected(
    sizes: list[int], correlation: float
) -> None:
    # From two runs of one system in which few cases changed, the regime of a good suite.
    still = differences(400, sizes, BINARY, changed=0.05, correlation=correlation)
    told = detectable(scatter(still, sizes, BINARY))
    assert told is not None
    lost = differences(300, sizes, BINARY, changed=told, correlation=correlation, effect=-told)
    assert 0.76 <= alarms(compare(lost, sizes)) <= 0.95


def scatter(found: Array, sizes: Sequence[int], steps: Sequence[float]) -> Spread:
    """Return the true scatter, as far as the runs together show it."""
    clusters, binary = names(sizes), tuple(steps) == BINARY
    seen = [spread_of(totals(list(row), clusters), list(row), binary=binary) for row in found[:99]]
    known = [one for one in seen if one]
    return Spread(
        tuple(sizes),
        standard_error=float(found.mean(axis=1).std()),
        step=min(steps),
        change=float(np.mean([one.change for one in known])),
        together=float(np.mean([one.together for one in known])),
    )
