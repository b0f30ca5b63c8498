"""Text into vectors: what an embedder is, and the two that there are.

Vectors are unit length ``float32``, so that a dot product is the cosine similarity. Vectors of two
embedders live in different spaces; :attr:`Embedder.identity` is stored with each vector and is
compared before any two are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

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
