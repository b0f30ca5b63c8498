"""Filters as the query of an address names them, the same for every route that lists."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from index.models import Filters
from qa.question import Day


async def query_filters(  # asynchronous: it needs no thread
    *,
    outlet: Annotated[
        list[str] | None, Query(max_length=50, description="Only of these outlets; repeatable.")
    ] = None,
    document: Annotated[
        list[str] | None, Query(max_length=50, description="Only these ids; repeatable.")
    ] = None,
    collection: Annotated[
        list[str] | None, Query(max_length=50, description="Only of these collections; repeatable.")
    ] = None,
    language: Annotated[
        list[str] | None, Query(max_length=50, description="Only in these languages; repeatable.")
    ] = None,
    since: Annotated[Day | None, Query(description="Only published on this day or later.")] = None,
    until: Annotated[
        Day | None, Query(description="Only published on this day or earlier.")
    ] = None,
    as_of: Annotated[
        Day | None, Query(description="Nothing published later, and nothing without a day.")
    ] = None,
) -> Filters:
    """Return the filters of a request."""
    return Filters(
        outlets=tuple(outlet or ()),
        documents=tuple(document or ()),
        since=since,
        until=until,
        collections=tuple(collection or ()),
        languages=tuple(language or ()),
        as_of=as_of,
    )


QueryFilters = Annotated[Filters, Depends(query_filters)]
"""The filters, as a route takes them."""
