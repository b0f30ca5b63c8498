"""Stances: one report states what another hedges, or denies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from index.models import Span
from qa.features import Asked
from qa.short.slots import Reading
from qa.text.claims import Claims, denial
from qa.text.hedges import hedge_of
from qa.text.lexicon import CAPITALS, LIGHT_WORDS
from qa.text.synonyms import concept
from qa.text.words import is_content, key, same_name, stem

COVERED = 0.6
"""So much of the question's words both sentences must have."""

ALIKE = 4
"""Words of content that two sentences must share, and half of the shorter, if the question is not
one of yes or no."""

SOON = 3
"""Sentences behind a statement among which its denial is looked for."""

Stance = Literal["hedged", "negated"]

_CLOSED = re.compile(
    r"^\s*(?:(?:and|but|so)\s+)?(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|"
    r"should|may|might|must)(?:n['’]t)?\s",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|denials?|false|untrue|baseless|unfounded|refut\w+|dismiss(?:es|ed)|"
    r"reject(?:s|ed)?|disput(?:es|ed)|fabricat\w+)\b",
    re.IGNORECASE,
)
_ATTRIBUTED = re.compile(
    r"\b(?:sa(?:y|ys|id)|told|accord\w+|reported|announced|wrote|claim\w*|alleg\w*|accus\w+)\b",
    re.I,
)


def is_closed(question: str) -> bool:
    """Return whether a question is one of yes or no."""
    return bool(_CLOSED.match(question))


def stances(
    question: str, asked: Asked, readings: Sequence[Reading]
) -> Iterator[tuple[Stance, Reading, Reading]]:
    """Yield pairs of sentences, the plain one first, of which the other hedges or denies the same.

    Args:
        question: the question, readable without the conversation.
        asked: the same, as :func:`qa.features.read_question` reads it.
        readings: the sentences that are likely to answer.
    """
    closed = is_closed(question)
    about = [r for r in readings if _cover(asked, r) >= COVERED and _names_all(asked, r)]
    least = min(2, len(_told_of(asked)))
    if closed:
        for one in about:
            if _is_plain(one.claims, asked.stems):
                yield from (("negated", one, other) for other in _denials_behind(asked, one))
    found: list[tuple[int, float, Stance, Reading, Reading]] = []
    for one in about:
        plain = _is_plain(one.claims, asked.stems)
        if not plain and not (closed and _asserts(one.claims, asked.stems)):
            continue
        for other in about:
            shared = _told(asked, one) & _told(asked, other)
            if other is one or len(shared) < least:
                continue
            apart = one.sentence.document.id != other.sentence.document.id
            fit = one.sentence.relevance + other.sentence.relevance
            if not closed and not _much_alike(one, other):
                continue
            if not plain and not (apart and _DENIES.search(other.quote)):
                continue
            if _denied(one, other) and (apart or closed):
                found.append((len(shared), fit, "negated", one, other))
            elif apart and _doubts(other) and not _ATTRIBUTED.search(one.quote):
                found.append((len(shared), fit, "hedged", one, other))
    for _, _, kind, one, other in sorted(found, key=lambda pair: (-pair[0], -pair[1])):
        yield kind, one, other


def _much_alike(one: Reading, other: Reading) -> bool:
    """Return whether two sentences tell of the same thing, whatever was asked."""
    shared = len(one.concepts & other.concepts)
    return shared >= ALIKE and 2 * shared >= min(len(one.concepts), len(other.concepts))


def _denials_behind(asked: Asked, one: Reading) -> Iterator[Reading]:
    """Yield the sentence soon behind one in its passage in which somebody named denies it.

    "Iran called the report false" has none of the words of what it denies.
    """
    sentence = one.sentence
    spans = [s.span for s in sentence.passage.sentences if s.evidence]
    at = spans.index(sentence.span) if sentence.span in spans else len(spans)
    for span in spans[at + 1 : at + 1 + SOON]:
        other = Reading(replace(sentence, span=span, after=()))
        named = {w for name in asked.names for w in name} - LIGHT_WORDS
        words = {key(token.text) for token in other.words}
        if _DENIES.search(other.quote) and any(same_name(n, w) for n in named for w in words):
            yield other
            return


def clause(reading: Reading, asked: Asked) -> Span:
    """Return the main clause of a sentence that has most words of a question."""
    claims = reading.claims
    if not claims.words:
        return reading.sentence.span
    numbers = dict.fromkeys(claims.segments)
    best = max(numbers, key=lambda n: len({concept(s) for s in claims.content(n)} & asked.stems))
    words = [w for w, n in zip(claims.words, claims.segments, strict=True) if n == best]
    while len(words) > 1 and not is_content(words[-1].text):
        words.pop()
    base = reading.sentence.span.start
    return Span(base + words[0].start, base + words[-1].end)


def _asserts(claims: Claims, wanted: frozenset[str]) -> bool:
    """Return whether a sentence states what is asked, if only as somebody's word."""
    denied = any(reach.stems & wanted for reach in claims.negations)
    return not denied and not _DENIES.search(claims.text) and "?" not in claims.text


def _is_plain(claims: Claims, wanted: frozenset[str]) -> bool:
    if (
        hedge_of(claims.text)
        or _DENIES.search(claims.text)
        or claims.text.rstrip("\"”' ").endswith("?")
    ):
        return False
    hedged = any(
        kind in ("chance", "plan") and reach.stems & wanted for kind, reach in claims.hedges
    )
    denied = any(reach.stems & wanted for reach in claims.negations)
    return not hedged and not denied


def _doubts(reading: Reading) -> bool:
    return hedge_of(reading.quote) is not None and not _DENIES.search(reading.quote)


def _denied(one: Reading, other: Reading) -> bool:
    """Return whether the other sentence denies what the one states."""
    if _DENIES.search(other.quote):
        return True
    return denial(one.claims, other.claims) is not None


def _told(asked: Asked, reading: Reading) -> set[str]:
    """Return the question's words, other than names, that a sentence has."""
    return _told_of(asked) & reading.concepts


def _told_of(asked: Asked) -> set[str]:
    named = {concept(stem(w)) for name in asked.names for w in name}
    return set(asked.stems - named)


def _names_all(asked: Asked, reading: Reading) -> bool:
    """Return whether a sentence has every name of a question, a capital for its country."""
    words = {key(token.text) for token in reading.words}
    words |= {w for capital in words & CAPITALS.keys() for w in CAPITALS[capital].split()}
    return all(any(same_name(name[-1], word) for word in words) for name in asked.names)


def _cover(asked: Asked, reading: Reading) -> float:
    """Return how much of a question's words a sentence has, with peoples and capitals as names."""
    total = sum(asked.weights.get(s, 1.0) for s in asked.stems)
    if not total:
        return 0.0
    words = {key(token.text) for token in reading.words}
    words |= {w for capital in words & CAPITALS.keys() for w in CAPITALS[capital].split()}
    met = (s for s in asked.stems if s in reading.concepts or any(same_name(s, w) for w in words))
    return sum(asked.weights.get(s, 1.0) for s in met) / total
