"""What every request passes before a route sees it: its id, its origin and the size of its body.

All of it is plain ASGI, so that streams pass through as they are.
"""

from __future__ import annotations

import ipaddress
import logging
import re
import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.access.keys import without_secrets
from api.errors import BodyTooLarge, CrossSiteRequest, UntrustedHost
from index.errors import DossierError

REQUEST_ID = "X-Request-ID"
_SANE_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

logger = logging.getLogger("dossier.http")


class RequestIdentity:
    """Gives each request an id and each response its id and ``nosniff``; answers for faults.

    An ``X-Request-ID`` of at most 64 plain characters is taken over, any other is replaced, and so
    is a key that strayed there, for ids are logged.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request under an id."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID, "")
        sane = _SANE_ID.fullmatch(given) and given == without_secrets(given)
        request_id = given if sane else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        started = False

        async def marked(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID] = request_id
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        try:
            await self.app(scope, receive, marked)
        except Exception:
            path = problems.path_of(scope)
            logger.exception("request %s failed: %s %s", request_id, scope["method"], path)
            if started:  # too late for a problem: the server has to cut the connection
                raise
            await problems.respond(problems.unexpected(scope))(scope, receive, marked)


class OriginGuard:
    """Refuses requests that a web page of another site makes a browser send.

    On loopback the ``Host`` header must name this machine, or a page could reach the server under
    a name of its own (DNS rebinding). Everywhere, a browser's request that changes something must
    come from this server's own pages, told by ``Sec-Fetch-Site`` or, from older browsers, by
    ``Origin``; programs send neither.
    """

    def __init__(self, app: ASGIApp, host: str) -> None:
        self.app = app
        self.hosts = {"localhost", "127.0.0.1", "::1", host.lower()} if is_loopback(host) else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        refusal = self.refusal(scope) if scope["type"] == "http" else None
        if refusal is None:
            await self.app(scope, receive, send)
        else:
            response = problems.respond(problems.of_error(scope, refusal))
            await response(scope, receive, send)

    def refusal(self, scope: Scope) -> DossierError | None:
        """Return why the request of ``scope`` may not pass, or ``None``."""
        headers = Headers(scope=scope)
        named = headers.getlist("host")
        if self.hosts is not None and (len(named) != 1 or _hostname(named[0]) not in self.hosts):
            return UntrustedHost(f"the Host header {problems.clip(', '.join(named))!r} is not ours")
        if scope["method"] in _SAFE_METHODS:
            return None
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None:
            allowed = site in {"same-origin", "none"}
        else:
            allowed = origin is None or origin.partition("://")[2] == headers.get("host")
        return None if allowed else CrossSiteRequest("a page of another site asked for a change")


class BodyLimit:
    """Refuses bodies over a limit, by their stated length or else while they come in.

    Args:
        app: what to protect.
        limit: bytes that a body may have.
        routes: other limits by method and path, such as ``{("POST", "/v1/documents"): 10**7}``.
    """

    def __init__(
        self, app: ASGIApp, limit: int, routes: Mapping[tuple[str, str], int] | None = None
    ) -> None:
        self.app = app
        self.limit = limit
        self.routes = dict(routes or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request as long as its body is small enough."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.routes.get((scope["method"], scope["path"]), self.limit)
        error = BodyTooLarge(f"the body is larger than {limit:,} bytes")
        stated = Headers(scope=scope).get("content-length", "")
        if stated.isdecimal() and int(stated) > limit:
            await problems.respond(problems.of_error(scope, error))(scope, receive, send)
            return
        await self.app(scope, _counted(receive, limit, error), send)


def _counted(receive: Receive, limit: int, error: BodyTooLarge) -> Receive:
    """Return ``receive`` such that it raises ``error`` once more than ``limit`` bytes came in."""
    total = 0

    async def counted() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > limit:
            raise error
        return message

    return counted


def is_loopback(host: str) -> bool:
    """Return whether ``host``, a name or an address to listen on, is this machine only."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _hostname(header: str) -> str | None:
    """Return the host of a ``Host`` header in lower case, without port and brackets."""
    try:
        return urlsplit(f"//{header}").hostname
    except ValueError:
        return None
