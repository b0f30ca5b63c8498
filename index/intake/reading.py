"""Reading one document: from where it lies to its draft and passages, in whatever process.

What goes in and comes out can be sent between processes; see :mod:`index.intake.workers`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from index.errors import UndecodableText
from index.load import fingerprint, parse, stamp
from index.load.origins import Origin
from index.models import Draft, Passage
from index.text.split import split


@dataclass(frozen=True, slots=True)
class Task:
    """A document to be read."""

    origin: Origin
    """Where it lies."""
    known: str | None = None
    """The fingerprint that is recorded of it, ``None`` if it is new."""
    version: int = 1
    """The version that it would become."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a document gave."""

    fingerprint: str
    """Hash of its bytes and of what was stated about it."""
    size: int
    """Number of its bytes."""
    seen: str | None
    """Stamp by which it can be told unchanged without reading, if it can; see
    :func:`index.load.stamp`."""
    draft: Draft | None = None
    """The document, ``None`` if its fingerprint is the recorded one."""
    passages: tuple[Passage, ...] = ()
    """Its passages."""


def document_id(source: str) -> str:
    """Return the identifier of the document that comes from ``source``."""
    return "d-" + hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def read(task: Task, *, limit: int, budget: int) -> Reading:
    """Read a document unless it is unchanged.

    Args:
        task: the document.
        limit: largest document, in bytes.
        budget: length of a passage in tokens.

    Raises:
        DossierError: if it cannot be read; see :meth:`Origin.read` and :func:`index.load.parse`.
    """
    origin = task.origin
    data, state = origin.read_with_state(limit)
    seen = stamp(state, origin.given) if state else None
    mark = fingerprint(data, origin.given)
    if mark == task.known:
        return Reading(mark, len(data), seen)
    draft = parse(origin, data, limit=limit)
    _check_text(draft)
    name = document_id(origin.source)
    passages = split(draft, document_id=name, version=task.version, budget=budget)
    return Reading(mark, len(data), seen, draft, tuple(passages))


def _check_text(draft: Draft) -> None:
    """Refuse text that the record could not give back unchanged."""
    try:
        draft.text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UndecodableText(f"{draft.source}: half a surrogate pair at {error.start}") from error
    if "\0" in draft.text:
        raise UndecodableText(f"{draft.source}: a NUL character at {draft.text.index(chr(0))}")
