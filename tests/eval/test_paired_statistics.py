"""The paired statistics against outside references, and what must hold for any two runs."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.contingency_tables import mcnemar as reference_mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower

from eval.statistics.clusters import interval, sign_flip, standard_error, totals
from eval.statistics.detectable import Spread, detectable, fewest_moves, predicted_power
from eval.statistics.holm import holm
from eval.statistics.mcnemar import mcnemar
from eval.statistics.paired import PairedDifference, paired

# Outside references


@pytest.mark.parametrize(
    ("improved", "worsened"), [(0, 0), (1, 0), (0, 6), (5, 5), (3, 14), (40, 61)]
)
def test_mcnemar_agrees_with_statsmodels(improved: int, worsened: int) -> None:
    table = [[30, worsened], [improved, 12]]
    expected = reference_mcnemar(table, exact=True).pvalue if improved + worsened else 1.0
    assert mcnemar(improved, worsened) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    "p_values",
    [[0.03], [0.01, 0.04, 0.03, 0.005], [0.2, 0.2, 0.01, 0.01], [0.6, 0.9, 1.0], [0.0, 1e-9, 0.02]],
)
def test_holm_agrees_with_statsmodels(p_values: list[float]) -> None:
    expected = multipletests(p_values, method="holm")[1]
    assert holm(p_values) == pytest.approx(list(expected), abs=1e-15)


def test_holm_of_nothing() -> None:
    assert holm([]) == ()


@pytest.mark.parametrize("sizes", [[4] * 15, [1, 1, 2, 3, 5, 8, 13], [1] * 40])
def test_the_standard_error_agrees_with_statsmodels(sizes: list[int]) -> None:
    random = np.random.default_rng(len(sizes))
    codes = np.repeat(np.arange(len(sizes)), sizes)
    differences = random.normal(size=len(sizes))[codes] + random.normal(size=len(codes))
    reference = OLS(differences, np.ones(len(codes))).fit(
        cov_type="cluster", cov_kwds={"groups": codes}
    )
    found = standard_error(totals(list(differences), [str(code) for code in codes]))
    assert found == pytest.approx(reference.bse[0], rel=1e-9)


def test_the_sign_flip_test_agrees_with_scipy() -> None:
    # Exchanging the runs within a cluster is what scipy does to one pair of samples.
    random = np.random.default_rng(3)
    sizes = [1, 2, 2, 3, 4, 4, 5, 6, 7]
    codes = np.repeat(np.arange(len(sizes)), sizes)
    baseline, candidate = random.normal(size=(2, len(codes)))
    candidate += 0.4
    reference = stats.permutation_test(
        (np.bincount(codes, candidate), np.bincount(codes, baseline)),
        lambda x, y: np.sum(x - y),
        permutation_type="samples",
        n_resamples=inf,
    )
    found = paired(baseline, candidate, [str(code) for code in codes])
    assert found.test == "sign_flip"
    assert found.p == pytest.approx(reference.pvalue, abs=1e-12)
    many = [str(place) for place in range(len(codes))]
    reference = stats.permutation_test(
        (candidate, baseline),
        lambda x, y, axis: np.mean(x - y, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=9_999,
        rng=np.random.default_rng(4),
    )
    assert paired(baseline, candidate, many).p == pytest.approx(reference.pvalue, abs=0.02)


def test_the_interval_holds_what_the_test_does_not_reject() -> None:
    differences = [0.31, -0.12, 0.55, 0.08, 0.27, 0.4, -0.05, 0.19, 0.36]
    low, high = interval(totals(differences, list("abcdefghi"))) or (0.0, 0.0)

    def p_of(mean: float) -> float:
        moved = [d - mean for d in differences]
        zeros = [0.0] * len(moved)
        return float(
            stats.permutation_test(
                (moved, zeros),
                lambda x, y: np.sum(x - y),
                permutation_type="samples",
                n_resamples=inf,
            ).pvalue
        )

    assert p_of(low - 1e-6) < 0.05 <= p_of(low + 1e-6)
    assert p_of(high + 1e-6) < 0.05 <= p_of(high - 1e-6)


@pytest.mark.parametrize("method", ["percentile", "BCa"])
def test_without_clusters_the_interval_is_near_the_bootstraps_of_scipy(method: str) -> None:
    random = np.random.default_rng(5)
    baseline = random.beta(4, 2, size=150)
    candidate = np.clip(baseline + random.normal(0.03, 0.15, size=150), 0, 1)
    reference = stats.bootstrap(
        (candidate - baseline,), np.mean, method=method, rng=np.random.default_rng(6)
    ).confidence_interval
    found = paired(baseline, candidate, [str(place) for place in range(150)])
    width = reference.high - reference.low
    assert found.low == pytest.approx(reference.low, abs=0.06 * width)
    assert found.high == pytest.approx(reference.high, abs=0.06 * width)


@pytest.mark.parametrize("clusters", [8, 25, 120])
@pytest.mark.parametrize("power", [0.8, 0.9])
def test_the_detectable_difference_agrees_with_statsmodels(clusters: int, power: float) -> None:
    spread = Spread((4,) * clusters, standard_error=0.03, step=0, change=0.08, together=4)
    effect = TTestPower().solve_power(nobs=clusters, alpha=0.05, power=power)
    found = detectable(spread, power=power)
    assert found == pytest.approx(effect * 0.03 * clusters**0.5, rel=1e-5)
    assert predicted_power(found or 0, spread) == pytest.approx(power, abs=1e-6)


def test_the_power_of_mcnemars_test_is_near_the_exact_one() -> None:
    # 80 cases, half of which change: 28 rise and 12 fall on average.
    cases, changed, effect = 80, 0.5, 0.2
    spread = Spread(
        (1,) * cases,
        standard_error=((changed - effect**2) / cases) ** 0.5,
        step=1,
        change=1,
        together=1,
    )
    rises = (changed + effect) / 2 / changed
    exact = 0.0
    for moved in range(cases + 1):
        up = np.arange(moved + 1)
        rejected = 2 * stats.binom.cdf(np.minimum(up, moved - up), moved, 0.5) < 0.05
        chance = stats.binom.pmf(up[rejected], moved, rises).sum()
        exact += stats.binom.pmf(moved, cases, changed) * chance
    assert predicted_power(effect, spread) == pytest.approx(exact, abs=0.03)


# What an exact test allows at all


def test_six_moves_are_the_fewest_at_five_per_cent() -> None:
    assert fewest_moves(0.05) == 6
    assert mcnemar(6, 0) < 0.05 <= mcnemar(5, 0)
    assert fewest_moves(0.01) == 8


def test_nothing_below_six_moved_cases_is_detectable() -> None:
    # However still the suite was: here no case changed.
    right = [1.0] * 60
    found = paired(right, right, [str(place) for place in range(60)])
    assert found.detectable is not None
    # six of 60 at least; for eight in ten runs to have six, a few more
    assert 6 / 60 < found.detectable < 9 / 60
    chance = stats.binom.sf(5, 60, found.detectable)
    assert chance == pytest.approx(0.8, abs=1e-6)


def test_fewer_than_six_clusters_can_tell_nothing() -> None:
    clusters = ["a", "b", "c", "d", "e"] * 20
    found = paired([0.0] * 100, [1.0] * 100, clusters)
    assert found.p == 2 / 2**5
    assert (found.low, found.high, found.detectable) == (None, None, None)
    assert paired([0.0] * 100, [1.0] * 100, [*clusters[:-1], "f"]).p == 2 / 2**6


def test_a_wanted_power_costs_and_a_stricter_level_too() -> None:
    scores = np.random.default_rng(7).integers(2, size=(2, 90)).astype(float)
    clusters = [str(place // 3) for place in range(90)]
    found = paired(*scores, clusters).detectable
    powerful = paired(*scores, clusters, power=0.95).detectable
    strict = paired(*scores, clusters, alpha=0.01).detectable
    assert found is not None
    assert powerful is not None
    assert strict is not None
    assert found < powerful
    assert found < strict


# What cannot be known


def test_without_pairs_nothing_is_known() -> None:
    found = paired([], [], [])
    assert found == PairedDifference(
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


def test_one_cluster_says_how_it_went_there_and_no_more() -> None:
    found = paired([0.2, 0.4, 0.6], [0.6, 0.6, 0.6], ["a", "a", "a"])
    assert (found.n, found.clusters) == (3, 1)
    assert found.difference == pytest.approx(0.2)
    assert (found.low, found.high, found.detectable) == (None, None, None)
    assert (found.p, found.test) == (1.0, "sign_flip")


@pytest.mark.parametrize("score", [0.0, 1.0, 0.37])
@pytest.mark.parametrize("clusters", [["a"] * 20, [str(place // 2) for place in range(20)]])
def test_identical_runs_do_not_differ(score: float, clusters: list[str]) -> None:
    found = paired([score] * 20, [score] * 20, clusters)
    assert (found.difference, found.low, found.high, found.p) == (0, 0, 0, 1)
    assert (found.improved, found.worsened) == (0, 0)


def test_what_differs_by_rounding_alone_is_the_same() -> None:
    third = [0.1 + 0.2] * 12
    found = paired(third, [0.3] * 12, [str(place) for place in range(12)])
    assert (found.low, found.high, found.p, found.improved) == (0, 0, 1, 0)


def test_a_shift_of_every_case_is_that_shift() -> None:
    found = paired([0.5] * 30, [0.6] * 30, [str(place) for place in range(30)])
    assert found.low == pytest.approx(0.1)
    assert found.high == pytest.approx(0.1)
    assert found.p is not None
    assert found.p < 0.001
    assert found.improved == 30


def test_one_lost_case_does_not_show_that_none_is_lost() -> None:
    # Resampling 80 cases of which one fell never goes above 0 nor below 3 falls or so; the exact
    # 95 % limits for 1 of 80 are 0.03 % and 6.8 %.
    found = paired([1.0] * 80, [0.0, *[1.0] * 79], [str(place) for place in range(80)])
    assert found.low is not None
    assert found.high is not None
    assert found.low < -0.05
    assert found.high > 0


def test_changes_that_cancel_within_a_cluster_are_changes() -> None:
    clusters = [str(place // 2) for place in range(40)]
    found = paired([0.0, 1.0, *[1.0] * 38], [1.0, 0.0, *[1.0] * 38], clusters)
    assert found.difference == 0
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0 < found.high
    assert (found.p, found.clusters) == (1, 20)


def test_values_must_be_finite_and_as_many() -> None:
    with pytest.raises(ValueError, match="finite"):
        paired([0.0], [float("nan")], ["a"])
    with pytest.raises(ValueError, match="argument"):
        paired([0.0, 1.0], [1.0], ["a"])
    with pytest.raises(ValueError, match="argument"):
        paired([0.0], [1.0], ["a", "b"])


# Which test


def test_mcnemar_serves_as_long_as_changed_cases_are_of_different_clusters() -> None:
    baseline, candidate = [1.0] * 8 + [0.0] * 8, [0.0] * 7 + [1.0] + [0.0] * 8
    alone = [str(place) for place in range(16)]
    found = paired(baseline, candidate, alone)
    assert (found.test, found.p) == ("mcnemar", stats.binomtest(0, 7).pvalue)
    with_unchanged = [*alone[:8], *alone[:8]]
    assert paired(baseline, candidate, with_unchanged).test == "mcnemar"
    together = ["0", "0", *alone[2:]]
    assert paired(baseline, candidate, together).test == "sign_flip"
    # the two that share a cluster count as one
    assert paired(baseline, candidate, together).p == 2 / 2**6
    assert paired([0.5, *baseline[1:]], candidate, alone).test == "sign_flip"


@given(st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=1, max_size=13))
def test_the_sign_flip_test_generalises_mcnemar(differences: list[float]) -> None:
    of = totals(differences, [str(place) for place in range(len(differences))])
    improved, worsened = differences.count(1), differences.count(-1)
    assert sign_flip(of) == pytest.approx(mcnemar(improved, worsened), abs=1e-12)


def test_beyond_enumeration_the_p_value_is_near_and_never_zero() -> None:
    far = totals([1.0] * 60, [str(place) for place in range(60)])
    assert sign_flip(far, draws=999) == 1 / 1000
    # 20 up, 40 down: random splits against the exact test
    mixed = totals([1.0] * 20 + [-1.0] * 40, [str(place) for place in range(60)])
    assert sign_flip(mixed) == pytest.approx(mcnemar(20, 40), abs=0.004)


# Whatever the runs

BINARY = st.sampled_from([0.0, 1.0])
GRADED = st.sampled_from([0.0, 0.25, 1 / 3, 0.5, 2 / 3, 1.0])
CASES = st.one_of(
    st.lists(st.tuples(scores, scores, st.sampled_from("abcdefghij")), min_size=1, max_size=24)
    for scores in (BINARY, GRADED, st.floats(-50, 50))
)


def compared(cases: list[tuple[float, float, str]]) -> PairedDifference:
    baseline, candidate, clusters = zip(*cases, strict=True)
    return paired(baseline, candidate, clusters)


@settings(deadline=None)
@given(CASES)
def test_swapped_runs_give_the_mirror_image(cases: list[tuple[float, float, str]]) -> None:
    one, other = compared(cases), compared([(c, b, name) for b, c, name in cases])
    assert one.difference == -(other.difference or 0)
    assert (one.improved, one.worsened) == (other.worsened, other.improved)
    assert (one.p, one.test, one.detectable) == (other.p, other.test, other.detectable)
    if one.low is None or one.high is None:
        assert (other.low, other.high) == (None, None)
    else:
        assert (-one.high, -one.low) == pytest.approx((other.low, other.high), abs=1e-9)


@settings(deadline=None)
@given(CASES, st.randoms(use_true_random=False))
def test_the_order_of_the_cases_does_not_matter(
    cases: list[tuple[float, float, str]], random
) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(cases)
    random.shuffle(shuffled)
    assert compared(shuffled).model_dump() == pytest.approx(compared(cases).model_dump(), abs=1e-9)


@settings(deadline=None)
@given(CASES)
def test_the_interval_and_the_p_value_agree_about_no_difference(
    cases: list[tuple[float, float, str]],
) -> None:
    found = compared(cases)
    assert found.p is not None
    if found.low is None or found.high is None:
        assert found.p >= 0.05
    elif found.p >= 0.05:
        assert found.low <= 0 <= found.high
    else:
        assert found.low >= 0 or found.high <= 0


def test_random_splits_do_not_part_the_interval_from_an_exact_p_value() -> None:
    # 22 up, 10 down of 33: p is .0501, closer to .05 than random splits can tell.
    baseline, candidate = [0.0] * 22 + [1.0] * 11, [1.0] * 22 + [0.0] * 10 + [1.0]
    found = paired(baseline, candidate, [str(place) for place in range(33)])
    assert found.p == pytest.approx(0.0501, abs=1e-4)
    assert (found.test, found.low) == ("mcnemar", 0)


def test_shares_differ_by_no_more_than_one() -> None:
    clusters = [str(place) for place in range(25)]
    shares = paired([0.0] * 24 + [1.0], [1.0] * 25, clusters)
    assert shares.high == 1
    tokens = paired([0.0] * 24 + [100.0], [100.0] * 25, clusters)
    assert tokens.high is not None
    assert tokens.high > 100


@settings(deadline=None)
@given(CASES)
def test_the_difference_lies_in_its_interval(cases: list[tuple[float, float, str]]) -> None:
    found = compared(cases)
    if found.low is not None and found.high is not None and found.difference is not None:
        assert found.low - 1e-9 <= found.difference <= found.high + 1e-9


@settings(deadline=None)
@given(st.lists(st.tuples(BINARY, BINARY), min_size=1, max_size=30), st.lists(BINARY, max_size=30))
def test_cases_that_both_runs_got_alike_leave_mcnemars_p_alone(
    cases: list[tuple[float, float]], alike: list[float]
) -> None:
    pairs = [*cases, *((value, value) for value in alike)]
    few = compared([(*pair, str(place)) for place, pair in enumerate(cases)])
    more = compared([(*pair, str(place)) for place, pair in enumerate(pairs)])
    assert (few.test, few.p) == (more.test, more.p) == ("mcnemar", few.p)


def test_the_same_seed_gives_the_same_numbers() -> None:
    random = np.random.default_rng(8)
    baseline, candidate = random.random(size=(2, 90))
    clusters = [str(place // 3) for place in range(90)]
    found = paired(baseline, candidate, clusters, seed=1)
    assert found == paired(baseline, candidate, clusters, seed=1)
    other = paired(baseline, candidate, clusters, seed=2)
    assert found != other
    assert found.low == pytest.approx(other.low, abs=0.01)


def test_whole_clusters_widen_the_interval() -> None:
    # Ten stories of six cases each, moved as one: as much is known as of ten cases.
    random = np.random.default_rng(9)
    story = random.normal(size=10)
    repeated = paired([0.0] * 60, list(np.repeat(story, 6)), [str(i // 6) for i in range(60)])
    alone = paired([0.0] * 10, list(story), [str(i) for i in range(10)])
    assert (repeated.low, repeated.high) == pytest.approx((alone.low, alone.high))
    assert repeated.p == pytest.approx(alone.p)
