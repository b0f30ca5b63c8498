from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.running.figures import figure, figures, precision
from eval.scorers import SCORERS
from eval.statistics.intervals import bootstrap, wilson


def test_wilson_agrees_with_published_values() -> None:
    # R: binom::binom.confint(8, 10, methods = "wilson") and the same for 10 of 10.
    assert wilson(0.8, 10) == pytest.approx((0.4901625, 0.9433178), abs=1e-6)
    assert wilson(1.0, 10) == pytest.approx((0.7224672, 1.0), abs=1e-6)


@given(st.floats(0, 1), st.integers(1, 500))
def test_wilson_holds_the_mean_and_stays_within_bounds(mean: float, n: int) -> None:
    low, high = wilson(mean, n)
    assert 0 <= low <= mean + 1e-12
    assert mean - 1e-12 <= high <= 1


def test_bootstrap_is_repeatable_and_narrows() -> None:
    few, many = [0.1, 0.2, 0.4], [0.1, 0.2, 0.4] * 30
    assert bootstrap(few) == bootstrap(few)
    (a, b), (c, d) = bootstrap(few), bootstrap(many)
    assert 0.1 - 1e-9 <= a < sum(few) / 3 < b <= 0.4 + 1e-9
    assert d - c < b - a


def test_a_metric_without_values_has_no_mean() -> None:
    empty = figure("right_words", "citation", "share", [])
    assert (empty.n, empty.mean, empty.low, empty.high) == (0, None, None, None)


def test_unscored_cases_do_not_count_as_zero() -> None:
    found = {f.metric: f for f in figures(SCORERS, [{"fact_recall": 1.0}, {"fact_recall": None}])}
    assert (found["fact_recall"].n, found["fact_recall"].mean) == (1, 1.0)
    assert found["fact_recall"].interval == "wilson"
    assert found["latency"].interval == "bootstrap"
    assert list(found) == [scorer.metric for scorer in SCORERS]


def test_precision_of_refusals() -> None:
    # refused and due twice, refused without need once, due and not refused twice, answered once
    seen = [(True, True), (True, True), (True, False), (False, True), (False, True), (False, False)]
    found = precision(seen)
    assert (found.n, found.mean) == (3, pytest.approx(2 / 3))
