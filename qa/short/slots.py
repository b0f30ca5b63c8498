"""Where a value stands in its sentence: what it counts, what happened, when, where and who says so.

Two figures in two reports are values of one thing only if nothing tells that they are not: troops
that were sent and troops that were killed, 2023 and 2024, one port and another are four pairs that
share most of their words. There is no parser here. What stands next to the value in its clause is
read, and any two readings that exclude each other keep the values apart (:func:`may_be_same`).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from index.models import Span
from qa.compose import EvidenceSentence
from qa.features import Asked
from qa.short.contrasts import LOSSES, classes_of, neutral
from qa.short.parts import is_behind_for, is_part, price_words
from qa.short.risen import subject_of
from qa.text.claims import Claims
from qa.text.claims import read as read_claims
from qa.text.demands import RATE
from qa.text.figures import Figure, figures
from qa.text.hedges import hedge_in
from qa.text.lexicon import CAPITALS, IRREGULAR_FORMS, LIGHT_WORDS
from qa.text.synonyms import concept
from qa.text.words import Token, is_content, name_words, names, same_name, stem, tokens

BEFORE, AFTER = 7, 10
"""Words before and behind a value, within its clause, that say what it is a value of."""

NEAR = 6
"""Words between a value and the word of the question that it belongs to, at most."""

_STOP = re.compile(r"[.;:!?…\n]|\s[-–—]\s|,\s*$")
_NEW_CLAUSE = frozenset({"because", "although", "though", "while", "whereas"})
_STRONG = re.compile(r"[.;:!?…\n—]|\s[-–]\s")
_PLACE = re.compile(r"\b(in|at|near|off|outside|across|of|for|to|from|by)\s+(?:the\s+)?$", re.I)
_PERIOD = re.compile(
    r"\b(?:in|during|since|of|for|by|last|throughout|over)\s+(?:early\s|late\s)?$", re.I
)
_LAST_YEAR = re.compile(r"\b(last|this)\s+year\b", re.IGNORECASE)
# Days of birth and death stand in brackets behind a name.
_UNTIL = re.compile(r"\s?[-–—]|\s*\)")
_SINCE = re.compile(r"\([^()]{3,40}[-–—]\s?$")
_BORN, _DIED = frozenset({"born", "birth"}), frozenset({"die", "death"})
_SAYING = re.compile(
    r"\b(?:sa(?:y|ys|id|ying)|told|report(?:s|ed)?|announc\w+|learn(?:ed|t)|count(?:s|ed)|"
    r"estimat\w+|put|puts|believ\w+|claim\w*|according|wrote|writes|quot\w+|spoke|speaks|"
    r"calculat\w+|reckon\w*|assess\w*|officials?|sources?|figures?|data|survey)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Reading:
    """A sentence, read once for all its values."""

    sentence: EvidenceSentence
    """The sentence."""

    @cached_property
    def quote(self) -> str:
        """Its words."""
        return self.sentence.quote

    @cached_property
    def words(self) -> list[Token]:
        """Its tokens."""
        return tokens(self.quote)

    @cached_property
    def figures(self) -> list[Figure]:
        """Its figures."""
        return figures(self.quote)

    @cached_property
    def claims(self) -> Claims:
        """What it denies and hedges."""
        return read_claims(self.quote)

    @cached_property
    def concepts(self) -> frozenset[str]:
        """Stems of its content words, synonyms as one."""
        return frozenset(concept(stem(w.text)) for w in self.words if is_content(w.text))

    @cached_property
    def names(self) -> list[tuple[int, int, str]]:
        """Its names with their places."""
        found, position = [], 0
        for name in names(self.quote):
            start = self.quote.find(name, position)
            position = start + len(name)
            found.append((start, position, name))
        return found


@dataclass(frozen=True, slots=True)
class Slot:
    """A value with what its clause tells about it."""

    reading: Reading
    """The sentence that gives it."""
    span: Span
    """Where the value stands in the document's text."""
    figure: Figure | None
    """The value as a figure, where it is one."""
    anchors: frozenset[str]
    """Words of the question, other than names, that stand near it."""
    events: frozenset[str]
    """Classes of the events that its clause tells, such as being killed."""
    verbs: frozenset[str]
    """Stems of other verbs right beside it."""
    years: frozenset[int]
    """Years that its clause states."""
    months: frozenset[int]
    """Months that its clause states as the time of it."""
    places: dict[str, frozenset[str]] = field(hash=False)
    """Names in its clause by the small word before them."""
    rate: bool
    """Whether it is so much in each of something."""
    part: bool
    """Whether it is told as part of another figure."""
    hedge: str | None
    """The words that hedge it."""

    @property
    def text(self) -> str:
        """The value as written."""
        return self.span.cut(self.reading.sentence.document.text)

    @property
    def document_id(self) -> str:
        """The document that gives it."""
        return self.reading.sentence.document.id


