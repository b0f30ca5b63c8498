"""Days that are worked out: "on Friday", "yesterday", "three days before the inauguration".

What a report calls "Friday" is a day only together with the day of publication. It is worked out
where it is certain and passed over elsewhere: a weekday or "yesterday" in a clause about the past,
"last month", "two days ago", a number of days from an event whose day was told or stands in the
documents, or from the one date of the sentence before. What somebody said in quotation marks may
have been said on another day, and what stands behind another year tells of that year.

Nothing is worked out for a document whose day of publication is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from index.models import Span
from qa.text.dates import moments
from qa.text.lexicon import IRREGULAR_FORMS
from qa.text.mentions import quoted

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NUMBERS = {
    **{"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7},
    **{"eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12},
}
_N = rf"(?P<n>\d{{1,3}}|{'|'.join(_NUMBERS)})"
_VAGUE = re.compile(
    r"\b(?:about|around|almost|nearly|roughly|some|than|over|under|least|most|within|up\s+to|"
    r"approximately|barely|every|half)\s+$",
    re.IGNORECASE,
)
_PART = r"(?:\s+(?:morning|afternoon|evening|night))?"
_WEEKDAY = re.compile(
    rf"(?P<on>\b[Oo]n\s+)?\b(?P<day>{'|'.join(_WEEKDAYS)}){_PART}(?![\w'’-])"
    rf"(?!,?\s+(?:the\s+)?(?:\d|[A-Z]))"
)
_YESTERDAY = re.compile(r"\byesterday(?:\s+(?:morning|afternoon|evening))?(?![\w'’-])", re.I)
_TODAY = re.compile(
    r"(?:(?<=said )|(?<=announced )|(?<=told reporters )|(?<=earlier ))today(?![\w'’-])"
    r"|\b[Tt]his\s+(?:morning|afternoon)(?![\w'’-])"
)
_CALENDAR = re.compile(
    r"(?<!the )(?<!the past )\b(?P<which>last|this)\s+(?P<unit>week|month|year)(?![\w'’-])", re.I
)
_DAYS_AGO = re.compile(rf"\b{_N}\s+days?\s+ago\b", re.IGNORECASE)
_FROM_EVENT = re.compile(
    rf"\b(?:{_N}\s+(?P<unit>day|week)s?|the\s+day)\s+(?P<side>before|after|ahead\s+of|following)\s+"
    r"(?P<event>(?:the|his|her|its|their)\s+(?:[^\W\d_][\w’'-]*)(?:\s+[^\W\d_][\w’'-]*){0,4})",
    re.IGNORECASE,
)
_FROM_BEFORE = re.compile(
    rf"(?:{_N}\s+(?P<unit>day|week)s?\s+(?P<side>later|earlier)"
    r"|[Oo]n\s+the\s+(?:next|following)\s+day|[Tt]he\s+(?:next|following)\s+day)\b",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"\b(?:will|would|shall|won['’]t|plan|plans|planned|planning|expected|expects|scheduled|due|"
    r"intends?|tomorrow|next|upcoming|ahead|deadline|until|till|by|before|since|every|each|"
    r"last|to\s+be|is\s+to|are\s+to|was\s+to|were\s+to|going\s+to|set\s+to|could|may|might|if)\b",
    re.IGNORECASE,
)
_GOES_AHEAD = re.compile(r"\s+(?:\w+\s+)?(?:will|would|is|are|to|could|may|might|should)\b")
_CLAUSE = re.compile(r"[,;:–—]|\b(?:that|and|but|which|who|while)\b")
_HELD = re.compile(
    r"\s+(?:(?:took\s+place|takes\s+place|was\s+held|is|was|will\s+be|fell|falls|began|begins)\s+)?"
    r"on\s+(?:[A-Z][a-z]+day,?\s+)?$"
)


@dataclass(frozen=True, slots=True)
class Computed:
    """Words of a sentence that name a day, and the day."""

    start: int
    """First code point of the words in the sentence."""
    end: int
    """One past their last."""
    first: date
    """The day, or the first of several."""
    last: date
    """The last of them."""
    told: str
    """How it was worked out."""
    sentence: Span | None = None
    """The sentence of the document that gives the day counted from, where it is another one."""
    weekday: bool = False
    """Whether the words name the day of the week, which a note behind them need not repeat."""

    def words(self) -> str:
        """Return the day as it is written in a note."""
        first, last = self.first, self.last
        if first == last:
            shown = written(first)
            if not self.weekday:
                shown = f"{_WEEKDAYS[first.weekday()]}, {shown}"
        elif (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
            shown = str(first.year)
        elif first.day == 1:
            shown = f"{_MONTHS[first.month - 1]} {first.year}"
        else:
            shown = f"week of {written(first)}"
        return f"{shown}, computed"


def written(day: date) -> str:
    """Return a day as ``17 January 2025``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def computed(
    quote: str,
    published: date | None,
    *,
    before: Sequence[tuple[Span, str]] = (),
    after: Sequence[tuple[Span, str]] = (),
    dates: Mapping[str, date] | None = None,
) -> list[Computed]:
    """Return the days that words of a sentence name and that are certain, in order of place.

    Args:
        quote: the sentence.
        published: the day of publication of its document, if known.
        before: the sentences before it in the document, nearest first.
        after: sentences behind it, which may give the day of an event as well.
        dates: days of events by name, as told by who asks.
    """
    if published is None:
        return []
    found = [
        *_from_event(quote, [*before, *after], dates or {}),
        *_from_before(quote, before),
        *([] if _elsewhere(quote, before, published) else _from_publication(quote, published)),
    ]
    hidden = quoted(quote)
    free = [one for one in found if not any(a < one.end and one.start < b for a, b in hidden)]
    return sorted(free, key=lambda one: one.start)


