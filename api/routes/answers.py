"""Questions in, answers out: whole as JSON, or as events while they come about."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Request, Response

from api import openapi
from api.context import Shared
from api.negotiation import choose, require_json
from api.schemas import AnswerRequest
from api.stream import AnswerStream, until_disconnect
from qa.models import Answer

router = APIRouter(prefix="/v1/answers", tags=["answers"])

OFFERED = ("application/json", "text/event-stream")

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
        **openapi.problems(403, 406, 413, 415, 422, 502, 503, 504),
    },
)
async def create_answer(
    request: Request,
    response: Response,
    context: Shared,
    asked: Annotated[AnswerRequest, Body(openapi_examples=EXAMPLES)],
) -> Any:
    """Answer a question from the documents, each sentence with the exact words it rests on.

    Where the documents do not say, the answer's `status` is `not_in_documents` and `coverage`
    tells what was searched. With `Accept: text/event-stream` the events `started`, `retrieved`,
    `statement`, `answer` arrive as they happen; `answer` holds the whole answer and is the last.
    What fails after the first event is told in a last event `error`. Closing the connection stops
    the work.
    """
    wanted = choose(request.headers.get("accept"), OFFERED)
    question = asked.to_question()
    if wanted == "text/event-stream":
        stream = await AnswerStream.begin(request, context.service.stream(question))
        stream.headers["Vary"] = "Accept"
        return stream
    response.headers["Vary"] = "Accept"
    return await until_disconnect(request, context.service.answer(question))


@router.get(
    "/{answer_id}",
    operation_id="getAnswer",
    summary="Read an earlier answer",
    response_description="The answer, as it was recorded.",
    responses=openapi.problems(404, 422),
)
def get_answer(
    context: Shared,
    answer_id: Annotated[
        str, Path(max_length=200, description="The answer's `id`.", examples=["a-0123456789ab"])
    ],
) -> Answer:
    """Return an answer that was given before, with the quotations that it had then."""
    return context.service.recorded(answer_id)
