"""The OpenAI-compatible routes: the same answers for clients that speak that interface."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request

from api import openai_compat, openapi
from api.context import Shared
from api.negotiation import require_json
from api.openai_models import MODELS, ChatRequest, Served, ServedModels
from api.stream import AnswerStream, until_disconnect

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
        **openapi.errors(403, 404, 413, 415, 422, 502, 503, 504),
    },
)
async def create_completion(
    request: Request,
    context: Shared,
    asked: Annotated[ChatRequest, Body(openapi_examples=EXAMPLE)],
) -> Any:
    """Answer the last message of a conversation from the documents.

    Each `[n]` in the message has an annotation `url_citation` whose address leads to the cited
    words; the field `dossier` holds the answer as `POST /v1/answers` gives it. A message of the
    system changes nothing, since answers come from documents.
    """
    question = openai_compat.to_question(asked)
    base = str(request.base_url)
    if asked.stream:
        chunks = openai_compat.Chunks(asked, base)
        events = context.service.stream(question)
        return await AnswerStream.begin(request, events, write=chunks.write)
    answer = await until_disconnect(request, context.service.answer(question))
    return openai_compat.completion(answer, asked.model, base)


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
