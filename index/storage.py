"""What went wrong with files and with the record's SQLite, as errors that say what to do."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import DataDirectoryUnusable, DiskFull, RecordDamaged, StateError

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_LITTLE = 256 * 1024
"""Bytes below which a disk counts as full where the error itself does not say."""
_PRIMARY = 0xFF
"""An extended result code of SQLite has the primary one in its last byte."""
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_OF_FILES = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_AUTH,
    }
)


def is_no_room(error: BaseException) -> bool:
    """Return whether an operation failed since the disk, a quota or a file's limit is full."""
    return isinstance(error, OSError) and error.errno in _NO_ROOM


def is_full(directory: Path) -> bool:
    """Return whether there is next to no room where ``directory`` is."""
    try:
        room = os.statvfs(directory)
    except (OSError, AttributeError):  # the latter on systems that cannot tell
        return False
    return room.f_bavail * room.f_frsize < _LITTLE


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn a lack of room within the block into :class:`DiskFull`.

    Raises:
        DiskFull: naming ``path``.
    """
    try:
        yield
    except OSError as error:
        if is_no_room(error):
            raise DiskFull(f"{path}: {error.strerror}") from error
        raise


def record_error(path: Path, error: BaseException) -> StateError | None:
    """Return what an error of SQLite says about the record's file; ``None`` if nothing.

    See https://www.sqlite.org/rescode.html. On a full disk SQLite says so, or that it could not
    write, or not make its shared memory larger.

    Args:
        path: the record.
        error: what SQLite raised.
    """
    code = getattr(error, "sqlite_errorcode", None)
    if not isinstance(error, sqlite3.Error) or code is None:
        return None
    primary = code & _PRIMARY
    if primary == sqlite3.SQLITE_FULL:
        return DiskFull(f"{path}: no room left on the disk")
    if primary in _DAMAGED:
        return RecordDamaged(f"{path} is damaged: {error}")
    if primary not in _OF_FILES:
        return None
    if primary in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN) and is_full(path.parent):
        return DiskFull(f"{path}: no room left on the disk ({error})")
    return DataDirectoryUnusable(f"{path}: {error}")
