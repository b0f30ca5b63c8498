"""A copy of the record, made while it is in use: all that has to be kept."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from index.errors import (
    DataDirectoryUnusable,
    DiskFull,
    InputError,
    NotFound,
    RecordDamaged,
    StateError,
)
from index.storage import is_no_room, record_error

RECORD = "record.sqlite"
"""Name of the record in its data directory."""


def copy_record(directory: Path, target: Path) -> int:
    """Copy the record of ``directory`` to the file ``target``, as it is at one moment.

    Others may read and write meanwhile. The copy is checked, and is there whole or not at all.

    Returns:
        Its size in bytes.

    Raises:
        NotFound: if there is no record.
        InputError: if ``target`` is there already.
        RecordDamaged: if the record is damaged, so that its copy would be.
        DiskFull: if there is no room for the copy.
        DataDirectoryUnusable: if something cannot be read or written.
    """
    record = directory / RECORD
    if not record.is_file():
        raise NotFound(f"there is no record in {directory}", hint="Check --data.")
    if target.exists():
        raise InputError(f"{target} is there already", hint="Name a file that is not there yet.")
    part = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)  # it has the documents, and what keys hash to
        _copy(record, part)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        kind = DiskFull if is_no_room(error) else DataDirectoryUnusable
        raise kind(f"{target}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return target.stat().st_size


def _copy(record: Path, part: Path) -> None:
    """Copy with SQLite's own means: https://www.sqlite.org/backup.html."""
    with closing(sqlite3.connect(record)) as source, closing(sqlite3.connect(part)) as copy:
        try:
            source.backup(copy)
            # A file of its own, with nothing beside it.
            copy.execute("pragma journal_mode=delete")
            found = copy.execute("pragma integrity_check(1)").fetchone()[0]
        except sqlite3.Error as error:
            raise _told(record, part, error) from error
    if found != "ok":
        raise RecordDamaged(f"{record} is damaged: {found}")


def _told(record: Path, part: Path, error: sqlite3.Error) -> StateError:
    told = record_error(part, error)
    if isinstance(told, RecordDamaged):
        return RecordDamaged(f"{record} is damaged: {error}")
    return told or DataDirectoryUnusable(f"{part}: {error}")
