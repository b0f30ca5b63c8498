"""What the streams of the OpenAI-compatible routes have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence

from fastapi.sse import format_sse_event

from api import problems
from api.openai_citing import Mark, marks
from qa.models import (
    Answer,
    AnswerEvent,
    Citation,
    Completed,
    Failed,
    Started,
    StatementAdded,
)


class Writer(ABC):
    """Puts the events of one answer into the form of a route.

    Args:
        base: address of this server, for links to the cited words.
    """

    def __init__(self, base: str) -> None:
        self._base = base
        self._citations: list[Citation] = []
        self.sent = ""
        """The words of the message so far."""
        self.marked: list[Mark] = []
        """The marks on them."""

    async def write(
        self, first: AnswerEvent, following: AsyncIterator[AnswerEvent | None]
    ) -> AsyncIterator[bytes]:
        """Yield the stream; ``None`` among the events is silence, kept alive by a comment."""
        for data in self._of(first):
            yield data
        async for event in following:
            if event is None:
                yield format_sse_event(comment="")
                continue
            for data in self._of(event):
                yield data
        for data in self.last():
            yield data

    def _of(self, event: AnswerEvent) -> list[bytes]:
        if isinstance(event, Started):
            return self.started(event)
        if isinstance(event, StatementAdded):
            self._citations += event.citations
            return self._more(event.text, marks(event.statement, self._citations, self._base))
        if isinstance(event, Completed):
            rest = event.answer.text.removeprefix(self.sent)  # words that no statement brought
            return [*(self._more(rest) if rest else []), *self.completed(event.answer)]
        if isinstance(event, Failed):
            hint = problems.over_http(event.hint)
            return self.failed(event.code, f"{event.message}. {hint}")
        return []

    def _more(self, text: str, new: Sequence[Mark] = ()) -> list[bytes]:
        data = self.added(text, new)
        self.sent += text
        self.marked += new
        return data

    @abstractmethod
    def started(self, event: Started) -> list[bytes]:
        """Return what begins the stream."""

    @abstractmethod
    def added(self, text: str, new: Sequence[Mark]) -> list[bytes]:
        """Return what adds words to the message, which were checked, with the marks on them."""

    @abstractmethod
    def completed(self, answer: Answer) -> list[bytes]:
        """Return what ends the message."""

    @abstractmethod
    def failed(self, code: str, message: str) -> list[bytes]:
        """Return what tells that there will be no answer."""

    def last(self) -> list[bytes]:
        """Return what comes at the very end."""
        return []
