"""Passages for a query, without an answer made of them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends

from api import openapi
from api.access.library import Permitted
from api.negotiation import require_json
from api.schemas import SearchReply, SearchRequest
from api.searching import search_for

router = APIRouter(prefix="/v1/search", tags=["search"])

EXAMPLES: dict[str, Any] = {
    "query": {"summary": "Some words", "value": {"query": "harbour bridge toll", "limit": 3}},
    "filtered": {
        "summary": "Within some of the documents",
        "value": {"query": "who paid for the bridge", "filters": {"since": "2024-01-01"}},
    },
}


@router.post(
    "",
    dependencies=[Depends(require_json)],
    operation_id="search",
    summary="Search the documents",
    response_description="The passages found, best first.",
    responses=openapi.problems(403, 413, 415, 422, 502, 503),
)
def search(
    library: Permitted,
    asked: Annotated[SearchRequest, Body(openapi_examples=EXAMPLES)],
) -> SearchReply:
    """Return the passages that an answer to the query would be made from, best first.

    A comparison is searched for by side, and names that the first search found may be searched
    for too: `steps` tells every search.

    For each hit, the document's text from `start` to `end` is its `text`.
    """
    return search_for(library, asked)
