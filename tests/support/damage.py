"""What may become of a file, and the files of an index."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def zeroed(file: Path) -> None:
    file.write_bytes(bytes(file.stat().st_size))


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def halved(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def garbled(file: Path) -> None:
    data = bytearray(file.read_bytes())
    for at in range(len(data) // 3, len(data), 7):
        data[at] ^= 0x5A
    file.write_bytes(bytes(data))


def deleted(file: Path) -> None:
    file.unlink()


DAMAGES: dict[str, Callable[[Path], None]] = {
    damage.__name__: damage for damage in (zeroed, emptied, halved, garbled, deleted)
}


def files_of(folder: Path) -> list[str]:
    """The files that an index consists of, by their paths within its folder."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.stat().st_size
    )


@contextmanager
def upkeep_held_back() -> Iterator[Callable[[], None]]:
    """Keep the thread that mends indexes from starting, until what this yields is called."""
    may_begin = threading.Event()
    run = threading.Thread.run

    def waiting(self: threading.Thread) -> None:
        if self.name == "upkeep":
            may_begin.wait(30)
        run(self)

    threading.Thread.run = waiting  # type: ignore[method-assign]
    try:
        yield may_begin.set
    finally:
        may_begin.set()
        threading.Thread.run = run  # type: ignore[method-assign]
