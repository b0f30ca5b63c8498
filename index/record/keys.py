"""The record's side of keys: what they are called, what they are granted, and what they hash to.

A key's secret is random and long, so that a plain SHA-256 of it is kept: there is nothing to guess
that a slow hash would protect, and every request asks for it.
"""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from index.errors import DataDirectoryUnusable, NotFound
from index.record import schema as t

Write = Callable[[], AbstractContextManager[Connection]]

_ANY = "select exists (select 1 from keys)"
_BY_HASH = """
    select k.id, k.name, k.created_at, k.expires_at, k.revoked_at, g.collection, g.role
    from keys as k join grants as g on g.key = k.id
    where k.sha256 = ?
"""


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is recorded; its secret is not."""

    id: str
    """Identifier, such as ``k-0123456789ab``."""
    name: str
    """What its maker calls it."""
    grants: Mapping[str, str]
    """Role by collection, ``*`` standing for every collection."""
    created_at: datetime
    """When it was made, in UTC."""
    expires_at: datetime | None = None
    """From when on it opens nothing, in UTC; ``None`` for never."""
    revoked_at: datetime | None = None
    """When it was revoked, in UTC; ``None`` if it was not."""

    def opens(self, now: datetime) -> bool:
        """Return whether it may be used at a moment."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class KeyRecord:
    """The keys of a record. Safe to share by threads; any process may write."""

    def __init__(self, engine: Engine, write: Write) -> None:
        self._engine = engine
        self._write = write
        self._lock = threading.Lock()
        self._reading: Any = None

    def create(
        self,
        name: str,
        sha256: str,
        grants: Mapping[str, str],
        expires_at: datetime | None = None,
    ) -> Key:
        """Record a new key.

        Args:
            name: what to call it.
            sha256: hash of its secret, in hexadecimal.
            grants: role by collection; at least one.
            expires_at: from when on it opens nothing.
        """
        key = Key(f"k-{uuid.uuid4().hex[:12]}", name, dict(grants), datetime.now(UTC), expires_at)
        row = {
            "id": key.id,
            "name": name,
            "sha256": sha256,
            "created_at": _stored(key.created_at),
            "expires_at": _stored(expires_at),
        }
        granted = [{"key": key.id, "collection": c, "role": role} for c, role in grants.items()]
        with self._write() as connection:
            connection.execute(insert(t.keys), row)
            connection.execute(insert(t.grants), granted)
        return key

    def all(self) -> list[Key]:
        """Return every key, also those revoked or expired, oldest first."""
        k, g = t.keys.c, t.grants.c
        with self._engine.connect() as connection:
            rows = connection.execute(select(t.keys).order_by(k.created_at, k.id)).all()
            granted = connection.execute(select(t.grants).order_by(g.collection)).all()
        of: dict[str, dict[str, str]] = {row.id: {} for row in rows}
        for grant in granted:
            of[grant.key][grant.collection] = grant.role
        return [
            Key(
                row.id,
                row.name,
                of[row.id],
                row.created_at.replace(tzinfo=UTC),
                _moment(row.expires_at),
                _moment(row.revoked_at),
            )
            for row in rows
        ]

    def revoke(self, key_id: str) -> None:
        """Close a key for good; one that is revoked already stays as it is.

        Raises:
            NotFound: if there is no such key.
        """
        here = t.keys.c.id == key_id
        now = _stored(datetime.now(UTC))
        with self._write() as connection:
            if connection.scalar(select(t.keys.c.id).where(here)) is None:
                raise NotFound(f"there is no key {key_id}", hint="`dossier keys list` lists them.")
            once = update(t.keys).where(here, t.keys.c.revoked_at.is_(None))
            connection.execute(once.values(revoked_at=now))

    def any(self) -> bool:
        """Return whether a key was ever made, revoked or not."""
        return bool(self._ask(_ANY)[0][0])

    def with_hash(self, sha256: str) -> Key | None:
        """Return the key whose secret has this hash, ``None`` if there is none."""
        rows = self._ask(_BY_HASH, sha256)
        if not rows:
            return None
        key_id, name, created, expires, revoked = rows[0][:5]
        grants = {collection: role for *_, collection, role in rows}
        made = datetime.fromisoformat(created).replace(tzinfo=UTC)
        return Key(key_id, name, grants, made, _read(expires), _read(revoked))

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            if self._reading is not None:
                self._reading.close()
                self._reading = None

    def _ask(self, statement: str, *values: str) -> Sequence[tuple[Any, ...]]:
        """Return the rows of what every request asks.

        The connection is not of the pool, where a request would have to wait for searches.
        """
        with self._lock:
            try:
                if self._reading is None:
                    self._reading = self._engine.raw_connection()
                    self._reading.detach()
                return list(self._reading.cursor().execute(statement, values))
            except sqlite3.DatabaseError as error:
                self._reading = None  # the next request tries a new one
                raise DataDirectoryUnusable(f"the keys cannot be read: {error}") from error


def _stored(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment else None


def _moment(stored: datetime | None) -> datetime | None:
    return stored.replace(tzinfo=UTC) if stored else None


def _read(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored).replace(tzinfo=UTC) if stored else None
