"""Stories: which documents are copies of one text."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Query, Request, Response

from api import openapi
from api.access.library import Permitted
from api.cursors import After, Cursors
from api.query_filters import QueryFilters
from api.stories import StoriesReply, StoryReply
from index.stories.story import Place

router = APIRouter(prefix="/v1/stories", tags=["documents"])


@router.get(
    "",
    operation_id="listStories",
    summary="List the stories",
    response_description="The stories, those of most documents first.",
    responses=openapi.problems(422),
)
def list_stories(
    *,
    request: Request,
    response: Response,
    library: Permitted,
    filters: QueryFilters,
    limit: Annotated[int, Query(ge=1, le=100, description="Most stories to list.")] = 20,
    after: After = None,
) -> StoriesReply:
    """Return the stories that two or more documents tell in the same words, and what each adds.

    A story is a text with its copies: whole, cut, or with sentences of their own. The canonical
    copy is the one seen first among those that the filters leave.
    """
    cursors = Cursors(request)
    place = cursors.read(after, int, str, int)
    found = library.stories(filters, limit=limit + 1, after=cast("Place | None", place))
    page, more = found[:limit], len(found) > limit
    following = cursors.write(page[-1].place) if more else None
    cursors.link(response, following)
    page.sort(key=lambda story: -len(story.copies))
    return StoriesReply(stories=[StoryReply.of(story) for story in page], more=more, next=following)
