"""Answers at once: so many are made, a few more wait a short while, the rest are told to come back.

uvicorn's own limit counts connections and turns away everybody in a burst. Here a burst fills the
places and a short queue, and whoever would have to wait too long is told so at once: a refusal
after a long wait would be the worst of both.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.types import ASGIApp, Receive, Scope, Send

from api import problems
from api.limits.errors import Overloaded

PATIENCE = 2.0
"""Seconds that a question may wait for its turn."""

_WEIGHT = 0.1
"""Of the newest answer in the mean of how long answers take."""


class Shedding:
    """Turns questions away that would be turned away later, before anything of them is read.

    A burst is then answered with little work, which leaves the machine to the answers.

    Args:
        app: what asks for turns.
        turns: the places for answers.
        asking: tells by method and path whether a request asks a question.
    """

    def __init__(self, app: ASGIApp, turns: Turns, asking: Callable[[str, str], bool]) -> None:
        self.app = app
        self.turns = turns
        self._asking = asking

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        refusal = None
        if scope["type"] == "http" and self._asking(scope["method"], scope["path"]):
            refusal = self.turns.refusal()
        if refusal is None:
            await self.app(scope, receive, send)
        else:
            await problems.refusal(scope, refusal)(scope, receive, send)


class Turns:
    """The places for answers in the making. Belongs to one event loop.

    Args:
        most: answers at once.
        patience: seconds that a question may wait; as many may wait as answers are made at once.
    """

    def __init__(self, most: int, patience: float = PATIENCE) -> None:
        self.most = most
        self.patience = patience
        self.busy = 0
        """Answers in the making."""
        self._queue: deque[asyncio.Future[None]] = deque()
        self._seconds = 0.0

    @property
    def waiting(self) -> int:
        """Questions that wait for their turn."""
        return len(self._queue)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Hold a place for the length of a block, after waiting for it if need be.

        Raises:
            Overloaded: if too many wait already, or the turn would not come soon enough.
        """
        await self._take()
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            yield
        finally:
            taken = loop.time() - began
            self._seconds += _WEIGHT * (taken - self._seconds) if self._seconds else taken
            self._pass_on()

    def refusal(self) -> Overloaded | None:
        """Return why a question that came now would be turned away, ``None`` if it would not."""
        if self.busy < self.most:
            return None
        expected = self._expected()
        full = len(self._queue) >= self.most
        return self._overloaded(expected) if full or expected > self.patience else None

    async def _take(self) -> None:
        refusal = self.refusal()
        if refusal is not None:
            raise refusal
        if self.busy < self.most:
            self.busy += 1
            return
        expected = self._expected()
        turn = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            done, _ = await asyncio.wait([turn], timeout=self.patience)
        except asyncio.CancelledError:
            if turn.done():  # it had come just then: it is the next one's
                self._pass_on()
            else:
                self._queue.remove(turn)
            raise
        if not done:
            self._queue.remove(turn)
            raise self._overloaded(expected)

    def _pass_on(self) -> None:
        """Give a place to who waits longest, or leave it free."""
        if self._queue:
            self._queue.popleft().set_result(None)
        else:
            self.busy -= 1

    def _expected(self) -> float:
        """Return about how many seconds a question that came now would wait."""
        return self._seconds * (len(self._queue) + 1) / self.most

    def _overloaded(self, expected: float) -> Overloaded:
        told = f"{self.busy} answers are being made and {len(self._queue)} questions wait"
        return Overloaded(told, after=expected)
