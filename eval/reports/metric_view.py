"""The rows of a page's tables of metrics, each with its row of the forest plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.reports.amounts import amount, change, changes, interval
from eval.reports.plots.forest import Estimate, axis, difference, row
from eval.reports.plots.scale import SHARES, Scale
from eval.running.figures import figure

if TYPE_CHECKING:
    from markupsafe import Markup

    from eval.comparing.comparison import MetricChange
    from eval.comparing.policy import Policy
    from eval.reports.plots.calibration import Level
    from eval.running.figures import Figure
    from eval.running.results import Run
    from eval.thresholds import Verdict

_ORDER = {"regression": 0, "inconclusive": 1, "not gated": 2, "pass": 3}


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A metric of one run."""

    figure: Figure
    """The metric over the whole suite."""
    value: str
    """Its mean."""
    interval: str
    """Its interval."""
    threshold: str
    """The least that will do; empty without one."""
    verdict: str
    """``pass`` or ``fail``; empty without a threshold or a value."""
    plot: Markup | None
    """Its row of the plot, for shares."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A metric of two runs."""

    change: MetricChange
    """The metric in both."""
    baseline: str
    """Its mean in the baseline."""
    candidate: str
    """Its mean in the candidate."""
    difference: str
    """Candidate minus baseline."""
    interval: str
    """Interval of the difference."""
    detectable: str
    """The smallest difference that would show."""
    levels: Markup | None
    """Both means with their intervals, for shares over all cases."""
    plot: Markup | None
    """The difference with its interval."""


@dataclass(frozen=True, slots=True)
class ChangeTable:
    """Metrics whose differences stand on one scale."""

    name: str
    """What they are."""
    relative: bool
    """Whether the scale of the differences counts in shares of the baseline's mean."""
    rows: tuple[ChangeRow, ...]
    """The metrics, regressions first."""
    levels_axis: Markup | None
    """The axis of the means; ``None`` where they have no common one."""
    axis: Markup
    """The axis of the differences."""


@dataclass(frozen=True, slots=True)
class LevelCell:
    """The answers of one level in one run."""

    style: str
    """Class of the run."""
    n: int
    """How many answers there are."""
    value: str
    """How right they are."""
    interval: str
    """The interval of that."""


@dataclass(frozen=True, slots=True)
class LevelRow:
    """The answers of one level of confidence or support."""

    name: str
    """The level."""
    cells: tuple[LevelCell, ...]
    """Each run."""
    plot: Markup
    """Its row of the plot."""


def figure_rows(run: Run, verdict: Verdict) -> tuple[FigureRow, ...]:
    """Return the metrics that have a value, those that failed first, then in their order."""
    failed = {failure.metric for failure in verdict.failures}
    least = verdict.thresholds.minimum
    rows = [
        _figure_row(one, least.get(one.metric), failed)
        for one in run.all_figures
        if one.mean is not None
    ]
    return tuple(sorted(rows, key=lambda row: row.verdict != "fail"))


def level_rows(sides: Sequence[tuple[str, Sequence[Level]]]) -> tuple[LevelRow, ...]:
    """Return the levels that answers have.

    Args:
        sides: for each run its class and its levels, which are the same ones in the same order;
            none of a run without answers.
    """
    sides = [(style, levels) for style, levels in sides if levels]
    rows = []
    for at in zip(*(levels for _, levels in sides), strict=True):
        cells, estimates = [], []
        for (style, _), one in zip(sides, at, strict=True):
            if one.mean is None or one.low is None or one.high is None:
                continue
            told = amount(one.mean, "share"), interval(one.low, one.high, "share")
            cells.append(LevelCell(style, one.n, *told))
            estimates.append(Estimate(one.mean, one.low, one.high, style))
        if cells:
            title = f"{at[0].name}: " + "; ".join(f"{c.value}, {c.interval}" for c in cells)
            rows.append(LevelRow(at[0].name, tuple(cells), row(title, estimates)))
    return tuple(rows)


