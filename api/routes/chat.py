"""The OpenAI-compatible routes: the same answers for clients that speak that interface."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Request

from api import openai_compat, openai_responses, openapi
from api.access.library import Permitted
from api.negotiation import require_json
from api.openai_models import MODELS, ChatRequest, ResponseRequest, Served, ServedModels
from api.stream import AnswerStream, until_disconnect
from qa.question import Turn

router = APIRouter(prefix="/v1", tags=["chat"])

EXAMPLE: dict[str, Any] = {
    "question": {
        "summary": "A question",
        "value": {
            "model": "dossier",
            "messages": [{"role": "user", "content": "When was the harbour bridge opened?"}],
        },
    }
}

RESPONSE_EXAMPLE: dict[str, Any] = {
    "question": {
        "summary": "A question",
        "value": {"model": "dossier", "input": "When was the harbour bridge opened?"},
    }
}


@router.post(
    "/chat/completions",
    dependencies=[Depends(require_json)],
    operation_id="createChatCompletion",
    summary="Ask a question as a chat completion",
    response_description="A chat completion, or its chunks with `stream`.",
    response_model=None,
    responses={
        200: {
            "content": {
                "application/json": {"schema": {"type": "object"}},
                "text/event-stream": {"schema": {"type": "string"}},
            }
        },
        **openapi.errors(403, 404, 413, 415, 422, 502, 504, 507),
    },
)
async def create_completion(
    request: Request,
    library: Permitted,
    asked: Annotated[ChatRequest, Body(openapi_examples=EXAMPLE)],
) -> Any:
    """Answer the last message of a conversation from the documents.

    Each `[n]` in the message has an annotation `url_citation`: its `url` is where the document was
    published, if that is on the web, and its `passage_url` leads to the cited words. The field
    `dossier` holds the answer as `POST /v1/answers` gives it. A message of the system changes
    nothing, since answers come from documents.
    """
    question = openai_compat.to_question(asked, asked.messages)
    base = str(request.base_url)
    if asked.stream:
        chunks = openai_compat.Chunks(asked, base)
        events = library.stream(question)
        return await AnswerStream.begin(request, events, write=chunks.write)
    answer = await until_disconnect(request, library.answer(question))
    return openai_compat.completion(answer, asked.model, base)


@router.post(
    "/responses",
    dependencies=[Depends(require_json)],
    operation_id="createResponse",
    summary="Ask a question as a response",
    response_description="A response, or its events with `stream`.",
    response_model=None,
    responses={
        200: {
            "content": {
                "application/json": {"schema": {"type": "object"}},
                "text/event-stream": {"schema": {"type": "string"}},
            }
        },
        **openapi.errors(403, 404, 413, 415, 422, 502, 504, 507),
    },
)
async def create_response(
    request: Request,
    library: Permitted,
    asked: Annotated[ResponseRequest, Body(openapi_examples=RESPONSE_EXAMPLE)],
) -> Any:
    """Answer the last message of the input from the documents.

    It is the same answer, with the same annotations, as that of a chat completion. With
    `previous_response_id` the input goes on from a response that you were given. `instructions`
    change nothing, and every answer is recorded, whatever `store` says.
    """
    before: tuple[Turn, ...] = ()
    if asked.previous_response_id:
        earlier = openai_responses.answer_id(asked.previous_response_id)
        answer = await asyncio.to_thread(library.recorded, earlier)
        before = openai_responses.turns(answer, await asyncio.to_thread(library.manifest, earlier))
    question = openai_compat.to_question(asked, asked.messages(), before)
    base, previous = str(request.base_url), asked.previous_response_id
    if asked.stream:
        events = openai_responses.ResponseEvents(asked.model, previous, base)
        return await AnswerStream.begin(request, library.stream(question), write=events.write)
    answer = await until_disconnect(request, library.answer(question))
    return openai_responses.whole(answer, asked.model, previous, base)


@router.get(
    "/responses/{response_id}",
    operation_id="getResponse",
    summary="Read an earlier response",
    response_description="The response, as its answer was recorded.",
    response_model=None,
    responses={
        200: {"content": {"application/json": {"schema": {"type": "object"}}}},
        **openapi.errors(404, 422),
    },
)
def get_response(
    request: Request,
    library: Permitted,
    response_id: Annotated[
        str,
        Path(max_length=200, description="The response's `id`.", examples=["resp_a-0123456789ab"]),
    ],
) -> dict[str, Any]:
    """Return an answer that was given before, by whatever route, as a response."""
    name = openai_responses.answer_id(response_id)
    answer, manifest = library.recorded(name), library.manifest(name)
    return openai_responses.recorded(answer, manifest, str(request.base_url))


@router.get(
    "/models",
    operation_id="listModels",
    summary="List the models that can be asked",
    response_description="The names that a chat completion takes.",
    responses=openapi.errors(),
)
def list_models() -> ServedModels:
    """Return the names that stand for the answerers."""
    return ServedModels(data=[Served(id=name) for name in MODELS])
