"""Stories: which documents are copies of one text."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api import openapi
from api.context import Shared
from api.query_filters import QueryFilters
from api.stories import StoriesReply, StoryReply

router = APIRouter(prefix="/v1/stories", tags=["documents"])


@router.get(
    "",
    operation_id="listStories",
    summary="List the stories",
    response_description="The stories, those of most documents first.",
    responses=openapi.problems(422),
)
def list_stories(
    context: Shared,
    filters: QueryFilters,
    limit: Annotated[int, Query(ge=1, le=100, description="Most stories to list.")] = 20,
) -> StoriesReply:
    """Return the stories that two or more documents tell in the same words, and what each adds.

    A story is a text with its copies: whole, cut, or with sentences of their own. The canonical
    copy is the one seen first among those that the filters leave.
    """
    found = context.service.corpus.stories(filters, limit=limit + 1)
    return StoriesReply(
        stories=[StoryReply.of(story) for story in found[:limit]], more=len(found) > limit
    )
