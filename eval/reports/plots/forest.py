"""Forest plot: one row for each metric, its point with a line as long as its interval.

The rows stand in the cells of a table, beside the figures they show, as is usual for forest plots:
S. Lewis and M. Clarke, "Forest plots: trying to see the wood and the trees", BMJ 322 (2001)
1479-1480.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.reports.plots.drawing import Drawing
from eval.reports.plots.scale import SHARES, Scale

if TYPE_CHECKING:
    from markupsafe import Markup

_ROW = 22
_AXIS = 20


@dataclass(frozen=True, slots=True)
class Estimate:
    """A point with its interval."""

    mean: float
    """The point."""
    low: float
    """Lower end of the interval."""
    high: float
    """Upper end."""
    style: str
    """Class of its drawing, such as ``baseline`` or ``candidate``."""


def row(
    title: str,
    estimates: Sequence[Estimate],
    *,
    scale: Scale = SHARES,
    threshold: float | None = None,
) -> Markup:
    """Return a row with one line for each estimate.

    Args:
        title: the same in words.
        estimates: from top to bottom.
        scale: where values stand.
        threshold: a value that is marked, such as the least that will do.
    """
    height = _ROW if len(estimates) < 2 else 12 * len(estimates) + 6
    drawing = Drawing(height, title, style="row")
    for tick in scale.ticks(4):
        drawing.line((scale(tick),) * 2, (0, height), "grid")
    if threshold is not None:
        drawing.line((scale(threshold),) * 2, (1, height - 1), "threshold")
    for number, one in enumerate(estimates):
        y = height * (number + 0.5) / len(estimates)
        _estimate(drawing, one, y, scale)
    return drawing.markup()


def difference(
    title: str, estimate: Estimate, *, scale: Scale, margin: tuple[float, float] | None = None
) -> Markup:
    """Return a row with a difference, the line of no difference, and what is tolerated shaded."""
    drawing = Drawing(_ROW, title, style="row")
    if margin is not None:
        drawing.area((scale(margin[0]), scale(margin[1])), (1, _ROW - 1), "margin")
    for tick in scale.ticks(4):
        drawing.line((scale(tick),) * 2, (0, _ROW), "grid")
    drawing.line((scale(0.0),) * 2, (0, _ROW), "zero")
    _estimate(drawing, estimate, _ROW / 2, scale)
    return drawing.markup()


def axis(title: str, scale: Scale, *, percent: bool = False) -> Markup:
    """Return the axis that stands below or above the rows."""
    drawing = Drawing(_AXIS, title, style="row axis")
    ticks = scale.ticks(4)
    for tick in ticks:
        x = scale(tick)
        at = "start" if x < 10 else "end" if x > 90 else "middle"
        drawing.line((x, x), (0, 4), "grid")
        text = f"{tick:+.0%}" if percent and tick else f"{tick:g}"
        drawing.label(x, 16, text.replace("-", "−"), at=at)
    return drawing.markup()


def _estimate(drawing: Drawing, one: Estimate, y: float, scale: Scale) -> None:
    low, high = scale(one.low), scale(one.high)
    drawing.line((low, high), (y, y), f"interval {one.style}")
    for end, value in ((low, one.low), (high, one.high)):
        # An interval that leaves the scale has no end to mark.
        if scale.low <= value <= scale.high:
            drawing.line((end, end), (y - 3, y + 3), f"interval {one.style}")
    drawing.point(scale(one.mean), y, f"mean {one.style}")
