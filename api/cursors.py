"""Places in lists: where the next page begins, as a string that clients hand back and never read.

A cursor holds the last entry of its page, so that entries that come or go in the meantime move
nothing, and it holds which list it is a place in. It grants nothing: what a page may show is
settled when it is read. So it is checked and not signed.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from api.errors import InvalidCursor

After = Annotated[str | None, Query(max_length=1000, description="The `next` of the page before.")]
"""A cursor, as a route takes it."""

_CHECK = 6  # bytes that tell a cursor from what only looks like one


class Cursors:
    """The cursors of one list.

    Args:
        request: asks for a page of it; its path and its query but for ``after`` and ``limit`` are
            what the list is.
    """

    def __init__(self, request: Request) -> None:
        self._path = request.url.path
        query = parse_qsl(request.url.query, keep_blank_values=True, errors="replace")
        self._query = [(name, value) for name, value in query if name != "after"]
        of = sorted((name, value) for name, value in self._query if name != "limit")
        self._list = _digest(json.dumps([self._path, of]).encode())

    def write(self, position: Sequence[str | int]) -> str:
        """Return the cursor that follows the entry at ``position``."""
        held = json.dumps([*position], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(_digest(self._list + held) + held).decode().rstrip("=")

    def read(self, cursor: str | None, *kinds: type) -> tuple[str | int, ...] | None:
        """Return the position that ``cursor`` holds; ``None`` at the beginning.

        Args:
            cursor: what the client sent as ``after``.
            kinds: the types of the position's parts.

        Raises:
            InvalidCursor: if it is none of this list.
        """
        if cursor is None:
            return None
        try:
            data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
            check, held = data[:_CHECK], data[_CHECK:]
            position = tuple(json.loads(held)) if check == _digest(self._list + held) else ()
        except ValueError:  # not base64, not JSON
            position = ()
        if [type(part) for part in position] != [*kinds]:
            raise InvalidCursor("`after` is no place in this list")
        return position

    def link(self, response: Response, following: str | None) -> None:
        """Tell in the headers of ``response`` where the next page is (RFC 8288)."""
        if following is not None:
            query = urlencode([*self._query, ("after", following)])
            response.headers["Link"] = f'<{self._path}?{query}>; rel="next"'


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()[:_CHECK]
