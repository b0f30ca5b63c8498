"""The record's side of idempotency: responses kept for a while, to be given again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, delete, insert, select

from index.record import schema as t

Write = Callable[[], AbstractContextManager[Connection]]

KEPT = timedelta(hours=24)
"""How long a response is given again."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A response as it was given."""

    request: str
    """What the request hashes to; another one under the same key is a mistake."""
    status: int
    """Its status code."""
    headers: Sequence[tuple[str, str]]
    """Those of its headers that belong to the content."""
    body: bytes
    """Its body."""


class ReplyRecord:
    """The responses kept in a record. Safe to share by threads; only the owner writes."""

    def __init__(self, engine: Engine, write: Write) -> None:
        self._engine = engine
        self._write = write

    def find(self, caller: str, key: str, now: datetime | None = None) -> Reply | None:
        """Return what was answered to a request with this key, ``None`` if that is not kept.

        Args:
            caller: who sends it; keys of others do not count.
            key: the key.
            now: the moment; responses older than :data:`KEPT` then are as good as gone.
        """
        c = t.replies.c
        query = select(t.replies).where(c.caller == caller, c.key == key, c.kept_at > _oldest(now))
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        return Reply(row.request, row.status, [(n, v) for n, v in row.headers], row.body)

    def keep(self, caller: str, key: str, reply: Reply, now: datetime | None = None) -> None:
        """Keep a response, and forget those that are too old."""
        c = t.replies.c
        row = {
            "caller": caller,
            "key": key,
            "request": reply.request,
            "status": reply.status,
            "headers": [list(pair) for pair in reply.headers],
            "body": reply.body,
            "kept_at": _stored(now),
        }
        with self._write() as connection:
            connection.execute(delete(t.replies).where(c.kept_at <= _oldest(now)))
            connection.execute(delete(t.replies).where(c.caller == caller, c.key == key))
            connection.execute(insert(t.replies), row)


def _stored(now: datetime | None) -> datetime:
    return (now or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None)


def _oldest(now: datetime | None) -> datetime:
    return _stored(now) - KEPT
