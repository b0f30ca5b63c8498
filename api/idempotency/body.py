"""A request body that is read before it is passed on, and what it hashes to."""

from __future__ import annotations

import hashlib
import re
import tempfile

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope

IN_MEMORY = 1_000_000
"""Bytes of a body that are held in memory; more goes to a file."""

_CHUNK = 65_536
_BOUNDARY = re.compile(r"""(;\s*boundary=)("?)([^";\s,]{1,200})\2""", re.IGNORECASE)


class Fingerprint:
    """Hashes a request: its method, address, form and body.

    Clients make a new boundary for every form they send, so that the boundary does not count.
    """

    def __init__(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        media_type = headers.get("content-type", "")
        found = _BOUNDARY.search(media_type)
        self._boundary = found[3].encode("latin-1") if found else b""
        self._tail = b""
        self._hash = hashlib.sha256()
        path = scope.get("raw_path") or scope["path"].encode()
        parts = [
            scope["method"].encode(),
            path + b"?" + scope.get("query_string", b""),
            _BOUNDARY.sub(r"\1", media_type).encode("latin-1"),
            headers.get("accept", "").encode("latin-1"),
        ]
        for part in parts:
            self._hash.update(b"%d:" % len(part) + part)

    def update(self, data: bytes) -> None:
        """Take in the next part of the body; how it is cut does not matter."""
        if not self._boundary:
            self._hash.update(data)
            return
        *before, data = (self._tail + data).split(self._boundary)
        for part in before:
            self._hash.update(part)
        keep = len(self._boundary) - 1
        settled = max(len(data) - keep, 0)
        self._hash.update(data[:settled])
        self._tail = data[settled:]

    def hexdigest(self) -> str:
        """Return the SHA-256, in hexadecimal; nothing can be taken in after that."""
        self._hash.update(self._tail)
        return self._hash.hexdigest()


class ReadBody:
    """A body that has come in whole, to be received once more."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # see close
        self._passed = False

    async def read(self, fingerprint: Fingerprint) -> None:
        """Read it.

        Raises:
            ClientDisconnect: if the client goes away.
            DossierError: if it is too large or too slow.
        """
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            data = message.get("body", b"")
            fingerprint.update(data)
            self._file.write(data)
            more = message.get("more_body", False)
        self._file.seek(0)

    async def receive(self) -> Message:
        """Return the next part of it; after the last, what the server has to tell."""
        if self._passed:
            return await self._receive()
        data = self._file.read(_CHUNK)
        self._passed = len(data) < _CHUNK
        return {"type": "http.request", "body": data, "more_body": not self._passed}

    def close(self) -> None:
        """Forget it."""
        self._file.close()
