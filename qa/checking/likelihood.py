"""From what a check measured to the probability that the quotations bear a statement out.

A logistic model of a few features, fitted by ``benchmarks/fit_grounding.py`` on claims with the
sentences that support them or not. It orders statements; whether one is supported is decided by
rules whose reasons can be told (:mod:`qa.grounding`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import combinations

from qa.checking.content import Word
from qa.checking.findings import Finding

_CANDIDATES = 8

BIAS = -0.95
WEIGHTS = {
    "together": 3.11,
    "missing": -0.08,
    "names_missing": -0.56,
    "any_figure": -0.86,
    "figures_wrong": -0.97,
    "figures_partial": -0.13,
    "denied": -1.96,
    "reversed": -2.00,
    "hedged": -0.70,
    "misquoted": -0.49,
    "misnamed": -0.30,
}
"""Weight of each feature, by name."""

_LOWEST = -500.0  # below about -709 the exponential is too large for a float


@dataclass(frozen=True, slots=True)
class Measures:
    """The features of a statement against its quotations."""

    together: float
    """Share of its content, weighted by rarity, that the best two quotations have together."""
    missing: float
    """Sum of the rarity of what is not found, figures included."""
    names_missing: float
    """Square root of that sum for the words written as names."""
    any_figure: float
    """1 if a figure or date differs or is missing, else 0."""
    figures_wrong: float
    """Logarithm of one and the number of figures and dates that contradict."""
    figures_partial: float
    """Logarithm of one and the number of those that are there in part or not at all."""
    denied: float
    """Number of denials."""
    reversed: float
    """Number of reversals."""
    hedged: float
    """Number of hedges and conditions left out."""
    misquoted: float
    """Number of quotations that are not there."""
    misnamed: float
    """Number of names that are not there."""

    def row(self) -> list[float]:
        """Return the features in order, for fitting."""
        return [float(getattr(self, field.name)) for field in fields(self)]


def measure(words: Sequence[Word], findings: Sequence[Finding]) -> Measures:
    """Return the features of a statement.

    Args:
        words: Its content words.
        findings: What speaks against it, content apart.
    """
    kinds = [finding.kind for finding in findings]
    figures = [f for f in findings if f.kind in ("figure", "date")]
    wrong = sum(f.support == "unsupported" for f in figures)
    lacking = [(word, word.weight * (1 - word.found)) for word in words]
    named = sum(lack for word, lack in lacking if word.named)
    return Measures(
        together=_together(words),
        missing=sum(lack for _, lack in lacking),
        names_missing=math.sqrt(named),
        any_figure=float(bool(figures)),
        figures_wrong=math.log1p(wrong),
        figures_partial=math.log1p(len(figures) - wrong),
        denied=kinds.count("denial"),
        reversed=kinds.count("reversal"),
        hedged=kinds.count("hedge"),
        misquoted=kinds.count("quotation"),
        misnamed=kinds.count("name"),
    )


def probability(measures: Measures) -> float:
    """Return the probability, 0 to 1, that a statement with these features is supported."""
    score = BIAS + sum(weight * getattr(measures, name) for name, weight in WEIGHTS.items())
    return 1.0 / (1.0 + math.exp(-max(score, _LOWEST)))


def _together(words: Sequence[Word]) -> float:
    """Return the weighted share of the words that the best pair of quotations has.

    Content that two quotations have together says more than the same content scattered over many.
    """
    total = sum(word.weight for word in words)
    if not total:
        return 1.0
    each: dict[int, float] = {}
    for word in words:
        for quote in word.quotes:
            each[quote] = each.get(quote, 0.0) + word.weight
    best = sorted(each, key=lambda quote: (-each[quote], quote))[:_CANDIDATES]
    pairs = [{quote} for quote in best[:1]] + [set(pair) for pair in combinations(best, 2)]
    shares = [sum(word.weight for word in words if word.quotes & pair) for pair in pairs]
    return max(shares, default=0.0) / total
