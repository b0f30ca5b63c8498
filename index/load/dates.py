"""Days of publication out of the forms in which documents state them.

Only forms with one meaning are read. ``03/04/2025`` is April to some and March to others, and
``January 2025`` names no day: both are left unread rather than guessed.
"""

from __future__ import annotations

import re
from datetime import date

_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_MONTH = r"(?P<month>[A-Za-z]{3,9})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_CLOCK = r"(?:[\s,T]+(?:at\s+)?\d{1,2}[:.]\d{2}.{0,40})?"

# ISO 8601 calendar dates, with a slash in place of the hyphen and in the basic form; a time of
# day may follow and is not needed: the day counts as the source states it, in its own time zone.
_ISO = re.compile(
    r"(?P<year>\d{4})(?P<sep>[-/]?)(?P<month>\d{2})(?P=sep)(?P<day>\d{2})(?:[T\s]\d{2}.{0,40})?"
)
_WRITTEN = tuple(
    re.compile(_WEEKDAY + form + _CLOCK, re.IGNORECASE)
    for form in (
        rf"{_DAY}\s+{_MONTH},?\s+{_YEAR}",
        rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}",
    )
)


def parse_date(text: str) -> date | None:
    """Return the day that ``text`` states, or ``None`` if it states no single day.

    Read are ISO 8601 dates and date-times (``2025-01-17``, ``20250117``,
    ``2025-01-17T10:00:00Z``) and English written forms (``17 January 2025``,
    ``Friday, Jan. 17th, 2025, 10:30 GMT``). No time zone is applied.
    """
    text = " ".join(text.split())
    found = _ISO.fullmatch(text)
    if found:
        return _day(int(found["year"]), int(found["month"]), int(found["day"]))
    for form in _WRITTEN:
        found = form.fullmatch(text)
        if found:
            return _day(int(found["year"]), _month(found["month"]), int(found["day"]))
    return None


def _month(name: str) -> int:
    """Return the number of an English month, abbreviated to three or four letters or not."""
    name = name.lower()
    for number, full in enumerate(_MONTHS, 1):
        if name == full or name == full[:3] or (name == "sept" and number == 9):
            return number
    return 0


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
