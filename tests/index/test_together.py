"""Small writes that come at one time share a transaction, and only that."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from index.record.together import Together

COUNT = 20


class Record:
    """A database whose transactions can be held up, and are counted."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.begun = 0
        self.open = threading.Event()
        self.open.set()
        with self.write() as connection:
            connection.execute("create table notes (number integer primary key)")

    @contextmanager
    def write(self) -> Iterator[Any]:
        connection = sqlite3.connect(self.path)
        self.begun += 1
        try:
            assert self.open.wait(20)
            with connection:
                yield connection
        finally:
            connection.close()

    def numbers(self) -> list[int]:
        connection = sqlite3.connect(self.path)
        try:
            return [row[0] for row in connection.execute("select number from notes order by 1")]
        finally:
            connection.close()


def note(number: int) -> Callable[[Any], None]:
    return lambda connection: connection.execute("insert into notes values (?)", (number,))


def interrupted(connection: Any) -> None:
    raise KeyboardInterrupt


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path / "notes.sqlite")


def at_once(record: Record, changes: Sequence[Callable[[Any], None]]) -> list[BaseException | None]:
    """Carry the first out, and the others while that is held up; return how each ended."""
    together, ends = Together(record.write), [None] * len(changes)  # type: list[Any]
    there = threading.Semaphore(0)

    def carry_out(place: int) -> None:
        there.release()
        try:
            together.carry_out(changes[place])
        except BaseException as error:
            ends[place] = error

    record.open.clear()
    threads = [threading.Thread(target=carry_out, args=(n,)) for n in range(len(changes))]
    before = record.begun
    threads[0].start()
    while record.begun == before:
        pass
    for thread in threads[1:]:
        thread.start()
    for _ in threads:
        there.acquire()
    while len(together._waiting) < len(changes) - 1:
        pass
    record.open.set()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    return ends


def test_those_that_wait_share_one_transaction(record: Record) -> None:
    before = record.begun
    assert at_once(record, [note(n) for n in range(COUNT)]) == [None] * COUNT
    assert record.numbers() == list(range(COUNT))
    assert record.begun - before == 2


def test_one_that_fails_is_told_so_and_takes_no_other_with_it(record: Record) -> None:
    numbers = [0, 1, 2, 2, 3]
    ends = at_once(record, [note(n) for n in numbers])
    assert record.numbers() == [0, 1, 2, 3]
    failed = [end for end in ends if end is not None]
    assert [type(end) for end in failed] == [sqlite3.IntegrityError]
    assert ends[2] is not ends[3]


def test_one_that_is_interrupted_takes_no_other_with_it(record: Record) -> None:
    changes = [note(0), note(1), interrupted, note(2), note(3)]
    ends = at_once(record, changes)
    assert KeyboardInterrupt in {type(end) for end in ends}
    told = [n for n, end in zip([0, 1, None, 2, 3], ends, strict=True) if end is None]
    assert record.numbers() == told
