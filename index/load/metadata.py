"""Metadata that somebody states in so many words: by flag, by sidecar, by front matter."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlsplit

from index.errors import InvalidMetadata
from index.load.content import storable
from index.load.dates import parse_date
from index.models import METADATA_FIELDS, Metadata

SIDECAR_SUFFIX = ".meta.json"
"""A file ``report.pdf.meta.json`` (or ``report.meta.json``) describes ``report.pdf``."""

_SIDECAR_LIMIT = 1_000_000
_LANGUAGE = re.compile(r"([A-Za-z]{2})(?:[-_][A-Za-z0-9]{1,8})*")

# Names that word processors and PDF writers fill in by themselves. They say nothing about the
# document, and "Administrator" as the author of a treaty would be worse than no author.
_FILLED_IN = re.compile(
    r"\(?(?:anonymous|unspecified|unknown|untitled)\)?|user|owner|admin(?:istrator)?|python-docx"
    r"|microsoft office user|(?:word|powerpoint) (?:document|presentation)"
    r"|microsoft (?:word|powerpoint|excel)(?: - .*)?"
    r"|(?:untitled|document|presentation|slide|book)\s*\d+"
    r"|\S+\.(?:docx?|dotx?|pdf|pptx?|xlsx?|indd|qxp|tex|dvi|rtf|odt)",
    re.IGNORECASE,
)


class Fields(TypedDict, total=False):
    """Checked values of metadata fields, ready for :class:`~index.models.Metadata`."""

    title: str
    outlet: str
    author: str
    published_at: date
    url: str
    language: str
    collection: str


def read_fields(values: Mapping[str, object], where: str) -> Metadata:
    """Return the metadata that a person stated field by field.

    Args:
        values: values by field name; ``None`` and blank text mean "not known".
        where: where they stand, such as ``report.txt.meta.json`` or ``flags``, for the message.

    Raises:
        InvalidMetadata: if a field is unknown, not text, or its value does not fit; the message
            names the place, the field and the value.
    """
    known: dict[str, str] = {}
    for name, value in values.items():
        if name not in METADATA_FIELDS:
            raise InvalidMetadata(f"{where}: there is no metadata field {name!r}")
        if value is None:
            continue
        if not isinstance(value, str):
            raise InvalidMetadata(f"{where}: {name} must be text, not {type(value).__name__}")
        if value.strip():
            known[name] = " ".join(storable(value).split())
    checked = _check(known)
    for name, value in known.items():
        if name not in checked:
            raise InvalidMetadata(
                f"{where}: {name} is {_shown(value)}, which is not {_WANTED[name]}"
            )
    return Metadata(**checked)


def own_fields(values: Mapping[str, str | None]) -> Metadata:
    """Return the metadata that a document carries in itself; what does not fit is left out.

    A web page with a malformed date is still a document: unlike :func:`read_fields`, this drops
    a value that cannot be read, because nobody who ingests the page could correct it there.
    """
    texts = ((name, " ".join(storable(value or "").split())) for name, value in values.items())
    return Metadata(**_check({name: value for name, value in texts if value}))


def own_property(value: object) -> str | None:
    """Return a document property as text, or ``None`` where a program merely filled it in."""
    if not isinstance(value, str):
        return None
    text = " ".join(storable(value).split())
    return None if not text or _FILLED_IN.fullmatch(text) else text


def read_sidecar(document: Path) -> Metadata:
    """Return what the sidecar of ``document`` states; nothing if there is none.

    The sidecar named after the whole file name wins over the one named after its stem.

    Raises:
        InvalidMetadata: if the sidecar cannot be read, is not a JSON object, or a field of it
            does not fit.
    """
    for sidecar in sidecar_names(document):
        try:
            there = sidecar.is_file()
        except OSError:  # such as a name that is too long with the suffix, so there is no such file
            there = False
        if there:
            return read_fields(_load_json(sidecar), storable(str(sidecar)))
    return Metadata()


def sidecar_names(document: Path) -> tuple[Path, Path]:
    """Return the two paths at which a sidecar of ``document`` may lie, strongest first."""
    return (
        document.with_name(document.name + SIDECAR_SUFFIX),
        document.with_name(document.stem + SIDECAR_SUFFIX),
    )


def _load_json(sidecar: Path) -> dict[str, object]:
    try:
        if sidecar.stat().st_size > _SIDECAR_LIMIT:
            raise InvalidMetadata(f"{sidecar}: a sidecar has at most {_SIDECAR_LIMIT:,} bytes")
        values = json.loads(sidecar.read_text("utf-8-sig"))
    except OSError as error:
        raise InvalidMetadata(f"{sidecar} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise InvalidMetadata(f"{sidecar} is not JSON in UTF-8: {error}") from error
    if not isinstance(values, dict):
        raise InvalidMetadata(f"{sidecar} must hold one JSON object of metadata fields")
    return values


_WANTED = {
    "published_at": "a day written as YYYY-MM-DD",
    "url": "an http or https address",
    "language": "an ISO 639-1 code such as en",
}


def _check(texts: Mapping[str, str]) -> Fields:
    """Return the values that fit their fields; the others are missing from the result."""
    checked = Fields()
    if "title" in texts:
        checked["title"] = texts["title"]
    if "outlet" in texts:
        checked["outlet"] = texts["outlet"]
    if "author" in texts:
        checked["author"] = texts["author"]
    if "collection" in texts:
        checked["collection"] = texts["collection"]
    day = parse_date(texts.get("published_at", ""))
    if day is not None:
        checked["published_at"] = day
    if is_web_address(texts.get("url", "")):
        checked["url"] = texts["url"]
    language = _LANGUAGE.fullmatch(texts.get("language", ""))
    if language:
        checked["language"] = language[1].lower()
    return checked


def is_web_address(text: str) -> bool:
    """Return whether ``text`` is an http or https address with a host."""
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in text
    except ValueError:
        return False


def _shown(value: str) -> str:
    return repr(value) if len(value) <= 80 else f"{value[:79]!r}…"
