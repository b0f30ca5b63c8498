"""Candidates for a short answer: the phrases of an evidence sentence, scored for a question.

Which phrase answers is told by named facts (:mod:`qa.short.span_features`) whose weights
``benchmarks/fit_spans.py`` fitted on questions with known short answers, a log-linear model over
the phrases of a few sentences as the first readers of paragraphs had it (Rajpurkar et al. 2016,
"SQuAD", arXiv:1606.05250). There is no parser and no neural model; ``docs/decisions`` tells what
this costs and what it reaches.
"""

# ruff: noqa: SIM905 -- short lists of words read better as text

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from index.models import Span
from qa.compose import EvidenceSentence
from qa.features import Asked, Kind
from qa.short.chunks import Phrase, Reading, phrases
from qa.short.chunks import read as read_sentence
from qa.short.span_features import FITTING, Scene, facts_before, facts_behind, facts_inside, is_year
from qa.short.span_weights import INTERCEPT, SLOPE, WEIGHTS
from qa.short.wanted import Wanted
from qa.short.wanted import read as read_question
from qa.text.synonyms import concept
from qa.text.words import content_stems

BESIDE = 4
"""Words beside its figures that a phrase may have where a figure or a day is asked for."""

_VALUES = frozenset({"number", "date"})
_CALENDAR = frozenset(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May "
    "June July August September October November December".split()
)
_NUMBERED = re.compile(r"\s\d{1,4}(?=[,.;:)]|\s(?:in|at|of|on|by|which|was|is|and|to|had|has)\b|$)")
_KINDS: Mapping[str, Kind] = {
    "money": "money",
    "percent": "share",
    "number": "count",
    "range": "count",
    "year": "date",
    "date": "date",
    "time": "date",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A few words of a sentence that may be what a question asks for."""

    span: Span
    """Where they stand in the document's text, inside the sentence's span."""
    kind: Kind
    """What sort of thing they are; a name is a person or a place where one is asked for."""
    score: float
    """How likely they are what is asked if the sentence is the right one, 0..1; comparable across
    the sentences of a question."""


def candidates(
    question: str,
    sentence: EvidenceSentence,
    *,
    weights: Mapping[str, float] | None = None,
    wanted: Wanted | None = None,
    asked: Asked | None = None,
) -> list[Candidate]:
    """Return the candidates of a sentence for a question, best first.

    Args:
        question: the question, readable without the conversation.
        sentence: the sentence.
        weights: how telling each stem of the question is, 0..1; 1 where not given.
        wanted: the question as :func:`qa.short.wanted.read` reads it, if it is read already.
        asked: the question as :func:`qa.features.read_question` reads it; gives the weights.
    """
    if wanted is None:
        wanted = read_question(question, weights or (asked.weights if asked else {}))
    scene = scene_of(wanted, sentence)
    base = sentence.span.start
    worth = phrases_worth(scene)
    # What stands before and behind is shared by many phrases.
    before = {at: _weighed(facts_before(scene, at)) for at in {one.first for one in worth}}
    behind = {at: _weighed(facts_behind(scene, at)) for at in {one.last for one in worth}}
    found = []
    for phrase in worth:
        inside = _weighed(facts_inside(scene, phrase))
        score = INTERCEPT + SLOPE * (before[phrase.first] + inside + behind[phrase.last])
        found.append(
            Candidate(
                Span(base + phrase.start, base + _end(scene.reading, phrase)),
                _kind(scene.reading, phrase, wanted.kind),
                1 / (1 + math.exp(-score)),
            )
        )
    return sorted(found, key=lambda one: (-one.score, one.span))


def scene_of(wanted: Wanted, sentence: EvidenceSentence) -> Scene:
    """Return a sentence as a question looks at it."""
    title = sentence.document.metadata.title or ""
    return Scene(
        wanted, read_sentence(sentence.quote), frozenset(map(concept, content_stems(title)))
    )


def phrases_worth(scene: Scene) -> list[Phrase]:
    """Return the phrases of a sentence that can answer at all.

    They say something that the question does not. Where a figure or a day is asked for, they have
    one of that kind, or the year of a day, and little else. A list is whole. A figure keeps
    the word that hedges it: "about 600" is not 600.
    """
    reading, places = scene.reading, scene.places
    new = [bool(word) and at not in places for at, word in enumerate(reading.stems)]
    cut = {first for first, _, figure in reading.figures if figure.stated.start < figure.start}
    valued = scene.wanted.group in _VALUES
    kinds = FITTING.get(scene.wanted.kind)
    fitting = [(a, b) for a, b, figure in reading.figures if kinds is None or figure.kind in kinds]
    if valued and not fitting:
        return []
    others = [(a, b) for a, b, _ in reading.figures if (a, b) not in fitting]

    figured = {at for a, b in fitting for at in range(a, b + 1)}

    def fits(phrase: Phrase) -> bool:
        beside = sum(at not in figured for at in range(phrase.first, phrase.last + 1))
        if beside > BESIDE or any(phrase.first <= a and b <= phrase.last for a, b in others):
            return False
        if any(phrase.first <= first and last <= phrase.last for first, last in fitting):
            return True
        dated = any(first <= phrase.first and phrase.last <= last for first, last in fitting)
        return dated and is_year(reading.text[phrase.start : phrase.end])

    return [
        phrase
        for phrase in phrases(reading)
        if phrase.first not in cut
        and any(new[phrase.first : phrase.last + 1])
        and not _is_part_of_a_list(reading, phrase)
        and (not valued or fits(phrase))
    ]


def _is_part_of_a_list(reading: Reading, phrase: Phrase) -> bool:
    """Return whether a phrase holds some things of a list that goes on behind it."""
    if "," not in reading.text[phrase.start : phrase.end]:
        return False
    behind = phrase.last + 1
    return "," in reading.gaps[behind] or reading.classes[behind : behind + 1] == ("and",)


def _weighed(found: Mapping[str, float]) -> float:
    return sum(WEIGHTS.get(name, 0.0) * value for name, value in found.items())


def _kind(reading: Reading, phrase: Phrase, asked: Kind) -> Kind:
    for first, last, figure in reading.figures:
        if phrase.first <= first and last <= phrase.last:
            return "share" if figure.unit == "%" else _KINDS[figure.kind]
    if asked in ("person", "place") and _has_name(reading, phrase):
        return asked
    return "other"


def _has_name(reading: Reading, phrase: Phrase) -> bool:
    """Return whether a phrase has a name other than that of a day or month."""
    places = range(phrase.first, phrase.last + 1)
    return any(
        reading.classes[at] == "name" and reading.words[at].text not in _CALENDAR for at in places
    )


def _end(reading: Reading, phrase: Phrase) -> int:
    """Return where a phrase ends, with the number that belongs to its last name: "Gate 14"."""
    number = _NUMBERED.match(reading.text, phrase.end)
    return number.end() if number and reading.classes[phrase.last] == "name" else phrase.end
