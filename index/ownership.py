"""One owner per data directory: who may write, and who holds that right now."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import DataDirectoryInUse, DataDirectoryUnusable, DiskFull
from index.storage import is_no_room

if TYPE_CHECKING:
    from filelock import BaseFileLock


@dataclass
class Ownership:
    """The right to write to a data directory, held until :meth:`release` or the process ends.

    The lock is the operating system's (``flock``), so a killed owner leaves nothing to clean up.
    """

    directory: Path
    """The data directory."""
    _lock: BaseFileLock

    @classmethod
    def take(cls, directory: Path, *, wait: float = 0.0) -> Ownership:
        """Become the owner of ``directory``, waiting at most ``wait`` seconds for another one.

        Raises:
            DataDirectoryInUse: if another process owns it; the message names that process.
            DataDirectoryUnusable: if the lock file cannot be made.
            DiskFull: if there is no room for it.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(directory / "owner.lock", timeout=wait, thread_local=False)
        try:
            lock.acquire()
        except Timeout as error:
            raise DataDirectoryInUse(f"{directory} is in use by {_owner(directory)}") from error
        except OSError as error:
            kind = DiskFull if is_no_room(error) else DataDirectoryUnusable
            raise kind(f"{directory}: {error.strerror or error}") from error
        taken = cls(directory, lock)
        taken.tell()
        return taken

    def tell(self, *, jobs: bool = False) -> None:
        """Note who owns the directory, for other processes to read.

        Args:
            jobs: whether the jobs of the record are worked off here.
        """
        command = Path(sys.argv[0]).name + " " + " ".join(sys.argv[1:2])
        note = {"pid": os.getpid(), "command": command.strip(), "jobs": jobs}
        with suppress(OSError):
            (self.directory / "owner.json").write_text(json.dumps(note), encoding="utf-8")

    def release(self) -> None:
        """Give the right back; harmless when repeated."""
        if self._lock.is_locked:
            with suppress(OSError):
                (self.directory / "owner.json").unlink()
            self._lock.release()


def is_served(directory: Path) -> bool:
    """Return whether a server owns ``directory``: one that works off the jobs of its record."""
    try:
        return _note(directory)["jobs"] is True
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _owner(directory: Path) -> str:
    try:
        note = _note(directory)
        return f"process {int(note['pid'])} ({note['command']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


def _note(directory: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((directory / "owner.json").read_text(encoding="utf-8"))
    return found
