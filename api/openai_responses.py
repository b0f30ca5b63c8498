"""Answers in the shape of OpenAI's responses, whole and as a stream of typed events.

As in :mod:`api.openai_compat`, the same events as those of ``POST /v1/answers`` are written in
another form. A response is a recorded answer: ``resp_`` and the answer's identifier are its own.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

from fastapi.sse import format_sse_event

from api.openai_citing import Mark, marks, tokens
from api.openai_compat import MOST_TURNS
from api.openai_models import MODELS
from api.openai_stream import Writer
from qa.audit.manifest import Manifest
from qa.models import Answer, Started, Usage
from qa.question import Turn

PREFIX = "resp_"
"""What stands before the identifier of an answer in that of a response."""


def answer_id(response_id: str) -> str:
    """Return the identifier of the answer that a response is."""
    return response_id.removeprefix(PREFIX)


def turns(answer: Answer, manifest: Manifest | None) -> tuple[Turn, ...]:
    """Return the conversation up to a recorded answer, its own question included."""
    before = manifest.question.history if manifest else ()
    own = Turn(question=answer.question, standalone=answer.standalone, answer=answer.id)
    return (*before, own)[-MOST_TURNS:]


def recorded(answer: Answer, manifest: Manifest | None, base: str) -> dict[str, Any]:
    """Return a recorded answer as a response.

    Args:
        answer: the answer.
        manifest: what it was made from, as far as that was recorded.
        base: address of this server, for links to the cited words.
    """
    model = next(name for name, answerer in MODELS.items() if answerer == answer.answerer)
    before = manifest.question.history if manifest else ()
    previous = f"{PREFIX}{before[-1].answer}" if before and before[-1].answer else None
    return whole(answer, model, previous, base)


def whole(answer: Answer, model: str, previous: str | None, base: str) -> dict[str, Any]:
    """Return an answer as a whole response.

    Args:
        answer: the answer.
        model: the name that was asked for.
        previous: the response before it in its conversation.
        base: address of this server, for links to the cited words.
    """
    cited = [mark for s in answer.statements for mark in marks(s, answer.citations, base)]
    envelope = Envelope(answer.id, answer.created_at.timestamp(), model, previous)
    return envelope.ended(answer, cited)


class Envelope:
    """What all forms of one response have in common."""

    def __init__(self, name: str, created: float, model: str, previous: str | None) -> None:
        self.name = name
        self._created = created
        self._model = model
        self._previous = previous

    @property
    def item_id(self) -> str:
        """Identifier of its only message."""
        return f"msg_{self.name}"

    def begun(self) -> dict[str, Any]:
        """Return the response while it is being made."""
        return self._response("in_progress")

    def ended(self, answer: Answer, cited: Sequence[Mark]) -> dict[str, Any]:
        """Return the response when its answer is there."""
        cut = answer.status == "incomplete"
        status = "incomplete" if cut else "completed"
        return self._response(
            status,
            # The interface has no word for what Dossier tells in `reason`; this one comes nearest.
            incomplete_details={"reason": "max_output_tokens"} if cut else None,
            output=[self.item(status, [part(answer.text, cited)])],
            usage=_usage(answer.usage),
            dossier=answer.model_dump(mode="json"),
        )

    def failed(self, code: str, message: str) -> dict[str, Any]:
        """Return the response when there is no answer."""
        # The interface has a closed list of codes; ours stands where it keeps the original.
        error = {"code": "server_error", "message": message, "param": None, "type": code}
        return self._response("failed", error=error)

    def item(self, status: str, content: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the message."""
        return {
            "id": self.item_id,
            "type": "message",
            "status": status,
            "role": "assistant",
            "content": content,
        }

    def _response(self, status: str, **more: Any) -> dict[str, Any]:
        return {
            "id": PREFIX + self.name,
            "object": "response",
            "created_at": self._created,
            "status": status,
            "error": None,
            "incomplete_details": None,
            "instructions": None,
            "max_output_tokens": None,
            "metadata": {},
            "model": self._model,
            "output": [],
            "parallel_tool_calls": False,
            "previous_response_id": self._previous,
            "store": True,
            "temperature": None,
            "text": {"format": {"type": "text"}},
            "tool_choice": "none",
            "tools": [],
            "top_p": None,
            "truncation": "disabled",
            "usage": None,
        } | more


def part(text: str, cited: Sequence[Mark]) -> dict[str, Any]:
    """Return the words of a message with the marks on them."""
    annotations = [mark.as_responses() for mark in cited]
    return {"type": "output_text", "text": text, "annotations": annotations, "logprobs": []}


def _usage(used: Usage | None) -> dict[str, Any]:
    sent, received = tokens(used)
    return {
        "input_tokens": sent,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": received,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": sent + received,
    }


class ResponseEvents(Writer):
    """Writes the events of one answer as those of a response.

    Args:
        model: the name that was asked for.
        previous: the response before it in its conversation.
        base: address of this server, for links to the cited words.
    """

    def __init__(self, model: str, previous: str | None, base: str) -> None:
        super().__init__(base)
        self._envelope = Envelope("", time.time(), model, previous)
        self._number = -1

    def started(self, event: Started) -> list[bytes]:
        """Return the events that begin a response."""
        self._envelope.name = event.id
        begun = {"response": self._envelope.begun()}
        return [self._event("response.created", begun), self._event("response.in_progress", begun)]

    def added(self, text: str, new: Sequence[Mark]) -> list[bytes]:
        """Return a checked sentence, before the first one what opens the message for it."""
        data = [] if self.sent else self._open()
        place = self._in_part()
        data.append(
            self._event("response.output_text.delta", place | {"delta": text, "logprobs": []})
        )
        for number, mark in enumerate(new, len(self.marked)):
            annotation = {"annotation_index": number, "annotation": mark.as_responses()}
            data.append(self._event("response.output_text.annotation.added", place | annotation))
        return data

    def completed(self, answer: Answer) -> list[bytes]:
        """Return the events that close the message and the response."""
        response = self._envelope.ended(answer, self.marked)
        (item,) = response["output"]
        place = self._in_part()
        done = {"text": answer.text, "logprobs": []}
        return [
            self._event("response.output_text.done", place | done),
            self._event("response.content_part.done", place | {"part": item["content"][0]}),
            self._event("response.output_item.done", {"output_index": 0, "item": item}),
            self._event(f"response.{response['status']}", {"response": response}),
        ]

    def failed(self, code: str, message: str) -> list[bytes]:
        """Return the event that says why there is no answer."""
        response = self._envelope.failed(code, message)
        return [self._event("response.failed", {"response": response})]

    def _open(self) -> list[bytes]:
        item = self._envelope.item("in_progress", [])
        opening = {"output_index": 0, "item": item}
        return [
            self._event("response.output_item.added", opening),
            self._event("response.content_part.added", self._in_part() | {"part": part("", [])}),
        ]

    def _in_part(self) -> dict[str, Any]:
        return {"item_id": self._envelope.item_id, "output_index": 0, "content_index": 0}

    def _event(self, kind: str, content: dict[str, Any]) -> bytes:
        self._number += 1
        data = {"type": kind, "sequence_number": self._number} | content
        return format_sse_event(data_str=json.dumps(data, ensure_ascii=False), event=kind)
