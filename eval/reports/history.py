"""History: metrics over the runs of a suite, and what changed from run to run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from eval.comparing.comparison import PartChange
from eval.comparing.parts import part_changes
from eval.errors import InvalidRun
from eval.reports.amounts import NOTHING, amount, interval
from eval.running.figures import Figure
from eval.running.results import Run
from qa.visible import one_line

_BARS = "▁▂▃▄▅▆▇█"
_WIDTH = 25
_LEAST_SPREAD = 0.1
"""Shares that lie closer together than this are drawn as if they did not: a wave of noise in a
sparkline would look like a story."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Entry(_Record):
    """One run in a history."""

    file: str
    """Name of the run file."""
    name: str
    """How the run is called."""
    started_at: datetime
    """When it began, in UTC."""
    figures: tuple[Figure, ...]
    """Its metrics over the whole suite."""
    changed: tuple[PartChange, ...]
    """What made it and did not make the run before; nothing for the first."""


class History(_Record):
    """The runs of one suite in the order in which they were begun."""

    format: Literal["dossier-history/1"] = "dossier-history/1"
    """Form of the JSON."""
    suite: str
    """Name of the suite."""
    metrics: tuple[str, ...]
    """The metrics that are shown and that at least one run has measured."""
    entries: tuple[Entry, ...]
    """The runs."""

    def figures(self, metric: str) -> tuple[Figure | None, ...]:
        """Return a metric in each run; ``None`` where it was not measured."""
        return tuple(
            next((f for f in entry.figures if f.metric == metric and f.mean is not None), None)
            for entry in self.entries
        )


def read_outline(path: Path) -> Run:
    """Return the run that stands in ``path`` without its cases, which are most of the file.

    Raises:
        InvalidRun: if it cannot be read, or is no run file of this form.
    """
    try:
        fields = json.loads(path.read_bytes())
        fields["results"] = ()
        fields["measured"]["cases"] = {}
        return Run.model_validate(fields)
    except OSError as error:
        raise InvalidRun(f"{path}: {error.strerror or error}", hint="Check the path.") from error
    except (ValueError, TypeError, KeyError) as error:
        wrong = error.errors()[0]["msg"] if isinstance(error, ValidationError) else "no run file"
        raise InvalidRun(f"{path}: {wrong}") from error


def history(
    runs: Sequence[tuple[str, Run]], *, suite: str | None = None, metric: str | None = None
) -> History:
    """Return the history of a suite.

    Args:
        runs: file names and runs, in any order; their cases do not matter.
        suite: name of the suite; that of the latest run by default.
        metric: the only metric to show; all by default.

    Raises:
        InvalidRun: if there is no run, none of this suite, or none with this metric.
    """
    ordered = sorted(runs, key=lambda one: (one[1].measured.started_at, one[0]))
    if not ordered:
        raise InvalidRun("there is no run yet", hint="`dossier eval run` writes one.")
    name = ordered[-1][1].suite.name if suite is None else suite
    chosen = [(file, run) for file, run in ordered if run.suite.name == name]
    if not chosen:
        known = ", ".join(dict.fromkeys(run.suite.name for _, run in ordered))
        raise InvalidRun(f"no run of a suite {name!r}", hint=f"There are runs of {known}.")
    measured = dict.fromkeys(
        figure.metric for _, run in chosen for figure in run.all_figures if figure.mean is not None
    )
    if metric is not None and metric not in measured:
        raise InvalidRun(
            f"no run of suite {name!r} has measured {metric!r}",
            hint=f"They have measured {', '.join(measured) or 'nothing'}.",
        )
    shown = tuple(measured) if metric is None else (metric,)
    entries = []
    for number, (file, run) in enumerate(chosen):
        entries.append(
            Entry(
                file=file,
                name=run.name,
                started_at=run.measured.started_at,
                figures=tuple(one for one in run.all_figures if one.metric in shown),
                changed=part_changes(chosen[number - 1][1], run) if number else (),
            )
        )
    return History(suite=name, metrics=shown, entries=tuple(entries))


