"""Recorded answers: listed, explained, answered again, and held to their sources."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response

from api import openapi
from api.access.library import Permitted
from api.cursors import After, Cursors
from api.errors import InvalidCursor
from api.negotiation import require_json
from api.recorded import AffectedReply, AnswersReply, AnswerSummary, ReplayRequest
from api.stream import until_disconnect
from index.errors import NotFound
from index.record.answers import Moment
from qa.audit.affected import AffectedAnswer
from qa.audit.manifest import Manifest
from qa.audit.replay import Replay
from qa.models import Answer
from qa.question import Day

router = APIRouter(prefix="/v1/answers", tags=["answers"])

AnswerId = Annotated[
    str, Path(max_length=200, description="The answer's `id`.", examples=["a-0123456789ab"])
]

REPLAYS: dict[str, Any] = {
    "anew": {"summary": "Ask the question again", "value": {}},
    "recorded": {"summary": "From what was recorded", "value": {"recorded": True}},
}


@router.get(
    "",
    operation_id="listAnswers",
    summary="List recorded answers",
    response_description="The latest answers, newest first.",
    responses=openapi.problems(422),
)
def list_answers(
    request: Request,
    response: Response,
    library: Permitted,
    limit: Annotated[int, Query(ge=1, le=200, description="Most answers to list.")] = 20,
    after: After = None,
) -> AnswersReply:
    """Return the latest recorded answers by their questions, without what they say."""
    cursors = Cursors(request)
    found = library.answers(limit=limit + 1, before=_moment(cursors, after))
    page, more = found[:limit], len(found) > limit
    following = _cursor(cursors, page[-1]) if more else None
    cursors.link(response, following)
    listed = [AnswerSummary.of(answer) for answer in page]
    return AnswersReply(answers=listed, more=more, next=following)


@router.get(
    "/affected",
    operation_id="listAffectedAnswers",
    summary="List answers whose sources changed",
    response_description="Answers that cite versions which are not current, oldest first.",
    responses=openapi.problems(422),
)
def list_affected(
    *,
    request: Request,
    response: Response,
    library: Permitted,
    document: Annotated[
        list[str] | None,
        Query(max_length=50, description="Only citations of this document; repeatable."),
    ] = None,
    since: Annotated[
        Day | None, Query(description="Only answers recorded on this day (UTC) or later.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="Most answers to list.")] = 50,
    after: After = None,
) -> AffectedReply:
    """Return recorded answers that cite a document which has another version now or was removed.

    For each such citation it is told whether the words stand as they did, moved, changed or are
    gone, with the sentence that is most like them now. `affected` is true where words changed or
    are gone.
    """
    cursors = Cursors(request)
    behind = _moment(cursors, after)
    affected = library.affected(documents=document or (), since=since, behind=behind)
    found = list(islice(affected, limit + 1))
    page, more = found[:limit], len(found) > limit
    following = _cursor(cursors, page[-1]) if more else None
    cursors.link(response, following)
    return AffectedReply(answers=page, more=more, next=following)


@router.get(
    "/{answer_id}/manifest",
    operation_id="getManifest",
    summary="Read what an answer was made from",
    response_description="The manifest, as it was recorded.",
    responses=openapi.problems(404, 422),
)
def get_manifest(library: Permitted, answer_id: AnswerId) -> Manifest:
    """Return the document versions, passages, sentences, settings and calls behind an answer.

    Words of documents are named by their place; keys are not in it.
    """
    found = library.manifest(answer_id)
    if found is None:
        raise NotFound(
            f"answer {answer_id} was recorded without a manifest",
            hint="It is older than manifests; POST to its replay asks the question again.",
        )
    return found


@router.post(
    "/{answer_id}/replay",
    dependencies=[Depends(require_json)],
    operation_id="replayAnswer",
    summary="Answer a recorded question again",
    response_description="What is different now, and the answer now, which is not recorded.",
    responses=openapi.problems(403, 404, 413, 415, 422, 502, 503, 504),
)
async def replay_answer(
    request: Request,
    library: Permitted,
    answer_id: AnswerId,
    wanted: Annotated[ReplayRequest, Body(openapi_examples=REPLAYS)],
) -> Replay:
    """Ask a recorded question again, as it was understood then, and tell every difference.

    With `recorded` the answer is put together from the sentences, and the model's replies, that
    were recorded with it: nothing is searched and no model is called. `changes` names what the
    answer depends on and is not as it was: documents, settings, embedder, model.
    """
    replayed = library.replay(answer_id, recorded=wanted.recorded)
    return await until_disconnect(request, replayed)


def _cursor(cursors: Cursors, answer: Answer | AffectedAnswer) -> str:
    return cursors.write([answer.created_at.isoformat(), answer.id])


def _moment(cursors: Cursors, after: str | None) -> Moment | None:
    position = cursors.read(after, str, str)
    if position is None:
        return None
    when, name = map(str, position)
    try:
        return datetime.fromisoformat(when), name
    except ValueError as error:
        raise InvalidCursor("`after` is no place in this list") from error
