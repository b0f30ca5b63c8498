"""Verdicts: what the paired values of a metric say, held against the policy."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from eval.comparing.comparison import MetricChange, MetricVerdict
from eval.comparing.pairing import Pairs
from eval.comparing.policy import MetricPolicy, Policy
from eval.comparing.words import amount, cases
from eval.running.results import MetricIdentity
from eval.statistics.holm import holm
from eval.statistics.paired import paired

_ROUNDING = 1e-9
"""Means of shares carry rounding: a fall of 3 in 60 must pass a margin of 0.05."""


def changes(pairs: Pairs, policy: Policy) -> tuple[MetricChange, ...]:
    """Return all metrics over all cases and then over each slice, with their verdicts."""
    measured = [measure(pairs, one, policy) for one in pairs.metrics]
    for name, ids in _slices(pairs, policy):
        for one in pairs.metrics:
            change = measure(pairs, one, policy, name, ids)
            if change.n >= policy.min_cases:
                measured.append(change)
    return tuple(_judged(measured, policy))


def measure(
    pairs: Pairs,
    metric: MetricIdentity,
    policy: Policy,
    name: str = "",
    among: Collection[str] | None = None,
) -> MetricChange:
    """Return how a metric changed, not judged yet.

    Args:
        pairs: the two runs.
        metric: the metric.
        policy: gives level and power.
        name: what the cases are called, empty for all.
        among: ids of the cases that count; all without it.
    """
    column = pairs.column(metric.metric, among)
    found = paired(
        column.baseline, column.candidate, column.clusters, alpha=policy.alpha, power=policy.power
    )
    rose, fell = found.improved, found.worsened
    improved, worsened = (rose, fell) if metric.better == "higher" else (fell, rose)
    return MetricChange(
        metric=metric.metric,
        layer=metric.layer,
        unit=metric.unit,
        better=metric.better,
        slice=name,
        n=found.n,
        clusters=found.clusters,
        unpaired=column.unpaired,
        baseline=found.baseline,
        candidate=found.candidate,
        difference=found.difference,
        low=found.low,
        high=found.high,
        p=found.p,
        p_adjusted=None,
        test=found.test,
        improved=improved,
        worsened=worsened,
        detectable=found.detectable,
        verdict="not gated",
        why="not gated",
    )


def gain(change: MetricChange) -> float | None:
    """Return the difference counted so that more is better."""
    if change.difference is None:
        return None
    return change.difference if change.better == "higher" else -change.difference


def _slices(pairs: Pairs, policy: Policy) -> Iterator[tuple[str, set[str]]]:
    """Yield the name and the case ids of each slice, sorted by name within its kind."""
    for kind in policy.slices:
        found: dict[str, set[str]] = {}
        for case in pairs.cases:
            for label in (case.type,) if kind == "type" else case.tags:
                found.setdefault(label, set()).add(case.id)
        for label, ids in sorted(found.items()):
            yield f"{kind}={label}", ids


def _judged(measured: Sequence[MetricChange], policy: Policy) -> Iterator[MetricChange]:
    """Yield the changes with Holm's p-values over those that are gated, and their verdicts."""
    tested = [
        number
        for number, change in enumerate(measured)
        if change.p is not None and _is_gated(change, policy)
    ]
    adjusted = dict(zip(tested, holm([measured[n].p or 0.0 for n in tested]), strict=True))
    for number, change in enumerate(measured):
        if not _is_gated(change, policy):
            wanted = policy.gates(change.metric) and not change.slice
            why = "no case has a value" if wanted else "not gated"
            yield change.model_copy(update={"why": why})
            continue
        tested_one = change.model_copy(update={"p_adjusted": adjusted.get(number)})
        verdict, why = _judge(tested_one, policy.metrics[change.metric], policy)
        yield tested_one.model_copy(update={"verdict": verdict, "why": why})


def _is_gated(change: MetricChange, policy: Policy) -> bool:
    if not policy.gates(change.metric) or (change.slice and not policy.gate_slices):
        return False
    # A metric may have no value in either run, as refusals where every case has an answer.
    return bool(change.n or change.unpaired)


def _judge(change: MetricChange, asked: MetricPolicy, policy: Policy) -> tuple[MetricVerdict, str]:
    """Return the verdict on a gated metric and what it rests on."""
    if change.baseline is None or change.candidate is None or change.p_adjusted is None:
        alone = cases(len(change.unpaired))
        return "inconclusive", f"no case has a value in both runs, {alone} in one only"
    if broken := _broken(change.candidate, change, asked.floor):
        return "regression", f"{broken} (the baseline has {amount(change.baseline, change.unit)})"
    unit = change.unit
    margin = asked.margin if unit == "share" else asked.margin * abs(change.baseline)
    least, worse = _least(change), -(gain(change) or 0.0)
    if least is not None and least >= -margin - _ROUNDING:
        bound = f"at most {amount(-least, unit)} worse, {amount(margin, unit)} is allowed"
        return "pass", bound if least < 0 else "not worse"
    if worse > 0 and change.p_adjusted < policy.alpha:
        tested = f"p {change.p_adjusted:.2g} over all gated metrics"
        return "regression", f"{amount(worse, unit)} worse, {tested}"
    return "inconclusive", _unsure(change, least, margin)


def _broken(candidate: float, change: MetricChange, floor: float | None) -> str | None:
    """Return in words how the candidate's mean breaks a floor; ``None`` if it does not."""
    if floor is None:
        return None
    of = f"{amount(candidate, change.unit)} is {{}} of {amount(floor, change.unit)}"
    if change.better == "higher":
        return of.format("below the floor") if candidate < floor - _ROUNDING else None
    return of.format("above the limit") if candidate > floor + _ROUNDING else None


def _unsure(change: MetricChange, least: float | None, margin: float) -> str:
    unit = change.unit
    if least is None:
        groups = f"{change.clusters} group{'' if change.clusters == 1 else 's'} of cases"
        return f"{groups} are too few to bound the difference"
    seen = f"may be {amount(-least, unit)} worse, {amount(margin, unit)} is allowed"
    if change.detectable is None:
        return seen
    smallest = amount(change.detectable, unit)
    return f"{seen}; the smallest difference that so many cases would show is {smallest}"


def _least(change: MetricChange) -> float | None:
    """Return the end of the interval on the worse side, counted so that more is better."""
    if change.low is None or change.high is None:
        return None
    return change.low if change.better == "higher" else -change.high


def regressions(found: Iterable[MetricChange]) -> list[MetricChange]:
    """Return the metrics that got worse."""
    return [change for change in found if change.verdict == "regression"]
