"""Feeds: RSS 0.9 to 2.0 and Atom (RFC 4287), as the entries that they hold.

Entities are not expanded and nothing is loaded from elsewhere (defusedxml).
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from index.errors import BrokenDocument
from index.load.content import reading, storable
from index.load.metadata import is_web_address

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_ENTRIES = 1_000
"""Entries that are read of one feed; those that it has first are the newest."""

_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An entry of a feed."""

    id: str
    """By which the feed tells it from others."""
    link: str | None
    """Where it is published, if at a web address."""
    title: str | None
    """Its headline."""
    author: str | None
    """Who wrote it."""
    published_at: date | None
    """The day on which it was published, as the feed states it."""
    page: str
    """Its own text as a web page; empty if it has none."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as it is now."""

    title: str | None
    """What it is called."""
    entries: tuple[FeedEntry, ...]
    """What it holds, in its own order; each ``id`` once."""


def read_feed(data: bytes, address: str) -> Feed:
    """Return what a feed holds.

    Args:
        data: the feed.
        address: where it is, against which relative links are resolved.

    Raises:
        BrokenDocument: if it is no feed.
    """
    with reading(address, "a feed"):
        return _read(data, address)


def _read(data: bytes, address: str) -> Feed:
    from defusedxml.ElementTree import fromstring

    root = fromstring(data)
    if _name(root) not in {"rss", "RDF", "feed"}:
        raise BrokenDocument(
            f"{address} is no feed: it is <{_name(root)}>",
            hint="Look for the address of the feed on the page; it serves RSS or Atom.",
        )
    head = root if _name(root) == "feed" else next(_children(root, "channel"), root)
    entries: dict[str, FeedEntry] = {}
    for found in root.iter():
        if _name(found) in {"item", "entry"}:
            entry = _entry(found, urljoin(address, root.get(_XML_BASE, "")))
            if entry is not None:
                entries.setdefault(entry.id, entry)
            if len(entries) >= MOST_ENTRIES:
                break
    return Feed(_words(_text(head, "title")), tuple(entries.values()))


def _entry(found: Element, base: str) -> FeedEntry | None:
    base = urljoin(base, found.get(_XML_BASE, ""))
    link = _link(found, base)
    key = _text(found, "guid") or _text(found, "id") or link
    guid = next(_children(found, "guid"), None)
    permanent = guid is not None and guid.get("isPermaLink", "true") == "true"
    if link is None and permanent and is_web_address(key or ""):
        link = key
    title = _words(_text(found, "title"))
    body = _body(found)
    if not (key or title):
        return None
    return FeedEntry(
        id=key or title or "",
        link=link,
        title=title,
        author=_author(found),
        published_at=_day(found),
        page=_page(title, body) if body.strip() else "",
    )


def _link(found: Element, base: str) -> str | None:
    for link in _children(found, "link"):
        if link.get("rel", "alternate") == "alternate":
            address = urljoin(base, (link.get("href") or link.text or "").strip())
            if is_web_address(address):
                return address
    return None


def _author(found: Element) -> str | None:
    for author in (*_children(found, "author"), *_children(found, "creator")):
        named = _words(_text(author, "name") or author.text)
        if named:
            return named
    return None


def _day(found: Element) -> date | None:
    for name in ("published", "pubDate", "date", "issued", "updated"):
        told = _text(found, name)
        if told:
            try:
                return datetime.fromisoformat(told).date()
            except ValueError:
                pass
            try:
                return parsedate_to_datetime(told).date()
            except (TypeError, ValueError, IndexError, OverflowError):
                pass
    return None


def _body(found: Element) -> str:
    """Return the longest text of an entry as HTML."""
    texts = [
        _markup(child)
        for name in ("encoded", "content", "description", "summary")
        for child in _children(found, name)
    ]
    return max(texts, key=len, default="")


def _markup(child: Element) -> str:
    kind = child.get("type", "html")
    if kind in {"xhtml", "application/xhtml+xml"}:
        from xml.etree.ElementTree import tostring

        for element in child.iter():
            element.tag = _name(element)
        return "".join(tostring(inner, encoding="unicode") for inner in child)
    words = child.text or ""
    if kind in {"text", "text/plain"} or "<" not in words:
        paragraphs = words.split("\n\n")
        return "".join(f"<p>{html.escape(html.unescape(p))}</p>" for p in paragraphs if p.strip())
    return words


def _page(title: str | None, body: str) -> str:
    head = f"<title>{html.escape(title)}</title>" if title else ""
    return (
        f'<!doctype html><html><head><meta charset="utf-8">{head}</head>'
        f"<body><article>{storable(body)}</article></body></html>"
    )


def _children(parent: Element, name: str) -> Iterator[Element]:
    return (child for child in parent if _name(child) == name)


def _text(parent: Element, name: str) -> str | None:
    child = next(_children(parent, name), None)
    return (child.text or "").strip() or None if child is not None else None


def _words(text: str | None) -> str | None:
    """Return words in one line; titles come with entities that were escaped twice."""
    return " ".join(storable(html.unescape(text or "")).split()) or None


def _name(element: Element) -> str:
    """Return the name of an element without its namespace, of which feeds have many."""
    return str(element.tag).rpartition("}")[2]
