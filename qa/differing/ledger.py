"""The ledger: every value that the evidence gives for what is asked, and who gives it.

Values are grouped by :func:`same_value`. For each the ledger keeps the sentences that give it, the
words that hedge it and the number of independent origins: documents of one story count once, and
so do sentences that are the same word for word, whatever documents they stand in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from index.models import Span
from qa.compose import EvidenceSentence
from qa.differing.sameness import same_figure, same_value
from qa.features import Asked
from qa.relevance import THRESHOLD
from qa.short.contrasts import LOSSES, classes_of, event_stems
from qa.short.parts import is_beside_doer, is_of_year
from qa.short.risen import subject_of
from qa.short.slots import Reading, Slot, answers, may_be_same, read_slot
from qa.short.spans import Candidate, candidates
from qa.short.wanted import read as read_wanted
from qa.text.demands import meets, read_demands, scores
from qa.text.lexicon import LIGHT_WORDS
from qa.text.synonyms import concept
from qa.text.words import fold, name_words, stem, tokens

__all__ = ["Entry", "Said", "entries", "ledger", "read_evidence", "same_value"]

BAR = 0.35
"""A sentence must be so likely an answer, relative to the best one, to enter a value."""

MOST = 24
"""Sentences that are read for values, the likeliest ones."""

NAMED = 0.6
"""Least score of a name to be entered as a value."""

CLOSE = 3
"""Sentences within which one report sets figures of one thing beside each other."""

TRIED = 4
"""Values that are tried as the one to put others beside."""

_KINDS: Mapping[str, frozenset[str]] = {
    "money": frozenset({"money", "range"}),
    "share": frozenset({"percent", "range"}),
    "count": frozenset({"number", "range"}),
    "measure": frozenset({"number", "range", "time"}),
    "amount": frozenset({"number", "percent", "money", "range"}),
    "date": frozenset({"year", "date"}),
}
"""The figures that answer each kind of question."""

_SET_AGAINST = re.compile(
    r"\b(?:(?:an)?other (?:estimates?|counts?|figures?|sources?|reports?|officials?|studies)|"
    r"others (?:put|say|estimate|count)|by contrast|in contrast|(?:higher|lower) (?:one|figure|"
    r"estimate|number|count)|disput(?:e|es|ed)|more likely)\b",
    re.IGNORECASE,
)
"""Words by which a report sets another value against the one before."""

_SEVERAL = re.compile(
    r"\b(?:what|which)\s+(?:\w+\s+){0,2}?(?!is\b|was\b|does\b|has\b|his\b|this\b)\w+s\b\s+(?!of\b)|"
    r"\bwho\s+(?:are|were)\b|\b(?:some|examples?|names) of\b",
    re.IGNORECASE,
)
"""Questions that ask for several things, of which different ones are no disagreement."""

_QUANTITY = re.compile(
    r"\b(?:what|which)\b.{0,40}\b(?:population|length|height|width|depth|area|distance|speed|temperature|"
    r"capacity|age|weight|size|number|total|percentage|rate|output|turnover|revenue|profit|budget|"
    r"toll|score|magnitude|duration|attendance|density|altitude|elevation|figure|estimate)\b",
    re.IGNORECASE,
)
_HOLDER = re.compile(
    r"\b(?:estimat\w+|plans?|planned|counts?|counted|register|bulletins?|puts?|arrives? at|thinks?|"
    r"believ\w+|sa(?:y|ys|id)|told|claim\w*|according|spoke|speaks?|gave|gives?|reckon\w*|"
    r"figures?|project(?:s|ed)|forecasts?|expect\w*|calculat\w+|assess\w*|officials?|survey|report(?:s|ed))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """A value where it stands."""

    sentence: EvidenceSentence
    """The sentence that gives it."""
    span: Span
    """Where it stands in the document's text."""
    hedge: str | None = None
    """The words that hedge it there."""

    @property
    def text(self) -> str:
        """The value as written."""
        return self.span.cut(self.sentence.document.text)


