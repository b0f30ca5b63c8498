"""Latency: the share of answers that were there after so many seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from eval.reports.plots.drawing import Drawing
from eval.reports.plots.scale import Scale

if TYPE_CHECKING:
    from markupsafe import Markup

_HEIGHT, _TOP, _BOTTOM = 260, 14, 218
_LEFT, _RIGHT = 13.0, 97.0
_LEVELS = (50, 95, 99)
_SPREAD = 20
"""From this factor between the longest and the median on, the axis is logarithmic."""


@dataclass(frozen=True, slots=True)
class Times:
    """The times of one run."""

    name: str
    """How the run is called."""
    seconds: tuple[float, ...]
    """Time of each answer."""
    style: str
    """Class of its drawing."""

    def percentile(self, level: int) -> float:
        """Return the time within which ``level`` percent of the answers were there.

        The nearest rank: the smallest time that at least so many did not exceed, which is one of
        the times measured and stands on the curve (R. J. Hyndman and Y. Fan, "Sample quantiles in
        statistical packages", The American Statistician 50 (1996) 361-365, definition 1).
        """
        ordered = sorted(self.seconds)
        return ordered[max(0, ceil(len(ordered) * level / 100) - 1)]

    def percentiles(self) -> tuple[tuple[str, float], ...]:
        """Return the usual percentiles with their names."""
        return tuple((f"p{level}", self.percentile(level)) for level in _LEVELS)


def plot(runs: Sequence[Times]) -> Markup:
    """Return the cumulative distributions of ``runs``, none of which is empty."""
    told = "; ".join(
        f"{run.name}: " + ", ".join(f"{name} {value:.3g} s" for name, value in run.percentiles())
        for run in runs
    )
    drawing = Drawing(_HEIGHT, "Distribution of the time to the whole answer", told)
    x, y = _scale(runs), Scale(0.0, 1.0, start=_BOTTOM, end=_TOP)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        drawing.line((_LEFT, _RIGHT), (y(share), y(share)), "grid")
        drawing.label(_LEFT - 1, y(share) + 4, f"{share:.0%}", at="end")
    for tick in x.ticks():
        drawing.line((x(tick), x(tick)), (_TOP, _BOTTOM), "grid")
        drawing.label(x(tick), _BOTTOM + 16, f"{tick:g}")
    unit = "seconds, logarithmic" if x.logarithmic else "seconds"
    drawing.label((_LEFT + _RIGHT) / 2, _BOTTOM + 34, unit, "axis-name")
    for run in runs:
        drawing.curve(_steps(run, x, y), f"curve {run.style}")
        for level in _LEVELS:
            drawing.point(x(run.percentile(level)), y(level / 100), f"mean {run.style}", 3.5)
    for level in _LEVELS:
        place = x(runs[-1].percentile(level))
        aside = ("end", -1) if place > 90 else ("start", 1)
        drawing.label(place + aside[1], y(level / 100) + 16, f"p{level}", at=aside[0])
    return drawing.markup()


def _scale(runs: Sequence[Times]) -> Scale:
    every = [seconds for run in runs for seconds in run.seconds]
    middle, longest = max(run.percentile(50) for run in runs), max(every)
    if min(every) > 0 and longest > _SPREAD * middle:
        low = min(every)
        return Scale(low, longest, _LEFT, _RIGHT, logarithmic=True)
    return Scale(0.0, longest or 1.0, _LEFT, _RIGHT)


def _steps(run: Times, x: Scale, y: Scale) -> list[tuple[float, float]]:
    """Return the corners of the steps, leaving out what is finer than can be seen."""
    ordered = sorted(run.seconds)
    points = [(_LEFT, y(0.0))]
    for number, seconds in enumerate(ordered, 1):
        place = round(x(seconds), 1)
        if place > points[-1][0]:
            points.append((place, points[-1][1]))
        height = y(number / len(ordered))
        if len(points) > 1 and points[-2][0] == place:
            points[-1] = (place, height)
        else:
            points.append((place, height))
    points.append((_RIGHT, y(1.0)))
    return points
