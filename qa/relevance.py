"""From the features of a sentence to the probability that it answers the question.

A logistic model with one weight per feature, fitted by ``benchmarks/fit_relevance.py`` on questions
whose answering sentences are known and on questions whose answers were taken out of the corpus.
Below :data:`THRESHOLD` the documents count as silent. The curve behind it is in
``docs/decisions/003-relevance.md``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.features import Features

BIAS = -8.23
WEIGHTS = {
    "sentence_cosine": 4.74,
    "passage_cosine": 2.74,
    "sentence_cover": 1.52,
    "near_cover": 1.05,
    "passage_cover": 2.48,
    "name_missing": -1.0,
    "name_missing_near": -1.0,
    "figure_missing": -1.0,
    "figure_missing_near": -1.0,
    "kind_missing": -1.5,
    "unit_missing": -0.5,
    "is_question": -1.96,
}
THRESHOLD = 0.45
"""Least probability of the best sentence for an answer to be given."""


def probability(features: Features) -> float:
    """Return the probability, 0..1, that the sentence answers the question."""
    score = BIAS + sum(weight * getattr(features, name) for name, weight in WEIGHTS.items())
    return 1.0 / (1.0 + math.exp(-score))
