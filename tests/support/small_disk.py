"""A file system of a few megabytes that can be filled and emptied at will."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class SmallDisk:
    """A mounted file system, and a file on it that takes the room."""

    def __init__(self, at: Path) -> None:
        self.at = at
        self._ballast = at / "ballast"

    @property
    def left(self) -> int:
        """Bytes that are free."""
        room = os.statvfs(self.at)
        return room.f_bavail * room.f_frsize

    def fill(self, leave: int = 0) -> None:
        """Take all room but ``leave`` bytes."""
        with self._ballast.open("ab") as file:
            while (more := self.left - leave) > 0:
                try:
                    file.write(b"\0" * min(more, 65_536))
                    file.flush()
                except OSError:
                    return

    def empty(self) -> None:
        """Give the room back."""
        self._ballast.unlink(missing_ok=True)


@contextmanager
def small_disk(at: Path, megabytes: int) -> Iterator[SmallDisk]:
    """Mount a small file system in memory for the length of the block, or skip the test."""
    at.mkdir(parents=True, exist_ok=True)
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("only root can mount a small file system")
    options = f"size={megabytes}m"
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", options, "tmpfs", str(at)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no file system can be mounted: {done.stderr.decode().strip()}")
    try:
        yield SmallDisk(at)
    finally:
        subprocess.run(["umount", "-l", str(at)], check=False)
