"""Drawing: an inline SVG that is as wide as its place.

Across, everything is given in percent of the width; down, in pixels. So lines and curves stretch
with the page, while text, points and strokes keep their size on a phone. Colours and strokes come
from the page's style sheet through classes: one drawing serves light, dark and print.
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from qa.visible import visible


class Drawing:
    """A drawing under way.

    Args:
        height: in pixels.
        title: what it shows, for readers who do not see it and for those who point at it.
        description: what can be read from it.
        style: class of the whole drawing.
    """

    def __init__(
        self, height: int, title: str, description: str = "", *, style: str = "plot"
    ) -> None:
        self._height = height
        self._style = style
        self._parts = [Markup("<title>{}</title>").format(visible(title))]
        if description:
            self._parts.append(Markup("<desc>{}</desc>").format(visible(description)))

    def line(self, x: tuple[float, float], y: tuple[float, float], style: str) -> None:
        """Draw a straight line between two points, given as both their ``x`` and both ``y``."""
        self._add("line", style, x1=_percent(x[0]), x2=_percent(x[1]), y1=y[0], y2=y[1])

    def point(self, x: float, y: float, style: str, radius: float = 4.5) -> None:
        """Draw a point."""
        self._add("circle", style, cx=_percent(x), cy=y, r=radius)

    def area(self, x: tuple[float, float], y: tuple[float, float], style: str) -> None:
        """Fill a rectangle."""
        left, right = sorted(x)
        top, bottom = sorted(y)
        self._add(
            *("rect", style),
            x=_percent(left),
            y=top,
            width=_percent(right - left),
            height=bottom - top,
        )

    def label(self, x: float, y: float, text: str, style: str = "tick", at: str = "middle") -> None:
        """Write ``text``; ``at`` says which part of it stands at ``x``: start, middle or end."""
        start = Markup('<text class="{}" x="{}" y="{}" text-anchor="{}">')
        opening = start.format(style, _percent(x), _short(y), at)
        self._parts.append(opening + escape(visible(text)) + Markup("</text>"))

    def curve(self, points: Iterable[tuple[float, float]], style: str) -> None:
        """Draw straight lines from point to point."""
        path = "M" + "L".join(f"{_short(x)} {_short(y)}" for x, y in points)
        frame = Markup(
            '<svg viewBox="0 0 100 {}" preserveAspectRatio="none"><path class="{}" d="{}"/></svg>'
        )
        self._parts.append(frame.format(self._height, style, path))

    def markup(self) -> Markup:
        """Return the drawing."""
        frame = Markup('<svg class="{}" role="img" width="100%" height="{}">')
        return (
            frame.format(self._style, self._height) + Markup().join(self._parts) + Markup("</svg>")
        )

    def _add(self, name: str, style: str, **attributes: float | str) -> None:
        written = Markup().join(
            Markup(' {}="{}"').format(key, value if isinstance(value, str) else _short(value))
            for key, value in attributes.items()
        )
        self._parts.append(Markup('<{} class="{}"{}/>').format(name, style, written))


def _percent(value: float) -> str:
    return f"{_short(value)}%"


def _short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
