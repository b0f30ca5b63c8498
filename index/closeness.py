"""The second stage: how close a passage comes to a question, judged on its sentences.

The first stage compares whole passages. An answer mostly stands in one sentence, so here the best
sentence of each passage counts: how near its meaning is to the question's, how much of the
question's weight its words cover, and how many of the question's neighbouring words stand next to
each other in it; then how much of that weight the passage and its title or heading cover, since
passages do not repeat their subject. It needs no further model: sentence vectors were made at
ingest, out of the same run as the passage's (see :class:`index.embed.SentenceEmbedder`).

The score is a weighted sum with one weight per part. The weights were chosen on the dev splits by
``benchmarks/retrieval.py``; what each part adds is in ``docs/decisions/007-reranking.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import fsum
from statistics import median

import numpy as np

from index.embed import Vectors
from index.models import Hit, Passage

CLOSER = 40
"""Passages that are looked at closely, from the top of the first stage."""

WEIGHTS = {
    "keyword": 1.0,
    "dense": 2.5,
    "sentence": 6.0,
    "cover": 0.6,
    "sequence": 0.4,
    "passage_cover": 0.5,
    "title_cover": 0.8,
}
"""Weight of each part. Cosines differ by a few hundredths among good passages, the other parts by
a few tenths, hence the different sizes."""

BESIDE = 0.1
"""What a document's second best passage adds to its best one, counted from the middle of all."""

SPREAD = 0.8
"""Weight of the passage's nearness, brought to 0..1 over the passages looked at, where the
embedder has no space of sentences: how far its cosines lie apart is not known beforehand."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, read once for all passages."""

    terms: Mapping[str, float]
    """Its index terms, each with its rarity from 0 to 1."""
    pairs: frozenset[tuple[str, str]]
    """Neighbouring terms, in order."""
    vector: Vectors | None
    """Its vector in the space of sentences; ``None`` if the embedder has no such space."""


Analyze = Callable[[str], list[str]]
"""Turns text into index terms."""


def look_closer(
    hits: Sequence[Hit], asked: Asked, sentences: Mapping[int, Vectors], analyze: Analyze
) -> list[Hit]:
    """Return the hits by closeness, best first, with the score of each part.

    Args:
        hits: passages with their ``dense`` and ``keyword`` scores.
        asked: the question.
        sentences: vectors of the sentences of passages, by the passage's key. If one has none (it
            was recorded by an older version), all are judged by their own vectors instead.
        analyze: turns text into the terms that ``asked`` has.
    """
    if not hits:
        return []
    if any(len(sentences.get(h.passage.key, ())) != len(h.passage.sentences) for h in hits):
        asked = replace(asked, vector=None)
    top = max(hit.scores.get("keyword", 0.0) for hit in hits) or 1.0
    dense = [hit.scores.get("dense", 0.0) for hit in hits]
    low, width = min(dense), max(max(dense) - min(dense), 1e-9)
    looked_at = []
    for hit, whole in zip(hits, dense, strict=True):
        found = _words(hit, asked, analyze)
        score = WEIGHTS["keyword"] * hit.scores.get("keyword", 0.0) / top
        near = nearness(hit.passage, asked, sentences.get(hit.passage.key))
        if not near:
            score += SPREAD * (whole - low) / width
        else:
            usable = [n for n, s in zip(near, hit.passage.sentences, strict=True) if s.evidence]
            found["sentence"] = max(usable, default=0.0)
            score += WEIGHTS["dense"] * whole
        score += sum(WEIGHTS[name] * value for name, value in found.items())
        scores = {**hit.scores, **found}
        looked_at.append(replace(hit, score=score, scores=scores, nearness=near))
    return sorted(_beside(looked_at), key=lambda hit: (-hit.score, hit.passage.key))


def nearness(passage: Passage, asked: Asked, vectors: Vectors | None) -> tuple[float, ...]:
    """Return the cosine of each sentence of a passage with the question; empty if not known."""
    if asked.vector is None or vectors is None or len(vectors) != len(passage.sentences):
        return ()
    # Row by row, so that a sentence scores the same whatever stands beside it.
    return tuple(float(cosine) for cosine in np.einsum("ij,j->i", vectors, asked.vector))


def _beside(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits, the best of each document raised by what its second best says too."""
    middle = median(hit.score for hit in hits)
    by_document: dict[str, list[Hit]] = {}
    for hit in sorted(hits, key=lambda hit: (-hit.score, hit.passage.key)):
        by_document.setdefault(hit.document.id, []).append(hit)
    raised = []
    for best, *others in by_document.values():
        more = max(others[0].score - middle, 0.0) if others else 0.0
        raised += [replace(best, score=best.score + BESIDE * more), *others]
    return raised


def _words(hit: Hit, asked: Asked, analyze: Analyze) -> dict[str, float]:
    """Return the parts of the score that compare words, each 0..1."""
    wanted, weights = asked.terms.keys(), asked.terms
    total = fsum(weights.values()) or 1.0

    def share(terms: Collection[str]) -> float:
        # Exact whatever the order, which for a set differs from process to process.
        return fsum(weights[term] for term in wanted & terms) / total

    everything: set[str] = set()
    cover = sequence = 0.0
    for sentence in hit.passage.sentences:
        terms = analyze(sentence.span.cut(hit.document.text))
        everything.update(terms)
        if sentence.evidence:
            cover = max(cover, share(terms))
            shared = len(asked.pairs.intersection(pairwise(terms)))
            sequence = max(sequence, shared / max(len(asked.pairs), 1))
    return {
        "cover": cover,
        "sequence": sequence,
        "passage_cover": share(everything),
        "title_cover": share(analyze(hit.passage.context)),
    }
