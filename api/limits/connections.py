"""Connections that nothing comes over, or that nobody reads from, are closed.

uvicorn waits without end for the headers of a request, and for a client to read its response. This
protocol is uvicorn's own with a clock for either.
"""

from __future__ import annotations

import asyncio
import logging
from functools import cache
from typing import Any

HEADERS = 15.0
"""Seconds that the headers of a request may take, from the connection or the first byte on."""
STALLED = 60.0
"""Seconds that a client may leave what was sent to it unread while there is more."""

logger = logging.getLogger("dossier.http")


@cache
def protocol(headers: float = HEADERS, stalled: float = STALLED) -> type[asyncio.Protocol]:
    """Return the protocol for uvicorn's ``http`` option.

    Args:
        headers: seconds that the headers of a request may take.
        stalled: seconds that a client may leave a response unread.
    """
    from uvicorn.protocols.http.auto import AutoHTTPProtocol

    base: Any = AutoHTTPProtocol

    class Watched(base):  # type: ignore[misc]  # which one it is depends on what is installed
        _late: asyncio.TimerHandle | None = None
        _unread: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            self._await_headers()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.cycle is not None and not self.cycle.response_complete:
                self._forget_late()
            elif self._late is None:
                self._await_headers()

        def pause_writing(self) -> None:
            super().pause_writing()
            if self._unread is None:
                self._unread = self.loop.call_later(stalled, self._abort, "did not read")

        def resume_writing(self) -> None:
            super().resume_writing()
            self._forget_unread()

        def connection_lost(self, exc: Exception | None) -> None:
            self._forget_late()
            self._forget_unread()
            super().connection_lost(exc)

        def _forget_late(self) -> None:
            if self._late is not None:
                self._late.cancel()
                self._late = None

        def _forget_unread(self) -> None:
            if self._unread is not None:
                self._unread.cancel()
                self._unread = None

        def _await_headers(self) -> None:
            self._late = self.loop.call_later(headers, self._abort, "sent no whole request")

        def _abort(self, why: str) -> None:
            logger.info("closed a connection: the client %s in time", why)
            self.transport.abort()

    return Watched
