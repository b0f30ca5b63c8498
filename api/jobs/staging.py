"""Where the bytes of accepted uploads lie until they are taken in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path

from index.errors import UnreadableFile
from index.storage import writing

FOLDER = "jobs"
"""The folder within the data directory. What lies in it is called by numbers, never by names that
somebody sent."""


class Staging:
    """The staged bytes of the jobs of one data directory.

    Args:
        directory: the data directory.
    """

    def __init__(self, directory: Path) -> None:
        self._folder = directory / FOLDER

    def write(self, job_id: str, parts: Sequence[bytes | None]) -> None:
        """Put down the bytes of a job's documents; when this returns they survive a crash.

        Raises:
            DiskFull: if there is no room for them; nothing is left then.
        """
        folder = self._folder / job_id
        try:
            with writing(folder):
                self._folder.mkdir(mode=0o700, exist_ok=True)
                folder.mkdir(mode=0o700)
                for number, data in enumerate(parts):
                    if data is not None:
                        _write(folder / str(number), data)
                for changed in (folder, self._folder, self._folder.parent):
                    _flush(changed)
        except BaseException:
            self.drop(job_id)
            raise

    def read(self, job_id: str, number: int, limit: int) -> bytes:
        """Return the bytes of a document.

        Raises:
            UnreadableFile: if they are gone.
        """
        try:
            with (self._folder / job_id / str(number)).open("rb") as file:
                return file.read(limit + 1)
        except OSError as error:
            told = f"what was sent is not to be had any more: {error.strerror}"
            raise UnreadableFile(told, hint="Send it again.") from error

    def drop(self, job_id: str) -> None:
        """Forget the bytes of a job."""
        shutil.rmtree(self._folder / job_id, ignore_errors=True)

    def keep_only(self, job_ids: Collection[str]) -> None:
        """Forget what belongs to no job, as a process leaves it that is killed while it accepts."""
        if self._folder.is_dir():
            for found in list(self._folder.iterdir()):
                if found.name not in job_ids:
                    shutil.rmtree(found, ignore_errors=True)


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _flush(folder: Path) -> None:
    """Have the entries of a folder survive a crash as well, where the system can."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:  # folders cannot be opened on Windows
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
