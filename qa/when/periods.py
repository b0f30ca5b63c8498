"""Expressions of time that mean nothing without a day to count from, and the days they mean.

A closed list of English expressions is read: ``today``, ``tonight``, ``this morning`` (or
``afternoon``, ``evening``); ``yesterday``, ``last night``; ``the day before yesterday``; ``this``,
``last`` or ``past`` ``week`` (or ``month``, ``year``); ``last January``; ``last`` or ``on Monday``;
``three weeks ago``; ``the past week``, ``the last 10 days``. Numbers are digits, ``a`` or words up
to twelve. Weeks run from Monday to Sunday (ISO 8601).

What looks ahead (``tomorrow``, ``next week``) bounds no publication and is not read, and neither is
what is vague (``recently``, ``a few days ago``).
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_NUMBERS = {
    "a couple of": 2,
    **{"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6},
    **{"seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12},
}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_N = r"\d{1,4}|" + "|".join(word.replace(" ", r"\s+") for word in _NUMBERS)
_MONTH = "|".join(_MONTHS)
_DATE_FOLLOWS = rf",?\s+(?:the\s+)?(?:\d|(?:{_MONTH}|{'|'.join(m[:3] for m in _MONTHS)})\b)"

_EXPRESSION = re.compile(
    rf"""
    (?<![\w-])(?:
      (?P<eve> the\s+day\s+before\s+yesterday )
    | (?P<today> today | tonight | this\s+(?:morning|afternoon|evening) )
    | (?P<yesterday> yesterday | last\s+night )
    | (?:the\s+)? (?:past|last|previous) \s+ (?P<many>{_N}) \s+
      (?P<rolling> hour | day | week | month | year ) s?
    | the\s+(?:past|last) \s+ (?P<single> week | month | year ) (?! \s+ (?:before|until)\b )
    | (?P<count>{_N}) \s+ (?P<ago> day | week | month | year ) s? \s+ ago
    | (?<!the\s) (?P<which> this | last | past ) \s+ (?P<calendar> week | month | year )
    | last \s+ (?P<month> {_MONTH} )
    | (?P<told> (?:last|past|on) \s+ )? (?P<weekday> {"|".join(_WEEKDAYS)} ) (?! {_DATE_FOLLOWS} )
    )
    (?![\w-]) (?! \s+of\b )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_INEXACT = re.compile(r"\b(?:than|over|under|at\s+least|at\s+most)\s+$", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"|“[^”]*”|„[^“”]*[“”]|«[^»]*»')
_SENTENCE_STARTS = re.compile(r"(?:^|[.?!:;(])\W*$")


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression of time in a text."""

    start: int
    """First code point."""
    end: int
    """One past the last."""
    bare: bool
    """Whether it is a lone weekday, which says when only behind a word such as "since"."""
    _parts: dict[str, str]

    def days(self, as_of: date) -> tuple[date, date]:
        """Return the first and the last day meant, seen from ``as_of`` and never after it."""
        first, last = self._days(as_of)
        return min(first, as_of), min(last, as_of)

    def _days(self, as_of: date) -> tuple[date, date]:
        said = self._parts
        if rolling := said.get("rolling", said.get("single")):
            return _back(as_of, rolling, _number(said.get("many", "one"))), as_of
        unit, number = self._distance(as_of)
        return _around(_back(as_of, unit, number), unit)

    def _distance(self, as_of: date) -> tuple[str, int]:
        """Return the calendar unit meant, and how many of them back it lies."""
        said = self._parts
        if "ago" in said:
            return said["ago"], _number(said["count"])
        if "calendar" in said:
            return said["calendar"], 0 if said["which"] == "this" else 1
        if "month" in said:
            return "month", (as_of.month - 1 - _MONTHS.index(said["month"])) % 12 or 12
        if "weekday" in said:  # the last one before, as who means the day itself says "today"
            return "day", (as_of.weekday() - _WEEKDAYS.index(said["weekday"])) % 7 or 7
        return "day", 0 if "today" in said else 1 if "yesterday" in said else 2


def expressions(text: str) -> Iterator[Expression]:
    """Yield the expressions of time in ``text`` in order.

    Words in quotation marks are somebody else's and are passed over, and so is what is written
    like a name: "Today" in the middle of a sentence is a newspaper or a programme.
    """
    quoted = quotations(text)
    for found in _EXPRESSION.finditer(text):
        start, end = found.span()
        if any(first < end and start < last for first, last in quoted):
            continue
        if not "".join(found[0].split()).isascii():  # as "ſ", which is an "s" to the pattern
            continue
        parts = {name: " ".join(v.lower().split()) for name, v in found.groupdict().items() if v}
        bare = "weekday" in parts and "told" not in parts
        if not bare and _is_name(text, start):
            continue
        if "ago" in parts and _INEXACT.search(text[:start]):
            continue
        yield Expression(start, end, bare, parts)


def quotations(text: str) -> list[tuple[int, int]]:
    """Return where words stand in quotation marks, marks included."""
    return [found.span() for found in _QUOTED.finditer(text)]


def _is_name(text: str, start: int) -> bool:
    if text[start].islower() or text[start].isdigit() or text.isupper():
        return False
    return _SENTENCE_STARTS.search(text[:start]) is None


def _number(word: str) -> int:
    return int(word) if word.isdecimal() else _NUMBERS[word]


def _back(day: date, unit: str, number: int) -> date:
    """Return the day that lies so many units before; the earliest day there is if none does."""
    try:
        if unit in {"month", "year"}:
            months = 12 * day.year + day.month - 1 - number * (12 if unit == "year" else 1)
            year, month = months // 12, months % 12 + 1
            return date(year, month, min(day.day, monthrange(year, month)[1]))
        if unit == "hour":
            number, unit = -(-number // 24), "day"
        return day - timedelta(days=number * (7 if unit == "week" else 1))
    except (OverflowError, ValueError):
        return date.min


def _around(day: date, unit: str) -> tuple[date, date]:
    """Return the first and last day of the calendar unit that holds ``day``."""
    if unit == "week":
        first = _back(day, "day", day.weekday())
        left = min(6, (date.max - first).days)
        return first, first + timedelta(days=left)
    if unit == "month":
        return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    if unit == "year":
        return day.replace(month=1, day=1), day.replace(month=12, day=31)
    return day, day
