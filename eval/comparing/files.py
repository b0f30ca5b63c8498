"""Comparison files: the comparison as JSON."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from eval.comparing.comparison import Comparison
from eval.errors import InvalidRun


def as_json(comparison: Comparison) -> str:
    """Return a comparison as JSON, with a line feed at its end."""
    return comparison.model_dump_json(indent=2) + "\n"


def read(path: Path) -> Comparison:
    """Return the comparison that stands in ``path``.

    Raises:
        InvalidRun: if it cannot be read, or is no comparison of this form.
    """
    try:
        return Comparison.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InvalidRun(f"{path}: {error.strerror or error}", hint="Check the path.") from error
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InvalidRun(
            f"{path}: {field + ': ' if field else ''}{first['msg']}",
            hint="Give a file that `dossier eval compare --json` of this version wrote.",
        ) from error
