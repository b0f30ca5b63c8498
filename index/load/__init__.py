"""Reading documents: files, folders, uploads and addresses become drafts with exact offsets.

The way of a document: :func:`find` or :func:`~index.load.fetch.fetch` gives an :class:`Origin`,
:meth:`Origin.read` its bytes, :func:`fingerprint` tells whether they are known already, and
:func:`parse` makes the :class:`~index.models.Draft`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from index.errors import EmptyDocument
from index.load.content import Content
from index.load.formats import MEDIA_TYPES, Format, recognise
from index.load.metadata import read_fields
from index.load.origins import Origin, Skipped, find
from index.models import METADATA_FIELDS, Draft, Metadata, Span

if TYPE_CHECKING:
    from index.load.noise import Marks

__all__ = [
    "LOADER_VERSION",
    "Origin",
    "Skipped",
    "find",
    "fingerprint",
    "parse",
    "read_fields",
    "stamp",
]

LOADER_VERSION = 1
"""Counted up whenever the same bytes would give another text, so that they are read again."""


def fingerprint(data: bytes, given: Metadata) -> str:
    """Return the SHA-256 of all that decides a draft: this loader, the bytes, given metadata."""
    fields = {name: str(getattr(given, name) or "") for name in METADATA_FIELDS}
    settings = [LOADER_VERSION, fields, sorted(given.inferred)]
    head = json.dumps(settings, sort_keys=True).encode()
    return hashlib.sha256(b"%d:%s" % (len(head), head) + data).hexdigest()


def stamp(state: str, given: Metadata) -> str:
    """Return what tells that a document is unchanged as long as its file is left alone.

    Args:
        state: how the file looked, as :attr:`Origin.state` says.
        given: metadata given with it.

    Returns:
        A text that is the same only for the same state, given metadata and loader.
    """
    fields = [str(getattr(given, name) or "") for name in METADATA_FIELDS]
    stated = "\0".join((*fields, *sorted(given.inferred))).encode("utf-8", "surrogatepass")
    digest = hashlib.blake2b(stated, digest_size=12).hexdigest()
    return f"{LOADER_VERSION} {state} {digest}"


def parse(origin: Origin, data: bytes, *, limit: int) -> Draft:
    """Return the draft of a document whose bytes were read.

    Metadata are taken field by field from the strongest that has them: what was given with the
    origin, what the document states itself, what can be inferred from its words, and last what a
    program may have filled in unseen. The latter two are marked as inferred. The collection of an
    upload is the one that was given, whatever the document states.

    Args:
        origin: where the bytes come from.
        data: the bytes, as :meth:`Origin.read` returns them.
        limit: most bytes that the document may unpack to.

    Raises:
        EmptyDocument: if there is no text in it.
        UnsupportedFormat: if it is in no format that can be read.
        EncryptedDocument: if it needs a password.
        BrokenDocument: if it is damaged.
        UndecodableText: if its characters cannot be told.
        DocumentTooLarge: if it unpacks to more than ``limit``.
    """
    from index.load.noise import mark

    if not data.strip():
        raise EmptyDocument(f"{origin.name} is empty")
    served = origin.served or origin.source.startswith(("http://", "https://"))
    format_ = recognise(origin.name, origin.media_type, data, served=served)
    content = _read(format_, origin, data, limit)
    if not content.text.strip():
        raise EmptyDocument(f"{origin.name} holds no text")
    marks = mark(content.text)
    metadata = origin.given.over(content.stated).over(marks.metadata).over(content.weak)
    if origin.source.startswith("upload:"):
        # A collection decides who may read: that is for the sender to say, not for the document.
        metadata = replace(metadata, collection=origin.given.collection)
    return Draft(
        source=origin.source,
        text=content.text,
        media_type=MEDIA_TYPES[format_],
        metadata=metadata,
        pages=content.pages,
        noise=marks.noise,
        headings=_headings(content, marks),
        fingerprint=fingerprint(data, origin.given),
    )


def _read(format_: Format, origin: Origin, data: bytes, limit: int) -> Content:
    name = origin.name
    if format_ == "pdf":
        from index.load.pdf import read_pdf

        return read_pdf(data, name=name, limit=limit)
    if format_ == "docx":
        from index.load.docx import read_docx

        return read_docx(data, name=name, limit=limit)
    if format_ == "eml":
        from index.load.eml import read_eml

        return read_eml(data, name=name, limit=limit)
    if format_ == "html":
        from index.load.html import read_html

        return read_html(data, name=name, media_type=origin.media_type)
    from index.load.text import read_markdown, read_plain

    read = read_markdown if format_ == "markdown" else read_plain
    return read(data, name=name, media_type=origin.media_type)


def _headings(content: Content, marks: Marks) -> tuple[Span, ...]:
    """Return the headings that the format marks, or else those that show in the words.

    Where an author marked headings, a short line that was not marked is none.
    """
    if not content.headings:
        return marks.headings
    return tuple(
        heading
        for heading in content.headings
        if not any(heading.overlaps(noise) for noise in marks.noise)
    )
