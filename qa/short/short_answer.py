"""The short answer: the few words of a cited sentence that say what was asked.

Phrases that overlap share the chance of being right. So each of the likeliest ones counts for as
much as the others agree with it, word by word, and the one with the greatest expected agreement is
taken: minimum Bayes risk (Kumar & Byrne 2004, "Minimum Bayes-Risk Decoding for Statistical Machine
Translation"). What is expected also says how sure the choice is; below :data:`SURE` there is no
short answer.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.models import Span
from qa.compose import DraftStatement, EvidenceSentence
from qa.models import Support
from qa.question import AnswererName
from qa.readable.facets import facets
from qa.search.plan import sides
from qa.short.rules import Rules
from qa.short.spans import Candidate, candidates
from qa.short.wanted import read
from qa.text.synonyms import concept
from qa.text.words import content_stems, key, tokens
from qa.when import timeline

LOOKED_AT = 4
"""Sentences whose phrases compete: the most relevant ones."""
WORTH_A_LOOK = 0.2
"""How relevant a sentence must be for that, relative to the best."""
OUTDONE = 0.7
"""How relevant a sentence with more words of the question must be, relative to one with fewer, for
the words of the latter not to count."""
RELEVANCE = 0.98
"""What the log-odds of a sentence's relevance count beside those of a phrase in it."""
SHARPNESS = 1.8
"""What log-odds count in the competition; 1 over the slope of ``qa/short/span_weights.py``."""
MOST = 8
"""Phrases whose agreement is compared; 16 and 30 gave .003 more F1 for .01 fewer exact ones."""
NONE = -2.0
"""Where "none of these" stands in the competition, so that a weak phrase without rivals is not
taken for sure."""
SURE = 0.38
"""Least expected agreement, 0..1."""
_ARTICLES = frozenset({"a", "an", "the"})


@dataclass(frozen=True, slots=True)
class Short:
    """A short answer before it is part of an answer."""

    span: Span
    """Where its words stand in the document's text."""
    sentence: EvidenceSentence
    """The sentence that holds them."""
    sure: float
    """How much of it is expected to be right, 0..1."""


def short_answer(
    question: str, evidence: Sequence[EvidenceSentence], weights: Mapping[str, float] | None = None
) -> Short | None:
    """Return the short answer that some sentences give; ``None`` where none is sure enough.

    Args:
        question: the question, readable without the conversation.
        evidence: the sentences, in any order.
        weights: how telling each stem of the question is, 0..1; 1 where not given.
    """
    best = likeliest(question, evidence, weights)
    return best if best is not None and best.sure >= SURE else None


def of_statement(
    question: str, draft: DraftStatement, support: Support, answerer: AnswererName
) -> Short | None:
    """Return the short answer that a statement's evidence gives, if any.

    What a model wrote must be borne out and have the words too, or the two would differ.
    """
    if draft.short is not None:
        return Short(draft.short, draft.evidence[0], 1.0)
    if answerer == "embedded" or support != "supported" or timeline.asks(question):
        return None
    found = short_answer(question, draft.evidence)
    if found is None:
        return None
    words = _words(found.span.cut(found.sentence.document.text))
    return found if words <= _words(draft.text) else None


def likeliest(
    question: str, evidence: Sequence[EvidenceSentence], weights: Mapping[str, float] | None = None
) -> Short | None:
    """Return the likeliest short answer, however unsure; ``None`` if the question has none."""
    wanted = read(question, weights or {})
    if wanted.group == "none" or sides(question) or len(facets(question)) > 1:
        return None  # to compare, to confirm or to tell of two things takes more than a few words
    rules = Rules.of(question, wanted)
    looked = looked_at(evidence)
    if not rules.has_few_words or (looked and rules.leaves_open(looked[0])):
        return None
    full = fullest(looked, wanted.stems)
    rivals: list[float] = []  # what is outdone is not told, and makes what is told less sure
    found: list[tuple[float, Candidate, EvidenceSentence]] = []
    for sentence in looked:
        fitting = list(rules.fitting(sentence, candidates(question, sentence, wanted=wanted)))
        rivals += (_score(one, sentence) for one in fitting)
        if sentence in full:
            found += ((_score(one, sentence), one, sentence) for one in fitting)
    if not found:
        return None
    found.sort(key=lambda entry: -entry[0])
    top = max(rivals)
    total = sum(math.exp(score - top) for score in rivals) + math.exp(NONE - top)
    first = [
        (math.exp(score - top) / total, one, sentence, _words(one.span.cut(sentence.document.text)))
        for score, one, sentence in found[:MOST]
    ]
    agreed = [sum(p * _agreement(words, other) for p, _, _, other in first) for *_, words in first]
    at = max(range(len(first)), key=lambda i: agreed[i])
    _, one, sentence, _ = first[at]
    return Short(one.span, sentence, agreed[at])


def _score(one: Candidate, sentence: EvidenceSentence) -> float:
    return SHARPNESS * (log_odds(one.score) + RELEVANCE * log_odds(sentence.relevance))


def looked_at(evidence: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    """Return the sentences whose phrases compete, most relevant first."""
    best = max((sentence.relevance for sentence in evidence), default=0.0)
    worth = [s for s in evidence if s.relevance >= best * WORTH_A_LOOK]
    return sorted(worth, key=lambda s: -s.relevance)[:LOOKED_AT]


def fullest(
    sentences: Sequence[EvidenceSentence], stems: Mapping[str, float]
) -> list[EvidenceSentence]:
    """Return sentences without those that another, about as relevant, outdoes.

    "The port opened again on 2 April" does not tell when the inquiry into the port opened if a
    sentence beside it has all those words and "inquiry" too.
    """
    covers = [
        {word for word in map(concept, content_stems(sentence.quote)) if word in stems}
        for sentence in sentences
    ]
    return [
        sentence
        for sentence, cover in zip(sentences, covers, strict=True)
        if not any(
            cover < other and rival.relevance >= sentence.relevance * OUTDONE
            for rival, other in zip(sentences, covers, strict=True)
        )
    ]


def log_odds(probability: float) -> float:
    """Return the log-odds of a probability, kept within -7..7."""
    p = min(max(probability, 0.001), 0.999)
    return math.log(p / (1 - p))


def _words(text: str) -> Counter[str]:
    words = (key(token.text) for token in tokens(text))
    return Counter(word for word in words if word not in _ARTICLES)


def _agreement(one: Counter[str], other: Counter[str]) -> float:
    """Return the F1 of two bags of words."""
    shared = sum((one & other).values())
    return 2 * shared / (one.total() + other.total()) if shared else 0.0
