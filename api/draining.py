"""The end of a server: nothing new is begun, and what runs is finished or told that it ends.

At SIGTERM the server still accepts connections for as long as something runs, so that a request
that comes then gets a 503 that says so and not a refused connection. What has not come to its end
by itself within the time of grace is ended: a stream by a last event, anything else by a 503.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.errors import ShuttingDown

LAST_WORDS = 2.0
"""Seconds that what was ended may take to say so."""

ALIVE = "/livez"
"""Answered to the last: the process is well, it only ends."""

_STATE = "draining"
_LOOK = 0.02


class Draining:
    """How far one server is with its end. Belongs to one event loop; any thread may look."""

    def __init__(self) -> None:
        self.begun = False
        """Whether nothing new is begun; may be set by a signal."""
        self.running = 0
        """Requests under way."""
        self._over = asyncio.Event()
        self._told = threading.Event()

    @property
    def over(self) -> bool:
        """Whether what still runs is to end at once."""
        return self._told.is_set()

    async def wait(self) -> None:
        """Wait until what still runs is to end."""
        await self._over.wait()

    async def complete(self, seconds: float, hurry: Callable[[], bool] = lambda: False) -> None:
        """Let what runs come to its end, and end what does not within ``seconds``.

        Args:
            seconds: the time of grace; after it comes that of the last words.
            hurry: tells whether somebody does not want to wait any longer.
        """
        self.begun = True
        began = time.monotonic()
        # A signal, which may hurry this, sets no event.
        while self.running and not hurry() and time.monotonic() - began < seconds:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK)
        self._over.set()
        self._told.set()
        began = time.monotonic()
        while self.running and not hurry() and time.monotonic() - began < LAST_WORDS:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK)


def draining_of(request: Request) -> Draining:
    """Return how far the server of ``request`` is with its end."""
    found = request.scope.get("state", {}).get(_STATE)
    return found if isinstance(found, Draining) else Draining()


def failure() -> ShuttingDown:
    """Return the error for what cannot be finished or begun any more."""
    return ShuttingDown("the server is shutting down", after=LAST_WORDS)


class Drain:
    """Counts the requests under way, and turns new ones away once the end has begun."""

    def __init__(self, app: ASGIApp, draining: Draining) -> None:
        self.app = app
        self.draining = draining

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def closing(message: Message) -> None:
            if message["type"] == "http.response.start" and self.draining.begun:
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        if self.draining.begun and scope["path"] != ALIVE:
            error = failure()
            response = problems.respond(problems.of_error(scope, error), error.headers)
            await response(scope, receive, closing)
            return
        scope.setdefault("state", {})[_STATE] = self.draining
        self.draining.running += 1
        try:
            await self.app(scope, receive, closing)
        finally:
            self.draining.running -= 1
