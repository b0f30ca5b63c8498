"""Whether two values are one: figures up to rounding, days by stated parts, names by surname."""

from __future__ import annotations

import math

from qa.checking.agreement import same_dates
from qa.text.figures import Figure, figures
from qa.text.words import content_stems, fold, is_content, key, same_name, tokens

CLOSE = 0.05
"""How far a figure may be from one that is told with a rounding word such as "about"."""

ROUNDED = 0.025
"""How far a plain round figure may be from the exact one."""


def same_value(one: str, other: str) -> bool:
    """Return whether two texts give the same value.

    Rounding words count: "about 11,000" is 11,000 and may be 11,240. A range is every value in it.
    A day is the same as its month or year. Names are compared by surname, initials of given names
    and abbreviations.
    """
    if fold(one) == fold(other):
        return True
    mine, theirs = figures(one), figures(other)
    if mine and theirs:
        return same_figure(mine[0], theirs[0])
    if mine or theirs:
        return False
    return _same_words(one, other)


def same_figure(one: Figure, other: Figure) -> bool:
    """Return whether two figures are one value: the same up to rounding, or one a range of it."""
    if one.kind in ("date", "year") or other.kind in ("date", "year"):
        return one.kind in ("date", "year") and same_dates(one, other)
    a, b = _ends(one), _ends(other)
    if one.upper is not None or other.upper is not None:
        return a[0] <= b[1] * (1 + 1e-9) and b[0] <= a[1] * (1 + 1e-9)
    x, y = a[0], b[0]
    if math.isclose(x, y, rel_tol=1e-6):
        return True
    return _within(one, y) or _within(other, x) or _rounds_to(x, y) or _rounds_to(y, x)


def _ends(figure: Figure) -> tuple[float, float]:
    return figure.value, figure.value if figure.upper is None else figure.upper


def _within(figure: Figure, value: float) -> bool:
    """Return whether a value is what a figure with its rounding word may stand for."""
    width = CLOSE * abs(figure.value)
    match figure.qualifier:
        case "about":
            return abs(value - figure.value) <= width
        case "nearly" | "less than" | "up to":
            return -width <= value - figure.value <= 0
        case "more than" | "at least":
            return 0 <= value - figure.value <= width
        case _:
            return False


def _rounds_to(exact: float, short: float) -> bool:
    """Return whether ``short`` is ``exact`` written with fewer digits, and still near it."""
    if not short or abs(exact - short) > ROUNDED * abs(short) or abs(short) < 10:
        return False
    digits = len(f"{short:.0f}".rstrip("0")) if float(short).is_integer() else 0
    if not digits or digits >= len(f"{abs(short):.0f}"):
        return False
    factor = 10 ** (len(f"{abs(short):.0f}") - digits)
    return math.isclose(round(exact / factor) * factor, short)


def _same_words(one: str, other: str) -> bool:
    """Return whether two names or phrases without figures mean the same."""
    a = [key(t.text) for t in tokens(one) if is_content(t.text)]
    b = [key(t.text) for t in tokens(other) if is_content(t.text)]
    if not a or not b:
        return False
    if _short_for(a, b) or _short_for(b, a):
        return True
    if _alike(a[-1], b[-1]):
        # Surnames agree; given names must not differ: Olsen, G. Olsen, Greta Olsen.
        return all(
            _alike(x, y) or (x[0] == y[0] and 1 in (len(x), len(y)))
            for x, y in zip(reversed(a[:-1]), reversed(b[:-1]), strict=False)
        )
    # A place with and without what it lies in: Varn and Varn, Osk County.
    first, second = set(content_stems(one)), set(content_stems(other))
    return (first < second and a[0] == b[0]) or (second < first and a[0] == b[0])


def _alike(one: str, other: str) -> bool:
    return one == other or same_name(one, other)


def _short_for(one: list[str], other: list[str]) -> bool:
    """Return whether ``one`` is the initials of ``other``."""
    return len(one) == 1 and len(other) > 1 and one[0] == "".join(word[0] for word in other)
