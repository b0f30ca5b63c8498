"""Embeddings from an OpenAI-compatible endpoint (``POST /embeddings``).

Protocol: the OpenAI API reference, "Create embeddings". Results are put in order by their
``index``, since endpoints may return them in any order.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from index.embed import Vectors
from index.errors import EmbeddingEndpointFailed

if TYPE_CHECKING:
    from openai import OpenAI

BATCH = 64
"""Texts per request; well under the 2,048 that the vendor allows, so that a retry costs little."""
TIMEOUT_SECONDS = 60.0


@dataclass
class EndpointEmbedder:
    """An embedding model behind an OpenAI-compatible endpoint."""

    model: str
    """Name of the model at the endpoint."""
    base_url: str = ""
    """Base URL; empty means the vendor's own."""
    api_key: str = ""
    """Key; local endpoints mostly need none."""
    retries: int = 3
    """How often a passing failure is tried again."""
    runtime_seconds: float = field(default=0.0, init=False)
    """Seconds spent waiting for the endpoint so far."""
    _client: OpenAI | None = field(default=None, init=False, repr=False)
    _dimension: int | None = field(default=None, init=False, repr=False)

    @property
    def identity(self) -> str:
        """Name of the space: endpoint and model."""
        return f"endpoint:{self.model}@{self.base_url or 'default'}"

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text, in the order given.

        Raises:
            EmbeddingEndpointFailed: if the endpoint is unreachable, refuses, or returns vectors
                that are too few, of different lengths, or not finite.
        """
        parts = [self._request(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
        return np.concatenate(parts) if parts else np.empty((0, self._dimension or 0), np.float32)

    def embed_query(self, text: str) -> Vectors:
        """Return the unit vector of a question.

        Raises:
            EmbeddingEndpointFailed: as for passages.
        """
        vector: Vectors = self._request([text])[0]
        return vector

    def _request(self, texts: Sequence[str]) -> Vectors:
        import openai

        if self._client is None:
            self._client = openai.OpenAI(
                api_key=self.api_key or "none",
                base_url=self.base_url or None,
                timeout=TIMEOUT_SECONDS,
                max_retries=self.retries,
            )
        began = time.perf_counter()
        try:
            reply = self._client.embeddings.create(
                model=self.model, input=list(texts), encoding_format="float"
            )
        except (openai.OpenAIError, ValueError) as error:  # the client lets bad JSON through
            raise EmbeddingEndpointFailed(f"the embeddings endpoint failed: {error}") from error
        finally:
            self.runtime_seconds += time.perf_counter() - began
        return self._vectors(reply, len(texts))

    def _vectors(self, reply: Any, count: int) -> Vectors:
        try:
            rows = {item.index: item.embedding for item in reply.data}
            matrix = np.array([rows[i] for i in range(count)], np.float32)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise EmbeddingEndpointFailed(
                f"the embeddings endpoint did not return {count} vectors of one length"
            ) from error
        lengths = np.linalg.norm(matrix, axis=-1, keepdims=True) if matrix.ndim == 2 else None
        if lengths is None or not np.isfinite(matrix).all() or not lengths.all():
            raise EmbeddingEndpointFailed("the embeddings endpoint returned unusable vectors")
        if self._dimension not in (None, matrix.shape[1]):
            raise EmbeddingEndpointFailed(
                f"the embeddings endpoint returned {matrix.shape[1]} dimensions "
                f"after {self._dimension}"
            )
        self._dimension = matrix.shape[1]
        unit: Vectors = matrix / lengths
        return unit
