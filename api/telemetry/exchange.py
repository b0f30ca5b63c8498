"""One request and its response as they are told afterwards, to all who listen."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
"""Methods that are told by their names; clients can make up others without end."""

OTHER = "other"
"""What is told of a method that is none of these, and of an address that leads to no route."""


@dataclass
class Exchange:
    """A request and its response."""

    method: str
    """The method, or ``other``."""
    route: str = OTHER
    """The route's template, such as ``/v1/documents/{document_id}``, or ``other``."""
    status: int = 0
    """Status code; 0 if there was no response."""
    code: str | None = None
    """Code of the problem that the response is, where it is one."""
    seconds: float = 0.0
    """Time from the request's headers to the end of the response."""
    sent: int = 0
    """Bytes of the response's body."""
    whole: bool = False
    """Whether the response was sent to its end."""
    request_id: str | None = None
    """Identifier of the request."""
    caller: str | None = None
    """Identifier of the key, or ``local``; ``None`` if that is not known."""


class Listener(Protocol):
    """Is told of every request."""

    def began(self, scope: Scope) -> object:
        """Take note of a request; what is returned comes back with :meth:`ended`."""
        ...

    def ended(self, begun: object, exchange: Exchange) -> None:
        """Take note of what became of it."""
        ...


class Exchanges:
    """Watches every request as the outermost layer, so that refusals and faults are told as well.

    Args:
        app: what is watched.
        listeners: are told, of the beginning in this order and of the end in reverse.
    """

    def __init__(self, app: ASGIApp, listeners: Sequence[Listener]) -> None:
        self.app = app
        self.listeners = tuple(listeners)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and tell of it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method = scope["method"]
        told = Exchange(method if method in METHODS else OTHER)
        began = time.perf_counter()
        begun = [(listener, listener.began(scope)) for listener in self.listeners]

        async def counted(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.start":
                told.status = message["status"]
            elif message["type"] == "http.response.body":
                told.sent += len(message.get("body", b""))
                told.whole = not message.get("more_body", False)

        try:
            await self.app(scope, receive, counted)
        finally:
            told.seconds = time.perf_counter() - began
            told.route = getattr(scope.get("route"), "path", OTHER)
            state = scope.get("state", {})
            told.request_id = state.get("request_id")
            told.code = state.get("problem") if told.status >= 400 else None
            told.caller = getattr(state.get("principal"), "id", None)
            for listener, noted in reversed(begun):
                listener.ended(noted, told)
