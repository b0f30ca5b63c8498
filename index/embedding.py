"""Which passages lack a vector, and how they get it, with the vectors of their sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index.embed import Embedder, SentenceEmbedder, Vectors
from index.models import Passage, Span
from index.rows import content_hash, embedding_text

if TYPE_CHECKING:
    from index.catalog import Catalog

STEP = 64
"""Passages per call of the embedder, after which progress is told."""


@dataclass(frozen=True, slots=True)
class NewVectors:
    """New vectors by content hash."""

    passages: dict[str, Vectors] = field(default_factory=dict)
    """One vector each."""
    sentences: dict[str, Vectors] = field(default_factory=dict)
    """One row per sentence each; empty if the embedder does not see sentences."""

    def add(self, other: NewVectors) -> None:
        """Take in further vectors."""
        self.passages.update(other.passages)
        self.sentences.update(other.sentences)


class Missing:
    """Passages without a vector of an embedder, each content once, shortest first."""

    def __init__(
        self, catalog: Catalog, embedder: Embedder, passages: Iterable[tuple[Passage, str]]
    ) -> None:
        """Look up what is missing.

        Args:
            catalog: the record that holds the vectors there are.
            embedder: makes those that are missing.
            passages: passages with their own words.
        """
        self._embedder = embedder
        self._found: dict[str, tuple[str, list[Span]]] = {}
        for passage, words in passages:
            content = content_hash(passage, words)
            if content not in self._found:
                self._found[content] = _embeddable(passage, words)
        known = catalog.known_vectors(
            embedder.identity, self._found, sentences=isinstance(embedder, SentenceEmbedder)
        )
        self._todo = sorted(self._found.keys() - known, key=lambda c: (len(self._found[c][0]), c))

    def __len__(self) -> int:
        return len(self._todo)

    def embed(self) -> Iterator[NewVectors]:
        """Embed step by step and yield the vectors of each step.

        Raises:
            EmbeddingFailed: if the embedder fails.
        """
        for at in range(0, len(self._todo), STEP):
            contents = self._todo[at : at + STEP]
            texts = [self._found[content][0] for content in contents]
            if isinstance(self._embedder, SentenceEmbedder):
                spans = [self._found[content][1] for content in contents]
                rows, parts = self._embedder.embed_with_sentences(texts, spans)
                yield NewVectors(
                    dict(zip(contents, rows, strict=True)), dict(zip(contents, parts, strict=True))
                )
            else:
                rows = self._embedder.embed_passages(texts)
                yield NewVectors(dict(zip(contents, rows, strict=True)))


def _embeddable(passage: Passage, words: str) -> tuple[str, list[Span]]:
    """Return what is embedded for a passage, and where its sentences stand in that."""
    text = embedding_text(passage, words)
    shift = len(text) - len(words) - passage.span.start
    spans = [Span(s.span.start + shift, s.span.end + shift) for s in passage.sentences]
    return text, spans
