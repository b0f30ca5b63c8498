"""An answer as server-sent events, and work that ends when its client goes away.

One task drives the events from the first to the last, because an asynchronous generator with
time limits or task groups inside may not be resumed from different tasks. The first event is
waited for before a response is begun, so that a question that is refused still gets a proper
status; what fails later is told in a last ``error`` event.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

import anyio
from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

from api import draining, problems
from index.errors import DossierError
from qa.models import AnswerEvent, Failed

Result = TypeVar("Result")

Write = Callable[[AnswerEvent, AsyncIterator[AnswerEvent | None]], AsyncIterator[bytes]]
"""Puts a first event and those that follow into the bytes of a stream; ``None`` is silence."""

HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
"""Keeps caches and buffering proxies from holding events back."""

HEARTBEAT = 15.0
"""Seconds of silence after which a comment is sent, so that proxies keep the connection."""

_FIRST = asyncio.FIRST_COMPLETED

logger = logging.getLogger("dossier.http")


class AnswerStream(EventSourceResponse):
    """The events of one answer as a response; made by :meth:`begin`."""

    def __init__(self, pump: _Pump, body: AsyncIterator[bytes]) -> None:
        super().__init__(body, headers=HEADERS)
        self._pump = pump

    @classmethod
    async def begin(
        cls,
        request: Request,
        events: AsyncIterator[AnswerEvent],
        heartbeat: float = HEARTBEAT,
        write: Write | None = None,
    ) -> AnswerStream:
        """Start the work, wait for its first event and return the response that sends them all.

        Args:
            request: whose client is answered.
            events: the work.
            heartbeat: seconds of silence after which there is a sign of life.
            write: puts the events into another form than that of ``POST /v1/answers``.

        Raises:
            DossierError: if the question is refused before there is any event.
            ClientDisconnect: if the client goes away before.
        """
        pump = _Pump(events, request)
        try:
            first = await until_disconnect(request, pump.first())
        except BaseException:
            await pump.stop()
            raise
        return cls(pump, (write or _write)(first, _following(pump, heartbeat)))

    @classmethod
    def going_on(
        cls,
        request: Request,
        events: AsyncIterator[AnswerEvent],
        after: int,
        heartbeat: float = HEARTBEAT,
    ) -> AnswerStream:
        """Return a response that sends events as they come, the first of them not being awaited.

        Args:
            request: whose client is answered.
            events: the events after those that the client has.
            after: how many it has.
            heartbeat: seconds of silence after which there is a sign of life.
        """
        pump = _Pump(events, request)
        return cls(pump, _numbered(_following(pump, heartbeat), after))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events; whatever ends the sending ends the work."""
        try:
            with suppress(ClientDisconnect):
                await super().__call__(scope, receive, send)
        finally:
            await self._pump.stop()


class _Pump:
    """One task that drives the events into a queue of one, so that a slow client slows the work."""

    def __init__(self, events: AsyncIterator[AnswerEvent], request: Request) -> None:
        self._events = events
        self.request_id = str(request.state.request_id)
        self.draining = draining.draining_of(request)
        self._queue: asyncio.Queue[AnswerEvent | Exception | None] = asyncio.Queue(1)
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        try:
            async for event in self._events:
                await self._queue.put(event)
            await self._queue.put(None)
        except Exception as error:  # handed to the reader, who knows whether a response has begun
            await self._queue.put(error)

    async def next(self) -> AnswerEvent | None:
        """Return the next event, ``None`` after the last.

        Raises:
            Exception: what the work raised.
        """
        item = await self._queue.get()
        if isinstance(item, Exception):
            raise item
        return item

    async def first(self) -> AnswerEvent:
        """Return the first event.

        Raises:
            Exception: what the work raised, or ``RuntimeError`` if it did nothing.
        """
        event = await self.next()
        if event is None:
            raise RuntimeError("an answer without any event")
        return event

    async def later(self) -> AnswerEvent | None:
        """Return the next event, ``None`` after the last; what the work raised becomes an event."""
        try:
            return await self.next()
        except Exception as error:
            return failure(error, self.request_id)

    async def stop(self) -> None:
        """End the work, also while the caller itself is being cancelled."""
        self._task.cancel()
        with anyio.CancelScope(shield=True):
            await asyncio.wait([self._task])
            close = getattr(self._events, "aclose", None)
            if close is not None:
                await close()


async def _following(pump: _Pump, heartbeat: float) -> AsyncIterator[AnswerEvent | None]:
    """Yield the events after the first; ``None`` for a while without any."""
    event: AnswerEvent | None = None
    ending = asyncio.ensure_future(pump.draining.wait())
    try:
        while not isinstance(event, Failed):
            event = None
            coming = asyncio.ensure_future(pump.later())
            either = (coming, ending)
            try:
                while not (await asyncio.wait(either, timeout=heartbeat, return_when=_FIRST))[0]:
                    yield None
                if coming.done():
                    event = coming.result()
                else:
                    event = failure(draining.failure(), pump.request_id)
            finally:
                coming.cancel()
            if event is None:
                return
            yield event
    finally:
        ending.cancel()


def failure(error: Exception, request_id: str) -> Failed:
    """Return what went wrong within a stream as its last event; what was not foreseen is logged."""
    if isinstance(error, DossierError):
        return Failed(code=error.code, message=str(error), hint=error.hint)
    logger.error("request %s failed within a stream", request_id, exc_info=error)
    detail = f"the server failed in a way that it did not foresee ({request_id})"
    hint = "Try again; if it stays, report the request id with the server's log."
    return Failed(code="internal_error", message=detail, hint=hint)


async def _write(
    first: AnswerEvent, following: AsyncIterator[AnswerEvent | None]
) -> AsyncIterator[bytes]:
    """Yield the events as they go over the wire, numbered from 1, with comments in silence."""
    yield _event(first, 1)
    async for data in _numbered(following, 1):
        yield data


async def _numbered(
    following: AsyncIterator[AnswerEvent | None], number: int
) -> AsyncIterator[bytes]:
    """Yield the events after number ``number`` as they go over the wire."""
    async for event in following:
        if event is None:
            yield KEEPALIVE_COMMENT
        else:
            number += 1
            yield _event(event, number)


def _event(event: AnswerEvent, number: int) -> bytes:
    if isinstance(event, Failed):
        event = event.model_copy(update={"hint": problems.over_http(event.hint)})
    return format_sse_event(data_str=event.model_dump_json(), event=event.type, id=str(number))


async def until_disconnect(request: Request, work: Awaitable[Result]) -> Result:
    """Return what ``work`` gives, and stop it when the client of ``request`` goes away.

    The request's body has to be read already: from then on the server only tells of its end.

    Raises:
        ClientDisconnect: if the client went away first.
        ShuttingDown: if the server has to end first.
    """
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_disconnect(request))
    ending = asyncio.ensure_future(draining.draining_of(request).wait())
    tasks = (working, leaving, ending)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientDisconnect if leaving.done() else draining.failure()
    finally:
        for task in tasks:
            task.cancel()
        with anyio.CancelScope(shield=True):
            await asyncio.wait(tasks)


async def _disconnect(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
