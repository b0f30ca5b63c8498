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

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from math import fsum
from statistics import median

import numpy as np

from index.embed import Vectors
from index.record.candidates import Candidate, Scored
from index.record.sentences import Near

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


@dataclass(frozen=True, slots=True)
class Sentences:
    """What is known of the sentences of the passages that are looked at."""

    near: Near
    """Their vectors, as far as the record has any."""
    terms: Callable[[Sequence[str]], Sequence[list[str]]]
    """Turns texts into the terms that a question is read into."""


def look_closer(
    found: Sequence[Candidate],
    parts: Callable[[int], dict[str, float]],
    asked: Asked,
    sentences: Sentences,
) -> list[Scored]:
    """Return passages by closeness, best first, with the score of each part.

    If one of them has no sentence vectors (it was recorded by an older version), all are judged by
    their own vectors instead.

    Args:
        found: the passages.
        parts: their scores of the first stage by key, as ``dense`` and ``keyword``.
        asked: the question.
        sentences: what is known of their sentences.
    """
    if not found:
        return []
    near = nearness(found, asked, sentences.near)
    if near is None:
        near = dict.fromkeys((one.key for one in found), ())
    before = [parts(one.key) for one in found]
    top = max(scores.get("keyword", 0.0) for scores in before) or 1.0
    dense = [scores.get("dense", 0.0) for scores in before]
    low, width = min(dense), max(max(dense) - min(dense), 1e-9)
    looked_at = []
    words = _compared(found, asked, sentences.terms)
    for one, first, whole, parts_found in zip(found, before, dense, words, strict=True):
        score = WEIGHTS["keyword"] * first.get("keyword", 0.0) / top
        cosines = near[one.key]
        if not cosines:
            score += SPREAD * (whole - low) / width
        else:
            usable = [n for n, s in zip(cosines, one.sentences, strict=True) if s[2]]
            parts_found["sentence"] = max(usable, default=0.0)
            score += WEIGHTS["dense"] * whole
        score += sum(WEIGHTS[name] * value for name, value in parts_found.items())
        looked_at.append(Scored(one, score, first | parts_found, cosines))
    return sorted(_beside(looked_at), key=_order)


def nearness(
    found: Sequence[Candidate], asked: Asked, near: Near
) -> dict[int, tuple[float, ...]] | None:
    """Return the cosine of each sentence of passages with the question, by the passage's key.

    ``None`` stands for: not known of all of them.
    """
    if asked.vector is None:
        return None
    if any(len(near.rows.get(one.key, ())) != len(one.sentences) for one in found):
        return None
    if not near.rows:
        return {one.key: () for one in found}
    # Row by row, so that a sentence scores the same whatever stands beside it.
    cosines = np.einsum("ij,j->i", near.matrix, asked.vector).tolist()
    own = (near.rows.get(one.key, range(0)) for one in found)
    return {
        one.key: tuple(cosines[rows.start : rows.stop])
        for one, rows in zip(found, own, strict=True)
    }


def _order(one: Scored) -> tuple[float, int]:
    return (-one.score, one.candidate.key)


def _beside(found: Sequence[Scored]) -> list[Scored]:
    """Return the passages, the best of each document raised by what its second best says too."""
    middle = median(one.score for one in found)
    by_document: dict[str, list[Scored]] = {}
    for one in sorted(found, key=_order):
        by_document.setdefault(one.candidate.document_id, []).append(one)
    raised = []
    for best, *others in by_document.values():
        more = max(others[0].score - middle, 0.0) if others else 0.0
        if more:
            best = replace(best, score=best.score + BESIDE * more)  # noqa: PLW2901
        raised += [best, *others]
    return raised


def _compared(
    found: Sequence[Candidate],
    asked: Asked,
    read: Callable[[Sequence[str]], Sequence[list[str]]],
) -> Iterator[dict[str, float]]:
    """Yield for each passage the parts of its score that compare words, each 0..1."""
    texts = []
    for one in found:
        texts.append(one.context)
        texts += [one.words[s - one.start : e - one.start] for s, e, _ in one.sentences]
    terms = iter(read(texts))
    weights, wanted = asked.terms, frozenset(asked.terms)
    total = fsum(weights.values()) or 1.0

    def share(terms: Iterable[str]) -> float:
        # Exact whatever the order, which for a set differs from process to process.
        return fsum([weights[term] for term in terms]) / total

    firsts = frozenset(first for first, _ in asked.pairs)
    for one in found:
        title = wanted.intersection(next(terms))
        everything: set[str] = set()
        single: set[frozenset[str]] = set()
        shared = 0
        for (_, _, usable), own in zip(
            one.sentences, islice(terms, len(one.sentences)), strict=True
        ):
            has = wanted.intersection(own)
            everything |= has
            if usable:
                single.add(has)
                if not firsts.isdisjoint(own):
                    shared = max(shared, len(asked.pairs.intersection(pairwise(own))))
        yield {
            "cover": max(map(share, single), default=0.0),
            "sequence": shared / max(len(asked.pairs), 1),
            "passage_cover": share(everything),
            "title_cover": share(title),
        }
