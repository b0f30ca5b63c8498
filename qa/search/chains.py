"""Evidence of several steps: what a second hop or the sides of a comparison found, told together.

A sentence about Ana Roth is no answer to "Where was the director of *The Long Pier* born?" by
itself, and judged by these words it looks far off. So it is judged by the question within the
question (:mod:`qa.search.steps`), and counts as much as the weaker of itself and the sentence that
names her, which is told first. Of a comparison the best sentence of each side is told, or none.

A question without hop or sides, and one whose hop resolves nothing that it describes, is judged as
a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from qa.evidence import measured
from qa.relevance import THRESHOLD
from qa.search.hops import mentions, title_words
from qa.search.steps import Step, name_of, of_side, resolved, resolves
from qa.text.words import content_stems, key, name_words, names, tokens

SURELY = 0.5
"""How likely an answer a sentence must be to be taken for one of both sides."""

if TYPE_CHECKING:
    from index.corpus import Corpus
    from index.models import Hit
    from qa.compose import EvidenceSentence
    from qa.search.hops import Bridge
    from qa.search.plan import SubQuery
    from qa.search.searching import Found


def with_steps(
    question: str, found: Found, evidence: Sequence[EvidenceSentence], corpus: Corpus
) -> tuple[list[EvidenceSentence], tuple[str, ...]]:
    """Return the evidence with what the steps bear out, and what nothing was found about.

    Args:
        question: the question, readable without the conversation.
        found: what the searches for it found.
        evidence: the sentences as judged by the whole question.
        corpus: where they are from.

    Raises:
        EmbeddingFailed: if the embedder fails.
    """
    if found.sides:
        return _compared(question, found, evidence, corpus)
    # The nearest name alone: the producer's birthplace is no answer where the director's is asked.
    for bridge, hits in found.crossings[:1]:
        step = resolved(question, bridge, hits)
        if step is not None:
            return _chained(*step, found, evidence, corpus)
    return list(evidence), ()


def _chained(
    step: Step,
    described: str,
    found: Found,
    evidence: Sequence[EvidenceSentence],
    corpus: Corpus,
) -> tuple[list[EvidenceSentence], tuple[str, ...]]:
    """Return the evidence with the best chain first; without one, the way to it is no answer."""
    bridge, hits = found.crossings[0]
    best = _crossed(step, described, bridge, hits, corpus)
    if best is not None:
        return _first([best], evidence), ()
    fitting = (s if step.is_met_by(s.quote) else replace(s, relevance=0.0) for s in evidence)
    return list(fitting), (step.name,)


def _compared(
    question: str, found: Found, evidence: Sequence[EvidenceSentence], corpus: Corpus
) -> tuple[list[EvidenceSentence], tuple[str, ...]]:
    """Return the evidence with the best sentence of each side first, if each side has one."""
    best = [(part.side or "", _of_side(question, part, found, corpus)) for part, _ in found.sides]
    without = tuple(side for side, sentence in best if sentence is None)
    if without:
        return list(evidence), tuple(side for side in without if not _is_told(side, evidence))
    good = [sentence for _, sentence in best if sentence is not None]
    # A comparison is as good as its weaker side, and one side is not told without the other.
    others = (sentence.relevance for sentence in evidence)
    relevance = max(min(sentence.relevance for sentence in good), *others, 0.0)
    return _first([replace(sentence, relevance=relevance) for sentence in good], evidence), ()


def _is_told(side: str, evidence: Sequence[EvidenceSentence]) -> bool:
    """Return whether a sentence that answers the whole question speaks of one side of it.

    A side with a name is somebody of whom more must be told than that the name stands there.
    """
    wanted = set(content_stems(side))
    return not names(side) and any(
        sentence.relevance >= SURELY and wanted <= set(content_stems(sentence.quote))
        for sentence in evidence
    )


def _of_side(
    question: str, part: SubQuery, found: Found, corpus: Corpus
) -> EvidenceSentence | None:
    """Return the best sentence for a side, told of itself or behind a bridge."""
    hits = next(hits for other, hits in found.sides if other is part)
    direct = of_side(question, part, None, part.side or "")
    tried = [_best(direct, hits, corpus)]
    for bridge, brought in [c for c in found.crossings if c[0].side == part.side][:1]:
        if resolves(bridge, part):
            step = of_side(question, part, bridge, name_of(bridge, brought))
            tried.append(_crossed(step, part.text, bridge, brought, corpus))
    good = [sentence for sentence in tried if sentence is not None]
    return max(good, key=lambda sentence: sentence.relevance, default=None)


def _crossed(
    step: Step, described: str, bridge: Bridge, hits: Sequence[Hit], corpus: Corpus
) -> EvidenceSentence | None:
    """Return the best sentence behind a bridge, to be told after the one that has the name."""
    end = _best(step, hits, corpus)
    near = [sentence for sentence, _ in measured(described, [bridge.hit], corpus)]
    start = next((s for s in near if s.span == bridge.sentence), None)
    if end is None or start is None:
        return None
    before = _subject_of(start, " ".join(title_words(bridge.hit)))
    # Where one sentence names the subject and the next tells of it, the two are read as one.
    spans = {start.span, *(sentence.span for sentence in before)}
    relevance = max(sentence.relevance for sentence in near if sentence.span in spans)
    if relevance < THRESHOLD:
        return None
    chain = (*before, start, *end.after)
    return replace(end, relevance=min(relevance, end.relevance), after=chain)


def _best(step: Step, hits: Sequence[Hit], corpus: Corpus) -> EvidenceSentence | None:
    """Return the sentence that answers a step best, if one does."""
    # Names of people and places share words: all of the name is wanted, not the surname alone.
    about = [hit for hit in hits if mentions(hit, step.name)]
    good = [
        sentence
        for sentence, features in measured(step.text, about, corpus)
        if sentence.relevance >= THRESHOLD
        and not (features.kind_missing or features.value_missing or features.name_missing_near)
        and step.is_met_by(sentence.quote)
    ]
    if not good:
        return None
    best = max(good, key=lambda sentence: sentence.relevance)
    return replace(best, after=_subject_of(best, step.name))


def _subject_of(sentence: EvidenceSentence, name: str) -> tuple[EvidenceSentence, ...]:
    """Return the sentence before one that does not name what it is about, if that does."""
    spans = [s.span for s in sentence.passage.sentences if s.evidence]
    at = spans.index(sentence.span) if sentence.span in spans else 0
    wanted = name_words(name)[-1:]
    if not at or not wanted or _has_word(sentence.quote, wanted[0]):
        return ()
    before = replace(sentence, span=spans[at - 1], after=())
    return (before,) if _has_word(before.quote, wanted[0]) else ()


def _has_word(text: str, word: str) -> bool:
    return any(key(token.text) == word for token in tokens(text))


def _first(
    best: Sequence[EvidenceSentence], evidence: Sequence[EvidenceSentence]
) -> list[EvidenceSentence]:
    """Return sentences before the others; each of them is there once."""
    places = {(sentence.document.id, sentence.span) for sentence in best}
    return [*best, *(s for s in evidence if (s.document.id, s.span) not in places)]
