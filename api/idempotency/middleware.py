"""``Idempotency-Key`` (draft-ietf-httpapi-idempotency-key-header-07).

A client that does not know whether its request arrived sends it again with the same key, and gets
the response to the first. Responses are kept in the record, and so outlive the server. What is kept
are results, good or bad; a refusal that may pass (too busy, no such key) leaves the key free.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.errors import IdempotencyKeyInUse, IdempotencyKeyReused, InvalidIdempotencyKey
from api.idempotency.body import Fingerprint, ReadBody
from api.limits.callers import caller_of
from index.errors import DossierError
from index.record.replies import Reply

if TYPE_CHECKING:
    from index.record.replies import ReplyRecord

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
"""Header of a response that was given before."""

LARGEST = 5_000_000
"""Bytes of a response that are kept; one that is larger frees the key."""

_KEY = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255})"|([\x21\x23-\x7e]{1,255})')
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_NO_CHANGE = re.compile(r"/v1/search|/v1/answers/[^/]+/replay")
_PASSING = frozenset({401, 403, 408, 409, 425, 429, 499})
_FAILED = re.compile(
    rb'^(?:event: (?:error|response\.failed)$|data: {"error")', re.MULTILINE
)  # within a stream
_OF_CONTENT = ("content-type", "location", "etag", "vary", "cache-control")

MayShow = Callable[[Scope, bytes], bool]
"""Returns whether the caller of a request may still see a response that was kept. Blocks."""

logger = logging.getLogger("dossier.http")


class Idempotency:
    """Answers a request that is sent again with the response to the first.

    Args:
        app: what changes the record.
        replies: where responses are kept.
        may_show: looks at a kept response once more.
    """

    def __init__(self, app: ASGIApp, replies: ReplyRecord, may_show: MayShow) -> None:
        self.app = app
        self.replies = replies
        self._may_show = may_show
        self._under_way: dict[tuple[str, str], ReadBody] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        given = _given(scope)
        if not given:
            await self.app(scope, receive, send)
            return
        key = read_key(given)
        if key is None:
            await _refuse(scope, InvalidIdempotencyKey("the key is not one"), receive, send)
            return
        name = (caller_of(scope), key)
        if name in self._under_way:
            busy = IdempotencyKeyInUse("the first request with this key is still under way")
            await _refuse(scope, busy, receive, send)
            return
        body = self._under_way[name] = ReadBody(receive)
        try:
            await self._once(name, body, scope, send)
        except ClientDisconnect:
            return
        finally:
            body.close()
            self._release(name, body)

    async def _once(self, name: tuple[str, str], body: ReadBody, scope: Scope, send: Send) -> None:
        fingerprint = Fingerprint(scope)
        try:
            await body.read(fingerprint)
            request = fingerprint.hexdigest()
            known = await asyncio.to_thread(self._known, name, scope)
        except DossierError as error:  # too large, too slow, a record that cannot be read
            await _refuse(scope, error, body.receive, send)
            return
        if known is None:

            async def settle(reply: Reply | None) -> None:
                if reply is not None:
                    await self._keep(name, reply)
                self._release(name, body)  # now, for the client may be quick to ask again

            await self.app(scope, body.receive, _Kept(send, request, settle))
        elif known.request != request:
            reused = IdempotencyKeyReused("this key came with another request before")
            await _refuse(scope, reused, body.receive, send)
        else:
            response = Response(known.body, known.status)
            for header, value in known.headers:
                response.headers[header] = value
            response.headers[REPLAYED] = "true"
            await response(scope, body.receive, send)

    def _release(self, name: tuple[str, str], body: ReadBody) -> None:
        """Let the next request with a key in, unless it is in already."""
        if self._under_way.get(name) is body:
            del self._under_way[name]

    def _known(self, name: tuple[str, str], scope: Scope) -> Reply | None:
        known = self.replies.find(*name)
        return known if known and self._may_show(scope, known.body) else None

    async def _keep(self, name: tuple[str, str], reply: Reply) -> None:
        """Keep a response; if that fails, it is given all the same, for the work is done."""
        try:
            await asyncio.shield(asyncio.to_thread(self.replies.keep, *name, reply))
        except DossierError as error:
            logger.warning("a response could not be kept for its key: %s", error)


class _Kept:
    """Passes one response on once it is settled; a stream as it comes, settled at its end."""

    def __init__(
        self, send: Send, request: str, settle: Callable[[Reply | None], Awaitable[None]]
    ) -> None:
        self._send = send
        self._request = request
        self._given = settle
        self._held: list[Message] = []
        self._body = bytearray()
        self._start: Message = {}
        self._streams = False
        self._fits = True

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            kind = Headers(raw=message["headers"]).get("content-type", "")
            self._streams = kind.startswith("text/event-stream")
        if not self._streams:
            self._held.append(message)
        if message["type"] == "http.response.body":
            self._take(message.get("body", b""))
            if not message.get("more_body", False):
                await self._settle()
        if self._streams:
            await self._send(message)

    def _take(self, data: bytes) -> None:
        self._fits = self._fits and len(self._body) + len(data) <= LARGEST
        if self._fits:
            self._body += data

    async def _settle(self) -> None:
        status = int(self._start["status"])
        passing = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _PASSING
        failed = self._streams and _FAILED.search(self._body) is not None
        reply = None
        if self._fits and not passing and not failed:
            headers = Headers(raw=self._start["headers"])
            content = [(name, headers[name]) for name in _OF_CONTENT if name in headers]
            reply = Reply(self._request, status, content, bytes(self._body))
        await self._given(reply)
        held, self._held = self._held, []
        for message in held:
            await self._send(message)


def read_key(given: Sequence[str]) -> str | None:
    """Return the key of a request, ``None`` if what was given is none.

    The draft has a string in quotation marks; many clients send it without.
    """
    found = _KEY.fullmatch(given[0].strip()) if len(given) == 1 else None
    if found is None:
        return None
    return re.sub(r"\\(.)", r"\1", found[1]) if found[1] is not None else found[2]


def _given(scope: Scope) -> list[str]:
    """Return the keys of a request that may change something, of which there should be one."""
    if scope["type"] != "http" or not changes(scope["method"], scope["path"]):
        return []
    given = Headers(scope=scope).getlist(HEADER)
    routes = scope["app"].routes if given else ()
    return given if any(route.matches(scope)[0] is Match.FULL for route in routes) else []


def changes(method: str, path: str) -> bool:
    """Return whether a request of this method to this path may change something."""
    return method in _UNSAFE and _NO_CHANGE.fullmatch(path) is None


async def _refuse(scope: Scope, error: DossierError, receive: Receive, send: Send) -> None:
    await problems.refusal(scope, error)(scope, receive, send)
