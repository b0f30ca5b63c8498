"""Flips: the cases that are right in one run and not, or not wholly, in the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from eval.cases import Case
from eval.comparing.claims import claim_changes
from eval.comparing.comparison import Flip, MetricFlip
from eval.comparing.pairing import Pairs
from eval.comparing.sides import side
from eval.running.results import Result

Direction = Literal["worse", "better", "mixed"]
_FULL = 1 - 1e-9
_ORDER: tuple[Direction, ...] = ("worse", "mixed", "better")


def flips(pairs: Pairs) -> tuple[Flip, ...]:
    """Return the flipped cases: those that got worse first, then in the suite's order.

    A case flips where a share goes from 1 to less or back, or where only one run has an answer.
    """
    found = [flip for case in pairs.cases if (flip := _flip(pairs, case)) is not None]
    return tuple(sorted(found, key=lambda flip: _ORDER.index(flip.direction)))


def _flip(pairs: Pairs, case: Case) -> Flip | None:
    askings = list(pairs.askings(case.id))
    fallen = [_failed(after) - _failed(before) for before, after in askings]
    changed = list(_changed(pairs, case.id))
    if not askings or (not changed and not any(fallen)):
        return None
    differing = [pair for pair in askings if _differ(*pair)]
    before, after = differing[0] if differing else askings[0]
    reasons = [{s.metric: s.reason for s in result.scores} for result in (before, after)]
    both = before.answer, after.answer
    return Flip(
        case=case.id,
        question=case.question,
        type=case.type,
        tags=case.tags,
        direction=_direction([now - was for _, _, was, now in changed] + [-f for f in fallen if f]),
        metrics=tuple(
            MetricFlip.model_validate(
                {
                    "metric": metric,
                    "layer": layer,
                    "baseline": was,
                    "candidate": now,
                    "baseline_reason": reasons[0].get(metric),
                    "candidate_reason": reasons[1].get(metric),
                }
            )
            for metric, layer, was, now in changed
        ),
        repeat=before.repeat,
        repeats=len(askings),
        differing=len(differing),
        before=side(before),
        after=side(after),
        claims=claim_changes(both[0], both[1]) if both[0] and both[1] else (),
    )


def _changed(pairs: Pairs, case: str) -> Iterator[tuple[str, str, float, float]]:
    """Yield the shares that are full in one run only: metric, layer and both values."""
    for one in pairs.metrics:
        if one.unit != "share":
            continue
        was, now = (values.get(case) for values in pairs.values[one.metric])
        if was is not None and now is not None and (was >= _FULL) != (now >= _FULL):
            yield one.metric, one.layer, was, now


def _differ(before: Result, after: Result) -> bool:
    """Return whether two askings are scored differently, or only one has an answer."""
    if _failed(before) != _failed(after):
        return True
    values = [{s.metric: s.value for s in result.scores} for result in (before, after)]
    return values[0] != values[1]


def _failed(result: Result) -> int:
    return int(result.error is not None)


def _direction(moves: list[float]) -> Direction:
    if all(move > 0 for move in moves):
        return "better"
    return "worse" if all(move < 0 for move in moves) else "mixed"
