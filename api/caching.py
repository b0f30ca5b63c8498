"""Reading again: validators, what has not changed, and headers alone (RFC 9110, section 13).

As plain ASGI it serves every route that can be read, so that none can be forgotten. Nothing may be
kept by caches: documents and answers are for who asked, and what a key may see can change.
"""

from __future__ import annotations

import hashlib
import re

from pydantic import BaseModel
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import PreconditionFailed

_MEMBER = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_LIST = re.compile(rf"\s*(?:{_MEMBER.pattern}\s*(?:,\s*|$))+")
_KEPT = {"cache-control", "etag", "link", "vary", "x-request-id", "ratelimit", "ratelimit-policy"}


class Conditional:
    """Gives what is read an ``ETag``, answers ``If-None-Match`` with 304 and ``HEAD`` with headers.

    A strong ``ETag`` is the hash of what is sent, unless the route has set one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["method"] not in {"GET", "HEAD"}:
            await self.app(scope, receive, _uncached(send))
            return
        inner = {**scope, "method": "GET"}
        reading = _Reading(Headers(scope=scope).getlist("if-none-match"), scope, send)
        try:
            await self.app(inner, receive, _uncached(reading))
        finally:
            scope.update({name: inner[name] for name in ("route", "endpoint") if name in inner})


class _Reading:
    """Passes one response on, or the 304 that does instead."""

    def __init__(self, known: list[str], scope: Scope, send: Send) -> None:
        self._known = ",".join(known)
        self._head = scope["method"] == "HEAD"
        self._send = send
        self._start: Message | None = None
        self._over = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body" and not self._over:
            await self._body(message)
        elif message["type"] != "http.response.body":
            await self._send(message)

    async def _body(self, message: Message) -> None:
        start, self._start = self._start, None
        more = message.get("more_body", False)
        if start is not None:  # a body in one piece is there with the first message
            self._over = self._head
            if start["status"] == 200:
                headers = MutableHeaders(scope=start)
                if "etag" not in headers and not more:
                    headers["ETag"] = quoted(hashlib.sha256(message["body"]).hexdigest()[:32])
                if "etag" in headers and matches(self._known, headers["etag"], weak=True):
                    kept = [(n, v) for n, v in start["headers"] if n.lower().decode() in _KEPT]
                    start = {**start, "status": 304, "headers": kept}
                    self._over = True
            await self._send(start)
        if self._over:
            message, more = {"type": "http.response.body", "body": b"", "more_body": False}, False
        await self._send(message)


def _uncached(send: Send) -> Send:
    """Return ``send`` such that no cache keeps what the routes have not said anything else of."""

    async def uncached(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).setdefault("Cache-Control", "no-store")
        await send(message)

    return uncached


def quoted(tag: str) -> str:
    """Return ``tag`` as a strong entity tag."""
    return f'"{tag}"'


def etag_of(reply: BaseModel) -> str:
    """Return the strong entity tag of what is sent as ``reply``."""
    return quoted(hashlib.sha256(reply.model_dump_json().encode()).hexdigest()[:32])


def matches(header: str, etag: str, *, weak: bool = False) -> bool:
    """Return whether a list of entity tags, or ``*``, names ``etag``, which is strong.

    Args:
        header: value of ``If-Match`` or ``If-None-Match``; one that is not well-formed names none.
        etag: the tag of what is there.
        weak: whether a weak tag names it too, as for ``If-None-Match``.
    """
    if header.strip() == "*":
        return True
    if not _LIST.fullmatch(header):
        return False
    return any(tag == etag and (weak or not mark) for mark, tag in _MEMBER.findall(header))


def require_match(header: str | None, etag: str) -> None:
    """Refuse to change what is not as the client knows it.

    Args:
        header: value of ``If-Match``; without it anything goes.
        etag: the tag of what is there.

    Raises:
        PreconditionFailed: if the header does not name it.
    """
    if header is not None and not matches(header, etag):
        raise PreconditionFailed("it is not what If-Match names any more")
