"""From passages to evidence: the sentences that may support an answer, best first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import fsum
from typing import TYPE_CHECKING

from index.embed import SentenceEmbedder
from qa.compose import EvidenceSentence
from qa.features import Asked, Features, measure, read_question, read_surroundings
from qa.relevance import probability
from qa.search.cover import in_order_of_cover
from qa.text.words import content_stems, is_content, stem, tokens

if TYPE_CHECKING:
    from index.corpus import Corpus
    from index.models import Hit, Span

CONSIDERED = 24
"""Sentences that are measured; 48 and 16 found the same facts on the sample."""

EMBEDDED = 8
"""Sentences of these that are embedded for themselves, which is what an answer costs. The others
keep the likeness that their vectors from ingest suggest. All 24 found no more right sentences."""

SUGGESTED = (0.13, 0.67)
"""Intercept and slope of the line from a sentence's nearness to the likeness of its own vector,
by least squares on the dev splits (correlation .59)."""

SHORTEST = 4
"""Words of the shortest sentence that can be read alone; what is shorter is mostly a label."""


def gather(question: str, hits: Sequence[Hit], corpus: Corpus) -> list[EvidenceSentence]:
    """Return the evidence sentences of ``hits``, each next one the one that adds most.

    Headings and scraped noise are left out.

    Raises:
        EmbeddingFailed: if the embedder fails.
    """
    found = [sentence for sentence, _ in measured(question, hits, corpus)]
    return in_order_of_cover(question, found, weights_of(question, corpus))


def measured(
    question: str, hits: Sequence[Hit], corpus: Corpus
) -> list[tuple[EvidenceSentence, Features]]:
    """Return the evidence sentences of ``hits`` with their features, in order of passages."""
    asked = read_question(question, weights_of(question, corpus))
    chosen = _considered(asked, hits)
    if not chosen:
        return []
    passages = {hit.passage.id: hit for hit, _ in chosen}
    around = {name: read_surroundings(surroundings(hit)) for name, hit in passages.items()}
    nears = [read_surroundings(_near(hit, span)) for hit, span in chosen]

    base, slope = SUGGESTED
    found = [
        measure(
            asked,
            _words(hit, span),
            near,
            around[hit.passage.id],
            sentence_cosine=base + slope * _nearness(hit, span),
            passage_cosine=hit.scores.get("dense", 0.0),
            nearness=_nearness(hit, span),
        )
        for (hit, span), near in zip(chosen, nears, strict=True)
    ]
    seeing = isinstance(corpus.embedder, SentenceEmbedder)
    best = sorted(range(len(found)), key=lambda at: -probability(found[at]))
    best = best[: EMBEDDED if seeing else None]
    query = corpus.embedder.embed_query(question)
    cosines = corpus.embedder.embed_passages([_words(*chosen[at]) for at in best]) @ query
    for at, cosine in zip(best, cosines, strict=True):
        found[at] = replace(found[at], sentence_cosine=float(cosine))
    return [
        (
            EvidenceSentence(
                hit.document, span, hit.passage, probability(measures), _likeness(measures)
            ),
            measures,
        )
        for (hit, span), measures in zip(chosen, found, strict=True)
    ]


def _likeness(measures: Features) -> float:
    return (3 * measures.sentence_cosine + 2 * measures.nearness) / 5


def weights_of(question: str, corpus: Corpus) -> dict[str, float]:
    """Return how telling each stem of a question's content words is in this corpus, 0..1."""
    words = [token.text for token in tokens(question) if is_content(token.text)]
    return {stem(word): weight for word, weight in corpus.weights(words).items()}


def _words(hit: Hit, span: Span) -> str:
    return " ".join(span.cut(hit.document.text).split())


def _nearness(hit: Hit, span: Span) -> float:
    """Return how near a sentence comes to the question, the passage where that is not known."""
    spans = [sentence.span for sentence in hit.passage.sentences]
    return dict(zip(spans, hit.nearness, strict=False)).get(span, hit.scores.get("dense", 0.0))


def _near(hit: Hit, span: Span) -> str:
    """Return a sentence with the one before it and what the document is about."""
    sentences = [sentence.span for sentence in hit.passage.sentences]
    at = sentences.index(span)
    words = [sentence.cut(hit.document.text) for sentence in sentences[max(0, at - 1) : at + 1]]
    about = hit.document.metadata
    return "\n".join(filter(None, (about.title, about.outlet, about.author, *words)))


def surroundings(hit: Hit) -> str:
    """Return a passage with everything that says what it is about."""
    about = hit.document.metadata
    parts = (about.title, about.outlet, about.author, hit.passage.context, hit.text)
    return "\n".join(part for part in parts if part)


def _considered(asked: Asked, hits: Sequence[Hit]) -> list[tuple[Hit, Span]]:
    """Return the sentences worth a closer look, in order of passages."""
    pairs = list(_sentences(hits))
    if len(pairs) <= CONSIDERED:
        return pairs

    def rough(pair: tuple[Hit, Span]) -> float:
        # Cosines of good and bad sentences lie about a fifth as far apart as shares of words.
        hit, span = pair
        stems = set(content_stems(span.cut(hit.document.text)))
        shared = fsum(asked.weights.get(stem, 1.0) for stem in asked.stems & stems)
        return shared / max(fsum(asked.weights.values()), 1e-9) + 5 * _nearness(hit, span)

    best = sorted(range(len(pairs)), key=lambda i: -rough(pairs[i]))[:CONSIDERED]
    return [pairs[i] for i in sorted(best)]


def _sentences(hits: Iterable[Hit]) -> Iterable[tuple[Hit, Span]]:
    seen: set[tuple[str, int, Span]] = set()
    for hit in hits:
        for sentence in hit.passage.sentences:
            key = (hit.document.id, hit.document.version, sentence.span)
            long_enough = len(tokens(sentence.span.cut(hit.document.text))) >= SHORTEST
            if sentence.evidence and long_enough and key not in seen:
                seen.add(key)
                yield hit, sentence.span
