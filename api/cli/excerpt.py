"""A quotation in its surroundings: the cited passage and its neighbours, the words marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from api.cli.render import Line, citation
from qa.visible import visible

if TYPE_CHECKING:
    from index.models import Document, Passage
    from qa.models import Citation

_AROUND = 600
"""Characters shown on either side where a version has no passages of its own any more."""


def lines(
    cited: Citation, name: str, document: Document, passages: Sequence[Passage], *, styled: bool
) -> list[Line]:
    """Return a cited passage with the one before and the one after it.

    Args:
        cited: What is cited.
        name: What the document is called.
        document: The cited version.
        passages: Its passages in order; may be empty.
        styled: Whether a style will show which words are cited; otherwise ``>>>`` and ``<<<`` do.
    """
    start, end = surroundings(cited, len(document.text), passages)
    before, quote, after = (
        visible(document.text[a:b])
        for a, b in ((start, cited.start), (cited.start, cited.end), (cited.end, end))
    )
    if not styled:
        quote = f">>>{quote}<<<"
    return [
        citation(cited, name)[0],
        [("", "")],
        [
            ("… " if document.text[:start].strip() else "", "dim"),
            (before, ""),
            (quote, "highlight"),
            (after, ""),
            (" …" if document.text[end:].strip() else "", "dim"),
        ],
    ]


def surroundings(cited: Citation, length: int, passages: Sequence[Passage]) -> tuple[int, int]:
    """Return which code points to show: from the passage before the cited one to the one after."""
    touched = [
        at
        for at, passage in enumerate(passages)
        if passage.span.start < cited.end and cited.start < passage.span.end
    ]
    if not touched:
        return max(0, cited.start - _AROUND), min(length, cited.end + _AROUND)
    first = passages[max(0, touched[0] - 1)].span.start
    last = passages[min(len(passages) - 1, touched[-1] + 1)].span.end
    return min(first, cited.start), max(last, cited.end)
