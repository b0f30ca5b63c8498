"""PDF: the text layer, page by page, by pypdf."""

from __future__ import annotations

import io
import logging
from datetime import datetime
from typing import TYPE_CHECKING, Any

from index.errors import BrokenDocument, DocumentTooLarge, EmptyDocument, EncryptedDocument
from index.load.content import BLOCK_BREAK, Content, reading, storable
from index.load.metadata import own_property
from index.models import Metadata, Span

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

_MOST_STREAM_BYTES = 75_000_000
# A few hundred bytes can draw the same form a billion times over. A dense page of an honest
# document takes some thousand steps; this bounds a hostile one to a few minutes.
_MOST_STEPS = 10_000_000
_HEADER_WITHIN = 1024
"""The header may stand anywhere in the first 1,024 bytes (ISO 32000-1, annex H, note 13)."""


def read_pdf(data: bytes, *, name: str, limit: int) -> Content:
    """Return the text of a PDF with the exact span of each page.

    The words are those of the text layer in the order in which the file draws them; lines broken
    by the page's width stay broken and words hyphenated there stay hyphenated, so that a quotation
    is what the page shows. Pages are separated by a blank line; a page without text has an empty
    span. The title counts as stated, author and day of creation as inferred: programs fill them
    in from templates and user accounts.

    A file that is encrypted with an empty user password, as print-protected files are, is read.

    Args:
        data: the file.
        name: the file, for messages.
        limit: most bytes that any one stream, and all page contents together, may unpack to.

    Raises:
        EncryptedDocument: if it needs a password.
        EmptyDocument: if no page holds text.
        DocumentTooLarge: if it unpacks to more than ``limit``.
        BrokenDocument: if pypdf cannot make sense of it.
    """
    from pypdf import apply_configuration
    from pypdf.errors import LimitReachedError

    _quiet("pypdf")
    # pypdf's own limits are lowered to ours where that is less.
    with reading(name, "a PDF"), apply_configuration(**_caps(limit)):
        try:
            return _read(data, name, limit)
        except LimitReachedError as error:
            raise DocumentTooLarge(f"{name} unpacks to more than is allowed: {error}") from error


def _caps(limit: int) -> dict[str, Any]:
    filters = ("array_based_stream", "lzw", "run_length", "zlib", "brotli", "jbig2")
    most = min(limit, _MOST_STREAM_BYTES)
    # No outside program is run for pictures, which are not read anyway.
    return {f"{name}_maximum_output_length": most for name in filters} | {"jbig2dec_binary": None}


def _read(data: bytes, name: str, limit: int) -> Content:
    from pypdf import PdfReader

    start = max(data.find(b"%PDF-", 0, _HEADER_WITHIN), 0)
    reader = PdfReader(io.BytesIO(data[start:]), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise EncryptedDocument(f"{name} needs a password")
    parts: list[str] = []
    pages: list[Span] = []
    length = unpacked = steps = 0

    def count(*_: object) -> None:
        nonlocal steps
        steps += 1
        if steps > _MOST_STEPS:
            raise DocumentTooLarge(f"{name} takes more than {_MOST_STEPS:,} steps to draw")

    for page in reader.pages:
        unpacked += _unpacked(page)
        text = storable(page.extract_text(visitor_operand_before=count)).strip()
        if parts:
            length += len(BLOCK_BREAK)
        pages.append(Span(length, length + len(text)))
        parts.append(text)
        length += len(text)
        if max(unpacked, length) > limit:
            raise DocumentTooLarge(f"{name} unpacks to more than {limit:,} bytes")
    if not parts:
        raise BrokenDocument(f"{name} is a PDF without pages")
    if not any(parts):
        raise EmptyDocument(
            f"{name} holds no text on its {len(parts)} page(s): it seems to be scanned",
            hint="Run text recognition (OCR) on it and ingest the result.",
        )
    stated, weak = _properties(reader)
    return Content(BLOCK_BREAK.join(parts), pages=tuple(pages), stated=stated, weak=weak)


def _unpacked(page: PageObject) -> int:
    """Return how many bytes the drawing instructions of a page unpack to."""
    contents = page.get_contents()
    return 0 if contents is None else len(contents.get_data())


def _properties(reader: PdfReader) -> tuple[Metadata, Metadata]:
    """Return the title, and author and day of creation as inferred."""
    values: dict[str, object] = {}
    for key in ("title", "author", "creation_date"):
        try:
            values[key] = getattr(reader.metadata, key, None)
        except Exception:  # garbled properties do not spoil the words
            values[key] = None
    created = values["creation_date"]
    day = created.date() if isinstance(created, datetime) else None
    weak = Metadata(author=own_property(values["author"]), published_at=day)
    return Metadata(title=own_property(values["title"])), weak.as_inferred()


def _quiet(library: str) -> None:
    """Keep a library's log messages off stderr unless the program set up logging itself."""
    logger = logging.getLogger(library)
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
