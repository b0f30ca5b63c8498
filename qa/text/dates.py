"""Dates, months, years and times of day in running text, with exact places.

A date is kept as stated: what is not said (the year of "17 January") stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa.text.lexicon import MONTHS
from qa.text.remembered import remembered_list

_FULL = "January|February|March|April|May|June|July|August|September|October|November|December"
_SHORT = "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec"
_MONTH = rf"(?P<month>{_FULL}|(?:{_SHORT})\b\.?|{_FULL.upper()}|(?:{_SHORT.upper()})\b\.?)"
_YEAR = r"(?:1[0-9]\d\d|20\d\d|21\d\d)(?!\d|[.,]\d)"
_DAY = (
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:\s?(?:[-–]|to|and)\s?(?P<last>\d{1,2})(?:st|nd|rd|th)?)?"
)

_DATES = (
    re.compile(r"(?<![\w-])(?P<year>\d{4})-(?P<number>\d{2})-(?P<day>\d{2})(?![\w-])"),
    re.compile(rf"(?<![\w.,]){_DAY}(?:\s+of)?\s+{_MONTH}(?![^\W_])(?:,?\s+(?P<year>{_YEAR}))?"),
    re.compile(rf"\b{_MONTH}\s+(?:the\s+)?{_DAY}(?![\w%]|[.,]\d)(?:,?\s+(?P<year>{_YEAR}))?"),
    re.compile(rf"\b{_MONTH},?\s+(?:of\s+)?(?P<year>{_YEAR})"),
    re.compile(r"(?<![\w./])(?P<one>\d{1,2})([/.])(?P<two>\d{1,2})\2(?P<year>\d{4})(?![\w./]\w)"),
)
_MONTH_ALONE = re.compile(rf"\b(?P<month>{_FULL})\b(?!\s*-?[A-Z][a-z])")
_LED_IN = re.compile(
    r"\b(?:in|of|last|since|by|until|till|this|next|early|late|mid|from|through|during|to|before|after|"
    r"between|and|every|each)[\s-]+$",
    re.IGNORECASE,
)
_DECADE = re.compile(r"(?<![\w.,$€£])(?P<year>(?:1[0-9]|20)\d0)['’]?s\b")
_YEARS = re.compile(
    rf"(?<![\w.,$€£¥#])(?P<year>{_YEAR})(?:\s?[-–/]\s?(?P<last>\d{{2}})(?![\w,.]\d))?(?![\w%])"
)
_YEAR_AFTER_WORD = re.compile(r"\b(?:mid|pre|post|late|early)-$", re.IGNORECASE)
_TIME = re.compile(
    r"(?<![\w.,:])(?P<hour>[01]?\d|2[0-4])(?:[:.](?P<minute>[0-5]\d))?\s?(?P<half>[ap]\.?m\b\.?)"
    r"|(?<![\w.,:])(?P<hour24>[01]?\d|2[0-4]):(?P<minute24>[0-5]\d)(?![\d:])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, year or time of day in a text."""

    start: int
    """First code point."""
    end: int
    """One past the last."""
    kind: str
    """``date``, ``year`` or ``time``."""
    year: int = 0
    """The year; 0 if not stated."""
    month: int = 0
    """The month, 1 to 12; 0 if not stated."""
    day: int = 0
    """The day of the month; 0 if not stated."""
    minutes: int = 0
    """Minutes since midnight, for a time."""
    decade: bool = False
    """Whether the ten years from ``year`` on are meant."""


@remembered_list
def moments(text: str) -> list[Moment]:
    """Return the dates, years and times of a text in order, none overlapping."""
    found: list[Moment] = []
    taken: list[tuple[int, int]] = []

    def keep(batch: Iterator[Moment]) -> None:
        for moment in batch:
            place = (moment.start, moment.end)
            # A pair out of one match ("5-7 May") shares its place.
            if all(place == old or old[1] <= place[0] or place[1] <= old[0] for old in taken):
                found.append(moment)
                taken.append(place)

    for pattern in _DATES:
        keep(moment for match in pattern.finditer(text) for moment in _dates(match))
    keep(_times(text))
    keep(_months(text))
    keep(_years(text))
    return sorted(found, key=lambda m: (m.start, m.end, m.year, m.month, m.day))


def _dates(match: re.Match[str]) -> Iterator[Moment]:
    """Yield the date of a match, or the two of a pair of days; nothing if there is no such day."""
    parts = match.groupdict()
    year = int(parts.get("year") or 0)
    if parts.get("one"):  # 03/04/2025 means two days; only the year is certain
        one, two = int(parts["one"]), int(parts["two"])
        month, day = (two, one) if one > 12 else (one, two) if two > 12 else (0, 0)
        if max(one, two) <= 31 and min(one, two) <= 12:
            yield Moment(match.start(), match.end(), "date", year, month, day)
        return
    named = parts.get("month")
    month = MONTHS[named.lower().rstrip(".")] if named else int(parts["number"])
    days = [int(day) for day in (parts.get("day"), parts.get("last")) if day]
    if month > 12 or any(not 1 <= day <= 31 for day in days):
        return
    for day in days or [0]:
        yield Moment(match.start(), match.end(), "date", year, month, day)


def _months(text: str) -> Iterator[Moment]:
    """Yield months that stand alone; "May" and "March" only where the words before fit."""
    for match in _MONTH_ALONE.finditer(text):
        led_in = _LED_IN.search(text[max(0, match.start() - 12) : match.start()])
        if led_in or match["month"] not in ("May", "March"):
            month = MONTHS[match["month"].lower()]
            yield Moment(match.start(), match.end(), "date", month=month)


def _years(text: str) -> Iterator[Moment]:
    for match in _DECADE.finditer(text):
        yield Moment(match.start(), match.end(), "year", int(match["year"]), decade=True)
    for match in _YEARS.finditer(text):
        before = text[max(0, match.start() - 8) : match.start()]
        # "Boeing-2000" is a name and "11-2024" a number, but "mid-2024" a year.
        if (
            before.endswith(("-", "–"))
            and before[-2:-1].isalpha()
            and not _YEAR_AFTER_WORD.search(before)
        ):
            continue
        year = int(match["year"])
        yield Moment(match.start(), match.end(), "year", year)
        if match["last"]:
            last = year - year % 100 + int(match["last"])
            if last > year:
                yield Moment(match.start(), match.end(), "year", last)


def _times(text: str) -> Iterator[Moment]:
    for match in _TIME.finditer(text):
        hour = int(match["hour"] or match["hour24"])
        minute = int(match["minute"] or match["minute24"] or 0)
        if match["half"]:
            if hour > 12:
                continue
            hour = hour % 12 + (12 if match["half"][0] in "pP" else 0)
        yield Moment(match.start(), match.end(), "time", minutes=60 * hour + minute)
