"""Answers kept between runs, by everything that made them.

A run that was killed goes on where it was, and a run with nothing changed costs nothing: both find
their answers here. An entry is a file, put in place by renaming, so that a kill at any moment
leaves it whole or absent. A question that failed leaves none, and is asked again.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from eval.errors import UnwritableRun
from index.errors import DiskFull
from index.storage import is_no_room

Kept = TypeVar("Kept", bound=BaseModel)


@dataclass(frozen=True)
class Cache:
    """A folder of kept answers, and of what a judge said of them."""

    folder: Path
    """Where they are; made when the first one is kept."""

    def get(self, key: str, kind: type[Kept]) -> Kept | None:
        """Return what was kept under ``key``; ``None`` if there is nothing, or it is damaged."""
        try:
            return kind.model_validate_json(self._path(key).read_bytes())
        except (OSError, ValidationError):
            return None

    def put(self, key: str, kept: BaseModel) -> None:
        """Keep something under ``key``.

        Raises:
            UnwritableRun: if it cannot be written.
            DiskFull: if there is no room for it.
        """
        path = self._path(key)
        temporary: str | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(kept.model_dump_json())
            Path(temporary).replace(path)
        except OSError as error:
            if temporary is not None:
                Path(temporary).unlink(missing_ok=True)
            kind = DiskFull if is_no_room(error) else UnwritableRun
            raise kind(f"{path}: {error.strerror or error}") from error

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"


def key_for(**parts: object) -> str:
    """Return the key for something that depends on ``parts``, which can be written as JSON."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
