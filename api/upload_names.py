"""Which document an upload is: its name tells it from others of its collection.

Two collections may have documents of one name without touching each other, so that the collection
is part of what an upload is known by: ``upload:COLLECTION/NAME``, and ``upload:NAME`` for those of
the default one. Records made before that rule have ``upload:NAME`` in any collection; such a
document stays what it is for uploads to its own collection.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from index.models import DEFAULT_COLLECTION

if TYPE_CHECKING:
    from index.load.origins import Origin
    from index.record.catalog import Catalog

SCHEME = "upload:"
_LONGEST_NAME = 200
_FETCHED = ("http:%2F%2F", "https:%2F%2F")  # see api.fetching.link


def collection_of(origin: Origin) -> str:
    """Return the collection that an upload goes to."""
    return origin.given.collection or DEFAULT_COLLECTION


def name_of(origin: Origin) -> str:
    """Return the name that an upload was sent under, which never holds a slash."""
    return origin.source.removeprefix(SCHEME).rpartition("/")[2]


def shown(origin: Origin) -> str:
    """Return the name of an upload as it is told: for what was fetched, its address."""
    name = name_of(origin)
    return unquote(name) if name.startswith(_FETCHED) else name


def is_upload(source: str) -> bool:
    """Return whether a source is that of something that was sent over HTTP."""
    return source.startswith(SCHEME)


def settled(origins: Sequence[Origin], catalog: Catalog) -> list[Origin]:
    """Return uploads with the sources that they are known by; to be asked in the turn to write."""
    plain = {origin.source: f"{SCHEME}{name_of(origin)}" for origin in origins}
    scoped = {o.source: f"{SCHEME}{collection_of(o)}/{name_of(o)}" for o in origins}
    known = catalog.known([*plain.values(), *scoped.values()])
    ids = {source: one.document_id for source, one in known.items()}
    holders = catalog.collections_of((document_id, None) for document_id in ids.values())

    def source(origin: Origin) -> str:
        own, within = plain[origin.source], scoped[origin.source]
        holder = holders.get((ids[own], None)) if own in ids else None
        if holder == collection_of(origin):
            return own
        if within in ids or holder is not None or collection_of(origin) != DEFAULT_COLLECTION:
            return within
        return own

    return [replace(origin, source=source(origin)) for origin in origins]


def content_name(data: bytes) -> str:
    """Return a name for what has none: the same content is the same document."""
    return f"sha256-{hashlib.sha256(data).hexdigest()[:16]}"


def safe_name(name: str) -> str:
    """Return the last part of ``name`` without control characters, composed and not too long.

    It identifies the upload and tells its format; nothing is ever opened by it. What is too long
    loses its middle, so that the suffix stays.
    """
    last = unicodedata.normalize("NFC", name.replace("\\", "/").rstrip("/").rpartition("/")[2])
    plain = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in last)
    plain = "" if set(plain) <= {" ", "."} else " ".join(plain.split())
    return shortened(plain)


def shortened(name: str) -> str:
    """Return ``name``, without its middle if it is too long."""
    if len(name) <= _LONGEST_NAME:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: _LONGEST_NAME - 40]}…{digest}…{name[-20:]}"
