"""What goes into the record and what it tells about itself: entry, change, extent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from index.models import Draft, Passage


@dataclass(frozen=True, slots=True)
class Entry:
    """A document version about to be recorded."""

    draft: Draft
    """What was read."""
    document_id: str
    """The document it is a version of."""
    version: int
    """Its version number."""
    passages: tuple[Passage, ...]
    """Its passages, keys not yet given."""
    seen: str | None = None
    """Stamp by which the source can be told unchanged without reading; :func:`index.load.stamp`."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is recorded of a source, to tell whether it is unchanged."""

    document_id: str
    """Its document."""
    version: int
    """The current version."""
    fingerprint: str
    """Hash of what it was made from."""
    seen: str | None
    """Its stamp when it was read, where that can be trusted."""


@dataclass(frozen=True, slots=True)
class Change:
    """Passages that came or went, by their range of keys; indexes follow these in order."""

    number: int
    """Position in the log of changes."""
    action: Literal["add", "remove"]
    """Whether the passages came or went."""
    first: int
    """First key of the range."""
    last: int
    """Last key of the range."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is under some filters."""

    documents: int
    """Number of documents."""
    passages: int
    """Number of their passages."""
    outlets: tuple[str, ...]
    """Their outlets, sorted."""
    earliest: date | None
    """Earliest known day of publication."""
    latest: date | None
    """Latest known day of publication."""


@dataclass(frozen=True, slots=True)
class Described:
    """What filters look at in a document's current version, and its passages' range of keys."""

    document_id: str
    """The document."""
    first: int
    """Key of its first passage."""
    last: int
    """Key of its last passage."""
    outlet: str | None
    """Its outlet."""
    collection: str | None
    """Its collection."""
    language: str | None
    """Its language."""
    published_at: date | None
    """Its day of publication."""
