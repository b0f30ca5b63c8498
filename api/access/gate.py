"""The gate: who calls is known before anything else of a request is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api import problems
from api.access.keys import caller
from api.guard import is_loopback
from index.errors import DossierError

if TYPE_CHECKING:
    from index.record.keys import KeyRecord

OPEN = frozenset({"/livez", "/readyz"})
"""Paths that need no key, for what runs the server; they tell no more than whether it works."""

STATE = "principal"
"""Where the caller is kept in the state of a request; absent on open paths without a key."""


class Gate:
    """Lets a request pass with who calls in its state, or answers 401.

    As plain ASGI it stands before the routes, so that no route can be forgotten.

    Args:
        app: what to protect.
        keys: the keys of the record.
        host: address that is listened on; only one that no other machine reaches is open to
            everybody while there are no keys.
    """

    def __init__(self, app: ASGIApp, keys: KeyRecord, host: str) -> None:
        self.app = app
        self.keys = keys
        self.open_without = is_loopback(host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] == "http":
            refusal = self._refusal(scope)
            if refusal is not None:
                problem = problems.of_error(scope, refusal)
                response = problems.respond(problem, problems.headers_of(refusal))
                await response(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _refusal(self, scope: Scope) -> DossierError | None:
        """Note who calls, or return why that is not known."""
        given = Headers(scope=scope).getlist("authorization")
        try:
            principal = caller(self.keys, given, open_without=self.open_without)
        except DossierError as error:
            return None if scope["path"] in OPEN else error
        scope.setdefault("state", {})[STATE] = principal
        return None
