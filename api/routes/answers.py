"""Questions in, answers out: whole as JSON, or as events while they come about."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Header, Path, Request, Response

from api import openapi
from api.access.library import Permitted
from api.negotiation import choose, require_json
from api.retelling import events_of, told_again
from api.schemas import AnswerRequest
from api.stream import AnswerStream, until_disconnect
from qa.models import Answer

router = APIRouter(prefix="/v1/answers", tags=["answers"])

OFFERED = ("application/json", "text/event-stream")

AnswerId = Annotated[
    str, Path(max_length=200, description="The answer's `id`.", examples=["a-0123456789ab"])
]

EXAMPLES: dict[str, Any] = {
    "question": {
        "summary": "A question",
        "value": {"question": "When was the harbour bridge opened?"},
    },
    "filtered": {
        "summary": "A question to some of the documents",
        "value": {
            "question": "How much did the harbour bridge cost?",
            "filters": {"since": "2024-01-01", "until": "2024-12-31"},
            "answerer": "embedded",
        },
    },
    "follow-up": {
        "summary": "A question that needs the one before",
        "value": {
            "question": "And how long is it?",
            "history": [
                {
                    "question": "When was the harbour bridge opened?",
                    "standalone": "When was the harbour bridge opened?",
                }
            ],
        },
    },
}


@router.post(
    "",
    dependencies=[Depends(require_json)],
    operation_id="createAnswer",
    summary="Ask a question",
    response_model=Answer,
    response_description="The answer; with `Accept: text/event-stream` its events as they happen.",
    responses={
        200: {"content": {"text/event-stream": openapi.event_stream()}},
        **openapi.problems(403, 406, 413, 415, 422, 502, 504, 507),
    },
)
async def create_answer(
    request: Request,
    response: Response,
    library: Permitted,
    asked: Annotated[AnswerRequest, Body(openapi_examples=EXAMPLES)],
) -> Any:
    """Answer a question from the documents, each sentence with the exact words it rests on.

    Where the documents do not say, the answer's `status` is `not_in_documents` and `coverage`
    tells what was searched. With `Accept: text/event-stream` the events `started`, `retrieved`,
    `statement`, `answer` arrive as they happen; `answer` holds the whole answer and is the last.
    What fails after the first event is told in a last event `error`. Closing the connection stops
    the work, unless the question says `resumable`: the rest of the events can then be read at
    `/v1/answers/{id}/events` for a while.
    """
    wanted = choose(request.headers.get("accept"), OFFERED)
    question = asked.to_question()
    if wanted == "text/event-stream":
        events = library.stream(question)
        if asked.resumable:
            request_id = str(request.state.request_id)
            kept = library.context.resumable.begin(library.principal.id, events, request_id)
            events = kept.follow()
        stream = await AnswerStream.begin(request, events)
        stream.headers["Vary"] = "Accept"
        return stream
    response.headers["Vary"] = "Accept"
    return await until_disconnect(request, library.answer(question))


@router.get(
    "/{answer_id}",
    operation_id="getAnswer",
    summary="Read an earlier answer",
    response_description="The answer, as it was recorded.",
    responses=openapi.problems(404, 422),
)
def get_answer(
    library: Permitted,
    answer_id: AnswerId,
) -> Answer:
    """Return an answer that was given before, with the quotations that it had then."""
    return library.recorded(answer_id)


@router.get(
    "/{answer_id}/events",
    operation_id="getAnswerEvents",
    summary="Read the events of an answer",
    response_class=Response,
    response_description="The events that you do not have; those to come follow as they happen.",
    responses={
        200: {"content": {"text/event-stream": openapi.event_stream()}},
        204: {"description": "There are no further events: you have them all."},
        **openapi.problems(404, 406, 422),
    },
)
async def get_answer_events(
    request: Request,
    library: Permitted,
    answer_id: AnswerId,
    last_event_id: Annotated[
        int | None,
        Header(ge=0, lt=2**31, description="The `id` of the last event that you have."),
    ] = None,
) -> Response:
    """Read the events of an answer again, or the rest of them after the connection was lost.

    While a question asked with `resumable` is being answered, and for a while after, these are the
    events that were sent and those to come. Of any other answer they are put together from the
    record.
    """
    choose(request.headers.get("accept"), OFFERED[1:])
    after = last_event_id or 0
    kept = library.context.resumable.find(answer_id, library.principal.id)
    if kept is not None and await library.may_see(kept.events):
        if kept.over and after >= len(kept.events):
            return Response(status_code=204)
        after = after if after <= len(kept.events) else 0  # none of ours: all of them
        return AnswerStream.going_on(request, kept.follow(after), after)
    answer = await asyncio.to_thread(library.recorded, answer_id)
    events = events_of(answer, await asyncio.to_thread(library.manifest, answer_id))
    if after >= len(events):
        return Response(status_code=204)
    return AnswerStream.going_on(request, told_again(events[after:]), after)