def history_text(found: History) -> str:
    """Return a history for a terminal: of one metric each run, of several each as a line."""
    count = len(found.entries)
    lines = [f"Suite {one_line(found.suite)}, {count} run{'' if count == 1 else 's'}", ""]
    if len(found.metrics) == 1:
        lines += _one(found, found.metrics[0])
    else:
        lines += _all(found)
    return "\n".join(lines)


def sparkline(values: Sequence[float | None], *, least: float = 0.0) -> str:
    """Return a bar for each value, the lowest and the highest as far apart as there is room.

    Args:
        values: ``None`` is drawn as a dot.
        least: the spread that is taken for the whole room if that of the values is smaller.
    """
    known = [value for value in values if value is not None]
    if not known:
        return "·" * len(values)
    spread = max(max(known) - min(known), least)
    middle = (max(known) + min(known)) / 2
    low = middle - spread / 2
    return "".join(
        "·" if value is None else _BARS[round((value - low) / spread * 7) if spread else 3]
        for value in values
    )


def _all(found: History) -> Iterator[str]:
    heads = f"  {'metric':<22}{'first':>11}{'last':>11}  {'over the runs':<20}"
    yield f"{heads}95 % interval of the last"
    for metric in found.metrics:
        figures = found.figures(metric)
        known = [figure for figure in figures if figure is not None]
        first, last = known[0], known[-1]
        yield (
            f"  {metric:<22}{amount(first.mean, first.unit):>11}{amount(last.mean, last.unit):>11}"
            f"  {_line(figures):<20}{interval(last.low, last.high, last.unit)}"
        )
    yield ""
    for entry in found.entries:
        yield f"  {entry.started_at:%Y-%m-%d %H:%M}  {one_line(entry.name)}  {entry.file}"
        yield from _changes(entry)


def _one(found: History, metric: str) -> Iterator[str]:
    figures = found.figures(metric)
    known = [figure for figure in figures if figure is not None]
    low = min(f.low for f in known if f.low is not None)
    high = max(f.high for f in known if f.high is not None)
    if known[0].unit == "share":
        low, high = 0.0, 1.0
    scale = f"{amount(low, known[0].unit)} to {amount(high, known[0].unit)}"
    yield f"  {metric}  {_line(figures)}"
    yield ""
    yield f"  {'begun':<17}{'run':<20}{'n':>6}{'mean':>11}{'95 % interval':>19}  {scale}"
    for entry, figure in zip(found.entries, figures, strict=True):
        start = f"  {entry.started_at:%Y-%m-%d %H:%M} {one_line(entry.name)[:19]:<20}"
        if figure is None:
            yield f"{start}{0:>6}{NOTHING:>11}{'not measured':>19}"
        else:
            yield (
                f"{start}{figure.n:>6}{amount(figure.mean, figure.unit):>11}"
                f"{interval(figure.low, figure.high, figure.unit):>19}  {_bar(figure, low, high)}"
            )
        yield from _changes(entry)


def _line(figures: Sequence[Figure | None]) -> str:
    share = any(figure is not None and figure.unit == "share" for figure in figures)
    means = [None if figure is None else figure.mean for figure in figures]
    return sparkline(means, least=_LEAST_SPREAD if share else 0.0)


def _bar(figure: Figure, low: float, high: float) -> str:
    """Return a line of characters with the interval and the mean on it."""
    if figure.mean is None or figure.low is None or figure.high is None or high <= low:
        return ""

    def place(value: float) -> int:
        return round((value - low) / (high - low) * (_WIDTH - 1))

    drawn = [" "] * _WIDTH
    drawn[place(figure.low) : place(figure.high) + 1] = "─" * (
        place(figure.high) - place(figure.low) + 1
    )
    drawn[place(figure.mean)] = "●"
    return "".join(drawn).rstrip()


def _changes(entry: Entry) -> Iterator[str]:
    for part in entry.changed:
        name = part.name if part.name == part.part else f"{part.part} {part.name}"
        was, now = (
            NOTHING if one is None else one_line(one)[:40]
            for one in (part.baseline, part.candidate)
        )
        yield f"      changed {one_line(name)}: {was} -> {now}"
