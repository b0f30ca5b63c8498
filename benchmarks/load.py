"""Clients that ask a service over and over, on bare sockets so that they cost little themselves."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit


@dataclass
class Asked:
    """One request and what came of it."""

    status: int
    """The status, 0 if the connection failed."""
    began: float
    """When it was sent, by the monotonic clock of the machine."""
    seconds: float
    """Until all of the reply was there."""
    headers: dict[str, str] = field(default_factory=dict)
    """The reply's headers, by lower-case name."""
    first: float | None = None
    """When the first piece came for which the caller looks out, by the same clock."""
    body: bytes = b""
    """The reply; of a stream its last 64 kilobytes."""


class Client:
    """One client that keeps its connection.

    Args:
        base: address of the service.
    """

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        self._at = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(
        self,
        path: str,
        body: Any,
        *,
        accept: str = "application/json",
        look_for: bytes | None = None,
    ) -> Asked:
        """Send JSON and read the whole reply.

        Args:
            path: where to.
            body: what is sent.
            accept: the media type asked for.
            look_for: bytes whose first coming is noted.
        """
        began = time.monotonic()
        data = json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {self._at[0]}:{self._at[1]}\r\nAccept: {accept}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection(*self._at)
            reader, writer = self._streams
            writer.write(head.encode() + data)
            status, headers = await _head(reader)
            first, kept, tail = None, [], b""
            async for piece in _pieces(reader, headers):
                if look_for is not None:
                    if first is None and look_for in tail + piece:
                        first = time.monotonic()
                    tail = (tail + piece)[-64_000:]
                else:
                    kept.append(piece)
        except (OSError, asyncio.IncompleteReadError, ValueError):
            self.close()
            return Asked(0, began, time.monotonic() - began)
        if headers.get("connection") == "close":
            self.close()
        whole = tail if look_for is not None else b"".join(kept)
        return Asked(status, began, time.monotonic() - began, headers, first, whole)

    def close(self) -> None:
        """Let the connection go."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines[1:] if line)
    return int(lines[0].split()[1]), {name.lower(): value.strip() for name, _, value in pairs}


async def _pieces(reader: asyncio.StreamReader, headers: dict[str, str]) -> Any:
    if headers.get("transfer-encoding") == "chunked":
        while size := int(await reader.readline(), 16):
            yield await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readexactly(2)
    else:
        yield await reader.readexactly(int(headers.get("content-length", 0)))


async def closed_loop(
    base: str, path: str, bodies: Iterable[Any], *, clients: int, seconds: float
) -> list[Asked]:
    """Return what came of requests by clients that each wait for a reply before they go on.

    Args:
        base: address of the service.
        path: where to.
        bodies: what is sent, each once; no more is sent when they are used up.
        clients: how many clients ask at once.
        seconds: how long new requests are begun.
    """
    left: Iterator[Any] = iter(bodies)
    until, done = time.monotonic() + seconds, []

    async def one() -> None:
        client = Client(base)
        while time.monotonic() < until and (body := next(left, None)) is not None:
            done.append(await client.post(path, body))
        client.close()

    await asyncio.gather(*(one() for _ in range(clients)))
    return done


async def open_loop(
    base: str,
    path: str,
    bodies: Sequence[Any],
    *,
    rate: float,
    accept: str = "application/json",
    look_for: bytes | None = None,
    begun: Callable[[int], None] = lambda _: None,
) -> list[Asked]:
    """Return what came of requests that are sent at a rate, whether or not replies come.

    Args:
        base: address of the service.
        path: where to.
        bodies: what is sent, each once, by a client of its own.
        rate: requests begun per second.
        accept: the media type asked for.
        look_for: as in :meth:`Client.post`.
        begun: is told the number of each request as it is sent.
    """
    start = time.monotonic()

    async def one(number: int, body: Any) -> Asked:
        await asyncio.sleep(start + number / rate - time.monotonic())
        begun(number)
        client = Client(base)
        try:
            return await client.post(path, body, accept=accept, look_for=look_for)
        finally:
            client.close()

    return await asyncio.gather(*(one(number, body) for number, body in enumerate(bodies)))
