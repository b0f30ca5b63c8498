"""Labels: what people said of answers, one JSON object per line.

``{"case": "term", "aspect": "faithful", "label": 1}``; ``repeat`` names the asking, from 0, where
cases were asked several times.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eval.errors import InvalidLabels


class Label(BaseModel):
    """What a person said of one aspect of one answer."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    case: str
    """Name of the case."""
    aspect: str
    """What was judged, such as ``faithful``."""
    label: Annotated[float, Field(ge=0, le=1)]
    """1 for yes, 0 for no; in between, the mean of several people."""
    repeat: Annotated[int, Field(ge=0)] = 0
    """Which asking of the case was answered, from 0."""


def read_labels(path: Path) -> tuple[Label, ...]:
    """Read a file of labels; blank lines are skipped.

    Raises:
        InvalidLabels: naming ``file:line`` and what is wrong there.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise InvalidLabels(f"{path}: {error.strerror or error}", hint="Check the path.") from error
    except UnicodeDecodeError as error:
        raise InvalidLabels(f"{path}: not UTF-8") from error
    labels: dict[tuple[str, int, str], Label] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            label = Label.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            told = f"{field + ': ' if field else ''}{first['msg']}"
            raise InvalidLabels(f"{path}:{number}: {told}") from error
        key = (label.case, label.repeat, label.aspect)
        if key in labels:
            raise InvalidLabels(
                f"{path}:{number}: {label.case!r} has a label for {label.aspect!r} already"
            )
        labels[key] = label
    if not labels:
        raise InvalidLabels(f"{path}: no label in it")
    return tuple(labels.values())
