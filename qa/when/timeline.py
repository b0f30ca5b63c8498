"""Answers in order of time, for questions of how something developed.

"How did the talks develop?" is not answered by the one best sentence but by many, each with its
day. The day of a sentence is, in this order: a date in its words; a day worked out from them, as of
"on Friday" (:mod:`qa.when.computed`); the day of publication. A sentence without any of them is
left out of a timeline.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from qa.models import Dated
from qa.text.dates import Moment, moments
from qa.text.preceding import preceding
from qa.text.words import content_stems
from qa.when.computed import computed

if TYPE_CHECKING:
    from qa.compose import DraftStatement, EvidenceSentence

PUBLISHED = "published"
"""What dates an entry whose words do not."""

MORE = 2
"""How many times as many statements a timeline may have as another answer."""

SAME_DAY = 0.5
"""What each further sentence about a day counts, so that other days are told first."""

BAR = 0.2
"""A sentence of a timeline must be so likely an answer, relative to the best one."""

LONGEST_MONTH = 31
"""Days of the longest month: what names a year alone dates less than what names a month."""

SAME = 0.7
"""Sentences that share so much of their words (Jaccard) say the same thing."""

_DEVELOP = (
    r"(?:develop|evolve|unfold|progress|proceed|change|shift|escalate|deteriorate|improve|grow|"
    r"come\s+about|came\s+about|go|play\s+out|played\s+out|move\s+on)(?:e?d)?"
)
_HOW = re.compile(
    r"^\s*(?:and\s+|so\s+)?how\s+(?:did|has|have|had|was|were)\s+(?P<subject>.+?)\s+"
    rf"(?:been\s+)?{_DEVELOP}(?:ing)?(?:\s+so\s+far|\s+over\s+time|\s+over\s+the\s+(?:years|months|"
    r"weeks))?(?P<rest>\s+(?:since|over|between|from|after|until|up\s+to|during|through|"
    r"before|in)\b.*)?\s*[?.!]*\s*$",
    re.IGNORECASE | re.DOTALL,
)
_HAPPENED = re.compile(
    r"^\s*(?:and\s+|so\s+)?what(?:\s+(?:has|have|had|all|else))*\s+(?:happened|occurred|happen|"
    r"gone\s+on|taken\s+place|took\s+place|changed)\b(?:\s+(?:to|with|in|at|around))?\s*"
    r"(?P<subject>.*?)(?P<rest>\s*\b(?:since|between|from|over|in\s+the\s+(?:days|weeks|months|years)"
    r"\s+(?:after|since|before))\b.*?)\s*[?.!]*\s*$",
    re.IGNORECASE | re.DOTALL,
)
_LIST = re.compile(
    r"\b(?:(?:time\s?line|chronology|milestones)\s+(?:of|for|in|about)|(?:sequence|course|order|chain)"
    r"\s+of\s+events\b(?:\s+(?:of|in|that\s+led\s+to|leading\s+to|leading\s+up\s+to|around|during|for|"
    r"after|behind))?)\s*(?P<subject>.*?)\s*[?.!]*\s*$",
    re.IGNORECASE | re.DOTALL,
)
_GENERAL = re.compile(
    r"^(?:the\s+)?(?:relations|relationship|events|history|story|situation|state|course|things)\s+"
    r"(?:between|of|in|around|with|for)\s+",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\s*\[[^\]]*\]\s*$")
_BOUND = re.compile(r"\b(?P<word>since|after|from|between|until|till|before|up\s+to)\s+$", re.I)
_ASIDE = re.compile(
    r"(?:,|\band|\bbut)\s+(?:as|which|who|whom|whose|where|when|after|before|since|than|like|unlike|with)"
    r"\b[^,;]*$"
    r"|\b(?:as|than)\s+(?:it|he|she|they|there)\b[^,;]*$|\([^()]*$|\bof\s+[^,;\s]*\s*$",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s+(?:and|to|until|till|up\s+to)\s+", re.IGNORECASE)
_LOOSE = re.compile(
    r"\b(?:since|until|till|by|before|after|from|than|between|of)\s+(?:\w+\s+)?$", re.I
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """When something in a sentence was."""

    first: date
    """The first day."""
    last: date
    """The last day."""
    text: str
    """The words that say so, or ``published``."""
    computed: bool
    """Whether it was worked out."""


def asks(question: str) -> bool:
    """Return whether a question asks how something developed in time."""
    return _asked(question) is not None


def subject(question: str) -> str:
    """Return what a question of that sort is about, to search for; others are returned unchanged.

    No document says "timeline" or "unfold" where it tells what happened.
    """
    match = _asked(question)
    if match is None:
        return question
    rest = (match.groupdict().get("rest") or "").strip(" ?.!")
    found = f"{match['subject'].strip()} {rest}".strip()
    bare = _GENERAL.sub("", found)
    return next((words for words in (bare, found) if content_stems(words)), question)


def in_order_of_time(
    question: str, evidence: Sequence[EvidenceSentence], most: int, threshold: float
) -> list[EvidenceSentence]:
    """Return the sentences that tell the development, in order of time; none repeats another.

    Args:
        question: the question; "since 3 May" in it leaves out what was before.
        evidence: the sentences that may be told.
        most: how many at most.
        threshold: the least relevance of the best one for there to be an answer.
    """
    best = max((sentence.relevance for sentence in evidence), default=0.0)
    if best < threshold:
        return []
    since, until = _bounds(question)
    stamps = {id(sentence): stamp(sentence) for sentence in evidence}
    left = [
        sentence
        for sentence in evidence
        if sentence.relevance >= best * BAR
        and (dated := stamps[id(sentence)]) is not None
        and (since is None or dated.last >= since)
        and (until is None or dated.first <= until)
    ]
    days: Counter[date] = Counter()
    chosen: list[EvidenceSentence] = []
    while left and len(chosen) < most:
        following = max(left, key=lambda s: s.relevance * SAME_DAY ** days[_first(stamps[id(s)])])
        days[_first(stamps[id(following)])] += 1
        chosen.append(following)
        left = [sentence for sentence in left if not _same(sentence, following)]
    return sorted(
        chosen,
        key=lambda s: (_first(stamps[id(s)]), _last(stamps[id(s)]), s.document.id, s.span),
    )


def stamp(sentence: EvidenceSentence, dates: Mapping[str, date] | None = None) -> Stamp | None:
    """Return when what a sentence tells was; ``None`` if neither it nor its document says.

    Args:
        sentence: the sentence.
        dates: days of events by name, as told by who asks.
    """
    quote, published = sentence.quote, sentence.document.metadata.published_at
    stated = [found for moment in moments(quote) if (found := _stated(quote, moment, published))]
    firm = [s for s, loose in stated if not loose]
    if not firm and published is None:
        firm = [s for s, _ in stated]
    if firm:
        return min(firm, key=lambda s: (s.last - s.first).days > LONGEST_MONTH)
    text = sentence.document.text
    before = [(span, span.cut(text)) for span in preceding(sentence)] if published else []
    worked_out = computed(quote, published, before=before, dates=dates)
    if worked_out:
        one = worked_out[0]
        return Stamp(one.first, one.last, quote[one.start : one.end], computed=True)
    return Stamp(published, published, PUBLISHED, computed=False) if published else None


def entry(
    question: str, draft: DraftStatement, number: int, dates: Mapping[str, date]
) -> Dated | None:
    """Return a statement's entry in the timeline; ``None`` without a timeline or a day.

    Args:
        question: the question, readable alone.
        draft: the statement.
        number: its position in the answer, from 0.
        dates: days of events by name, as told by who asks.
    """
    found = stamp(draft.evidence[0], dates) if draft.evidence and asks(question) else None
    if found is None:
        return None
    return Dated(
        first=found.first,
        last=found.last,
        text=found.text,
        computed=found.computed,
        statement=number,
    )


def in_order(entries: Sequence[Dated]) -> tuple[Dated, ...]:
    """Return entries by day, those of one day as they stand in the answer."""
    return tuple(sorted(entries, key=lambda one: (one.first, one.last, one.statement)))


def _asked(question: str) -> re.Match[str] | None:
    text = _BRACKET.sub("", question)
    return _HOW.match(text) or _HAPPENED.match(text) or _LIST.search(text)


def _bounds(question: str) -> tuple[date | None, date | None]:
    """Return from when until when a question asks, as far as it gives days."""
    since: date | None = None
    until: date | None = None
    opened = None
    for moment in moments(question):
        before = question[: moment.start]
        word = _BOUND.search(before)
        closes = opened is not None and _RANGE.fullmatch(question, opened, moment.start)
        days = _days(moment, None)
        if days is None or not (word or closes):
            continue
        if word and word["word"].lower() in ("since", "after", "from", "between"):
            opened = moment.end
            since = max(since, days[0]) if since else days[0]
        else:
            until = min(until, days[1]) if until else days[1]
    return since, until


def _stated(quote: str, moment: Moment, published: date | None) -> tuple[Stamp, bool] | None:
    """Return a date in a sentence, and whether it dates something other than what it tells."""
    days = _days(moment, published)
    if days is None:
        return None
    words = quote[moment.start : moment.end]
    worked_out = not moment.year
    before = quote[: moment.start]
    return Stamp(*days, words, worked_out), bool(_LOOSE.search(before) or _ASIDE.search(before))


def _days(moment: Moment, published: date | None) -> tuple[date, date] | None:
    """Return the first and last day of a date; its year is that nearest to the publication."""
    if moment.kind == "time" or moment.decade:
        return None
    year = moment.year
    if not year:
        if published is None:
            return None
        nearest = (published.year - 1, published.year, published.year + 1)
        year = min(nearest, key=lambda y: abs((_safe(y, moment) - published).days))
    try:
        if not moment.month:
            return date(year, 1, 1), date(year, 12, 31)
        if not moment.day:
            last = monthrange(year, moment.month)[1]
            return date(year, moment.month, 1), date(year, moment.month, last)
        return date(year, moment.month, moment.day), date(year, moment.month, moment.day)
    except ValueError:
        return None


def _safe(year: int, moment: Moment) -> date:
    return date(max(1, min(year, 9999)), moment.month or 1, min(moment.day or 15, 28))


def _first(found: Stamp | None) -> date:
    return found.first if found else date.min


def _last(found: Stamp | None) -> date:
    return found.last if found else date.max


def _same(one: EvidenceSentence, other: EvidenceSentence) -> bool:
    a, b = set(content_stems(one.quote)), set(content_stems(other.quote))
    return len(a & b) >= SAME * len(a | b)
