"""Where sources differ: the ledger of the asked value, labelled; stances and wordings beside it.

Nothing is written here. Every value is cut from the sentence that gives it, and what is told about
the difference is one of seven labels (:data:`qa.models.DisagreementKind`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.models import Span
from qa.compose import EvidenceSentence
from qa.differing.ledger import (
    Entry,
    Said,
    entries,
    figure_kinds,
    ledger,
    origins,
    read_evidence,
    read_rest,
)
from qa.differing.quotations import wordings
from qa.differing.sameness import same_value
from qa.differing.stances import clause, stances
from qa.differing.variants import Variant, variants
from qa.features import Asked, read_question
from qa.models import DisagreementKind
from qa.short.contrasts import LOSSES, classes_of
from qa.short.slots import Reading, answers, may_be_same, read_slot
from qa.text.figures import Figure, figures
from qa.text.hedges import hedge_in, hedge_of
from qa.text.words import tokens

MOST_VALUES = 6
"""Values that are shown for one thing."""

HEARD = 0.1
"""How likely an answer a sentence must be that speaks of the same as the best one."""

MOST_DIFFERENCES = 4
"""Differences that are shown in one answer."""

_UPDATED = re.compile(
    r"\b(?:ros(?:e|en)|risen|climb(?:s|ed)|grew|grown|increased|jumped|fell|fallen|dropped|lowered|"
    r"raised|revis(?:es|ed)|updat(?:es|ed)|correct(?:s|ed|ion)|up from|down from|now|has since|"
    r"have since|latest|so far|by (?:then|now)|no longer|earlier figure|previously)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Difference:
    """Sentences that give different values for one thing."""

    kind: DisagreementKind
    """How they differ."""
    about: str
    """What the values are values of."""
    entries: tuple[Entry, ...]
    """The values, with who gives them."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What the evidence gives for a question, put side by side."""

    values: tuple[Entry, ...] = ()
    """The values of what is asked."""
    differences: tuple[Difference, ...] = ()
    """Where the sources differ."""
    also: tuple[EvidenceSentence, ...] = ()
    """Sentences of other documents that speak of the same thing as the best one, best first."""

    def sides(self) -> Iterator[tuple[EvidenceSentence, ...]]:
        """Yield for each value of each difference the sentences that give it."""
        for difference in self.differences:
            for entry in difference.entries:
                yield tuple(said.sentence for said in entry.said)


def compare(
    question: str,
    evidence: Sequence[EvidenceSentence],
    weights: Mapping[str, float],
    stories: Mapping[str, str],
) -> Findings:
    """Return the values that the evidence gives for a question, and where they differ.

    Args:
        question: the question, readable without the conversation.
        evidence: the sentences that may be cited.
        weights: how telling each stem of the question is, 0..1; 1 where not given.
        stories: the name of the story of each document that is a copy.
    """
    asked = read_question(question, weights)
    readings = read_evidence(evidence)
    if not readings:
        return Findings()
    rest = read_rest(evidence, readings)
    values = ledger(question, asked, readings, stories)[:MOST_VALUES]
    about = " ".join(question.split()).rstrip("?？ ")
    found: list[Difference] = []
    if len(values) > 1:
        found.append(Difference(_kind_of(values), about, tuple(values)))
    alike = [one for one in variants(readings, rest) if _is_asked(question, asked, one)]
    worded = list(_of_wordings(readings, rest, stories))
    found += _of_variants(about, alike, stories, [*found, *worded])
    if asked.kind == "other" and not figure_kinds(question, asked):
        found += _of_stances(question, asked, readings, stories)
    found += worded
    also = _also(asked, readings[0], evidence)
    return Findings(tuple(values), tuple(found[:MOST_DIFFERENCES]), also)


def _also(
    asked: Asked, best: Reading, evidence: Sequence[EvidenceSentence]
) -> tuple[EvidenceSentence, ...]:
    """Return sentences that have every word of the question that the best one has.

    What they give in answer may be nothing that can be told apart as a value: a sport, a
    profession. They are there to be heard beside it.
    """
    wanted = asked.stems & best.concepts
    others = sorted(evidence, key=lambda s: -s.relevance)
    return tuple(
        sentence
        for sentence in others
        if sentence.relevance >= HEARD
        and sentence.document.id != best.sentence.document.id
        and len(wanted) > 1
        and wanted <= Reading(sentence).concepts
    )


def _kind_of(values: Sequence[Entry]) -> DisagreementKind:
    """Return how values of one thing differ."""
    first = figures(values[0].said[0].text)
    if not first:
        return "names"
    if first[0].kind in ("date", "year"):
        return "dates"
    return "superseded" if _supersedes(values) else "figures"


def _supersedes(values: Sequence[Entry]) -> bool:
    """Return whether the values came one after the other, each later one as news of the earlier.

    The later report says so ("rose to", "corrected"), or it is the same outlet's.
    """
    ordered = sorted(values, key=lambda entry: _days(entry)[:1])
    steps = [_replaces(early, late) for early, late in pairwise(ordered)]
    # A count that only grows and was said once to have risen has risen each time.
    grown = all(_follows(a, b) and _grows(a, b) for a, b in pairwise(ordered))
    return bool(steps) and (all(steps) or (grown and any(steps)))


def _follows(early: Entry, late: Entry) -> bool:
    """Return whether all who give a value published after all who give another."""
    return bool(_days(early) and _days(late)) and _days(early)[-1] < _days(late)[0]


