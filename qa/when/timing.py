"""Expressions of time in a question as bounds on publication, once the days are told.

No clock is ever read: "last week" is seen from the day of the filter ``as_of``, and "before the
inauguration" needs the day of that event (``dates``). Without them the words stay what they were,
words to search for, and a note says so.

What a question asks about and when documents were published are two things: a pact signed last week
is reported last week or later, never before. So the rules are, for a period P and an event E:

====================================  ==========================================================
in the question                       counts if published
====================================  ==========================================================
``last week`` (P by itself)           from the first day of P on
``since P``, ``since E``              from the (first) day on
``after P``, ``after E``              from the (last) day on, as that day may hold what came after
``before P``, ``before E``            up to the day before
``until P``, ``by P``, ``until E``    up to the (last) day
``between P and E``                   from the first to the last day of the two
``after P's meeting``                 from the first day of P on, as it may have been any
``before P's meeting``                up to the last day of P
====================================  ==========================================================

All of it up to ``as_of``, and together with the filters given: a document has to pass both. Several
periods by themselves ("this month and last month") count from the earliest on. An event without one
of these words ("who spoke at the inauguration?") bounds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from index.errors import InvalidFilter
from qa.models import Coverage, ResolvedDate
from qa.question import LONGEST_NAME, FilterSet
from qa.when.periods import expressions, quotations

if TYPE_CHECKING:
    from index.search.retriever import Retrieval

_BOUNDS = {
    **{"since": "since", "from": "since", "after": "after", "following": "after"},
    **{"before": "before", "prior to": "before", "ahead of": "before"},
    **{"on or before": "until", "on or after": "since"},
    # Both sides of the day are meant, so nothing is bounded.
    **{"before and after": "", "before or after": ""},
    **{"until": "until", "till": "until", "up to": "until", "by": "until", "between": "between"},
}
_BOUND = re.compile(
    rf"(?<![\w-])(?P<bound>{'|'.join(_BOUNDS).replace(' ', chr(92) + 's+')})\s+$", re.IGNORECASE
)
_LEAD = re.compile(
    r"(?<![\w-])(?:(?:in|over|during|within|throughout|for|early|earlier|late|later)\s+)+$",
    re.IGNORECASE,
)
# "After last week's summit": some day of that week, so that all of it may hold what is asked for.
_WITHIN = {"after": "since", "following": "since", "before": "until", "by": None}
_LOOK_BACK = 40
"""Characters before an expression in which such a word may stand."""
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s?(?!\w)")
_ARTICLE = re.compile(r"(?:the|an?)\s+", re.IGNORECASE)
_SPACE_BEFORE_MARK = re.compile(r"\s+(?=[?.,;:!])")

# What stands like an event whose day nobody told: an article or possessive and up to four words, up
# to where the clause ends. A number in it makes it a date, which needs no telling.
_LIKE_EVENT = re.compile(
    r"\b(?:before|after|since|until)\s+(?P<name>(?:the|his|her|its|their)(?:\s+[^\W\d]['’\w-]*){1,4}?)"
    r"(?=\s*(?:[?,.;:!]|$|\b(?:about|in|on|at|by|with|and|or|to|from|for|did|was|were|who|that)\b))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A question with its expressions of time turned into bounds on publication."""

    question: str
    """The question as it was given."""
    query: str
    """The question without the words that became bounds: what is searched for."""
    filters: FilterSet
    """The filters in force: those given, narrowed by the bounds."""
    dates: tuple[ResolvedDate, ...] = ()
    """What was read, in the order of the question."""
    notes: tuple[str, ...] = ()
    """What looks like an expression of time and could not be read."""

    @property
    def explained(self) -> str:
        """The question with what was read in brackets behind it, for who answers in own words."""
        said = "; ".join(one.words() for one in self.dates)
        return f"{self.question} [{said}]" if said else self.question

    def require_days(self) -> None:
        """Refuse bounds that leave no day; what the given filters leave is not looked at here.

        Raises:
            InvalidFilter: naming the words and the days.
        """
        last = [day for day in (self.filters.until, self.filters.as_of) if day]
        if self.dates and self.filters.since and last and self.filters.since > min(last):
            words = " and ".join(f"‘{read.text}’" for read in self.dates)
            raise InvalidFilter(
                f"{words} with these filters asks for publications since {self.filters.since} "
                f"and until {min(last)}",
                hint="Change the question, since, until, as_of or the days told of events.",
            )

    def coverage(self, found: Retrieval) -> Coverage:
        """Return what was searched, with what the question's words added to the filters."""
        return Coverage(
            documents=found.documents,
            passages=found.passages,
            outlets=found.outlets,
            earliest=found.earliest,
            latest=found.latest,
            filters=self.filters,
            dates=self.dates,
            notes=(*self.notes, *found.degraded),
        )


