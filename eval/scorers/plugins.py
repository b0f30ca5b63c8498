"""Scorers of other packages, found by their entry points.

A package offers one in its ``pyproject.toml``::

    [project.entry-points."dossier.scorers"]
    brevity = "my_package.scorers:BREVITY"

where ``BREVITY`` is a :class:`eval.scorers.Scorer`. Whoever installs it lets its code run, as with
every package.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import EntryPoint, entry_points
from math import isfinite
from typing import get_args

from eval.errors import InvalidScorer
from eval.scorers import SCORERS
from eval.scorers.base import LAYERS, Better, Observation, Scorer, Unit

GROUP = "dossier.scorers"
"""The group of entry points that name scorers."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FIGURES = ("abstention_precision", "errors")
"""Names that reports give to figures which no scorer measures."""

_Measured = tuple[float | None, str | None]


def load() -> tuple[Scorer, ...]:
    """Return the scorers of installed packages, by package and name.

    What one of them raises while it measures leaves its case unscored, with the reason, and so does
    a value that is none: a run does not end because of it. The built-in scorers are not among them.

    Raises:
        InvalidScorer: naming the package, if one cannot be loaded, is no scorer, or takes a name
            that another one has.
    """
    owners = dict.fromkeys((*_FIGURES, *(scorer.metric for scorer in SCORERS)), "Dossier")
    found = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: (_owner(point), point.name)):
        scorer = _loaded(point)
        if scorer.metric in owners:
            raise InvalidScorer(
                f"{_told(point)}: the name {scorer.metric!r} is taken by {owners[scorer.metric]}"
            )
        owners[scorer.metric] = _owner(point)
        found.append(replace(scorer, measure=_guarded(scorer)))
    return tuple(found)


def _loaded(point: EntryPoint) -> Scorer:
    try:
        scorer = point.load()
    except Exception as error:  # importing runs the package's own code, which may raise anything
        words = f"{type(error).__name__}: {error}"
        raise InvalidScorer(f"{_told(point)} cannot be loaded: {words}") from error
    if not isinstance(scorer, Scorer):
        raise InvalidScorer(f"{_told(point)} is no Scorer but {type(scorer).__name__}")
    if not isinstance(scorer.metric, str) or not _NAME.fullmatch(scorer.metric):
        raise InvalidScorer(f"{_told(point)}: {scorer.metric!r} is no name such as 'fact_recall'")
    for field, given, known in (
        ("layer", scorer.layer, LAYERS),
        ("unit", scorer.unit, get_args(Unit)),
        ("better", scorer.better, get_args(Better)),
    ):
        if given not in known:
            raise InvalidScorer(f"{_told(point)}: {field} {given!r} is none of {', '.join(known)}")
    if not callable(scorer.measure):
        raise InvalidScorer(f"{_told(point)}: measure is no function")
    return scorer


def _guarded(scorer: Scorer) -> Callable[[Observation], _Measured]:
    """Return the scorer's function with whatever goes wrong in it turned into a reason."""

    def measure(observation: Observation) -> _Measured:
        try:
            value, reason = scorer.measure(observation)
            if value is None:
                return None, str(reason or f"{scorer.metric} gave no value and no reason")
            return _checked(scorer, value), None if reason is None else str(reason)
        except Exception as error:  # the package's own code may raise anything
            return None, f"{scorer.metric} failed: {type(error).__name__}: {error}"

    return measure


def _checked(scorer: Scorer, value: float) -> float:
    number = float(value)
    if not isfinite(number) or (scorer.unit == "share" and not 0 <= number <= 1):
        raise ValueError(f"{number} is no {scorer.unit}")
    return number


def _owner(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else "an unknown package"


def _told(point: EntryPoint) -> str:
    return f"{point.name} of {_owner(point)} ({point.value})"
