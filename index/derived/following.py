"""How the rebuildable indexes keep up with the record: they follow its log of changes.

Each index remembers the number of the last change that it holds, in a small file written after the
index itself is safe. A crash in between repeats some changes, which does no harm: passages are
removed by key before they are added, and keys are never used twice.
"""

from __future__ import annotations

import json
import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.record.catalog import Catalog
    from index.record.entries import Change


Files = Mapping[str, tuple[int, int]]
"""What is told of each file of an index: see :mod:`index.derived.seal`."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far an index has followed the record."""

    number: int = 0
    """The last change that the index holds."""
    space: str = ""
    """What else the index depends on, such as the embedder; another space means start anew."""
    files: Files | None = None
    """The files that make up the index; ``None`` while it is being written to."""


def read_position(path: Path) -> Position:
    """Return the position noted at ``path``; the start if there is none or it is unreadable."""
    try:
        note = json.loads(path.read_text(encoding="utf-8"))
        files = note.get("files")
        if files is not None:
            files = {str(name): (int(size), int(mark)) for name, (size, mark) in files.items()}
        return Position(int(note["number"]), str(note["space"]), files)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Position()


def write_position(path: Path, position: Position, *, flush: bool = True) -> None:
    """Note a position, replacing the earlier note in one step.

    Args:
        path: where to.
        position: what to note.
        flush: have it survive a loss of power as well.
    """
    temporary = path.with_suffix(".new")
    note = json.dumps(asdict(position))
    with temporary.open("w", encoding="utf-8") as file:
        file.write(note)
        if flush:
            file.flush()
            os.fsync(file.fileno())
    temporary.replace(path)


@dataclass(frozen=True, slots=True)
class Pending:
    """What a run of changes comes to: ranges of keys to take out, then ranges to put in."""

    remove: tuple[tuple[int, int], ...]
    """Ranges that went."""
    add: tuple[tuple[int, int], ...]
    """Ranges that came and are still there."""


def pending(changes: Sequence[Change]) -> Pending:
    """Return the net effect of ``changes``: what came and went again is not put in."""
    removed = [(c.first, c.last) for c in changes if c.action == "remove"]
    gone = set(removed)
    added = [
        (c.first, c.last) for c in changes if c.action == "add" and (c.first, c.last) not in gone
    ]
    return Pending(_joined(removed), _joined(added))


class InMemory(ABC):
    """Something held in memory that follows the record, from its first change on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._number = 0

    @property
    def number(self) -> int:
        """The last change of the record that is held."""
        return self._number

    def follow(self, catalog: Catalog) -> None:
        """Bring what is held up to the record."""
        self.follow_to(catalog, catalog.state().last_change)

    def follow_to(self, catalog: Catalog, last_change: int) -> None:
        """Bring what is held up to a record whose newest change is ``last_change``."""
        if last_change == self._number:
            return
        with self._lock:
            changes = catalog.changes(self._number)
            if changes:
                self._apply(catalog, pending(changes))
                self._number = changes[-1].number

    @abstractmethod
    def _apply(self, catalog: Catalog, work: Pending) -> None:
        """Take out and put in; called by one thread at a time."""


def portions(changes: Sequence[Change], passages: int) -> Iterator[Sequence[Change]]:
    """Yield ``changes`` in order, in runs of about so many passages that come or go."""
    start = size = 0
    for at, change in enumerate(changes, 1):
        size += change.last - change.first + 1
        if size >= passages or at == len(changes):
            yield changes[start:at]
            start, size = at, 0


def _joined(ranges: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return the ranges in order with neighbours joined: few long ranges are few calls."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if joined and first == joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return tuple(joined)
