"""The embedded answerer: no model; an answer made of the documents' own sentences."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from qa.compose import DraftStatement, EvidenceSentence
from qa.models import AnswererName, Usage
from qa.relevance import THRESHOLD
from qa.words import content_stems

CLOSE_TO_BEST = 0.4
"""A further sentence must be so likely an answer, relative to the best one."""

SAME = 0.7
"""Sentences that share so much of their words (Jaccard) say the same thing."""


@dataclass(frozen=True)
class Extractor:
    """Chooses sentences for a question; every statement is one sentence of one document."""

    most: int
    """Most statements in one answer."""
    name: AnswererName = "embedded"
    """Which answerer this is."""
    model: str | None = None
    """There is no model."""
    usage: Usage | None = None
    """There are no tokens to count."""

    async def compose(
        self, question: str, evidence: Sequence[EvidenceSentence]
    ) -> AsyncGenerator[DraftStatement, None]:
        """Yield the sentences that answer, best document first, in their own order there.

        Nothing is yielded if even the best sentence hardly answers the question.
        """
        for sentence in in_readable_order(choose(evidence, self.most)):
            yield DraftStatement(" ".join(sentence.quote.split()), (sentence,))


def choose(evidence: Sequence[EvidenceSentence], most: int) -> list[EvidenceSentence]:
    """Return the sentences that answer, best first, none repeating another.

    Sentences of documents not yet cited come before further ones of the same document.
    """
    best = max((sentence.relevance for sentence in evidence), default=0.0)
    if best < THRESHOLD:
        return []
    bar = max(THRESHOLD, best * CLOSE_TO_BEST)
    able = [sentence for sentence in evidence if sentence.relevance >= bar]
    distinct: list[EvidenceSentence] = []
    for sentence in able:
        if not any(_same(sentence, other) for other in distinct):
            distinct.append(sentence)
    first = {sentence.document.id: sentence for sentence in reversed(distinct)}
    leading = [sentence for sentence in distinct if first[sentence.document.id] is sentence]
    others = [sentence for sentence in distinct if first[sentence.document.id] is not sentence]
    return (leading + others)[:most]


def in_readable_order(chosen: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    """Return the sentences grouped by document, in the order of the text within each."""
    documents = list(dict.fromkeys(sentence.document.id for sentence in chosen))
    return sorted(chosen, key=lambda s: (documents.index(s.document.id), s.span))


def _same(one: EvidenceSentence, other: EvidenceSentence) -> bool:
    a, b = set(content_stems(one.quote)), set(content_stems(other.quote))
    return len(a & b) >= SAME * len(a | b)