@dataclass(frozen=True, slots=True)
class Entry:
    """One value with all who give it."""

    said: tuple[Said, ...]
    """Where it is given, earliest publication first."""
    origins: int
    """Independent stories that give it."""

    @property
    def hedge(self) -> str | None:
        """The words that hedge it, if all who give it do."""
        hedges = [one.hedge for one in self.said]
        return hedges[0] if all(hedges) else None


def read_evidence(evidence: Sequence[EvidenceSentence]) -> list[Reading]:
    """Return the sentences that are likely enough to answer to give values, best first."""
    best = max((sentence.relevance for sentence in evidence), default=0.0)
    bar = max(THRESHOLD, best * BAR)
    good = sorted((s for s in evidence if s.relevance >= bar), key=lambda s: -s.relevance)
    return [Reading(sentence) for sentence in good[:MOST]]


def read_rest(evidence: Sequence[EvidenceSentence], readings: Sequence[Reading]) -> list[Reading]:
    """Return the sentences that :func:`read_evidence` leaves out."""
    taken = {id(reading.sentence) for reading in readings}
    return [Reading(sentence) for sentence in evidence if id(sentence) not in taken]


def ledger(
    question: str, asked: Asked, readings: Sequence[Reading], stories: Mapping[str, str]
) -> list[Entry]:
    """Return the values given for what is asked, the one that most stories give first.

    Args:
        question: the question, readable without the conversation.
        asked: the same, as :func:`qa.features.read_question` reads it.
        readings: the sentences that may give values.
        stories: the name of the story of each document that is a copy.

    Returns:
        Nothing if the question asks for nothing that can be told in figures, days or names.
    """
    judge = _Judge(question, asked)
    slots = judge.slots(readings)
    lead = next((slot for slot in slots[:TRIED] if judge.is_likely(slot)), None)
    if lead is None:
        return []
    others = [*slots, *judge.slots(_beside(lead, readings))]
    good = [
        lead,
        *(
            slot
            for slot in others
            if slot is not lead
            and _comparable(asked, lead, slot)
            and judge.is_likely(slot)
            and not judge.names_too(slot, lead)
        ),
    ]
    said = [Said(slot.reading.sentence, slot.span, slot.hedge) for slot in good]
    figures_of = {id(s): slot.figure for s, slot in zip(said, good, strict=True)}

    def same(one: Said, other: Said) -> bool:
        a, b = figures_of[id(one)], figures_of[id(other)]
        return same_figure(a, b) if a and b else same_value(one.text, other.text)

    return entries(said, same, stories)


def entries(
    said: Sequence[Said], same: Callable[[Said, Said], bool], stories: Mapping[str, str]
) -> list[Entry]:
    """Return values grouped, the one that most independent stories give first."""
    groups: list[list[Said]] = []
    for one in said:
        group = next((g for g in groups if same(g[0], one)), None)
        if group is None:
            groups.append([one])
        else:
            group.append(one)
    made = [Entry(tuple(sorted(g, key=_published)), origins(g, stories)) for g in groups]
    return sorted(made, key=lambda entry: -entry.origins)


def origins(said: Iterable[Said], stories: Mapping[str, str]) -> int:
    """Return how many independent stories the documents that say something are."""
    groups: list[set[str]] = []
    for one in said:
        document = one.sentence.document
        marks = {stories.get(document.id, document.id), fold(one.sentence.quote)}
        marks |= _relayed(one, said)
        joined = [group for group in groups if group & marks]
        groups = [group for group in groups if not group & marks]
        groups.append(marks.union(*joined))
    return len(groups)


def _relayed(one: Said, said: Iterable[Said]) -> set[str]:
    """Return the other documents whose outlet a sentence names as its source."""
    found = set()
    words = fold(one.sentence.quote)
    for other in said:
        outlet = other.sentence.document.metadata.outlet
        mine = one.sentence.document.metadata.outlet
        if not outlet or outlet == mine or other.sentence.document.id == one.sentence.document.id:
            continue
        named = re.escape(fold(outlet).removeprefix("the "))
        if re.search(rf"\b{named}\b", words) and _HOLDER.search(one.sentence.quote):
            found.add(fold(other.sentence.quote))
    return found


