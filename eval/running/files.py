"""Run files: written whole or not at all, and read back."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from eval.errors import InvalidRun, UnwritableRun
from eval.running.results import Run
from index.errors import DiskFull
from index.storage import is_no_room


def write(run: Run, path: Path) -> None:
    """Write ``run`` to ``path`` as JSON; the file is there whole or not at all.

    Raises:
        UnwritableRun: if the file cannot be written.
    """
    write_text(run.model_dump_json(indent=2) + "\n", path)


def write_text(text: str, path: Path) -> None:
    """Write ``text`` to ``path`` in UTF-8; the file is there whole or not at all.

    Raises:
        UnwritableRun: if the file cannot be written.
    """
    # Not by tempfile, whose files nobody else may read: reports are handed on.
    temporary = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        kind = DiskFull if is_no_room(error) else UnwritableRun
        raise kind(f"{path}: {error.strerror or error}") from error


def read(path: Path) -> Run:
    """Return the run that stands in ``path``.

    Raises:
        InvalidRun: if it cannot be read, or is no run file of this form.
    """
    try:
        return Run.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InvalidRun(f"{path}: {error.strerror or error}", hint="Check the path.") from error
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InvalidRun(f"{path}: {field + ': ' if field else ''}{first['msg']}") from error
