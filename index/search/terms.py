"""Index terms of the passages that a search looks at, each word of a language analysed once.

To stem every word of forty passages takes longer than to find them, and most of their words have
been stemmed for an earlier question.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import cast

KEPT = 65_536
"""Words whose terms are remembered; with more, remembering begins anew. About 10 MB."""

LONGEST = 32
"""Letters of the longest word that is remembered."""

_BETWEEN = " \x00 "
"""Stands between texts that are read in one go; no text in the record holds a NUL."""
_END = _BETWEEN.strip()
_NONE = ""

# ASCII without its letters, digits and that mark only separates words, and case never counts.
_PLAIN = {
    code: chr(code).lower() if chr(code).isalnum() or chr(code) == _END else " "
    for code in range(128)
}


class Terms:
    """Turns texts into index terms. Safe to share by threads."""

    def __init__(self, analyze: Callable[[str], list[str]]) -> None:
        """Remember what ``analyze`` makes of words; it is called by one thread at a time."""
        self._analyze = analyze
        self._known = {_END: _END}
        self._lock = threading.Lock()

    def of(self, texts: Sequence[str]) -> list[list[str]]:
        """Return what ``analyze`` makes of each text, from memory as far as it is there."""
        plain = [text for text in texts if text.isascii()]
        read = self._plain(plain)
        if len(plain) == len(texts):
            return list(read)
        return [next(read) if text.isascii() else self._analyzed(text) for text in texts]

    def _plain(self, texts: Sequence[str]) -> Iterator[list[str]]:
        """Yield the terms of texts in ASCII."""
        words = _BETWEEN.join(texts).translate(_PLAIN).split()
        found = list(map(self._known.get, words))
        if None in found:
            new = self._learn({w for w, term in zip(words, found, strict=True) if term is None})
            found = [new[w] if t is None else t for w, t in zip(words, found, strict=True)]
            if _NONE in found:
                found = [term for term in found if term != _NONE]
        terms = cast("list[str]", found)
        at = 0
        for _ in range(len(texts) - 1):
            end = terms.index(_END, at)
            yield terms[at:end]
            at = end + 1
        if texts:
            yield terms[at:]

    def _learn(self, words: set[str]) -> dict[str, str]:
        """Return the term of each word; there is none where the word is too long for the index."""
        short = [word for word in words if len(word) <= LONGEST]
        with self._lock:
            # Letters and digits of ASCII are one term, so that terms and words go in step.
            new = dict(zip(short, self._analyze(" ".join(short)), strict=True))
            if len(self._known) + len(new) > KEPT:
                self._known = {_END: _END}
            self._known.update(new)
            for word in words - new.keys():
                new[word] = next(iter(self._analyze(word)), _NONE)
        return new

    def _analyzed(self, text: str) -> list[str]:
        with self._lock:
            return self._analyze(text)

    def __len__(self) -> int:
        return len(self._known) - 1
