"""A cross-encoder of the user's choice: a model for pairs that tells how relevant a passage is.

With one number per pair (the usual for reranking), or two, of which the second stands for
"relevant". Such models are published by sentence-transformers, BAAI, mixedbread and others; see the
README for how to export one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.errors import RerankerUnusable
from index.pairs.model import PairModel


class CrossEncoder(PairModel):
    """Reads question and passage together; loaded at first use, safe to share by threads."""

    unusable = RerankerUnusable
    whole = "first"  # the question

    def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return how relevant each text is to ``query``, as log-odds; higher is better.

        A pair that is too long loses the end of its text; see :meth:`PairModel.read`.

        Raises:
            RerankerUnusable: if the model cannot be loaded or gives no usable scores.
        """
        return self.read([(query, text) for text in texts])

    def numbers(self, found: NDArray[np.float32], count: int) -> NDArray[np.float32]:
        """Return one score per pair.

        Raises:
            RerankerUnusable: if there are neither one nor two numbers each.
        """
        if found.shape == (count, 2):
            found = found[:, 1] - found[:, 0]
        if found.shape not in {(count,), (count, 1)}:
            raise RerankerUnusable(
                f"{self.source}: the model gives an array of {found.shape} for {count} pairs; "
                "a cross-encoder gives one or two numbers each"
            )
        return found.reshape(count)
