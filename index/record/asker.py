"""Who asks, as far as the record has to know."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who asks, with what limits what he is shown."""

    key: str | None = None
    """Identifier of the key that is used, which his answers are recorded with; ``None`` for whoever
    has the data directory itself."""
    permitted: frozenset[str] | None = None
    """Names of the collections that may be read; ``None`` for all. The empty set means nothing."""
    everyones: bool = True
    """Whether the answers of others may be read too."""


LOCAL = Asker()
"""Whoever has the data directory: may read everything."""