def _published(one: Said) -> tuple[bool, str, float]:
    day = one.sentence.document.metadata.published_at
    return (day is None, day.isoformat() if day else "", -one.sentence.relevance)


def figure_kinds(question: str, asked: Asked) -> frozenset[str]:
    """Return the kinds of figure that a question asks for; none if it asks for something else."""
    if asked.kind == "other" and _QUANTITY.search(question):
        return _KINDS["amount"]
    return _KINDS.get(asked.kind, frozenset())


class _Judge:
    """Finds values in sentences for one question."""

    def __init__(self, question: str, asked: Asked) -> None:
        self._question = question
        self._asked = asked
        self._kinds = figure_kinds(question, asked)
        self._events = classes_of(token.text for token in tokens(question))
        self._wanted = read_wanted(question, asked.weights)
        self._several = bool(_SEVERAL.search(question))
        self._demands = read_demands(question)
        self._known: dict[int, list[Candidate]] = {}
        self._spans: dict[int, list[Span]] = {}

    def slots(self, readings: Sequence[Reading]) -> list[Slot]:
        """Return the values of sentences that may be what is asked, best first."""
        found: list[tuple[float, Slot]] = []
        for reading in readings:
            for span, fit in self._figures(reading) if self._kinds else self._names(reading):
                slot = read_slot(self._asked, reading, span)
                told = answers(self._asked, slot, self._events) and is_of_year(
                    slot.reading.sentence, slot.years, self._asked
                )
                if told and self._stands_for_it(slot):
                    met = len(self._asked.stems & (reading.concepts | slot.anchors))
                    found.append((fit * reading.sentence.relevance * met, slot))
                    self._spans.setdefault(id(reading), []).append(span)
        return [slot for _, slot in sorted(found, key=lambda pair: -pair[0])]

    def is_likely(self, slot: Slot) -> bool:
        """Return whether a value is among the words of its sentence that are likely asked for."""
        if not self._kinds:
            return True  # only such words were taken
        spans = self._spans[id(slot.reading)]
        if len(spans) < 2:
            return True
        base, quote = slot.reading.sentence.span.start, slot.reading.quote
        totals = [span for span in spans if subject_of(quote, span.start - base) is not None]
        if totals:  # "the toll rose to 14 after three people died in hospital"
            return slot.span in totals
        # Of several figures that would fit, the one that stands where the answer would.
        for candidate in self._candidates(slot.reading):
            held = [span for span in spans if candidate.span.overlaps(span)]
            if held:
                return slot.span in held
        return True

    def names_too(self, slot: Slot, lead: Slot) -> bool:
        """Return whether the sentence of another name has that of the best one as well."""
        if self._kinds or same_value(slot.text, lead.text):
            return False
        return any(same_value(name, lead.text) for _, _, name in slot.reading.names)

    def _candidates(self, reading: Reading) -> list[Candidate]:
        if id(reading) not in self._known:
            found = candidates(self._question, reading.sentence, wanted=self._wanted)
            self._known[id(reading)] = found
        return self._known[id(reading)]

    def _figures(self, reading: Reading) -> Iterator[tuple[Span, float]]:
        """Yield the figures of a sentence that may be asked for, and how well each fits."""
        base = reading.sentence.span.start
        asked = self._asked
        halves = scores(reading.quote)
        for figure in reading.figures:
            if figure.kind not in self._kinds or str(figure.value) in asked.figures:
                continue
            if figure.value == 1 and not figure.text[:1].isdigit():
                continue  # "one" is a pronoun more often than a number
            if not meets(self._demands, reading.quote, figure):
                continue
            if any(score.overlaps(Span(figure.start, figure.end)) for score in halves):
                continue
            fit = 1.0
            if asked.kind == "count":
                if figure.unit and concept(figure.unit) not in asked.stems:
                    continue
                fit = 1.0 if figure.unit else 0.5
            start = min(figure.start, figure.stated.start)
            yield Span(base + start, base + figure.end), fit

    def _names(self, reading: Reading) -> Iterator[tuple[Span, float]]:
        """Yield the name of a sentence that fits best, if it fits well and only one is asked."""
        if self._asked.kind not in ("person", "place") or self._several:
            return
        known = {word for name in self._asked.names for word in name}
        for candidate in self._candidates(reading)[:1]:
            words = set(name_words(candidate.span.cut(reading.sentence.document.text)))
            fits = candidate.score >= NAMED and candidate.kind == self._asked.kind
            start = candidate.span.start - reading.sentence.span.start
            aside = self._wanted.gap == "before" and is_beside_doer(reading.quote, start)
            if fits and not words & known and not (aside and self._asked.kind == "person"):
                yield candidate.span, candidate.score

    def _stands_for_it(self, slot: Slot) -> bool:
        """Return whether a name or day stands near the words of the question that it answers."""
        if slot.part or (slot.rate and not self._demands.each):
            return False
        if slot.figure is not None and slot.figure.kind not in ("date", "year"):
            return self._asked.kind != "other" or bool(slot.anchors)
        return bool(slot.anchors)


