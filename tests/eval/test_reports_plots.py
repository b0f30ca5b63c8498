"""The figures behind the plots, and that drawings show them."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from made_runs import run_of
from report_runs import ATTACK, due, right, undue, wrong

from eval.reports.plots import calibration, forest, latency, refusal
from eval.reports.plots.drawing import Drawing
from eval.reports.plots.scale import SHARES, Scale


def test_levels_of_confidence_are_held_against_right_answers_only() -> None:
    run = run_of(right("a"), right("b"), wrong("c"), due("d"), "it broke")
    levels = {level.name: level for level in calibration.by_confidence(run.results)}
    assert [(name, level.n, level.mean) for name, level in levels.items()] == [
        ("high", 2, 1.0),
        ("moderate", 0, None),
        ("low", 1, 0.0),
    ]
    assert levels["high"].low == pytest.approx(0.342, abs=0.001)  # Wilson of 2 of 2


def test_an_answer_to_what_the_documents_do_not_say_is_wrong_whatever_its_words() -> None:
    (answered,) = run_of(undue("a")).results
    assert calibration.correctness(answered) == 0.0
    (refused,) = run_of(due("a")).results
    assert calibration.correctness(refused) is None


def test_support_counts_by_the_weakest_sentence() -> None:
    run = run_of(right("a"), wrong("b"))
    supported = calibration.by_support(run.results)[0]
    assert (supported.name, supported.n, supported.mean) == ("supported", 2, 0.5)


def test_the_sweep_starts_at_the_run_and_ends_with_no_answer() -> None:
    run = run_of(right("a", score=9), wrong("b", score=5), undue("c", score=4), due("d", score=8))
    # A limit of 5 refuses c as well; of 9 also b; above, everything.
    assert refusal.sweep(run.results) == ((1.0, 0.5), (1.0, 1.0), (0.5, 1.0), (0.0, 1.0))
    off = refusal.trade_off(run, "run")
    assert off is not None
    assert (off.answered.mean, off.refused.mean) == off.curve[0]


def test_without_scores_or_without_silent_questions_there_is_no_curve() -> None:
    assert refusal.sweep(run_of(right("a"), right("b", score=1)).results) == ()
    unscored = [
        result.model_copy(update={"passages": ()})
        for result in run_of(right("a"), wrong("b"), undue("c")).results
    ]
    assert refusal.sweep(unscored) == ()
    assert refusal.trade_off(run_of(right("a")), "run") is None


@pytest.mark.parametrize("n", [1, 2, 19, 100, 1000])
def test_percentiles_are_times_that_were_measured(n: int) -> None:
    seconds = np.random.default_rng(n).exponential(size=n)
    times = latency.Times("run", tuple(seconds), "run")
    for level in (50, 95, 99):
        expected = np.percentile(seconds, level, method="inverted_cdf")
        assert times.percentile(level) == expected


def test_a_thousand_times_are_drawn_no_finer_than_can_be_seen() -> None:
    seconds = tuple(np.random.default_rng(7).exponential(size=20_000))
    drawn = str(latency.plot([latency.Times("run", seconds, "run")]))
    ET.fromstring(drawn)
    assert len(drawn) < 60_000


def test_a_long_tail_is_drawn_on_a_logarithmic_axis() -> None:
    even = latency.plot([latency.Times("run", (0.2, 0.3, 0.4), "run")])
    tail = latency.plot([latency.Times("run", (0.2, 0.3, 0.4, 60.0), "run")])
    assert "logarithmic" not in even
    assert "logarithmic" in tail


@pytest.mark.parametrize(
    ("scale", "ticks"),
    [
        (Scale(0, 1), (0, 0.2, 0.4, 0.6, 0.8, 1)),
        (Scale(-0.06, 0.06), (-0.05, 0, 0.05)),
        (Scale(0, 7.3), (0, 2, 4, 6)),
        (Scale(0.02, 300, logarithmic=True), (0.1, 1, 10, 100)),
        (Scale(0, 0), (0,)),
    ],
)
def test_ticks_are_round(scale: Scale, ticks: tuple[float, ...]) -> None:
    assert scale.ticks() == pytest.approx(ticks)


def test_what_lies_outside_a_scale_stands_at_its_end() -> None:
    assert Scale(0, 1, 10, 90)(2) == 90
    assert Scale(0, 1, 10, 90)(-1) == 10
    assert Scale(1, 100, 0, 100, logarithmic=True)(10) == pytest.approx(50)


def test_an_interval_is_drawn_where_its_values_stand() -> None:
    drawn = str(forest.row("x", [forest.Estimate(0.5, 0.25, 0.75, "run")], threshold=0.9))
    svg = ET.fromstring(drawn)
    (interval, *_) = [one for one in svg.iter("line") if one.get("class") == "interval run"]
    assert (interval.get("x1"), interval.get("x2")) == ("26.5%", "73.5%")
    (point,) = svg.iter("circle")
    assert point.get("cx") == "50%"
    (threshold,) = [one for one in svg.iter("line") if one.get("class") == "threshold"]
    assert threshold.get("x1") == f"{SHARES(0.9):g}%"


def test_every_drawing_has_a_name_and_cannot_be_broken_out_of() -> None:
    drawing = Drawing(20, ATTACK, ATTACK)
    drawing.label(1, 1, ATTACK)
    markup = str(drawing.markup())
    svg = ET.fromstring(markup)
    assert svg.get("role") == "img"
    assert {child.tag for child in svg} == {"title", "desc", "text"}
    assert "\u202e" not in markup
    assert re.search(r"<(?!/?(svg|title|desc|text)\b)", markup) is None
