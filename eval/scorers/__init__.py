"""The metrics: one scorer per file, each speaking about one layer only."""

from __future__ import annotations

from eval.scorers.abstention import ABSTENTION
from eval.scorers.abstention_recall import ABSTENTION_RECALL
from eval.scorers.all_evidence import ALL_EVIDENCE
from eval.scorers.answer_rate import ANSWER_RATE
from eval.scorers.base import Layer, Observation, Score, Scorer, Unit
from eval.scorers.citation_coverage import CITATION_COVERAGE
from eval.scorers.citation_support import CITATION_SUPPORT
from eval.scorers.citation_validity import CITATION_VALIDITY
from eval.scorers.cost import COST
from eval.scorers.disagreement_recall import DISAGREEMENT_RECALL
from eval.scorers.fact_exact import FACT_EXACT
from eval.scorers.fact_recall import FACT_RECALL
from eval.scorers.judge_agreement import JUDGE_AGREEMENT
from eval.scorers.judge_complete import JUDGE_COMPLETE
from eval.scorers.judge_faithful import JUDGE_FAITHFUL
from eval.scorers.latency import LATENCY
from eval.scorers.mrr import MRR
from eval.scorers.ndcg import NDCG
from eval.scorers.nugget_recall import NUGGET_RECALL
from eval.scorers.retrieval_recall import RETRIEVAL_RECALL
from eval.scorers.retrieve_seconds import RETRIEVE_SECONDS
from eval.scorers.right_document import RIGHT_DOCUMENT
from eval.scorers.right_words import RIGHT_WORDS
from eval.scorers.short_answer import SHORT_ANSWER
from eval.scorers.tokens import TOKENS

SCORERS = (
    RETRIEVAL_RECALL,
    ALL_EVIDENCE,
    MRR,
    NDCG,
    ABSTENTION,
    ABSTENTION_RECALL,
    ANSWER_RATE,
    FACT_RECALL,
    FACT_EXACT,
    NUGGET_RECALL,
    SHORT_ANSWER,
    CITATION_VALIDITY,
    RIGHT_DOCUMENT,
    RIGHT_WORDS,
    CITATION_SUPPORT,
    CITATION_COVERAGE,
    DISAGREEMENT_RECALL,
    JUDGE_FAITHFUL,
    JUDGE_COMPLETE,
    JUDGE_AGREEMENT,
    LATENCY,
    RETRIEVE_SECONDS,
    TOKENS,
    COST,
)
"""Every built-in scorer, in the order of the table."""

__all__ = ["SCORERS", "Layer", "Observation", "Score", "Scorer", "Unit"]
