"""Text into vectors: what an embedder is, and the two that there are.

Vectors are unit length ``float32``, so that a dot product is the cosine similarity. Vectors of two
embedders live in different spaces; :attr:`Embedder.identity` is stored with each vector and is
compared before any two are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from index.models import Span

Vectors = NDArray[np.float32]
"""Unit vectors, one row per text."""


class Embedder(Protocol):
    """Turns passages and queries into vectors of one space."""

    @property
    def identity(self) -> str:
        """Name of the vector space: changes whenever the same text would get another vector."""
        ...

    @property
    def runtime_seconds(self) -> float:
        """Seconds spent so far inside the runtime or waiting for the endpoint."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text, in the order given.

        Raises:
            EmbeddingFailed: if the embedder cannot be loaded or reached, or answers nonsense.
        """
        ...

    def embed_query(self, text: str) -> Vectors:
        """Return the unit vector of a question, with the query prefix where the model has one.

        Raises:
            EmbeddingFailed: as for passages.
        """
        ...


@runtime_checkable
class SentenceEmbedder(Embedder, Protocol):
    """An embedder that sees the words of a passage, and so can tell its sentences apart.

    The vector of a sentence is the mean of its words' states in the run over the whole passage
    ("late chunking", Günther et al. 2024, arXiv:2409.04701): it costs no further run, and a
    pronoun brings along what it stands for. These vectors are another space than those of
    passages; they are compared with :meth:`embed_for_sentences` only.
    """

    def embed_with_sentences(
        self, texts: Sequence[str], sentences: Sequence[Sequence[Span]]
    ) -> tuple[Vectors, list[Vectors]]:
        """Return the vectors of passages and, for each passage, one row per sentence.

        Args:
            texts: the passages.
            sentences: spans of the sentences in each text. A sentence past the end of what the
                embedder reads gets a row of zeros.

        Raises:
            EmbeddingFailed: as for passages.
        """
        ...

    def embed_for_sentences(self, question: str) -> Vectors:
        """Return the unit vector of a question in the space of sentences.

        Raises:
            EmbeddingFailed: as for passages.
        """
        ...
