"""What one caller may ask for: requests within a minute, and at the same time.

The budget of a minute is a bucket that fills evenly, so that nobody gains by waiting for a minute
to begin. The headers are those of draft-ietf-httpapi-ratelimit-headers-10.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.limits.errors import TooManyAtOnce, TooManyRequests, TryLater

EXEMPT = frozenset({"/livez", "/readyz", "/metrics"})
"""Paths that count for nobody: what watches the server must see it when it is busy."""

_MINUTE = 60.0
_MANY = 10_000
"""Callers that are remembered before those with a full bucket are forgotten."""

Refused = Callable[[str], None]
"""Is told the code of every refusal."""


@dataclass
class _Caller:
    """What one caller has left."""

    left: float
    """Requests that may be sent at once, parts of one included."""
    at: float
    """When that was so."""
    open: int = 0
    """Requests under way."""


class CallerLimits:
    """Refuses what goes over a caller's limits; tells what is left of the minute.

    Args:
        app: what to protect.
        per_minute: requests of one caller within a minute; 0 for any number.
        at_once: requests of one caller at the same time; 0 for any number.
        clock: seconds from some moment on, never going back.
    """

    def __init__(
        self,
        app: ASGIApp,
        per_minute: int,
        at_once: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.app = app
        self.per_minute = per_minute
        self.at_once = at_once
        self._clock = clock
        self._callers: dict[str, _Caller] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        limited = self.per_minute or self.at_once
        if not limited or scope["type"] != "http" or scope["path"] in EXEMPT:
            await self.app(scope, receive, send)
            return
        caller = self._caller(caller_of(scope))
        refusal = self._refusal(caller)
        telling = _telling(send, self._headers(caller))
        if refusal is not None:
            await problems.refusal(scope, refusal)(scope, receive, telling)
            return
        caller.open += 1
        try:
            await self.app(scope, receive, telling)
        finally:
            caller.open -= 1

    def _caller(self, name: str) -> _Caller:
        """Return what a caller has left now."""
        now = self._clock()
        if len(self._callers) > _MANY:
            self._forget(now)
        caller = self._callers.setdefault(name, _Caller(self.per_minute, now))
        self._fill(caller, now)
        return caller

    def _fill(self, caller: _Caller, now: float) -> None:
        gained = (now - caller.at) * self.per_minute / _MINUTE
        caller.left, caller.at = min(caller.left + gained, self.per_minute), now

    def _forget(self, now: float) -> None:
        for name, caller in list(self._callers.items()):
            self._fill(caller, now)
            if not caller.open and caller.left >= self.per_minute:
                del self._callers[name]

    def _refusal(self, caller: _Caller) -> TryLater | None:
        """Count a request, or return why it may not be made; what is refused costs nothing."""
        if self.at_once and caller.open >= self.at_once:
            return TooManyAtOnce(f"{caller.open} requests with this key are under way")
        if not self.per_minute:
            return None
        if caller.left < 1:
            after = (1 - caller.left) * _MINUTE / self.per_minute
            told = f"{self.per_minute} requests within a minute are allowed with this key"
            return TooManyRequests(told, after=after)
        caller.left -= 1
        return None

    def _headers(self, caller: _Caller) -> dict[str, str]:
        policies, states = [], []
        if self.per_minute:
            full = math.ceil((self.per_minute - caller.left) * _MINUTE / self.per_minute)
            policies.append(f'"minute";q={self.per_minute};w={int(_MINUTE)}')
            states.append(f'"minute";r={int(caller.left)};t={full}')
        if self.at_once:
            policies.append(f'"at-once";q={self.at_once};qu="concurrent-requests"')
            states.append(f'"at-once";r={max(self.at_once - caller.open - 1, 0)}')
        return {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(states)}


def caller_of(scope: Scope) -> str:
    """Return the identifier of who sent a request: that of the key, or ``local``."""
    principal = scope.get("state", {}).get("principal")
    return str(getattr(principal, "id", "local"))


def _telling(send: Send, headers: dict[str, str]) -> Send:
    """Return ``send`` such that responses carry ``headers``."""

    async def telling(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(headers)
        await send(message)

    return telling
