"""What a web page states about its own publication, and what can only be inferred from it.

Stated is what stands in the places that standards give for it: JSON-LD (schema.org), Open Graph
(ogp.me), Dublin Core and Highwire ``meta`` elements, the canonical link, ``lang`` and ``title``.
What trafilatura finds elsewhere on the page, such as a byline by its class name, is inferred.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import unescape
from typing import TYPE_CHECKING

from index.load.dates import parse_date
from index.load.metadata import is_web_address, own_fields
from index.models import Metadata

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

# Names of ``meta`` elements by field, strongest first.
_META_NAMES = {
    "title": ("og:title", "citation_title", "dc.title", "dcterms.title", "twitter:title"),
    "outlet": ("og:site_name", "dc.publisher", "dcterms.publisher", "citation_journal_title"),
    "author": (
        *("author", "article:author", "citation_author", "dc.creator", "dcterms.creator"),
        *("parsely-author", "sailthru.author", "byl"),
    ),
    "published_at": (
        *("article:published_time", "og:article:published_time", "datepublished"),
        *("citation_publication_date", "citation_date", "dc.date.issued", "dcterms.issued"),
        *("dc.date", "dcterms.date", "dcterms.created", "parsely-pub-date", "sailthru.date"),
        *("pubdate", "publish-date", "publication_date", "date"),
    ),
    "url": ("og:url", "twitter:url"),
    "language": ("content-language", "dc.language", "dcterms.language"),
}
_ARTICLES = ("Article", "BlogPosting", "Report", "Review")


def page_metadata(tree: HtmlElement) -> tuple[Metadata, Metadata]:
    """Return what the page states and, marked as inferred, what trafilatura infers beyond it."""
    tags = _meta_tags(tree)
    stated = _linked_data(tree).over(_from_tags(tags)).over(_from_elements(tree))
    if stated.title and stated.outlet:
        title = _without_outlet(stated.title, stated.outlet)
        stated = Metadata(title=title).over(stated)
    return stated, _inferred(tree)


def _linked_data(tree: HtmlElement) -> Metadata:
    """Return what the page's first article in JSON-LD states."""
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            data = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _nodes(data):
            types = node.get("@type")
            names = types if isinstance(types, list) else [types]
            if any(isinstance(name, str) and name.endswith(_ARTICLES) for name in names):
                return own_fields(
                    {
                        "title": _text(node.get("headline")),
                        "outlet": _names(node.get("publisher")),
                        "author": _names(node.get("author")),
                        "published_at": _text(node.get("datePublished")),
                        "url": _text(node.get("url")),
                        "language": _text(node.get("inLanguage")),
                    }
                )
    return Metadata()


def _nodes(data: object) -> Iterator[dict[str, object]]:
    """Yield the page's own nodes; articles inside lists of further reading are not among them."""
    if isinstance(data, list):
        for item in data:
            yield from _nodes(item)
    elif isinstance(data, dict):
        yield data
        for key in ("@graph", "mainEntity"):
            if isinstance(data.get(key), list | dict):
                yield from _nodes(data[key])


def _text(value: object) -> str | None:
    return unescape(value) if isinstance(value, str) else None


def _names(value: object) -> str | None:
    """Return the names of one or several persons or organisations in one text."""
    values = value if isinstance(value, list) else [value]
    names = [_text(item.get("name") if isinstance(item, dict) else item) for item in values]
    return ", ".join(name for name in names if name and not is_web_address(name)) or None


def _meta_tags(tree: HtmlElement) -> dict[str, list[str]]:
    tags: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        content = meta.get("content")
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = (meta.get(attribute) or "").strip().lower()
            if name and content and content.strip():
                tags.setdefault(name, []).append(content)
    return tags


def _from_tags(tags: dict[str, list[str]]) -> Metadata:
    known = Metadata()
    for field, names in _META_NAMES.items():
        for name in names:
            values = tags.get(name, [])
            if field != "url":  # some sites name an author by the address of a profile
                values = [value for value in values if not is_web_address(value)]
            if field == "author":
                values = [", ".join(dict.fromkeys(value.strip() for value in values))]
            for value in values:
                known = known.over(own_fields({field: value}))
    return known


def _from_elements(tree: HtmlElement) -> Metadata:
    """Return what elements made for it state: title, canonical link, language, marked-up date."""
    title = tree.find(".//head/title")
    known = own_fields(
        {
            "title": title.text_content() if title is not None else None,
            "language": tree.get("lang") or tree.get("xml:lang"),
        }
    )
    for link in tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            known = known.over(own_fields({"url": link.get("href")}))
    for element in tree.iter("time", "span", "div", "p"):
        if element.get("itemprop") == "datePublished" or element.get("pubdate") is not None:
            day = element.get("datetime") or element.get("content") or element.text
            known = known.over(own_fields({"published_at": day}))
    return known


def _without_outlet(title: str, outlet: str) -> str:
    """Return a title without the outlet's name that many pages append to it."""
    for mark in ("|", "-", "–", "—", "·", "::"):
        shortened = title.removesuffix(f" {mark} {outlet}")
        if shortened != title and shortened.strip():
            return shortened.strip()
    return title


def _inferred(tree: HtmlElement) -> Metadata:
    from trafilatura import extract_metadata

    found = extract_metadata(tree, extensive=False)
    return Metadata(
        title=found.title or None,
        author=(found.author or "").replace("; ", ", ") or None,
        published_at=parse_date(found.date or ""),
    ).as_inferred()
