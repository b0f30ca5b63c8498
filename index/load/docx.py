"""Word documents (Office Open XML, ECMA-376): paragraphs, headings and tables in reading order."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from index.errors import BrokenDocument, DocumentTooLarge, EncryptedDocument
from index.load.content import Content, TextBuilder, reading
from index.load.metadata import own_property
from index.models import Metadata

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from lxml.etree import _Element  # type: ignore[import-untyped]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ALTERNATIVE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"

# Deflate cannot do better than 1,032 to 1, and no honest document comes near: the XML of a long
# report packs 20 to 1. Small ones are let through, since they can do no harm.
_MOST_RATIO = 100
_HARMLESS_BYTES = 1_000_000
_MOST_MEMBERS = 10_000
_ENCRYPTED_FLAG = 0x1

# What a paragraph shows: deleted and moved-away words are still in the file and must not be read;
# a drawing's fallback repeats the words of the drawing.
_HIDDEN = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", f"{_W}rPr", _ALTERNATIVE})
_CHARACTERS = {
    f"{_W}tab": "\t",
    f"{_W}br": "\n",
    f"{_W}cr": "\n",
    f"{_W}noBreakHyphen": "\u2011",
}


def read_docx(data: bytes, *, name: str, limit: int) -> Content:
    """Return the text of a Word document: a block per paragraph, a line per row of a table.

    Accepted insertions, links and content controls are read, deleted words are not; headers,
    footers, notes and comments are left out. Paragraphs in a style called "Heading N", "Title" or
    "Subtitle", or in one based on such a style, are headings. The title among the document's
    properties counts as stated, author and day of creation as inferred: they are often those of
    the template.

    Args:
        data: the file.
        name: the file, for messages.
        limit: most bytes that it may unpack to.

    Raises:
        DocumentTooLarge: if it unpacks to more than ``limit``, or is packed as no document is.
        EncryptedDocument: if it needs a password.
        BrokenDocument: if it is damaged.
    """
    with reading(name, "a Word document"):
        _check_archive(data, name, limit)
        # External entities are not resolved by python-docx's parser, and libxml2 bounds the
        # expansion of internal ones.
        from docx import Document

        document = Document(io.BytesIO(data))
        builder = TextBuilder()
        headings = _heading_styles(document)
        for block in _blocks(document.element.body):
            if block.tag == f"{_W}tbl":
                _lay_out_table(block, builder)
            else:
                style = block.find(f"{_W}pPr/{_W}pStyle")
                heading = style is not None and style.get(f"{_W}val") in headings
                builder.add(_text(block), heading=heading)
        stated, weak = _properties(document)
    return Content(builder.text, headings=builder.headings, stated=stated, weak=weak)


def _check_archive(data: bytes, name: str, limit: int) -> None:
    """Refuse an archive by its directory alone, before anything is unpacked.

    The sizes given there bind: ``zipfile`` unpacks no more of a member than they say.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
    total = sum(member.file_size for member in members)
    if total > limit:
        raise DocumentTooLarge(f"{name} unpacks to {total:,} bytes, the limit is {limit:,}")
    if len(members) > _MOST_MEMBERS or total > max(_HARMLESS_BYTES, _MOST_RATIO * len(data)):
        raise DocumentTooLarge(
            f"{name} unpacks to {total:,} bytes in {len(members):,} parts out of {len(data):,}: "
            "no word processor writes such a file",
            hint="Open it in a word processor, save it again, and ingest the new copy.",
        )
    if any(member.flag_bits & _ENCRYPTED_FLAG for member in members):
        raise EncryptedDocument(f"{name} needs a password")
    if len({member.filename for member in members}) < len(members):
        raise BrokenDocument(f"{name} holds two parts of the same name")


def _blocks(parent: _Element) -> Iterator[_Element]:
    """Yield the paragraphs and tables of a body or cell, also those inside content controls."""
    for child in parent:
        if child.tag in {f"{_W}p", f"{_W}tbl"}:
            yield child
        elif child.tag in {f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml", f"{_W}ins"}:
            yield from _blocks(child)


def _lay_out_table(table: _Element, builder: TextBuilder) -> None:
    """Add a table cell by cell; a row of short cells becomes one line."""
    for row in _within(table, f"{_W}tr"):
        cells = [list(_cell_texts(cell)) for cell in _within(row, f"{_W}tc")]
        if all(len(texts) <= 1 for texts in cells):
            builder.add(" | ".join(text for texts in cells for text in texts))
        else:
            for text in (text for texts in cells for text in texts):
                builder.add(text)


def _within(parent: _Element, tag: str) -> Iterator[_Element]:
    """Yield the rows of a table or the cells of a row, also those inside content controls."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in {f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml", f"{_W}ins"}:
            yield from _within(child, tag)


def _cell_texts(cell: _Element) -> Iterator[str]:
    for block in _blocks(cell):
        if block.tag == f"{_W}tbl":
            for row in _within(block, f"{_W}tr"):
                for inner in _within(row, f"{_W}tc"):
                    yield from _cell_texts(inner)
        else:
            text = _text(block).strip()
            if text:
                yield text


def _text(paragraph: _Element) -> str:
    """Return the words that a paragraph shows, tabs and line breaks included."""
    parts: list[str] = []
    for child in paragraph:
        if child.tag in _HIDDEN:
            continue
        if child.tag == f"{_W}t":
            parts.append(child.text or "")
        elif child.tag in _CHARACTERS:
            parts.append(_CHARACTERS[child.tag])
        elif child.tag == f"{_W}p":  # inside a text box
            parts.append(f"\n{_text(child)}\n")
        else:
            parts.append(_text(child))
    return "".join(parts)


def _heading_styles(document: WordDocument) -> frozenset[str]:
    """Return the ids of the styles that make headings.

    Built-in styles keep their English names in every language of Word; only ids are translated.
    """
    found: set[str] = set()
    for style in document.styles:
        ancestor, seen = style, set()
        while ancestor is not None and ancestor.style_id not in seen:
            name = (ancestor.name or "").lower()
            if name in {"title", "subtitle"} or name.startswith("heading "):
                found.add(style.style_id)
                break
            seen.add(ancestor.style_id)
            ancestor = getattr(ancestor, "base_style", None)
    return frozenset(found)


def _properties(document: WordDocument) -> tuple[Metadata, Metadata]:
    """Return the title, and author and day of creation as inferred."""
    values: dict[str, object] = {}
    for key in ("title", "author", "created"):
        try:
            values[key] = getattr(document.core_properties, key)
        except Exception:  # garbled properties do not spoil the words
            values[key] = None
    created, author = values["created"], own_property(values["author"])
    if values["author"] and author is None:
        created = None  # the template's author, so the template's day
    day = created.date() if isinstance(created, datetime) else None
    weak = Metadata(author=author, published_at=day)
    return Metadata(title=own_property(values["title"])), weak.as_inferred()
