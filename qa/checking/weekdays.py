"""Days of the week: "on Monday" against "on Tuesday", or against a date that was another day."""

from __future__ import annotations

import re
from datetime import date

from qa.checking.findings import Finding
from qa.text.figures import figures

_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY = re.compile(r"\b(" + "|".join(_NAMES) + r")s?\b")


def weekdays(statement: str, source: str) -> list[Finding]:
    """Return how the days of the week in a statement differ from those of the source.

    A full date of the source says which day it was (in the Gregorian calendar).
    """
    stated = dict.fromkeys(_DAY.findall(statement))
    if not stated:
        return []
    given = dict.fromkeys(_DAY.findall(source))
    dates = {f.text: day for f in figures(source) if f.kind == "date" and (day := _day_of(f.value))}
    found = []
    for name in stated:
        if name in given or name in dates.values():
            continue
        if given or dates:
            other = next(iter([*given, *dates]))
            found.append(Finding("unsupported", f"the source says '{other}', not '{name}'", "date"))
        else:
            found.append(Finding("partial", f"the source does not give '{name}'", "date"))
    return found


def _day_of(value: float) -> str | None:
    """Return the weekday of a date as YYYYMMDD; ``None`` if a part is unknown or impossible."""
    year, rest = divmod(int(value), 10_000)
    month, day = divmod(rest, 100)
    try:
        return _NAMES[date(year, month, day).weekday()]
    except ValueError:
        return None