def _beside(lead: Slot, readings: Sequence[Reading]) -> list[Reading]:
    """Return the sentences behind the best one that set another figure against it.

    "Another estimate comes close to 6,000" says nothing of what is estimated.
    """
    sentence = lead.reading.sentence
    spans = [s.span for s in sentence.passage.sentences if s.evidence]
    at = spans.index(sentence.span) if sentence.span in spans else len(spans)
    taken = {r.sentence.span for r in readings if r.sentence.document.id == lead.document_id}
    return [
        Reading(replace(sentence, span=span, after=()))
        for span in spans[at + 1 : at + 3]
        if span not in taken and _SET_AGAINST.search(span.cut(sentence.document.text))
    ]


def _comparable(asked: Asked, lead: Slot, other: Slot) -> bool:
    """Return whether a value may be put beside the one that fits best as a value of one thing."""
    if lead.reading is other.reading or not may_be_same(asked, lead, other):
        return False
    counted = lead.figure is not None and lead.figure.kind not in ("date", "year")
    if not counted and not lead.anchors & other.anchors:
        return False
    if lead.document_id == other.document_id:
        # Within one report, figures beside each other are mostly of different things.
        held = all(_HOLDER.search(slot.reading.quote) for slot in (lead, other))
        return held and _is_close(lead.reading.sentence, other.reading.sentence)
    # One value told of alike is one finding, in whatever words; two values need more to differ.
    agree = lead.figure and other.figure and same_figure(lead.figure, other.figure)
    if not agree and not _tells_as_much(asked, lead, other):
        return False
    of_unit = asked.kind == "count" and other.figure is not None and other.figure.unit
    return bool(of_unit or lead.anchors & other.anchors)


def _is_close(one: EvidenceSentence, other: EvidenceSentence) -> bool:
    """Return whether two sentences of one document stand near each other."""
    spans = [s.span for s in one.passage.sentences]
    if one.span not in spans or other.span not in spans:
        return False
    return abs(spans.index(one.span) - spans.index(other.span)) <= CLOSE


def _tells_as_much(asked: Asked, lead: Slot, other: Slot) -> bool:
    """Return whether a sentence has all words of the question that the best one has.

    Names are left out, for a report goes on without them. A word for the same class of events will
    do: troops that one "sent" another "provided".
    """
    named = {concept(stem(word)) for name in asked.names for word in name}
    wanted = asked.stems - named - LIGHT_WORDS
    missing = set(wanted & lead.reading.concepts - other.reading.concepts - other.anchors)
    if missing and lead.events & other.events:
        missing = {word for word in missing if not event_stems() & {word}}
        if lead.events & other.events & LOSSES:
            missing.discard(concept(stem("people")))  # a toll need not say of whom
    return not missing
