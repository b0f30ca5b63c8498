"""Answers whose clients may come back: their events are kept for a while and can be told again.

Such an answer is made by a task of its own, and each client reads along. Once the last one has
gone, the work goes on for a time of grace and then ends, and its events are forgotten. Those of an
answer that was recorded are put together from the record from then on; see
:mod:`api.retelling`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from api.limits.errors import Overloaded
from api.stream import failure
from qa.models import AnswerEvent, Started

MOST = 100
"""Answers of which events are kept; a whole answer has some ten thousand characters."""

MOST_LEFT = 4
"""Answers of one caller that are being made and that nobody reads."""


class Kept:
    """The events of one answer, told to whoever reads along. Made by :meth:`Resumable.begin`."""

    def __init__(
        self,
        owner: str,
        events: AsyncGenerator[AnswerEvent, None],
        request_id: str,
        left: Callable[[Kept], None],
    ) -> None:
        self.owner = owner
        self.id: str | None = None
        """Identifier of the answer, once it is told."""
        self.readers = 0
        self.timer: asyncio.TimerHandle | None = None
        """Ends the time of grace."""
        self.events: list[AnswerEvent] = []
        self.over = False
        """Whether there will be no further event."""
        self._refusal: Exception | None = None
        self._news = asyncio.Event()
        self._left = left
        self._task = asyncio.create_task(self._run(events, request_id))

    async def _run(self, events: AsyncGenerator[AnswerEvent, None], request_id: str) -> None:
        try:
            async with aclosing(events):
                async for event in events:
                    if isinstance(event, Started):
                        self.id = event.id
                    self._tell(event)
        except Exception as error:
            if self.events:
                self._tell(failure(error, request_id))
            else:
                self._refusal = error
        finally:
            self.over = True
            self._news.set()

    def _tell(self, event: AnswerEvent) -> None:
        self.events.append(event)
        self._news.set()
        self._news = asyncio.Event()

    async def follow(self, after: int = 0) -> AsyncGenerator[AnswerEvent, None]:
        """Yield the events after number ``after``, counted from 1, those to come included.

        Raises:
            Exception: what the work raised before its first event.
        """
        self.readers += 1
        try:
            at = after
            while True:
                news = self._news
                while at < len(self.events):
                    at += 1
                    yield self.events[at - 1]
                if self.over:
                    break
                await news.wait()
            if self._refusal is not None:
                raise self._refusal
        finally:
            self.readers -= 1
            if not self.readers:
                self._left(self)

    def end(self) -> None:
        """End the work, if it is not at its end."""
        self._task.cancel()


class Resumable:
    """The answers whose events are kept. Belongs to one event loop.

    Args:
        grace: seconds for which an answer that nobody reads is made and kept.
        most: answers that are kept.
    """

    def __init__(self, grace: float, most: int = MOST) -> None:
        self.grace = grace
        self.most = most
        self._kept: list[Kept] = []  # those that were read last come last

    def begin(self, owner: str, events: AsyncGenerator[AnswerEvent, None], request_id: str) -> Kept:
        """Start the work and keep its events.

        Args:
            owner: who may read them.
            events: the work.
            request_id: the request it is done for, to be logged if it fails.

        Raises:
            Overloaded: if too many answers are kept that somebody reads or that are being made.
        """
        if len(self._kept) >= self.most:
            idle = next((one for one in self._kept if one.over and not one.readers), None)
            if idle is None:
                raise Overloaded(f"{len(self._kept)} resumable answers are being made")
            self._forget(idle)
        kept = Kept(owner, events, request_id, self._abandon)
        self._kept.append(kept)
        self._await_reader(kept, max(self.grace, 1.0))
        return kept

    def find(self, answer_id: str, owner: str) -> Kept | None:
        """Return the answer if its events are kept and ``owner`` may read them."""
        return next((k for k in self._kept if k.id == answer_id and k.owner == owner), None)

    def _abandon(self, kept: Kept) -> None:
        """Note that nobody reads an answer any more."""
        if kept not in self._kept:
            return
        if kept.id is None or not self.grace:  # nobody knows how to ask for it
            self._forget(kept)
            return
        self._kept.remove(kept)
        self._kept.append(kept)
        self._await_reader(kept, self.grace)
        own = [k for k in self._kept if k.owner == kept.owner and not k.over and not k.readers]
        for one in own[:-MOST_LEFT]:
            self._forget(one)

    def _await_reader(self, kept: Kept, seconds: float) -> None:
        """Forget an answer that nobody reads then."""
        if kept.timer is not None:
            kept.timer.cancel()
        kept.timer = asyncio.get_running_loop().call_later(seconds, self._expire, kept)

    def _expire(self, kept: Kept) -> None:
        if not kept.readers:
            self._forget(kept)

    def _forget(self, kept: Kept) -> None:
        kept.end()
        if kept.timer is not None:
            kept.timer.cancel()
        if kept in self._kept:
            self._kept.remove(kept)
