"""Long work on a terminal: a bar with rate and time left; silence where nobody looks."""

from __future__ import annotations

import sys
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Self

from api.cli.display import Display

if TYPE_CHECKING:
    from rich.progress import Progress

_PERIOD = 300.0
"""Seconds over which the speed is averaged: documents are committed in batches, in leaps."""


class Bar:
    """A progress bar on stderr, used as a context manager.

    Args:
        doing: What is going on, in a word.
        unit: What is counted, in the plural.
    """

    def __init__(self, doing: str, unit: str) -> None:
        self.display = Display(sys.stderr)
        """Where to write while the bar is shown, so that the two do not mix."""
        self._unit = unit
        self._done = 0.0
        self._began = perf_counter()
        self._progress = self._bar(doing) if self.display.terminal else None

    def __enter__(self) -> Self:
        if self._progress:
            self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._progress:
            self._progress.stop()

    def expect(self, total: float) -> None:
        """Say how much there is to do, in the measure of :meth:`reach`."""
        if self._progress:
            self._progress.update(self._progress.task_ids[0], total=total)

    def reach(self, done: float, *, counted: int) -> None:
        """Say how far the work has come.

        Args:
            done: How much of the total, which decides the bar and the time left; it never goes
                back, so that an estimate may stand in for what is not certain yet.
            counted: How many units, which decides the rate.
        """
        if not self._progress:
            return
        self._done = max(self._done, done)
        rate = counted / max(perf_counter() - self._began, 1e-6)
        self._progress.update(
            self._progress.task_ids[0],
            completed=self._done,
            words=f"{counted:,} {self._unit}, {rate:,.1f}/s",
        )

    def _bar(self, doing: str) -> Progress:
        from rich import progress

        bar = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.TaskProgressColumn(),
            progress.TextColumn("{task.fields[words]}"),
            progress.TimeRemainingColumn(),
            console=self.display.console,
            transient=True,
            speed_estimate_period=_PERIOD,
        )
        bar.add_task(doing, total=None, words="")
        return bar