def _replaces(early: Entry, late: Entry) -> bool:
    """Return whether a later report gives its value as news of the earlier one's."""
    if not _follows(early, late):
        return False
    outlets = {_outlet(said) for said in early.said} & {_outlet(said) for said in late.said}
    if any(_UPDATED.search(said.sentence.quote) for said in late.said):
        return True
    return bool(outlets - {None}) and _grows(early, late)


def _grows(early: Entry, late: Entry) -> bool:
    """Return whether a later figure is a higher count of what only grows, such as the dead."""
    before, after = figures(early.said[0].text), figures(late.said[0].text)
    words = (token.text for said in late.said for token in tokens(said.sentence.quote))
    return (
        bool(before and after)
        and after[0].value > before[0].value
        and bool(classes_of(words) & LOSSES)
    )


def _days(entry: Entry) -> list[str]:
    """Return the days on which a value was published, in order; empty if one is not known."""
    days = [said.sentence.document.metadata.published_at for said in entry.said]
    return sorted(day.isoformat() for day in days if day) if all(days) else []


def _outlet(said: Said) -> str | None:
    return said.sentence.document.metadata.outlet


def _is_asked(question: str, asked: Asked, one: Variant) -> bool:
    """Return whether what two sentences differ in may be what is asked, and of one thing."""
    first = read_slot(asked, one.one, one.first)
    second = read_slot(asked, one.other, one.second)
    kinds = figure_kinds(question, asked)
    for slot in (first, second):
        if kinds and (slot.figure is None or slot.figure.kind not in kinds):
            return False
        if asked.kind in ("person", "place") and (slot.figure or not _is_named(slot.text)):
            return False
        if not answers(asked, slot, classes_of(token.text for token in tokens(question))):
            return False
    if (first.figure is None) != (second.figure is None):
        return False
    words = [{token.text for token in tokens(slot.text)} for slot in (first, second)]
    apart = [classes_of(these) for these in words]
    return may_be_same(asked, first, second) and not (all(apart) and not apart[0] & apart[1])


def _of_variants(
    about: str,
    found: Sequence[Variant],
    stories: Mapping[str, str],
    told: Sequence[Difference],
) -> list[Difference]:
    """Return the place in which sentences that are otherwise the same differ.

    Pairs that share a sentence and place belong together. What the ledger tells is not told twice.
    """
    groups: list[list[Said]] = []
    known = {
        (said.sentence.document.id, said.sentence.span): at
        for at, difference in enumerate(told)
        for entry in difference.entries
        for said in entry.said
    }
    for one in found:
        pair = [_said(one.one, one.first), _said(one.other, one.second)]
        places = {(said.sentence.document.id, said.sentence.span) for said in pair}
        if places <= known.keys() or not _alike_in_kind(*pair):
            continue
        group = next((g for g in groups if any(_is_in(said, g) for said in pair)), None)
        if group is None:
            groups.append(pair)
        else:
            group += [said for said in pair if not _is_in(said, group)]
    made = []
    for group in groups:
        values = entries(group, lambda a, b: same_value(a.text, b.text), stories)
        if len(values) > 1:
            made.append(Difference(_kind_of(values), about, tuple(values[:MOST_VALUES])))
    return made[:1]


def _said(reading: Reading, span: Span) -> Said:
    base = reading.sentence.span.start
    hedge = hedge_in(reading.quote, span.start - base, span.end - base)
    return Said(reading.sentence, span, hedge)


def _is_in(said: Said, group: Iterable[Said]) -> bool:
    return any(
        said.sentence.document.id == other.sentence.document.id and said.span == other.span
        for other in group
    )


def _alike_in_kind(one: Said, other: Said) -> bool:
    """Return whether two values are both figures of a kind, both names, or both neither."""
    a, b = figures(one.text), figures(other.text)
    if a or b:
        return bool(a) and bool(b) and _nature(a[0]) == _nature(b[0])
    return _is_named(one.text) == _is_named(other.text)


def _nature(figure: Figure) -> str:
    if figure.kind in ("date", "year"):
        return "date"
    return "number" if figure.kind == "range" else figure.kind


def _is_named(text: str) -> bool:
    return any(word[:1].isupper() for word in text.split())


def _of_stances(
    question: str, asked: Asked, readings: Sequence[Reading], stories: Mapping[str, str]
) -> Iterator[Difference]:
    """Yield what one sentence states and another hedges or denies, the best pair of each kind."""
    seen: dict[str, tuple[Reading, Reading]] = {}
    for kind, one, other in stances(question, asked, readings):
        seen.setdefault(kind, (one, other))
    about = " ".join(question.split()).rstrip("?？ ")
    for kind in ("negated", "hedged"):
        if kind in seen:
            sides = [Said(r.sentence, clause(r, asked), hedge_of(r.quote)) for r in seen[kind]]
            made = tuple(Entry((side,), origins([side], stories)) for side in sides)
            yield Difference(kind, about, made)


def _of_wordings(
    readings: Sequence[Reading], rest: Sequence[Reading], stories: Mapping[str, str]
) -> Iterator[Difference]:
    """Yield one person's words in two wordings."""
    for one, other in wordings(readings, rest):
        sides = [Said(quoted.reading.sentence, quoted.span) for quoted in (one, other)]
        made = tuple(Entry((side,), origins([side], stories)) for side in sides)
        longer = max(one.speaker, other.speaker, key=len)
        yield Difference("wording", f"words of {longer}", made)
        return
