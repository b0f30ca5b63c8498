"""Whether the files of an index are those that were written: a note of each, made when it is safe.

An index in files is read by a library that trusts them. Of damaged ones it may make an error, a
crash of the process or, worst, other results without a word; so they are compared with the note
before anything opens them. Reading bytes can do no harm.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from index.derived.following import Files

State = Literal["whole", "unsure", "damaged"]
"""``unsure``: the process ended while the index was written to; it has to be tried."""

_BLOCK = 1 << 20

Mark = Callable[[Path], int]
"""Returns the number by which the content of a file is recognised."""


def checksum(path: Path) -> int:
    """Return the CRC-32 of a file's bytes."""
    total = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            total = zlib.crc32(block, total)
    return total


def last_written(path: Path) -> int:
    """Return when a file was last written to: enough where it is too large to be read for this."""
    return path.stat().st_mtime_ns


class Seal:
    """Notes the files of one directory and compares them later."""

    def __init__(self, directory: Path, mark: Mark, leave_out: Callable[[str], bool]) -> None:
        """Look at the files of ``directory``, also in folders within it.

        Args:
            directory: where they are.
            mark: tells one content from another.
            leave_out: tells by the name which files do not belong to the index.
        """
        self._directory = directory
        self._mark = mark
        self._leave_out = leave_out
        self._seen: dict[tuple[str, int, int, int], int] = {}

    def files(self) -> Files:
        """Return what is to be noted now: size and mark of each file.

        A file that looks as it did the last time is not read again.
        """
        found: dict[str, tuple[int, int]] = {}
        seen: dict[tuple[str, int, int, int], int] = {}
        for path in sorted(self._directory.rglob("*")):
            name = path.relative_to(self._directory).as_posix()
            if self._leave_out(name) or not path.is_file():
                continue
            status = path.stat()
            key = (name, status.st_ino, status.st_size, status.st_mtime_ns)
            seen[key] = self._seen[key] if key in self._seen else self._mark(path)
            found[name] = (status.st_size, seen[key])
        self._seen = seen
        return found

    def broken(self, noted: Files) -> str | None:
        """Return what is not as it was noted, in words; ``None`` if all is."""
        for name, (size, mark) in noted.items():
            path = self._directory / name
            try:
                found = path.stat().st_size
                if found != size:
                    return f"{name} has {found:,} bytes instead of {size:,}"
                if self._mark(path) != mark:
                    return f"{name} is not as it was written"
            except OSError as error:
                return f"{name}: {error.strerror or error}"
        return None
