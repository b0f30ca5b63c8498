"""Runs made by hand of observations, for tests of verdicts, comparisons and reports."""

from __future__ import annotations

from datetime import UTC, datetime

from eval_answers import case

from eval.cases import Case
from eval.running.figures import figures, precision
from eval.running.results import (
    CaseClock,
    CorpusIdentity,
    Fault,
    Measured,
    MetricIdentity,
    Result,
    Run,
    SuiteIdentity,
)
from eval.scorers import SCORERS, Observation, Scorer

_DAY = datetime(2025, 1, 1, tzinfo=UTC)
_FAST = tuple(scorer for scorer in SCORERS if scorer.layer != "speed")
_SLOW = tuple(scorer for scorer in SCORERS if scorer.layer == "speed")


Seen = Observation | str | tuple[Case, str]
"""An observation; or a case with its error, which for a string is a case called ``broken``."""


def result(of: Seen, repeat: int = 0) -> Result:
    """Return the result of what was seen of a case."""
    if isinstance(of, str):
        return failed(case(id="broken"), of)
    if isinstance(of, tuple):
        return failed(of[0], of[1], repeat)
    return Result(
        case=of.case,
        repeat=repeat,
        answer=of.answer,
        error=None,
        refused=of.refused,
        passages=of.passages,
        scores=tuple(scorer.score(of) for scorer in _FAST),
    )


def failed(of: Case, message: str, repeat: int = 0) -> Result:
    """Return the result of a case that got no answer."""
    return Result(
        case=of,
        repeat=repeat,
        answer=None,
        error=Fault(code="model_timeout", message=message),
        refused=None,
        scores=tuple(scorer.unscored("no answer") for scorer in _FAST),
    )


def run_of(*seen: Seen, **changes: object) -> Run:
    """Return a run of observations; one that comes again is a further asking of its case."""
    asked: dict[str, int] = {}
    results, clocks = [], {}
    for of in seen:
        id_ = result(of).case.id
        repeat = asked.get(id_, 0)
        asked[id_] = repeat + 1
        results.append(result(of, repeat))
        if isinstance(of, Observation):
            clocks[results[-1].key] = CaseClock(
                seconds=of.seconds,
                timings={"total": of.seconds},
                answered_at=_DAY,
                scores=tuple(scorer.score(of) for scorer in _SLOW),
            )
    refusals = [(r.refused, not r.case.answerable) for r in results if r.refused is not None]
    fields: dict[str, object] = {
        "name": "hand-made",
        "suite": SuiteIdentity(name="hand-made", sha256="ab" * 32, cases=len(asked)),
        "corpus": CorpusIdentity(fingerprint="cd" * 32, documents=2),
        "settings": {},
        "model": None,
        "prompts": {},
        "code": "0.0.0+0",
        "repeats": max(asked.values(), default=1),
        "metrics": tuple(_identity(scorer) for scorer in SCORERS),
        "results": tuple(results),
        "figures": (
            *figures(_FAST, [{s.metric: s.value for s in r.scores} for r in results]),
            precision(refusals),
        ),
        "measured": Measured(
            started_at=_DAY,
            finished_at=_DAY,
            cases=clocks,
            figures=figures(
                _SLOW, [{s.metric: s.value for s in clock.scores} for clock in clocks.values()]
            ),
        ),
    }
    return Run.model_validate(fields | changes)


def _identity(of: Scorer) -> MetricIdentity:
    return MetricIdentity(metric=of.metric, layer=of.layer, unit=of.unit, better=of.better)
