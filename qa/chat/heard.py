"""Heard: the text of a reply that comes in hundreds of pieces, kept in few."""

from __future__ import annotations

BLOCK = 64
"""Pieces that are joined to one. A piece of five characters takes sixty bytes as long as it is one
of its own, so that a long reply would take ten times the memory of its text."""


class Heard:
    """What was heard of a reply so far; as a ``str`` it is the text."""

    def __init__(self) -> None:
        self._blocks: list[str] = []
        self._pieces: list[str] = []

    def add(self, piece: str) -> None:
        """Take in the next piece."""
        self._pieces.append(piece)
        if len(self._pieces) == BLOCK:
            self._blocks.append("".join(self._pieces))
            self._pieces.clear()

    def __str__(self) -> str:
        """Return all of the text."""
        return "".join((*self._blocks, *self._pieces))
