"""Which passages lack a vector, and how they get it, with the vectors of their sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index.embed import Embedder, SentenceEmbedder, Vectors
from index.models import Passage, Span
from index.record.rows import content_hash, embedding_text
from index.record.sentences import Cut, cut_of

if TYPE_CHECKING:
    from index.record.catalog import Catalog

STEP = 64
"""Passages per call of the embedder, after which progress is told."""


@dataclass(frozen=True, slots=True)
class NewVectors:
    """New vectors."""

    passages: dict[str, Vectors] = field(default_factory=dict)
    """One vector for each content hash."""
    sentences: dict[Cut, Vectors] = field(default_factory=dict)
    """One row per sentence; empty if the embedder does not see sentences."""

    def add(self, other: NewVectors) -> None:
        """Take in further vectors."""
        self.passages.update(other.passages)
        self.sentences.update(other.sentences)


class Missing:
    """Passages without a vector of an embedder, each content once, shortest first.

    For an embedder that sees sentences, the same content with other sentences (as it is cut in
    another language, say) is another thing to embed.
    """

    def __init__(
        self,
        catalog: Catalog,
        embedder: Embedder,
        passages: Iterable[tuple[Passage, str]],
        within: str | None = None,
    ) -> None:
        """Look up what is missing.

        Args:
            catalog: the record that holds the vectors there are.
            embedder: makes those that are missing.
            passages: passages with their own words.
            within: a collection, to embed again what only documents of others have; ``None`` for
                nothing twice.
        """
        self._embedder = embedder
        seeing = isinstance(embedder, SentenceEmbedder)
        self._found: dict[Cut, tuple[str, list[Span]]] = {}
        for passage, words in passages:
            cut = Cut(content_hash(passage, words), cut_of(passage) if seeing else "")
            if cut not in self._found:
                self._found[cut] = _embeddable(passage, words)
        contents = [cut.content for cut in self._found]
        known = catalog.known_vectors(embedder.identity, contents, within)
        if seeing:
            cuts = catalog.known_cuts(embedder.identity, contents)
            missing = {cut for cut in self._found if cut.content not in known or cut not in cuts}
        else:
            missing = {cut for cut in self._found if cut.content not in known}
        self._todo = sorted(missing, key=lambda cut: (len(self._found[cut][0]), cut))

    def __len__(self) -> int:
        return len(self._todo)

    def embed(self) -> Iterator[NewVectors]:
        """Embed step by step and yield the vectors of each step.

        Raises:
            EmbeddingFailed: if the embedder fails.
        """
        for at in range(0, len(self._todo), STEP):
            cuts = self._todo[at : at + STEP]
            texts = [self._found[cut][0] for cut in cuts]
            contents = [cut.content for cut in cuts]
            if isinstance(self._embedder, SentenceEmbedder):
                spans = [self._found[cut][1] for cut in cuts]
                rows, parts = self._embedder.embed_with_sentences(texts, spans)
                sentences = dict(zip(cuts, parts, strict=True))
            else:
                rows, sentences = self._embedder.embed_passages(texts), {}
            yield NewVectors(dict(zip(contents, rows, strict=True)), sentences)


def _embeddable(passage: Passage, words: str) -> tuple[str, list[Span]]:
    """Return what is embedded for a passage, and where its sentences stand in that."""
    text = embedding_text(passage, words)
    shift = len(text) - len(words) - passage.span.start
    spans = [Span(s.span.start + shift, s.span.end + shift) for s in passage.sentences]
    return text, spans
