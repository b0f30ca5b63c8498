"""The order in which sentences together bear out all of a question or claim.

One sentence often holds only half: who did it stands in one, when in another. So each next sentence
counts for what it adds: words of the question that an earlier one has told already count half. This
is greedy maximum coverage with a discount, as in Lin & Bilmes 2011, "A Class of Submodular
Functions for Document Summarization".
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa.compose import EvidenceSentence
from qa.text.synonyms import concept
from qa.text.words import content_stems

TOLD = 0.5
"""What a word of the question counts once a sentence has told it."""

LIKENESS = 0.5
"""Weight of a sentence's likeness to the question, brought to 0..1, beside the words it adds."""

LATE = 0.3
"""What the last sentence of a document counts less than its first: reports begin with what is
most important."""

LONG = 0.1
"""What a sentence gains with the logarithm of its length: fragments say little by themselves."""

SATURATION, LENGTH = 1.2, 0.4
"""BM25's k1 and b; length counts less than usual, since long sentences hold more facts."""


@dataclass(frozen=True, slots=True)
class _Words:
    sentence: EvidenceSentence
    counts: Counter[str]
    length: int


def in_order_of_cover(
    question: str, evidence: Sequence[EvidenceSentence], weights: Mapping[str, float]
) -> list[EvidenceSentence]:
    """Return the sentences, each next one the one that adds most; ties keep their order.

    Args:
        question: the question or claim.
        evidence: the sentences with their likeness.
        weights: how telling each stem of the question is, 0..1; 1 if not given.
    """
    wanted = {concept(s): weights.get(s, 1.0) for s in content_stems(question)}
    left = [_read(sentence) for sentence in evidence]
    if not left:
        return []
    mean = sum(words.length for words in left) / len(left) or 1.0
    gains = [
        {stem: _saturated(words, stem, mean) for stem in wanted if words.counts[stem]}
        for words in left
    ]
    most = max(sum(wanted[s] * gain for s, gain in found.items()) for found in gains) or 1.0
    own = [_own_worth(words, left) for words in left]
    order: list[EvidenceSentence] = []
    while left:
        worth = [
            sum(wanted[stem] * gain for stem, gain in found.items()) / most + further
            for found, further in zip(gains, own, strict=True)
        ]
        best = max(range(len(left)), key=lambda at: (worth[at], -at))
        order.append(left.pop(best).sentence)
        own.pop(best)
        for stem in gains.pop(best):
            wanted[stem] *= TOLD
    return order


def _own_worth(words: _Words, among: Sequence[_Words]) -> float:
    """Return what a sentence counts whatever the others have told."""
    likeness = [other.sentence.likeness for other in among]
    width = max(max(likeness) - min(likeness), 1e-9)
    sentence = words.sentence
    late = sentence.span.start / max(len(sentence.document.text), 1)
    return (
        LIKENESS * (sentence.likeness - min(likeness)) / width
        - LATE * late
        + LONG * math.log1p(words.length)
    )


def _read(sentence: EvidenceSentence) -> _Words:
    counts = Counter(map(concept, content_stems(sentence.quote)))
    return _Words(sentence, counts, sum(counts.values()))


def _saturated(words: _Words, stem: str, mean: float) -> float:
    count = words.counts[stem]
    room = SATURATION * (1 - LENGTH + LENGTH * words.length / mean)
    return count * (SATURATION + 1) / (count + room)
