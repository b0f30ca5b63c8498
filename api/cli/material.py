"""What was named on the command line, ready to be ingested: files, folders, addresses, stdin."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.load.origins import Origin, Skipped
    from index.models import Metadata

FETCH_SECONDS = 30.0
"""How long a web page may take."""

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


@dataclass(slots=True)
class Material:
    """Everything that was named, and everything below it."""

    origins: list[Origin] = field(default_factory=list)
    """What is to be read."""
    skipped: list[Skipped] = field(default_factory=list)
    """Files in folders that are no documents."""


def collect(
    what: Sequence[str],
    given: Metadata,
    *,
    limit: int,
    stdin_name: str | None = None,
    allow_private: bool = False,
) -> Material:
    """Return what there is to read under the names, in their order.

    An address that cannot be fetched becomes an origin with that problem, like a file that is not
    there.

    Args:
        what: Paths, ``http(s)`` addresses, or ``-`` for stdin.
        given: Metadata that holds for all of it.
        limit: Most bytes to accept of one document.
        stdin_name: File name for what is on stdin. Without it the name is made of the content, so
            that two different texts are two documents and not two versions of one.
        allow_private: Whether addresses that are not public are fetched: who typed one may mean his
            own network, but a page may redirect there as well.
    """
    from index.load.origins import Origin, find

    material = Material()
    for name in dict.fromkeys(what):
        if name == "-":
            material.origins.append(_stdin(given, limit, stdin_name))
        elif _ADDRESS.match(name):
            material.origins.append(_fetched(name, given, limit, allow_private=allow_private))
        else:
            for found in find([Path(name)], given):
                if isinstance(found, Origin):
                    material.origins.append(found)
                else:
                    material.skipped.append(found)
    return material


def _stdin(given: Metadata, limit: int, name: str | None) -> Origin:
    from index.load.origins import Origin

    data = sys.stdin.buffer.read(limit + 1)  # one more tells that it is too much
    name = name or f"stdin-{hashlib.sha256(data).hexdigest()[:12]}"
    return Origin(source=f"stdin:{name}", name=name, given=given, data=data, size=len(data))


def _fetched(url: str, given: Metadata, limit: int, *, allow_private: bool) -> Origin:
    from index.errors import DossierError
    from index.load.fetch import fetch
    from index.load.origins import Origin

    try:
        return fetch(url, given, limit=limit, timeout=FETCH_SECONDS, allow_private=allow_private)
    except DossierError as error:
        return Origin(source=url, name=url, given=given, problem=error)