def full_date(text: str) -> tuple[date, int, int] | None:
    """Return the one day that a text gives with its year, and where; ``None`` for none or more."""
    days = []
    for moment in moments(text):
        if moment.kind == "date" and moment.year and moment.month and moment.day:
            try:
                day = date(moment.year, moment.month, moment.day)
            except ValueError:
                return None
            days.append((day, moment.start, moment.end))
    return days[0] if len(days) == 1 else None


def _elsewhere(quote: str, before: Sequence[tuple[Span, str]], published: date) -> bool:
    """Return whether a sentence or the one before it tells of another time than the news."""
    if any(moment.day for moment in moments(quote)):
        return True  # it has a day of its own, and which day "Friday" is hangs on that
    for text in [quote, *(text for _, text in before[:1])]:
        years = [m.year for m in moments(text) if m.year]
        if years and published.year not in years:
            return True
    return False


def _from_publication(quote: str, published: date) -> Iterator[Computed]:
    """Yield what is read from the day of publication."""
    for match in _WEEKDAY.finditer(quote):
        day = published - timedelta(days=(published.weekday() - _WEEKDAYS.index(match["day"])) % 7)
        if _is_past(quote, match, bare=not match["on"]):
            told = f"{match['day']} on or before"
            found = _day(match.start("day"), match.end(), day, told, published)
            yield replace(found, weekday=True)
    for match in _YESTERDAY.finditer(quote):
        if _is_past(quote, match, bare=False):
            yield _day(*match.span(), published - timedelta(days=1), "the day before", published)
    for match in _TODAY.finditer(quote):
        yield _day(*match.span(), published, "the day of publication,", published)
    for match in _DAYS_AGO.finditer(quote):
        if not _VAGUE.search(quote[: match.start()]):
            number = _number(match["n"])
            told = f"{match['n'].lower()} days before"
            yield _day(*match.span(), published - timedelta(days=number), told, published)
    for match in _CALENDAR.finditer(quote):
        yield from _calendar(match, published)


def _day(start: int, end: int, day: date, told: str, published: date) -> Computed:
    return Computed(start, end, day, day, f"{told} {written(published)} (published)")


def _calendar(match: re.Match[str], published: date) -> Iterator[Computed]:
    """Yield the week, month or year that "last month" and the like mean."""
    back, unit = match["which"].lower() == "last", match["unit"].lower()
    if unit == "year":
        year = published.year - back
        first, last = date(year, 1, 1), date(year, 12, 31)
    elif unit == "month":
        last = published.replace(day=1) - timedelta(days=1)
        first = last.replace(day=1) if back else published.replace(day=1)
        if not back:
            last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    elif published.weekday() == len(_WEEKDAYS) - 1:
        return  # whether a week begins with Sunday decides which is meant
    else:
        first = published - timedelta(days=published.weekday() + 7 * back)
        last = first + timedelta(days=6)
    told = f"the {unit} {'before' if back else 'of'} {written(published)} (published)"
    yield Computed(*match.span(), first, last, told)