def read_slot(asked: Asked, reading: Reading, span: Span) -> Slot:
    """Return a value of a sentence with its surroundings.

    Args:
        asked: the question.
        reading: the sentence.
        span: where the value stands in the document's text.
    """
    base = reading.sentence.span.start
    start, end = span.start - base, span.end - base
    inside = [f for f in reading.figures if f.start < end and f.end > start]
    figure = inside[0] if inside else None
    first, last = _window(reading, figure.stated if figure else Span(start, end))
    near = [w for w in reading.words if first <= w.start and w.end <= last]
    outside = [w for w in near if w.end <= start or w.start >= end]
    own_names = {w for a, b, n in reading.names if a < end and b > start for w in name_words(n)}
    return Slot(
        reading=reading,
        span=span,
        figure=figure,
        anchors=_anchors(asked, reading, start, end),
        events=classes_of(w.text for w in outside),
        verbs=_verbs(asked, reading, figure.stated if figure else Span(start, end)),
        years=_years(reading, start, end, first, last),
        months=_months(reading, start, end, first, last),
        places=_places(reading, first, last, own_names),
        rate=bool(RATE.search(reading.quote, end, min(last, end + 40))),
        part=is_part(reading.quote, start, end),
        hedge=hedge_in(reading.quote, start, end),
    )


def may_be_same(asked: Asked, one: Slot, other: Slot) -> bool:
    """Return whether nothing tells that two values are values of two things."""
    if one.part or other.part or one.rate != other.rate:
        return False
    if not _fitting_units(one.figure, other.figure) or _verbs_differ(asked, one, other):
        return False
    losses, others = one.events & LOSSES, other.events & LOSSES
    if losses and others and losses != others:  # killed or wounded, and wounded
        return False
    told = ((one.events, other.events), (one.years, other.years), (one.months, other.months))
    if any(_apart(mine, theirs) for mine, theirs in told):
        return False
    return not any(
        _strangers(one.places[word], other.places[word], asked)
        for word in one.places.keys() & other.places.keys()
    )


def answers(asked: Asked, slot: Slot, question_events: frozenset[str]) -> bool:
    """Return whether a value may be one of what is asked: no other year, no other event."""
    years = {int(float(f)) for f in asked.figures if _is_year(f)}
    if years and slot.years and not years & slot.years:
        return False
    if slot.events & LOSSES and not question_events & LOSSES:
        return False
    return not _apart(question_events, slot.events)


def _is_year(figure: str) -> bool:
    try:
        return 1000 <= float(figure) <= 2200 and float(figure).is_integer()
    except ValueError:
        return False


def _window(reading: Reading, value: Span) -> tuple[int, int]:
    """Return the part of a sentence, in its own offsets, that tells about a value."""
    words, quote = reading.words, reading.quote
    at = bisect_left(words, value.start, key=lambda w: w.end)
    numbers = [f for f in reading.figures if f.kind not in ("date", "year", "time")]
    before = max((f.end for f in numbers if f.end <= value.start), default=0)
    behind = min((f.start for f in numbers if f.start >= value.end), default=len(quote))
    first = value.start
    for word in reversed(words[max(0, at - BEFORE) : at]):
        if word.start < before or _STRONG.search(quote[word.end : first]):
            break
        if before and (word.text in ("and", "or") or "," in quote[word.end : first]):
            break  # "300 have died and 2,700 have been hurt", "40 in May, against 30 in June"
        first = word.start
    last = value.end
    after = [w for w in words[at:] if w.start >= value.end][:AFTER]
    for word in after:
        if word.end > behind or _STOP.search(quote[last : word.start]) or word.text in _NEW_CLAUSE:
            break
        if behind < len(quote) and word.text in ("and", "or"):
            break  # "killed nine people and injured 120"
        last = word.end
    subject = subject_of(quote, value.start)
    return (first if subject is None else min(first, subject)), last


def _anchors(asked: Asked, reading: Reading, start: int, end: int) -> frozenset[str]:
    """Return the words of a question, other than its names, near a value."""
    named = {concept(stem(w)) for name in asked.names for w in name}
    wanted = asked.stems - named - LIGHT_WORDS
    words = reading.words
    first = next((i for i, w in enumerate(words) if w.end > start), 0)
    last = max((i for i, w in enumerate(words) if w.start < end), default=0)
    subject = subject_of(reading.quote, start)
    found = set()
    for at, word in enumerate(words):
        told = subject is not None and subject <= word.start < start
        if first <= at <= last or (max(first - at, at - last) > NEAR and not told):
            continue
        gap = (
            reading.quote[word.end : words[first].start]
            if at < first
            else reading.quote[words[last].end : word.start]
        )
        if re.search(r"[.;!?]\s", gap):
            continue
        what = concept(stem(word.text))
        if what in wanted:
            found.add(what)
    if asked.kind == "money" and is_behind_for(reading.quote, start):
        found |= price_words() & wanted if reading.concepts & price_words() else set()
    if reading.quote[:start].endswith("(") and _UNTIL.match(reading.quote, end):
        found |= _BORN & wanted
    if _SINCE.search(reading.quote[:start]) and reading.quote[end : end + 1] == ")":
        found |= _DIED & wanted
    return frozenset(found)


