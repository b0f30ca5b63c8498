"""Web pages: the main text by trafilatura, laid out in paragraphs, with its headings.

Navigation, comments, captions, link lists and other page furniture are left out; a reader who
wants them has the page. What the page says about itself is read by :mod:`index.load.page_metadata`.

Trafilatura: Barbaresi, ACL 2021 demo (https://aclanthology.org/2021.acl-demo.15).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from index.errors import UndecodableText
from index.load.content import Content, TextBuilder, reading
from index.load.decoding import BYTE_ORDER_MARKS, declared_encoding, decode, media_charset
from index.load.page_metadata import page_metadata

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]+)", re.IGNORECASE
)
_XML_ENCODING = re.compile(rb"\A\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9_:.-]+)")
_PRESCAN_BYTES = 4096

_MOST_DAMAGE = 1 / 1000
"""Share of undecodable characters that a page in its declared encoding may have."""

_CAPTIONS = [
    "//figcaption",
    "//*[self::p or self::div or self::span]"
    "[contains(concat(' ', normalize-space(@class), ' '), ' wp-caption-text ')"
    " or contains(concat(' ', normalize-space(@class), ' '), ' caption ')]",
]
_BLOCKS = frozenset({"p", "head", "list", "item", "table", "quote", "code", "div"})


def read_html(data: bytes, *, name: str, media_type: str | None = None) -> Content:
    """Return the main text of a web page and what the page states about itself.

    Args:
        data: the page.
        name: the file, for messages.
        media_type: as stated by a server; its ``charset`` outranks the page's own.

    Raises:
        UndecodableText: if the page's encoding cannot be told.
        BrokenDocument: if the page cannot be parsed.
    """
    markup = decode_page(data, name=name, media_type=media_type)
    with reading(name, "a web page"):
        return extract(markup)


def extract(markup: str) -> Content:
    """Return the main text of decoded markup; the text is empty if nothing is found."""
    from trafilatura import baseline, load_html

    tree = load_html(markup) if markup.strip() else None
    if tree is None:
        # The library takes a lone fragment for something other than a page; a body makes it one.
        tree = load_html(f"<html><body>{markup}</body></html>")
    if tree is None:
        return Content("")
    stated, weak = page_metadata(tree)
    builder = TextBuilder()
    body = _main_body(tree)
    if body is not None:
        _lay_out(body, builder)
    if not builder.text:
        _lay_out(baseline(tree)[0], builder)
    return Content(builder.text, headings=builder.headings, stated=stated, weak=weak)


def decode_page(data: bytes, *, name: str, media_type: str | None) -> str:
    """Return the characters of a page: by byte order mark, server, the page's own word, content.

    The order is that of the HTML standard (section "Determining the character encoding").

    Raises:
        UndecodableText: if no encoding fits.
    """
    if not data.startswith(tuple(mark for mark, _ in BYTE_ORDER_MARKS)):
        head = data[:_PRESCAN_BYTES]
        found = _META_CHARSET.search(head) or _XML_ENCODING.search(head)
        for label in (media_charset(media_type), found[1].decode("ascii") if found else None):
            text = _as_declared(data, label) if label else None
            if text is not None:
                return text
    try:
        return decode(data, name)
    except UndecodableText:
        # Pages put together of many sources have a cut or foreign byte here and there; like a
        # browser, show that one as U+FFFD.
        text = _as_declared(data, "utf-8")
        if text is None:
            raise
        return text


def _as_declared(data: bytes, label: str) -> str | None:
    """Return ``data`` in the encoding of ``label`` if it is known and, but for traces, fits."""
    encoding = declared_encoding(label)
    if encoding is None:
        return None
    if encoding.startswith("utf-16"):
        encoding = "utf-8"  # a label readable as ASCII cannot be true (HTML standard, prescan)
    try:
        text = data.decode(encoding, errors="replace")
    except (LookupError, ValueError):
        return None
    damaged = text.count("\ufffd")
    return None if "\x00" in text or damaged > len(text) * _MOST_DAMAGE else text


def _main_body(tree: HtmlElement) -> _Element | None:
    from trafilatura import bare_extraction

    document = bare_extraction(
        tree, include_comments=False, include_tables=True, prune_xpath=_CAPTIONS
    )
    return getattr(document, "body", None)


def _lay_out(element: _Element, builder: TextBuilder) -> None:
    """Add the blocks of trafilatura's tree in order: a line per item and per table row."""
    run = [_one_line(element.text)]
    for child in element:
        if child.tag in _BLOCKS or _holds_blocks(child):
            _add(run, builder)
            _lay_out_block(child, builder)
        else:
            run.append(_inline(child))
        run.append(_one_line(child.tail))
    _add(run, builder)


def _lay_out_block(block: _Element, builder: TextBuilder) -> None:
    if block.tag == "table":
        for row in block.iterchildren("row"):
            cells = (" ".join(_inline(cell).split()) for cell in row.iterchildren("cell"))
            builder.add(" | ".join(cell for cell in cells if cell))
    elif block.tag == "head":
        builder.add(" ".join(_inline(block).split()), heading=True)
    elif block.tag == "code":
        builder.add("\n".join(line.strip() for line in "".join(block.itertext()).splitlines()))
    else:
        _lay_out(block, builder)


def _add(run: list[str], builder: TextBuilder) -> None:
    """Add the inline text gathered in ``run``, and empty it.

    A line break of the page stays a line; two in a row are how many pages part paragraphs.
    """
    for block in re.split(r"\n\s*\n", "".join(run)):
        builder.add("\n".join(" ".join(line.split()) for line in block.strip().split("\n")))
    run.clear()


def _inline(element: _Element) -> str:
    """Return the words of an element; only a line break in the page is one here."""
    if element.tag == "lb":
        return "\n"
    parts = [_one_line(element.text)]
    for child in element:
        parts.append(f" {_inline(child)} " if child.tag in _BLOCKS else _inline(child))
        parts.append(_one_line(child.tail))
    return "".join(parts)


def _one_line(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")


def _holds_blocks(element: _Element) -> bool:
    return any(inner.tag in _BLOCKS for inner in element.iterdescendants())
