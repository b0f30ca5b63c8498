"""Where lines go: wrapped and coloured on a terminal, exactly as they are anywhere else."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, TextIO

from api.cli.render import Line, table
from qa.visible import one_line, visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

STYLES = {
    "": "",
    "dim": "dim",
    "error": "bold red",
    "good": "green",
    "marker": "cyan",
    "quote": "italic",
    "heading": "bold",
    "highlight": "reverse",
    "warning": "yellow",
}
"""What each style name of ``api.cli.render`` is on a terminal."""


class Display:
    """Writes lines to a stream.

    Args:
        stream: The stream, such as ``sys.stdout``.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.terminal = stream.isatty()
        """Whether a person looks at it."""

    @cached_property
    def console(self) -> Console:
        """The stream as rich sees it; NO_COLOR means no escape sequence for style at all."""
        from rich.console import Console

        plain = bool(os.environ.get("NO_COLOR"))
        return Console(
            file=self.stream,
            color_system=None if plain else "auto",
            force_terminal=self.terminal,
            highlight=False,
            markup=False,
            emoji=False,
        )

    @property
    def styled(self) -> bool:
        """Whether a style shows: not off a terminal, nor where there is no colour."""
        return self.terminal and self.console.color_system is not None

    def line(self, line: Line) -> None:
        """Write a line; off a terminal nothing is added, wrapped or dropped.

        Only what is visible is written, wherever it comes from: see :mod:`qa.visible`.
        """
        line = [(visible(text), style) for text, style in line]
        if not self.terminal:
            self.stream.write("".join(text for text, _ in line) + "\n")
            self.stream.flush()
            return
        from rich.text import Text

        self.console.print(Text.assemble(*((text, STYLES[style]) for text, style in line)))

    def lines(self, lines: Iterable[Line]) -> None:
        """Write several lines."""
        for line in lines:
            self.line(line)

    def words(self, text: str, style: str = "") -> None:
        """Write a line of one style."""
        self.line([(text, style)])

    def rows(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Write a table: with its header on a terminal, tab-separated without it elsewhere."""
        if not self.terminal:
            self.stream.writelines(f"{line}\n" for line in table(rows))
            return
        from rich import box
        from rich.table import Table
        from rich.text import Text

        ruled = Table(*header, box=box.SIMPLE_HEAD, pad_edge=False)
        for row in rows:
            ruled.add_row(*(Text(one_line(cell)) for cell in row))
        self.console.print(ruled)

    @contextmanager
    def status(self, text: str) -> Iterator[Status | None]:
        """Show a passing line on a terminal while something takes its time; nothing elsewhere."""
        if not self.terminal:
            yield None
            return
        with self.console.status(text) as status:
            yield status
