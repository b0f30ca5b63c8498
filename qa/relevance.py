"""From the features of a sentence to the probability that it answers the question.

A logistic model with one weight per feature, fitted by ``benchmarks/fit_relevance.py`` on questions
whose answering sentences are known and on questions whose answers were taken out of the corpus.
Below :data:`THRESHOLD` the documents count as silent. How it was fitted and what each threshold
costs is in ``docs/decisions/003-relevance.md``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.features import Features

BIAS = -8.65
WEIGHTS = {
    "sentence_cosine": 3.92,
    "passage_cosine": 1.61,
    "nearness": 3.54,
    "sentence_cover": 2.04,
    "near_cover": 0.61,
    "passage_cover": 2.09,
    "name_missing": -0.89,
    "name_missing_near": -1.90,
    "figure_missing": -0.81,
    "figure_missing_near": -1.28,
    "value_missing": -2.95,
    "kind_missing": -1.08,
    "unit_missing": -0.51,
    "is_question": -1.96,
}
THRESHOLD = 0.25
"""Least probability of the best sentence for an answer to be given."""


def probability(features: Features) -> float:
    """Return the probability, 0..1, that the sentence answers the question."""
    score = BIAS + sum(weight * getattr(features, name) for name, weight in WEIGHTS.items())
    return 1.0 / (1.0 + math.exp(-score))
