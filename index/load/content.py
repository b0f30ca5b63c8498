"""What a format reader hands back, and the builder that lays out text out of blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from index.errors import BrokenDocument, DossierError
from index.models import Metadata, Span

BLOCK_BREAK = "\n\n"
"""What stands between two blocks of a laid-out text."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Content:
    """The text of one document and what its own format says about it."""

    text: str
    """The text to store."""
    pages: tuple[Span, ...] = ()
    """Span of each page, where the format has pages."""
    headings: tuple[Span, ...] = ()
    """Spans of the headings that the format marks as such, sorted."""
    stated: Metadata = field(default_factory=Metadata)
    """What the document says about its publication on purpose."""
    weak: Metadata = field(default_factory=Metadata)
    """What a program put there and nobody may have looked at; all of it is marked inferred."""


class TextBuilder:
    """Lays out blocks one after the other and remembers where the headings stand."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._headings: list[Span] = []
        self._length = 0

    def add(self, block: str, *, heading: bool = False) -> None:
        """Append ``block`` as a paragraph of its own; a blank one is left out."""
        block = storable(block).strip()
        if not block:
            return
        if self._parts:
            self._parts.append(BLOCK_BREAK)
            self._length += len(BLOCK_BREAK)
        self._parts.append(block)
        if heading:
            self._headings.append(Span(self._length, self._length + len(block)))
        self._length += len(block)

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._parts)

    @property
    def headings(self) -> tuple[Span, ...]:
        """The spans of the headings so far, in order."""
        return tuple(self._headings)


def storable(text: str) -> str:
    """Return ``text`` without what no database can keep.

    NUL characters are dropped and lone surrogates (half of a character that a broken font table
    or escape left behind) become U+FFFD. Text that was decoded strictly holds neither.
    """
    return _UNSTORABLE.sub(lambda found: "" if found[0] == "\x00" else "\ufffd", text)


@contextmanager
def reading(name: str, kind: str) -> Iterator[None]:
    """Turn whatever a parsing library raises on a bad file into :class:`BrokenDocument`.

    Libraries raise far more than they document on garbled input (``KeyError``, ``struct.error``,
    ``RecursionError``), so nothing short of every ``Exception`` is enough.

    Args:
        name: the file, for the message.
        kind: what it should have been, with its article, such as ``a PDF``.

    Raises:
        BrokenDocument: with the library's reason.
        MemoryError: if memory ran out.
    """
    try:
        yield
    except (DossierError, MemoryError):  # the latter says nothing of it; see index.intake.bounds
        raise
    except Exception as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        if isinstance(error, RecursionError):
            reason = "nested too deeply"
        raise BrokenDocument(f"{name} cannot be read as {kind}: {reason}") from error
