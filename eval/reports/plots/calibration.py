"""Calibration: are answers that are given with more confidence right more often?

The levels of confidence are words and no probabilities (docs/confidence.md), so there is no line of
perfect calibration to hold them against. What can be asked is whether the share of right answers
rises with the level.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import get_args

from eval.running.results import Result
from eval.statistics.intervals import wilson
from qa.models import ConfidenceLevel, Support

CORRECTNESS = "fact_recall"
"""The metric that says how right an answer to an answerable question is."""


@dataclass(frozen=True, slots=True)
class Level:
    """The answers of one level."""

    name: str
    """The level."""
    n: int
    """How many answers there are."""
    mean: float | None
    """How right they are on average, from 0 to 1; ``None`` without any."""
    low: float | None
    """Lower end of the 95 % interval (Wilson)."""
    high: float | None
    """Upper end."""


def by_confidence(results: Iterable[Result]) -> tuple[Level, ...]:
    """Return how right the answers of each level of confidence are, the highest first."""
    return _levels(results, get_args(ConfidenceLevel), _confidence)


def by_support(results: Iterable[Result]) -> tuple[Level, ...]:
    """Return how right answers are by the support of their weakest sentence, full support first."""
    return _levels(results, get_args(Support), _weakest)


def correctness(result: Result) -> float | None:
    """Return how right an answer is, from 0 to 1.

    For an answerable question the share of expected facts that it holds; 0 for an answer to a
    question that the documents do not answer; ``None`` for refusals, errors, and questions without
    expected facts.
    """
    if result.answer is None or result.refused is not False:
        return None
    if not result.case.answerable:
        return 0.0
    return next((s.value for s in result.scores if s.metric == CORRECTNESS), None)


def _levels(
    results: Iterable[Result], names: Sequence[str], level_of: Callable[[Result], str | None]
) -> tuple[Level, ...]:
    found: dict[str, list[float]] = defaultdict(list)
    for result in results:
        value, name = correctness(result), level_of(result)
        if value is not None and name is not None:
            found[name].append(value)
    return tuple(_level(name, found[name]) for name in names) if found else ()


def _level(name: str, values: Sequence[float]) -> Level:
    if not values:
        return Level(name, 0, None, None, None)
    mean = sum(values) / len(values)
    return Level(name, len(values), mean, *wilson(mean, len(values)))


def _confidence(result: Result) -> str | None:
    confidence = result.answer.confidence if result.answer else None
    return confidence.level if confidence else None


def _weakest(result: Result) -> str | None:
    supports = {s.support for s in result.answer.statements} if result.answer else set()
    return next((name for name in reversed(get_args(Support)) if name in supports), None)