def _is_past(quote: str, match: re.Match[str], *, bare: bool) -> bool:
    """Return whether the clause in which a day stands tells of what has happened."""
    before = _CLAUSE.split(quote[: match.start()])[-1]
    words = re.findall(r"[\w’']+", before)
    if words and _is_past_verb(words[-1]):
        return not _AHEAD.search(" ".join(words[-3:-1]))
    if bare or _AHEAD.search(before) or _GOES_AHEAD.match(quote, match.end()):
        return False
    if any(_is_past_verb(word) for word in words):
        return True
    after = re.findall(r"[\w’']+", quote[match.end() :])[:10]
    past = next((at for at, word in enumerate(after) if _is_past_verb(word)), None)
    opens = len(words) <= 2
    return opens and past is not None and not _AHEAD.search(" ".join(after[:past]))


def _is_past_verb(word: str) -> bool:
    word = word.lower()
    if word in ("was", "were", "had", "did"):
        return True
    return (word.endswith("ed") and len(word) > 4) or (word in IRREGULAR_FORMS and word != "people")


def _from_event(
    quote: str, around: Sequence[tuple[Span, str]], dates: Mapping[str, date]
) -> Iterator[Computed]:
    """Yield days that are counted from an event."""
    for match in _FROM_EVENT.finditer(quote):
        if _VAGUE.search(quote[: match.start()]):
            continue
        found = _event_day(match["event"], around, dates)
        if found is None:
            continue
        words, day, place = found
        end = match.start("event") + len(words)
        offset = timedelta(days=_distance(match))
        back = match["side"].lower().startswith(("before", "ahead"))
        try:
            meant = day - offset if back else day + offset
        except OverflowError:
            continue
        counted = quote[match.start() : match.end("side")]
        told = f"{' '.join(counted.lower().split())} {written(day)} ({words})"
        yield Computed(match.start(), end, meant, meant, told, place)


def _event_day(
    event: str, around: Sequence[tuple[Span, str]], dates: Mapping[str, date]
) -> tuple[str, date, Span | None] | None:
    """Return the words of an event, its day, and the sentence that gives it unless it was told."""
    named = _bare(event)
    for name in sorted(dates, key=lambda name: (-len(name), name)):
        if f"{named} ".startswith(f"{_bare(name)} "):
            length = len(_bare(name).split()) + (named != " ".join(event.lower().split()))
            return " ".join(event.split()[:length]), dates[name], None
    noun = named.split()[0]
    found: dict[date, Span] = {}
    for span, text in around:
        given = full_date(text)
        if given is None:
            continue
        for match in re.finditer(rf"\b{re.escape(noun)}\b", text, re.IGNORECASE):
            if match.end() <= given[1] and _HELD.fullmatch(text, match.end(), given[1]):
                found.setdefault(given[0], span)
    if len(found) != 1:
        return None
    ((day, span),) = found.items()
    return " ".join(event.split()[:2]), day, span


def _bare(name: str) -> str:
    return re.sub(r"^(?:the|an?|his|her|its|their)\s+", "", " ".join(name.lower().split()))


def _from_before(quote: str, before: Sequence[tuple[Span, str]]) -> Iterator[Computed]:
    """Yield "two days later" at the start of a sentence, counted from the date before."""
    match = _FROM_BEFORE.match(quote)
    if match is None or not before or any(moment.day for moment in moments(quote)):
        return
    given = full_date(before[0][1])
    if given is None:
        return
    offset = timedelta(days=_distance(match))
    back = (match["side"] or "").lower() == "earlier"
    day = given[0] - offset if back else given[0] + offset
    told = f"{' '.join(match[0].lower().split())}, from {written(given[0])}"
    yield Computed(*match.span(), day, day, told, before[0][0])


def _distance(match: re.Match[str]) -> int:
    """Return the number of days that words such as "two weeks" mean; "the day" is one."""
    if not match["n"]:
        return 1
    return _number(match["n"]) * (7 if (match["unit"] or "").lower() == "week" else 1)


def _number(word: str) -> int:
    return int(word) if word.isdecimal() else _NUMBERS[word.lower()]
