"""Agreement of figures: whether a source has a statement's figure, and in which words.

Two figures agree if value, kind and unit are the same and the statement is no surer than the source
("11,000" is surer than "about 11,000", and "at least 11,000" follows from "11,000").
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from qa.models import Support
from qa.text.figures import Figure
from qa.text.words import content_stems

Difference = tuple[Support, str]
"""The best support that is left, and the difference in words."""

_ALIKE = (
    frozenset({"troop", "soldier", "servicemen", "serviceman", "personnel", "fighter", "forc"}),
    frozenset({"person", "man", "woman", "individu", "civilian", "resid"}),
    frozenset({"countri", "nation", "state"}),
    frozenset({"m", "meter", "metr"}),
    frozenset({"km", "kilomet", "kilometr"}),
    frozenset({"kg", "kilogram", "kilo"}),
    frozenset({"g", "gram", "gramm"}),
    frozenset({"t", "ton", "tonn"}),
    frozenset({"l", "liter", "litr"}),
    frozenset({"cm", "centimet", "centimetr"}),
    frozenset({"mm", "millimet", "millimetr"}),
    frozenset({"ft", "foot", "feet"}),
    frozenset({"mi", "mile"}),
    frozenset({"lb", "lbs", "pound"}),
    frozenset({"ha", "hectar"}),
    frozenset({"h", "hour", "hr", "hrs"}),
    frozenset({"min", "minut"}),
    frozenset({"s", "second", "sec"}),
    frozenset({"mw", "megawatt"}),
    frozenset({"kw", "kilowatt"}),
    frozenset({"gw", "gigawatt"}),
    frozenset({"mph", "mile"}),
)
"""Stems of words that may count the same things."""

_ROUNDED = 0.05
"""How far a value may be from the one that a statement gives as "about"."""


def compare_figures(
    figure: Figure, given: Sequence[Figure], statement: str, source: str
) -> Difference | None:
    """Return how a statement's figure differs from those of its source; ``None`` if one agrees.

    Args:
        figure: A figure of the statement.
        given: The figures of the source.
        statement: The statement's text.
        source: The source's text.
    """
    if figure.kind in ("date", "year"):
        return _compare_dates(figure, given)
    if figure.kind == "number" and figure.value == 1:
        return None  # "one" stands for "a" too often
    left: dict[Support, Figure] = {}
    for other in given:
        if not _is_related(figure, other):
            continue
        found = _support(figure, other, source)
        if found == "supported":
            return None
        left.setdefault(found, other)
    if not left:
        return _not_given(figure, given, statement, source)
    support: Support = "partial" if "partial" in left else "unsupported"
    return support, f"the source says '{left[support].stated.cut(source)}'"


def _is_related(figure: Figure, other: Figure) -> bool:
    """Return whether the other figure may be meant: the same value, or one that implies it."""
    if other.kind in ("date", "year"):
        return False
    if any(end is not None and _equal(end, figure.value) for end in (other.value, other.upper)):
        return True
    if _within(figure, other):
        return True
    return figure.qualifier is not None and figure.upper is None and _follows(figure, other)


def _within(figure: Figure, other: Figure) -> bool:
    """Return whether a range and a single value go together.

    "Between 3 and 5" follows from 4, "at least 3" and "up to 5" from "3 to 5".
    """
    if figure.upper is not None:
        inside = figure.value <= other.value <= figure.upper
        return inside and other.upper is None and other.qualifier in (None, "about")
    if other.upper is None:
        return False
    match figure.qualifier:
        case "at least" | "more than":
            low = figure.value <= other.value <= 2 * figure.value
            return low and (figure.qualifier == "at least" or figure.value < other.value)
        case "up to" | "less than":
            high = other.upper <= figure.value <= 2 * other.upper
            return high and (figure.qualifier == "up to" or other.upper < figure.value)
    return False


def _not_given(figure: Figure, given: Sequence[Figure], statement: str, source: str) -> Difference:
    """Return what to say of a figure that the source lacks: the one it has instead, if any."""
    shown = figure.stated.cut(statement)
    like = [other for other in given if other.kind in (figure.kind, "range")]
    if figure.unit is not None:
        like = [o for o in like if o.unit and _same_unit(o.unit, figure.unit)] or like
    if like:
        return "unsupported", f"the source says '{like[0].stated.cut(source)}', not '{shown}'"
    return "unsupported", f"the source does not give '{shown}'"


def _support(figure: Figure, other: Figure, source: str) -> Support:
    """Return how far a figure bears out one that it is related to."""
    if not _same_kind(figure, other):
        return "unsupported"
    if not _same_unit(figure.unit, other.unit):
        # "55 national teams" of "55 associations whose teams": near, and for the reader to judge.
        return "partial" if figure.unit in set(content_stems(source)) else "unsupported"
    if (figure.upper is None) != (other.upper is None):
        return "supported" if _within(figure, other) else "partial"
    same_end = figure.upper is None or figure.upper == other.upper
    if same_end and _follows(figure, other):
        return "supported"
    weaker = figure.qualifier in (None, "about") or other.qualifier == "about"
    return "partial" if same_end and weaker else "unsupported"


def _follows(figure: Figure, other: Figure) -> bool:
    """Return whether the statement's value with its qualifier is true if the source's is."""
    mine, theirs, hedge = figure.value, other.value, other.qualifier
    equal = _equal(mine, theirs)
    if equal and figure.qualifier == hedge:
        return True
    match figure.qualifier:
        case "about":
            close = abs(mine - theirs) <= _ROUNDED * abs(theirs)
            true = close and hedge in (None, "about", "nearly")
        case "nearly":
            true = hedge is None and 0 < mine - theirs <= _ROUNDED * abs(mine)
        case "more than":
            true = mine < theirs <= 2 * mine and hedge in (None, "more than", "at least")
        case "less than":
            true = mine / 2 <= theirs < mine and hedge in (None, "less than", "up to", "nearly")
        case "at least":
            true = mine <= theirs <= 2 * mine and hedge in (None, "more than", "at least")
        case "up to":
            true = equal and hedge in (None, "less than", "nearly")
        case _:
            true = False
    return true


def _equal(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-6)


def _same_kind(figure: Figure, other: Figure) -> bool:
    """Return whether both are numbers, shares or sums of money; a range is what its unit says."""
    return _nature(figure) == _nature(other)


def _nature(figure: Figure) -> str:
    if figure.kind != "range":
        return figure.kind
    if figure.unit in ("%", "percentage point"):
        return "percent"
    return "money" if figure.unit and figure.unit.isupper() else "number"


def _same_unit(one: str | None, other: str | None) -> bool:
    """Return whether two units may be the same; an unknown one fits any."""
    if one is None or other is None or one == other:
        return True
    return any({one, other} <= alike for alike in _ALIKE)


def same_dates(one: Figure, other: Figure) -> bool:
    """Return whether two dates share a stated part and contradict each other in none."""
    return _agrees(one, other)


def _compare_dates(figure: Figure, given: Sequence[Figure]) -> Difference | None:
    """Return how a date differs; what no date of the source speaks of is missing, not wrong."""
    dates = [other for other in given if other.kind in ("date", "year")]
    near = [other for other in dates if _agrees(figure, other)]
    if near and figure.unit == "decade":
        return None
    if near:
        # The parts may stand apart: "on 17 January" in one sentence, any date of 2025 in another.
        year_given = any(figure.year in (0, other.year) for other in dates)
        found = [any(part[1] for part in group) for group in _parts(figure, near)]
        if all(found[1 if figure.year else 0 :]) and year_given:
            return None
        return "partial", f"the source gives only '{near[0].text}'"
    for other in dates:
        if other.kind == figure.kind or (other.month and figure.month):
            return "unsupported", f"the source says '{other.text}', not '{figure.text}'"
    return "partial", f"the source does not give '{figure.text}'"


def _parts(figure: Figure, others: Sequence[Figure]) -> list[list[tuple[int, int]]]:
    """Return, for each part that a date states, its value there and in each of the others."""
    mine = (figure.year, figure.month, figure.day)
    theirs = [(other.year, other.month, other.day) for other in others]
    return [[(mine[p], their[p]) for their in theirs] for p in range(3) if mine[p]]


def _agrees(figure: Figure, other: Figure) -> bool:
    """Return whether two dates share a stated part and contradict each other in none."""
    if "decade" in (figure.unit, other.unit):
        same_decade = other.year // 10 == figure.year // 10
        return same_decade and figure.unit == "decade"  # "the 1990s" do not say which year
    shared = [pair for group in _parts(figure, [other]) for pair in group if pair[1]]
    return bool(shared) and all(mine == theirs for mine, theirs in shared)
