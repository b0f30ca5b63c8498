"""The embedded answerer: no model; an answer made of the documents' own sentences."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from index.models import Span
from qa.compose import DraftStatement, EvidenceSentence
from qa.differing.stances import is_closed
from qa.features import read_question
from qa.models import OutputForm, Usage
from qa.question import AnswererName
from qa.readable.facets import covering
from qa.relevance import THRESHOLD
from qa.short.short_answer import short_answer
from qa.text.words import content_stems
from qa.when import timeline

if TYPE_CHECKING:
    from qa.chat.calls import RecordedCall
    from qa.short.short_answer import Short

CLOSE_TO_BEST = 0.35
"""A further sentence must be so likely an answer, relative to the best one."""

AGAIN = 0.5
"""What a further sentence of a document already cited counts where a few words answer, so that
others are heard: what one document adds to such words is seldom asked for."""

AGAIN_AT_LENGTH = 0.7
"""The same where it takes more than a few words."""

BESIDE_BEST = 0.2
"""The same as :data:`CLOSE_TO_BEST` for the passage of the best sentence, where a few words do not
answer: an explanation runs on."""

SAME = 0.7
"""Sentences that share so much of their words (Jaccard) say the same thing."""

_BARE_QUOTATION = re.compile(r"[“„«\"][^“”„«»\"]*[”“»\"][.,]?", re.DOTALL)


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
    calls: tuple[RecordedCall, ...] = ()
    """There are no calls."""
    form: OutputForm | None = None
    """There is no reply to have a form."""
    withheld: str | None = None
    """Every sentence chosen is shown."""

    async def compose(
        self, question: str, evidence: Sequence[EvidenceSentence]
    ) -> AsyncGenerator[DraftStatement, None]:
        """Yield the sentences that answer; see :func:`in_readable_order`.

        Nothing is yielded if even the best sentence hardly answers the question. A sentence that is
        nothing but a quotation is preceded by the one before it, which mostly says who speaks; one
        that answers by way of others, by them. How something developed is told in order of time.
        What gives a short answer comes first.
        """
        told: set[tuple[str, Span]] = set()
        chosen, short = self._chosen(question, evidence)
        for sentence in chosen:
            for part in (*sentence.after, *_speaker_of(sentence), sentence):
                if (part.document.id, part.span) not in told:
                    told.add((part.document.id, part.span))
                    words = short.span if short and short.sentence == part else None
                    yield DraftStatement(" ".join(part.quote.split()), (part,), short=words)

    def _chosen(
        self, question: str, evidence: Sequence[EvidenceSentence]
    ) -> tuple[list[EvidenceSentence], Short | None]:
        """Return the sentences to tell, in order, and the short answer that the first holds."""
        if timeline.asks(question):
            most = self.most * timeline.MORE
            if dated := timeline.in_order_of_time(question, evidence, most, THRESHOLD):
                return dated, None
        brief = _is_brief(question) or short_answer(question, evidence) is not None
        best = choose(evidence, self.most, brief=brief)
        best = covering(question, best, evidence, most=self.most, threshold=THRESHOLD)
        short = short_answer(question, best)
        if short is not None:
            best = [short.sentence, *(s for s in best if s is not short.sentence)]
        return in_readable_order(best), short


def _is_brief(question: str) -> bool:
    """Return whether a question asks for a value, a person, a place or a yes or no."""
    return is_closed(question) or read_question(question, {}).kind != "other"


def choose(
    evidence: Sequence[EvidenceSentence], most: int, *, brief: bool = True
) -> list[EvidenceSentence]:
    """Return the sentences that answer, none repeating another.

    The best comes first; each next one is the most relevant left.

    Args:
        evidence: the sentences to choose from.
        most: how many at most.
        brief: whether a few words answer. Then a document counts less for every sentence of it that
            is chosen already than else, and the passage of the best sentence may not go on with
            less relevant ones.
    """
    best = max(evidence, key=lambda sentence: sentence.relevance, default=None)
    if best is None or best.relevance < THRESHOLD:
        return []
    bar = max(THRESHOLD, best.relevance * CLOSE_TO_BEST)
    beside = bar if brief else best.relevance * BESIDE_BEST
    left = [s for s in evidence if s.relevance >= (beside if s.passage == best.passage else bar)]
    again = AGAIN if brief else AGAIN_AT_LENGTH
    chosen: list[EvidenceSentence] = []
    while left and len(chosen) < most:
        cited = Counter(sentence.document.id for sentence in chosen)
        following = max(left, key=lambda s: s.relevance * again ** cited[s.document.id])
        chosen.append(following)
        left = [sentence for sentence in left if not _same(sentence, following)]
    return chosen


def in_readable_order(chosen: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    """Return the sentences by document, the best one of each first, then in the order of the text.

    So the first sentence of an answer is the one that answers best, and what a document adds stands
    behind it as it stood there.
    """
    documents = list(dict.fromkeys(sentence.document.id for sentence in chosen))
    best = {sentence.document.id: sentence for sentence in reversed(chosen)}
    return sorted(
        chosen,
        key=lambda s: (documents.index(s.document.id), s is not best[s.document.id], s.span),
    )


def _speaker_of(sentence: EvidenceSentence) -> list[EvidenceSentence]:
    """Return the evidence sentence before a bare quotation, if its passage has one."""
    if not _BARE_QUOTATION.fullmatch(sentence.quote):
        return []
    spans = [s.span for s in sentence.passage.sentences if s.evidence]
    before = spans[: spans.index(sentence.span)] if sentence.span in spans else []
    return [replace(sentence, span=span) for span in before[-1:]]


def _same(one: EvidenceSentence, other: EvidenceSentence) -> bool:
    a, b = set(content_stems(one.quote)), set(content_stems(other.quote))
    return len(a & b) >= SAME * len(a | b)
