"""Keys: made once, shown once, known by their hash; and whom a header's key stands for."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from api.access.principal import LOCAL, Principal
from api.errors import InvalidKey, KeyRequired

if TYPE_CHECKING:
    from index.record.keys import KeyRecord

PREFIX = "dsk_"
"""What a key begins with, so that one that went astray is recognised, by programs too."""

_SHAPE = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")
_BEARER = re.compile(r"bearer +(\S+) *", re.IGNORECASE)


def new_secret() -> str:
    """Return a new key: 256 bits of the system's randomness."""
    return PREFIX + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Return what is kept of a key: its SHA-256, in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def without_secrets(text: str) -> str:
    """Return ``text`` with the keys in it made unreadable, for what is logged."""
    return _SHAPE.sub(f"{PREFIX}…", text)


def caller(keys: KeyRecord, headers: Sequence[str], *, open_without: bool) -> Principal:
    """Return who calls.

    A key is looked up by its hash, so that how long that takes tells nothing of the keys there are.
    The record is asked every time: a key that is revoked is refused from the next request on.

    Args:
        keys: the keys of the record.
        headers: the values of the request's ``Authorization`` headers.
        open_without: whether everybody may do everything as long as no key was ever made, as on a
            server that only its own machine reaches.

    Raises:
        KeyRequired: if there is none.
        InvalidKey: if there is no such key, or it was revoked or has expired.
        DataDirectoryUnusable: if the record cannot be read.
    """
    if not keys.any() and open_without:
        return LOCAL
    bearer = _BEARER.fullmatch(headers[0]) if len(headers) == 1 else None
    if bearer is None:
        raise KeyRequired("this server answers nobody without a key")
    if not _SHAPE.fullmatch(bearer[1]):
        raise InvalidKey("what was sent is no key of this server")
    key = keys.with_hash(digest(bearer[1]))
    if key is None or not key.opens(datetime.now(UTC)):
        raise InvalidKey("the key is unknown, revoked or expired")
    return Principal(key.id, key.name, key.grants)
