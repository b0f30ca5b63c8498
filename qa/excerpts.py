"""Excerpts: words of a document, cut from its stored text, with who published them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qa.models import Excerpt

if TYPE_CHECKING:
    from index.models import Document, Span


def excerpt(document: Document, span: Span) -> Excerpt:
    """Return words of a document with where they stand and who published them."""
    about = document.metadata
    return Excerpt(
        document_id=document.id,
        version=document.version,
        title=about.title,
        outlet=about.outlet,
        author=about.author,
        published_at=about.published_at,
        url=about.url,
        quote=span.cut(document.text),
        start=span.start,
        end=span.end,
        page=document.page_of(span.start),
    )