def change_tables(
    metrics: Sequence[MetricChange], policy: Policy, baseline: Run, candidate: Run
) -> tuple[ChangeTable, ...]:
    """Return the metrics of two runs, shares apart from amounts, regressions first."""
    shares = [one for one in metrics if one.unit == "share"]
    amounts = [one for one in metrics if one.unit != "share"]
    tables = []
    for name, relative, chosen in (("Shares", False, shares), ("Amounts", True, amounts)):
        if not chosen:
            continue
        scale = _difference_scale(chosen, policy, relative=relative)
        ordered = sorted(chosen, key=lambda one: _ORDER[one.verdict])
        rows = tuple(_change_row(one, policy, scale, (baseline, candidate)) for one in ordered)
        levels = any(row.levels for row in rows)
        tables.append(
            ChangeTable(
                name=name,
                relative=relative,
                rows=rows,
                levels_axis=axis("shares from 0 to 1", SHARES) if levels else None,
                axis=axis("difference", scale, percent=relative),
            )
        )
    return tuple(tables)


def _figure_row(one: Figure, minimum: float | None, failed: set[str]) -> FigureRow:
    verdict = "" if minimum is None or one.mean is None else "pass"
    value, between = amount(one.mean, one.unit), interval(one.low, one.high, one.unit)
    plot = None
    if one.unit == "share" and one.mean is not None:
        assert one.low is not None and one.high is not None  # noqa: PT018
        title = f"{one.metric} {value}, 95 % interval {between}"
        plot = row(title, [Estimate(one.mean, one.low, one.high, "run")], threshold=minimum)
    return FigureRow(
        figure=one,
        value=value,
        interval=between,
        threshold="" if minimum is None else f"{minimum:.2f}",
        verdict="fail" if one.metric in failed else verdict,
        plot=plot,
    )


def _change_row(
    one: MetricChange, policy: Policy, scale: Scale, runs: tuple[Run, Run]
) -> ChangeRow:
    relative = one.unit != "share"
    by = _by(one)
    plot = None
    if None not in (one.difference, one.low, one.high) and by:
        assert one.difference is not None and one.low is not None and one.high is not None  # noqa: PT018
        title = (
            f"{one.metric}: difference {change(one.difference, one.unit)}, "
            f"interval {changes(one.low, one.high, one.unit)}"
        )
        estimate = Estimate(one.difference / by, one.low / by, one.high / by, _colour(one))
        plot = difference(title, estimate, scale=scale, margin=_margin(one, policy))
    return ChangeRow(
        change=one,
        baseline=amount(one.baseline, one.unit),
        candidate=amount(one.candidate, one.unit),
        difference=change(one.difference, one.unit),
        interval=changes(one.low, one.high, one.unit),
        detectable=amount(one.detectable, one.unit),
        levels=None if relative or one.slice else _levels(one, *runs),
        plot=plot,
    )


def _levels(one: MetricChange, baseline: Run, candidate: Run) -> Markup | None:
    """Return both means over the paired cases, which are the means of the table."""
    before, after = baseline.values(one.metric), candidate.values(one.metric)
    paired = [
        (was, now)
        for case, was in before.items()
        if case not in one.unpaired and was is not None and (now := after.get(case)) is not None
    ]
    estimates = []
    for number, style in enumerate(("baseline", "candidate")):
        found = figure(one.metric, one.layer, one.unit, [pair[number] for pair in paired])
        if found.mean is None or found.low is None or found.high is None:
            return None
        estimates.append(Estimate(found.mean, found.low, found.high, style))
    return row(f"{one.metric}: baseline above, candidate below", estimates)


def _difference_scale(metrics: Sequence[MetricChange], policy: Policy, *, relative: bool) -> Scale:
    points, ends = [0.02], [0.0]
    for one in metrics:
        by = _by(one)
        if by and one.difference is not None and one.low is not None and one.high is not None:
            points.append(abs(one.difference) / by)
            ends += [abs(one.low) / by, abs(one.high) / by]
        points += [abs(end) for end in _margin(one, policy) or ()]
    # Every point is on the scale; the interval of a few cases may leave it: the rest stays legible.
    widest = max(*points, min(max(ends), 1.0 if relative else 0.6)) * 1.08
    return Scale(-widest, widest, start=3, end=97)


def _by(one: MetricChange) -> float:
    return 1.0 if one.unit == "share" else abs(one.baseline or 0.0)


def _margin(one: MetricChange, policy: Policy) -> tuple[float, float] | None:
    asked = policy.metrics.get(one.metric)
    if asked is None or not policy.gates(one.metric):
        return None
    return (-asked.margin, 0.0) if one.better == "higher" else (0.0, asked.margin)


def _colour(one: MetricChange) -> str:
    return {"regression": "worse", "pass": "fine"}.get(one.verdict, "run")