def _verbs(asked: Asked, reading: Reading, value: Span) -> frozenset[str]:
    """Return the stems of verbs right beside a value: "stole 40 boats", "40 boats were lost"."""
    words = reading.words
    before = [w for w in words if w.end <= value.start][-1:]
    after = [w for w in words if w.start >= value.end][:4]
    after = after[: next((i for i, w in enumerate(after) if w.text in ("and", "or")), None)]
    found = []
    for word in (*before, *after):
        lower = word.text
        if lower.islower() and (lower.endswith("ed") or lower in IRREGULAR_FORMS):
            what = concept(stem(lower))
            if what not in neutral():
                found.append(what)
    return frozenset(found)


def _verbs_differ(asked: Asked, one: Slot, other: Slot) -> bool:
    """Return whether one value has the verb that is asked for beside it and the other has not."""
    if not one.verbs or not other.verbs or one.verbs & other.verbs:
        return False
    if one.events & other.events & LOSSES:
        return False  # "killed" and "died"
    return bool(one.verbs & asked.stems) != bool(other.verbs & asked.stems)


def _years(reading: Reading, start: int, end: int, first: int, last: int) -> frozenset[int]:
    """Return the years that tell when a value held: those of its clause, else of its sentence."""
    dated = [
        f
        for f in reading.figures
        if f.year and f.unit != "decade" and not (f.start < end and f.end > start)
    ]
    near = {f.year for f in dated if first <= f.start and f.end <= last}
    published = reading.sentence.document.metadata.published_at
    for match in _LAST_YEAR.finditer(reading.quote):
        if published is not None:
            year = published.year - (match[1].lower() == "last")
            if first <= match.start() and match.end() <= last:
                near.add(year)
            elif not near:
                dated.append(Figure("", 0, 0, float(year), "year", Span(0, 0)))
    return frozenset(near or {f.year for f in dated})


def _months(reading: Reading, start: int, end: int, first: int, last: int) -> frozenset[int]:
    """Return the months of a value's clause, where they name a period: "in May", "of March"."""
    return frozenset(
        f.month
        for f in reading.figures
        if f.month
        and not f.day
        and first <= f.start
        and f.end <= last
        and not (f.start < end and f.end > start)
        and _PERIOD.search(reading.quote[: f.start])
    )


def _places(
    reading: Reading, first: int, last: int, own: Iterable[str]
) -> dict[str, frozenset[str]]:
    """Return the names of a value's clause by the small word before each."""
    found: dict[str, set[str]] = {}
    own = set(own)
    for start, end, name in reading.names:
        before = _PLACE.search(reading.quote[max(0, start - 14) : start])
        if not before or not (first <= start and end <= last + 40):
            continue
        around = reading.quote[max(0, start - 40) : min(len(reading.quote), end + 20)]
        if _SAYING.search(around):
            continue  # who says it
        words = [w for w in name_words(name) if w not in own]
        if words:
            found.setdefault(before[1].lower(), set()).update(words)
    return {word: frozenset(these) for word, these in found.items()}


def _strangers(one: frozenset[str], other: frozenset[str], asked: Asked) -> bool:
    """Return whether two groups of names have none in common, and the question none of either."""
    known = {w for name in asked.names for w in name}
    a, b = _spread(one), _spread(other)
    if any(same_name(x, y) for x in a for y in b):
        return False
    return not (_named(a, known) and _named(b, known))


def _named(these: Iterable[str], known: Iterable[str]) -> bool:
    known = list(known)
    return any(same_name(x, y) for x in these for y in known)


def _spread(these: Iterable[str]) -> set[str]:
    """Return names with the countries of capitals."""
    these = set(these)
    return these | {w for name in these & CAPITALS.keys() for w in CAPITALS[name].split()}


def _apart(one: Iterable[object], other: Iterable[object]) -> bool:
    one, other = set(one), set(other)
    return bool(one) and bool(other) and not one & other


def _fitting_units(one: Figure | None, other: Figure | None) -> bool:
    """Return whether two figures may count the same."""
    if one is None or other is None:
        return (one is None) == (other is None)
    if _nature(one) != _nature(other):
        return False
    if one.kind in ("date", "year"):
        return True
    a, b = one.unit, other.unit
    return a is None or b is None or concept(a) == concept(b)


def _nature(figure: Figure) -> str:
    if figure.kind in ("date", "year"):
        return "date"
    if figure.kind != "range":
        return figure.kind
    if figure.unit in ("%", "percentage point"):
        return "percent"
    return "money" if figure.unit and figure.unit.isupper() else "number"
