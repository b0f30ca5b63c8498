"""Places: where words stand in a text, and whether what was found covers them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from index.models import Span


def places(text: str, words: str) -> Iterator[Span]:
    """Yield where ``text`` has ``words``, however the white space between them is written."""
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    for match in re.finditer(pattern, text) if pattern else ():
        yield Span(match.start(), match.end())


def covered(text: str, place: Span, found: Iterable[Span]) -> bool:
    """Return whether the spans of ``found`` together hold a place, but for white space."""
    at = place.start
    for span in sorted(found):
        if span.end <= at:
            continue
        if text[at : min(span.start, place.end)].strip():
            return False
        at = max(at, span.end)
        if at >= place.end:
            return True
    return not text[at : place.end].strip()
