"""Answers in the shape of OpenAI's chat completions, whole and as a stream of chunks.

Nothing is decided here: the same events as those of ``POST /v1/answers`` are written in another
form, so that both routes give the same sentences and the same citations.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from typing import Any

from fastapi.sse import format_sse_event

from api import problems
from api.errors import UnknownModel, UnusableConversation
from api.openai_citing import Mark, marks, tokens
from api.openai_models import MODELS, Asked, ChatRequest, Message
from api.openai_stream import Writer
from qa.conversation import standalone
from qa.models import Answer, Started, Usage
from qa.question import Question, Turn

MOST_TURNS = 50
"""Earlier questions that are looked at."""


def to_question(
    asked: Asked, messages: Sequence[Message], before: tuple[Turn, ...] = ()
) -> Question:
    """Return the question of a conversation, with what the user asked before as its history.

    Args:
        asked: the request.
        messages: its conversation, oldest message first.
        before: questions before that conversation.

    Raises:
        UnknownModel: if the model's name is none of those served.
        UnusableConversation: if the last message is not a question of the user.
    """
    if asked.model not in MODELS:
        raise UnknownModel(f"there is no model {problems.clip(asked.model)!r}")
    if not messages or messages[-1].role != "user":
        raise UnusableConversation("the last message is not the user's")
    *earlier, text = [m.words() for m in messages if m.role == "user"]
    return Question(
        text=text,
        filters=asked.restrictions,
        answerer=asked.answerer or MODELS[asked.model],
        history=_turns((*before, *asked.history), earlier[-MOST_TURNS:])[-MOST_TURNS:],
    )


def _turns(turns: tuple[Turn, ...], questions: Iterable[str]) -> tuple[Turn, ...]:
    """Return earlier questions behind known turns, each understood with those before it."""
    for text in questions:
        if text.strip():
            meant = standalone(Question(text=text, history=turns))
            turns = (*turns, Turn(question=text, standalone=meant))
    return turns


def completion(answer: Answer, model: str, base: str) -> dict[str, Any]:
    """Return an answer as a whole chat completion.

    Args:
        answer: the answer.
        model: the name that was asked for.
        base: address of this server, for links to the cited words.
    """
    cited = [m.as_chat() for s in answer.statements for m in marks(s, answer.citations, base)]
    return {
        "id": f"chatcmpl-{answer.id}",
        "object": "chat.completion",
        "created": int(answer.created_at.timestamp()),
        "model": model,
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": answer.text,
                    "refusal": None,
                    "annotations": cited,
                },
                "logprobs": None,
                "finish_reason": _finish(answer),
            }
        ],
        "usage": _usage(answer.usage),
        "dossier": answer.model_dump(mode="json"),
    }


def _finish(answer: Answer) -> str:
    """Return why the message ends; ``length`` is the interface's word for one cut short."""
    return "length" if answer.status == "incomplete" else "stop"


def _usage(used: Usage | None) -> dict[str, int]:
    sent, received = tokens(used)
    return {"prompt_tokens": sent, "completion_tokens": received, "total_tokens": sent + received}


class Chunks(Writer):
    """Writes the events of one answer as chunks of a chat completion."""

    def __init__(self, asked: ChatRequest, base: str) -> None:
        super().__init__(base)
        self._model = asked.model
        self._with_usage = bool(asked.stream_options and asked.stream_options.include_usage)
        self._id = ""
        self._created = int(time.time())

    def started(self, event: Started) -> list[bytes]:
        """Return the chunk that says who speaks."""
        self._id = event.id
        return [self._chunk({"role": "assistant", "content": ""})]

    def added(self, text: str, new: Sequence[Mark]) -> list[bytes]:
        """Return a chunk with a checked sentence."""
        cited = {"annotations": [mark.as_chat() for mark in new]} if new else {}
        return [self._chunk({"content": text, **cited})]

    def completed(self, answer: Answer) -> list[bytes]:
        """Return the chunk that ends the message, and the tokens if they are wanted."""
        own = {"dossier": answer.model_dump(mode="json")}
        chunks = [self._chunk({}, finish=_finish(answer), more=own)]
        if self._with_usage:
            usage = {"choices": [], "usage": _usage(answer.usage)}
            chunks.append(self._chunk({}, more=usage))
        return chunks

    def failed(self, code: str, message: str) -> list[bytes]:
        """Return an error, which the interface's clients raise."""
        return [_data(problems.openai_error(code, message))]

    def last(self) -> list[bytes]:
        """Return the interface's sign that the stream is whole."""
        return [format_sse_event(data_str="[DONE]")]

    def _chunk(
        self, delta: dict[str, Any], finish: str | None = None, more: dict[str, Any] | None = None
    ) -> bytes:
        chunk = {
            "id": f"chatcmpl-{self._id}",
            "object": "chat.completion.chunk",
            "created": self._created,
            "model": self._model,
            "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}],
        }
        return _data(chunk | (more or {}))


def _data(content: dict[str, Any]) -> bytes:
    return format_sse_event(data_str=json.dumps(content, ensure_ascii=False))
