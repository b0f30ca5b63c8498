"""Answers in the shape of OpenAI's chat completions, whole and as a stream of chunks.

Nothing is decided here: the same events as those of ``POST /v1/answers`` are written in another
form, so that both routes give the same sentences and the same citations.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any
from urllib.parse import quote

from fastapi.sse import format_sse_event

from api import problems
from api.errors import UnknownModel, UnusableConversation
from api.openai_models import MODELS, Annotation, ChatRequest, UrlCitation
from qa.conversation import standalone
from qa.models import (
    Answer,
    AnswerEvent,
    Citation,
    Completed,
    Failed,
    Started,
    Statement,
    StatementAdded,
    Usage,
)
from qa.question import Question, Turn

MOST_TURNS = 50
"""Earlier questions that are looked at."""


def to_question(asked: ChatRequest) -> Question:
    """Return the question of a conversation, with what the user asked before as its history.

    Raises:
        UnknownModel: if the model's name is none of those served.
        UnusableConversation: if the last message is not a question of the user.
    """
    if asked.model not in MODELS:
        raise UnknownModel(f"there is no model {problems.clip(asked.model)!r}")
    if asked.messages[-1].role != "user":
        raise UnusableConversation("the last message is not the user's")
    *earlier, text = [m.words() for m in asked.messages if m.role == "user"]
    return Question(
        text=text,
        filters=asked.filters,
        answerer=MODELS[asked.model],
        history=_turns(earlier[-MOST_TURNS:]),
    )


def _turns(questions: Iterable[str]) -> tuple[Turn, ...]:
    """Return earlier questions, each understood with those before it."""
    turns: tuple[Turn, ...] = ()
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
    cited = [m for s in answer.statements for m in marks(s, answer.citations, base)]
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


def marks(statement: Statement, citations: Sequence[Citation], base: str) -> list[dict[str, Any]]:
    """Return the marks of a statement's citations.

    Args:
        statement: the statement; its markers stand behind it, after one space.
        citations: the answer's citations so far, in order of number.
        base: address of this server, for links to the cited words.
    """
    found = []
    at = statement.end + 1
    for number in statement.citations:
        cited = citations[number - 1]
        url_citation = UrlCitation(
            start_index=at,
            end_index=at + len(f"[{number}]"),
            title=_title(cited),
            url=link(cited, base),
        )
        at = url_citation.end_index
        annotation = Annotation(url_citation=url_citation, dossier=cited.model_dump(mode="json"))
        found.append(annotation.model_dump())
    return found


def link(cited: Citation, base: str) -> str:
    """Return the address of the cited words: the version's text, and the code points in it."""
    path = f"v1/documents/{quote(cited.document_id, safe='')}/text?version={cited.version}"
    return f"{base.rstrip('/')}/{path}#char={cited.start},{cited.end}"


def _title(cited: Citation) -> str:
    day = cited.published_at.isoformat() if cited.published_at else None
    return ", ".join(filter(None, (cited.outlet, cited.title, day))) or cited.document_id


def _finish(answer: Answer) -> str:
    """Return why the message ends; ``length`` is the interface's word for one cut short."""
    return "length" if answer.status == "incomplete" else "stop"


def _usage(used: Usage | None) -> dict[str, int]:
    sent, received = (used.prompt_tokens, used.completion_tokens) if used else (0, 0)
    return {"prompt_tokens": sent, "completion_tokens": received, "total_tokens": sent + received}


class Chunks:
    """Writes the events of one answer as chunks of a chat completion."""

    def __init__(self, asked: ChatRequest, base: str) -> None:
        self._model = asked.model
        self._with_usage = bool(asked.stream_options and asked.stream_options.include_usage)
        self._base = base
        self._id = ""
        self._sent = ""
        self._citations: list[Citation] = []
        self._created = int(time.time())

    async def write(
        self, first: AnswerEvent, following: AsyncIterator[AnswerEvent | None]
    ) -> AsyncIterator[bytes]:
        """Yield the chunks; ``None`` among the events is silence, kept alive by a comment."""
        for data in self._of(first):
            yield data
        async for event in following:
            if event is None:
                yield format_sse_event(comment="")
                continue
            for data in self._of(event):
                yield data
        yield format_sse_event(data_str="[DONE]")

    def _of(self, event: AnswerEvent) -> list[bytes]:
        if isinstance(event, Started):
            self._id = event.id
            return [self._chunk({"role": "assistant", "content": ""})]
        if isinstance(event, StatementAdded):
            self._citations += event.citations
            cited = marks(event.statement, self._citations, self._base)
            return [self._more(event.text, cited)]
        if isinstance(event, Completed):
            return self._end(event.answer)
        if isinstance(event, Failed):
            hint = problems.over_http(event.hint)
            error = problems.openai_error(event.code, f"{event.message}. {hint}")
            return [format_sse_event(data_str=json.dumps(error, ensure_ascii=False))]
        return []

    def _more(self, text: str, cited: Sequence[dict[str, Any]] = ()) -> bytes:
        self._sent += text
        return self._chunk({"content": text} | ({"annotations": [*cited]} if cited else {}))

    def _end(self, answer: Answer) -> list[bytes]:
        """Return what is left to send: words that no statement brought, the end, the tokens."""
        rest = answer.text.removeprefix(self._sent)
        chunks = [self._more(rest)] if rest else []
        own = {"dossier": answer.model_dump(mode="json")}
        chunks.append(self._chunk({}, finish=_finish(answer), more=own))
        if self._with_usage:
            usage = {"choices": [], "usage": _usage(answer.usage)}
            chunks.append(self._chunk({}, more=usage))
        return chunks

    def _chunk(
        self, delta: dict[str, Any], finish: str | None = None, more: dict[str, Any] | None = None
    ) -> bytes:
        chunk = {
            "id": f"chatcmpl-{self._id}",
            "object": "chat.completion.chunk",
            "created": self._created,
            "model": self._model,
            "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}],
        } | (more or {})
        return format_sse_event(data_str=json.dumps(chunk, ensure_ascii=False))