@dataclass(frozen=True, slots=True)
class _Point:
    """A period or an event in a question, and the days that it means if they were told."""

    start: int
    end: int
    days: tuple[date, date] | None
    told: str
    period: bool
    """Whether it is a period and not an event."""
    alone: bool
    """Whether it bounds anything without a word such as "since" before it."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    """One or two points with the word that makes a bound of them."""

    start: int
    end: int
    bound: str | None
    points: tuple[_Point, ...]


def read(question: str, filters: FilterSet) -> Reading:
    """Return ``question`` with its expressions of time read as the module describes.

    The result depends on the arguments alone, and no text makes this fail.
    """
    points = sorted(_points(question, filters), key=lambda point: point.start)
    found: list[tuple[_Phrase, ResolvedDate]] = []
    notes: list[str] = []
    for phrase in _phrases(question, points):
        words = question[phrase.start : phrase.end]
        if all(point.days for point in phrase.points):
            found.append((phrase, _resolved(words, phrase, filters.as_of)))
        else:
            notes.append(f"‘{words}’ was not resolved: no date was told (as_of)")
    taken = [(point.start, point.end) for point in points]
    notes += [
        f"‘{words}’ was not resolved: no date was told for it (dates)"
        for words in _untold(question, [*taken, *quotations(question)])
    ]
    return Reading(
        question,
        _without(question, [(phrase.start, phrase.end) for phrase, _ in found]),
        _narrowed(filters, found),
        tuple(one for _, one in found),
        tuple(dict.fromkeys(notes)),
    )


def event(words: str) -> tuple[str, date]:
    """Return the name and the day of an event out of ``NAME=YYYY-MM-DD``.

    Raises:
        InvalidFilter: if they are not written so.
    """
    name, equals, day = words.rpartition("=")
    name = " ".join(name.split())
    try:
        if equals and 0 < len(name) <= LONGEST_NAME:
            return name, datetime.strptime(day.strip(), "%Y-%m-%d").date()
    except ValueError:
        pass
    raise InvalidFilter(
        f"{words!r} is not the day of an event", hint='Write it as "the treaty=2025-01-17".'
    )


def _points(question: str, filters: FilterSet) -> Iterator[_Point]:
    """Yield events by the names told, longer names first, and then periods; none overlap."""
    taken = quotations(question)
    for name in sorted(filters.dates, key=lambda name: (-len(name), name)):
        day = filters.dates[name]
        article = _ARTICLE.match(name)
        words = map(re.escape, name[article.end() if article else 0 :].split())
        pattern = r"(?<!\w)(?:(?:the|an?|his|her|its|their)\s+)?" + r"\s+".join(words)
        for match in re.finditer(pattern + r"(?!\w)", question, re.IGNORECASE):
            if _is_free(match.span(), taken):
                taken.append(match.span())
                yield _Point(
                    *match.span(), (day, day), f"{name} = {day}", period=False, alone=False
                )
    as_of = filters.as_of
    for one in expressions(question):
        if _is_free((one.start, one.end), taken):
            days = one.days(as_of) if as_of else None
            told = f"as_of {as_of}"
            # "Monday's vote" is as good as "the vote on Monday".
            alone = not one.bare or _POSSESSIVE.match(question, one.end) is not None
            yield _Point(one.start, one.end, days, told, period=True, alone=alone)


def _phrases(question: str, points: list[_Point]) -> Iterator[_Phrase]:
    """Yield the points that bound something, each with the words before it that belong to it."""
    at = 0
    while at < len(points):
        point = points[at]
        at += 1
        before = question[max(0, point.start - _LOOK_BACK) : point.start]
        match = _BOUND.search(before)
        bound = _BOUNDS[" ".join(match["bound"].lower().split())] if match else None
        if _POSSESSIVE.match(question, point.end):
            bound = _WITHIN.get(match["bound"].lower(), bound) if match else None
        start = point.start - len(before) + match.start() if match else point.start
        if bound == "":
            continue
        if bound == "between":
            other = points[at] if at < len(points) else None
            if other and _AND.fullmatch(question, point.end, other.start):
                at += 1
                yield _Phrase(start, other.end, bound, (point, other))
                continue
        elif match and bound and (point.period or match["bound"].lower() != "from"):
            yield _Phrase(start, point.end, bound, (point,))
            continue
        if point.alone:
            lead = _LEAD.search(before)
            start = point.start - len(before) + lead.start() if lead else point.start
            yield _Phrase(start, point.end, None, (point,))


def _resolved(words: str, phrase: _Phrase, as_of: date | None) -> ResolvedDate:
    days = sorted(day for point in phrase.points for day in point.days or ())
    first, last, bound = days[0], days[-1], phrase.bound
    since = {None: first, "since": first, "between": first, "after": last}.get(bound)
    day_before = first - timedelta(days=1) if first > date.min else first
    until = {"before": day_before, "until": last, "between": last}.get(bound or "")
    return ResolvedDate(
        text=words,
        first=first,
        last=last,
        since=since,
        until=min(until, as_of) if until and as_of else until,
        told="; ".join(dict.fromkeys(point.told for point in phrase.points)),
    )


def _narrowed(filters: FilterSet, found: list[tuple[_Phrase, ResolvedDate]]) -> FilterSet:
    """Return the filters cut to what was read."""
    since = [one.since for phrase, one in found if phrase.bound and one.since]
    # Periods named side by side are looked at together, each from its first day on.
    since += sorted(one.since for phrase, one in found if not phrase.bound and one.since)[:1]
    until = [one.until for _, one in found if one.until]
    given_since = [filters.since] if filters.since else []
    given_until = [filters.until] if filters.until else []
    return filters.model_copy(
        update={
            "since": max([*since, *given_since], default=None),
            "until": min([*until, *given_until], default=None),
        }
    )


def _untold(question: str, taken: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Yield what stands like an event whose day nobody told."""
    for match in _LIKE_EVENT.finditer(question):
        if _is_free(match.span(), taken):
            yield match[0]


def _is_free(place: tuple[int, int], taken: Sequence[tuple[int, int]]) -> bool:
    return all(end <= place[0] or place[1] <= start for start, end in taken)


def _without(question: str, cuts: Sequence[tuple[int, int]]) -> str:
    """Return the question without the words at ``cuts``; all of it if no word would be left."""
    if not cuts:
        return question
    rest, at = "", 0
    for start, end in cuts:
        rest += question[at:start] + " "
        possessive = _POSSESSIVE.match(question, end)
        at = possessive.end() if possessive else end
    rest = _SPACE_BEFORE_MARK.sub("", " ".join((rest + question[at:]).split()))
    return rest if re.search(r"\w", rest) else question
