"""The metrics: one scorer per file, each speaking about one layer only."""

from __future__ import annotations

from eval.scorers.abstention import ABSTENTION
from eval.scorers.base import Layer, Observation, Score, Scorer, Unit
from eval.scorers.citation_validity import CITATION_VALIDITY
from eval.scorers.fact_recall import FACT_RECALL
from eval.scorers.latency import LATENCY
from eval.scorers.retrieval_recall import RETRIEVAL_RECALL
from eval.scorers.right_document import RIGHT_DOCUMENT
from eval.scorers.right_words import RIGHT_WORDS

SCORERS = (
    RETRIEVAL_RECALL,
    FACT_RECALL,
    CITATION_VALIDITY,
    RIGHT_DOCUMENT,
    RIGHT_WORDS,
    ABSTENTION,
    LATENCY,
)
"""Every scorer, in the order of the table."""

__all__ = ["SCORERS", "Layer", "Observation", "Score", "Scorer", "Unit"]
