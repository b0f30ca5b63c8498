"""From passages to evidence: the sentences that may support an answer, best first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from qa.compose import EvidenceSentence
from qa.features import Asked, Features, measure, read_question, read_surroundings
from qa.relevance import probability
from qa.words import content_stems, is_content, stem, tokens

if TYPE_CHECKING:
    from index.corpus import Corpus
    from index.models import Hit, Span

CONSIDERED = 24
"""Sentences whose vectors are compared with the question's. Embedding them is what an answer costs;
48 and 16 found the same facts on the sample."""

SHORTEST = 4
"""Words of the shortest sentence that can be read alone; what is shorter is mostly a label."""


def gather(question: str, hits: Sequence[Hit], corpus: Corpus) -> list[EvidenceSentence]:
    """Return the evidence sentences of ``hits``, by the probability that they answer, best first.

    Headings and scraped noise are left out. Ties keep the order of the passages.

    Raises:
        EmbeddingFailed: if the embedder fails.
    """
    found = [sentence for sentence, _ in measured(question, hits, corpus)]
    return sorted(found, key=lambda sentence: -sentence.relevance)


def measured(
    question: str, hits: Sequence[Hit], corpus: Corpus
) -> list[tuple[EvidenceSentence, Features]]:
    """Return the evidence sentences of ``hits`` with their features, in order of passages."""
    words = [token.text for token in tokens(question) if is_content(token.text)]
    weights = {stem(word): weight for word, weight in corpus.weights(words).items()}
    asked = read_question(question, weights)
    chosen = _considered(asked, hits)
    if not chosen:
        return []
    texts = [" ".join(span.cut(hit.document.text).split()) for hit, span in chosen]
    query = corpus.embedder.embed_query(question)
    cosines = corpus.embedder.embed_passages(texts) @ query
    passages = {hit.passage.id: hit for hit, _ in chosen}
    around = {name: read_surroundings(surroundings(hit)) for name, hit in passages.items()}
    found = []
    for (hit, span), text, cosine in zip(chosen, texts, cosines, strict=True):
        features = measure(
            asked,
            text,
            read_surroundings(_near(hit, span)),
            around[hit.passage.id],
            sentence_cosine=float(cosine),
            passage_cosine=hit.scores.get("dense", 0.0),
        )
        relevance = probability(features)
        found.append((EvidenceSentence(hit.document, span, hit.passage, relevance), features))
    return found


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
        hit, span = pair
        stems = set(content_stems(span.cut(hit.document.text)))
        shared = sum(asked.weights.get(stem, 1.0) for stem in asked.stems & stems)
        return shared / max(sum(asked.weights.values()), 1e-9) + hit.score

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
