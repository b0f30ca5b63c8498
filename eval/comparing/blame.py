"""Blame: which layer got worse by itself, and what only followed from it.

An answer is made in layers, one after the other, so what goes wrong in one shows in all that come
after it. A fall in a case is a layer's own only if no earlier layer can have caused it there:

- a metric of an earlier layer fell in the same case; or
- the search got worse on the whole, and what it found for the case differs. Even where it still
  finds all that is required, other passages lead to other answers.

A layer is blamed if the cases without such a cause are enough to show that it got worse: the paired
test over these cases alone, with Holm over all gated metrics of all layers. What is left over is
blamed on nobody, rather than on a layer that only followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from eval.comparing.comparison import Blame, Consequence, MetricChange
from eval.comparing.pairing import Pairs
from eval.comparing.policy import Policy
from eval.comparing.verdicts import gain, measure
from eval.comparing.words import cases
from eval.scorers.base import LAYERS, Layer
from eval.statistics.holm import holm

_APART: tuple[Layer, ...] = ("speed", "cost")
"""Layers that no other leads to."""


@dataclass(slots=True)
class _Fall:
    """A gated metric and the cases in which it fell."""

    change: MetricChange
    fell: frozenset[str]
    own: frozenset[str]
    """Those of them that no earlier layer can have caused."""
    alone: MetricChange
    """The metric over the cases without an earlier cause."""
    blamed: bool = False


@dataclass(slots=True)
class _Layer:
    """A layer with all that it caused or may have caused."""

    name: Layer
    falls: list[_Fall] = field(default_factory=list)
    causes: set[str] = field(default_factory=set)
    """Cases in which it may have made later layers worse."""


def blames(pairs: Pairs, changes: Sequence[MetricChange], policy: Policy) -> tuple[Blame, ...]:
    """Return the layers that got worse by themselves, in the order of layers.

    Args:
        pairs: the two runs.
        changes: the metrics over all cases, judged.
        policy: says which metrics count, and gives the level.
    """
    layers = _layers(pairs, changes, policy)
    _decide([fall for layer in layers for fall in layer.falls], policy)
    found = [_blame(layer, layers[at + 1 :], pairs) for at, layer in enumerate(layers)]
    return (*(blame for blame in found if blame is not None), *_apart(changes))


def unexplained(
    changes: Sequence[MetricChange], found: Sequence[Blame]
) -> tuple[MetricChange, ...]:
    """Return the regressions that are neither blamed nor follow from what is blamed."""
    told = {metric for blame in found for metric in blame.metrics}
    told |= {after.metric for blame in found for after in blame.consequences}
    return tuple(c for c in changes if c.verdict == "regression" and c.metric not in told)


def _layers(pairs: Pairs, changes: Sequence[MetricChange], policy: Policy) -> list[_Layer]:
    """Return the layers in order, each with its falls and with what may have caused them."""
    identities = {one.metric: one for one in pairs.metrics}
    common = frozenset(case.id for case in pairs.cases)
    layers: list[_Layer] = []
    caused: set[str] = set()
    for name in LAYERS:
        if name in _APART:
            continue
        layer = _Layer(name)
        worse = False
        for change in changes:
            if change.layer != name:
                continue
            gated = policy.gates(change.metric)
            if not gated and change.unit != "share":
                continue
            fell = _fell(pairs, change)
            alone = change
            if caused:
                alone = measure(pairs, identities[change.metric], policy, among=common - caused)
            layer.causes |= fell
            worse |= _is_worse(alone, alone.p, policy)
            if gated:
                layer.falls.append(_Fall(change, fell, fell - caused, alone))
        if worse and name == "retrieval":
            layer.causes |= _found_otherwise(pairs)
        caused |= layer.causes
        layers.append(layer)
    return layers


def _decide(falls: Sequence[_Fall], policy: Policy) -> None:
    """Mark the falls that show by themselves that their layer got worse."""
    tested = [fall for fall in falls if fall.alone.p is not None]
    adjusted = holm([fall.alone.p or 0.0 for fall in tested])
    for fall, p in zip(tested, adjusted, strict=True):
        fall.blamed = fall.change.verdict != "pass" and _is_worse(fall.alone, p, policy)
    for fall in falls:
        # Below a floor one case is enough, if it is the layer's own.
        floor = policy.metrics[fall.change.metric].floor
        broken = floor is not None and fall.change.verdict == "regression"
        fall.blamed |= broken and bool(fall.own)


def _is_worse(change: MetricChange, p: float | None, policy: Policy) -> bool:
    return p is not None and p < policy.alpha and (gain(change) or 0.0) < 0


def _fell(pairs: Pairs, change: MetricChange) -> frozenset[str]:
    column = pairs.column(change.metric)
    sign = 1 if change.better == "higher" else -1
    return frozenset(
        case.id
        for case, was, now in zip(column.cases, column.baseline, column.candidate, strict=True)
        if sign * (now - was) < -1e-12
    )


def _found_otherwise(pairs: Pairs) -> set[str]:
    """Return the cases for which the two searches found different passages, or in another order."""
    return {
        case.id
        for case in pairs.cases
        for before, after in pairs.askings(case.id)
        if [(p.document_id, p.version, p.start, p.end) for p in before.passages]
        != [(p.document_id, p.version, p.start, p.end) for p in after.passages]
    }


def _blame(layer: _Layer, later: Sequence[_Layer], pairs: Pairs) -> Blame | None:
    blamed = [fall for fall in layer.falls if fall.blamed]
    if not blamed:
        return None
    fell = frozenset().union(*(fall.fell for fall in blamed))
    own = frozenset().union(*(fall.own for fall in blamed))
    first = max(blamed, key=lambda fall: len(fall.fell))
    after = [
        (fall, fall.fell & layer.causes)
        for one in later
        for fall in one.falls
        if fall.fell & layer.causes
    ]
    measured = {c.id for fall in blamed for c in pairs.column(fall.change.metric).cases}
    return Blame(
        layer=layer.name,
        metrics=tuple(fall.change.metric for fall in blamed),
        cases=len(fell),
        n=len(measured),
        own=len(own),
        inherited=len(fell - own),
        consequences=tuple(
            Consequence(
                metric=fall.change.metric,
                layer=fall.change.layer,
                inherited=len(inherited),
                own=len(fall.own),
            )
            for fall, inherited in after
        ),
        because=f"{layer.name}: " + "; ".join((_first(first), *(_then(first, *a) for a in after))),
    )


def _first(fall: _Fall) -> str:
    """Return in words how the blamed layer's own metric fell."""
    change, more = fall.change, len(fall.fell) - len(fall.own)
    aside = f", {more} of which may follow from an earlier layer" if more else ""
    return f"{change.metric} {_verb(change)} in {len(fall.fell)} of {cases(change.n)}{aside}"


def _then(first: _Fall, fall: _Fall, inherited: frozenset[str]) -> str:
    """Return in words how a later metric fell with it."""
    count, own = len(inherited), len(fall.own)
    counted = f"{count} of them" if inherited <= first.fell else cases(count)
    alone = f", and in {cases(own)} on its own" if own else ""
    return f"{fall.change.metric} {_verb(fall.change)} with it in {counted}{alone}"


def _verb(change: MetricChange) -> str:
    return "fell" if change.better == "higher" else "rose"


def _apart(changes: Sequence[MetricChange]) -> Iterator[Blame]:
    """Yield the layers that stand by themselves and got worse."""
    for layer in _APART:
        worse = [c for c in changes if c.layer == layer and c.verdict == "regression"]
        if worse:
            first = worse[0]
            yield Blame(
                layer=layer,
                metrics=tuple(change.metric for change in worse),
                cases=first.worsened,
                n=first.n,
                own=first.worsened,
                inherited=0,
                consequences=(),
                because=f"{layer}: {first.metric} {_verb(first)} in {first.worsened} of "
                f"{cases(first.n)}",
            )
