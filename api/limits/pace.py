"""Bodies that drip: whoever sends too slowly is told so, and the connection is closed."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.limits.errors import BodyTooSlow

GRACE = 20.0
"""Seconds that any body may take, and that may pass without any of it coming in."""
SLOWEST = 10_000
"""Bytes of a body that must come in each second after that."""


class BodyPace:
    """Gives up a request whose body comes in too slowly: 408.

    Args:
        app: what to protect.
        grace: seconds that any body may take, and that may pass in silence.
        slowest: bytes each second that lengthen it.
    """

    def __init__(self, app: ASGIApp, grace: float = GRACE, slowest: float = SLOWEST) -> None:
        self.app = app
        self.grace = grace
        self.slowest = slowest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request as long as its body comes in."""
        paced = self._paced(receive) if scope["type"] == "http" else receive
        await self.app(scope, paced, send)

    def _paced(self, receive: Receive) -> Receive:
        """Return ``receive`` such that it raises when the body takes too long."""
        loop = asyncio.get_running_loop()
        began, total, whole = loop.time(), 0, False

        async def paced() -> Message:
            nonlocal total, whole
            if whole:  # from now on it only tells that the client has gone
                return await receive()
            now = loop.time()
            end = min(began + self.grace + total / self.slowest, now + self.grace)
            try:
                async with asyncio.timeout_at(end):
                    message = await receive()
            except TimeoutError as error:
                took = loop.time() - began
                told = f"after {took:.0f} s, {total:,} bytes of the body had come in"
                raise BodyTooSlow(told) from error
            total += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            return message

        return paced
