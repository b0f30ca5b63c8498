"""Rows: files of one JSON object per line, plain or compressed by gzip, read into a form."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from eval.errors import InvalidCases


class Row(BaseModel):
    """What a line holds; fields that are not named are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


Form = TypeVar("Form", bound=Row)


def read_rows(path: Path, form: type[Form]) -> list[tuple[str, Form]]:
    """Return the rows of a file, each with its place as ``file:line``.

    Raises:
        InvalidCases: if the file cannot be read, or a line does not have the form.
    """
    rows = []
    for number, line in enumerate(content(path).decode("utf-8-sig").split("\n"), 1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        try:
            rows.append((place, form.model_validate_json(line)))
        except ValidationError as error:
            raise misfit(place, error) from error
    return rows


def content(path: Path) -> bytes:
    """Return the UTF-8 text in a file, unpacked if its name ends in ``.gz``.

    Raises:
        InvalidCases: if it cannot be read or unpacked, or is not UTF-8.
    """
    try:
        data = path.read_bytes()
        if path.suffix == ".gz":
            data = gzip.decompress(data)
        data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InvalidCases(f"{path}:{line}: not UTF-8") from error
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidCases(f"{path}: {reason}", hint="Check the path.") from error
    return data


def misfit(place: str, error: ValidationError) -> InvalidCases:
    """Return what is wrong at a place, in the words of the first complaint."""
    first = error.errors(include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    return InvalidCases(
        f"{place}: {field + ': ' if field else ''}{first['msg']}",
        hint="docs/evaluation.md lists the layouts that can be read.",
    )


def digest(files: Iterable[Path]) -> str:
    """Return the SHA-256 over the names and contents of files, in hexadecimal."""
    whole = hashlib.sha256()
    for file in sorted(files):
        whole.update(f"{file.name}\0{hashlib.sha256(content(file)).hexdigest()}\n".encode())
    return whole.hexdigest()
