"""Lengths in tokens: tiktoken's ``cl100k_base``, from ranks on disk, never from the network.

``tiktoken.get_encoding`` downloads its ranks when its cache lacks them. llama-index-core ships
them as package data, so they are read from there and the encoding is put together here. Special
tokens are left out: ``<|endoftext|>`` in a document is text like any other.
"""

from __future__ import annotations

import hashlib
import re
from binascii import a2b_base64
from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import TokenizerUnusable

if TYPE_CHECKING:
    from tiktoken import Encoding

_CACHE = Path("_static") / "tiktoken_cache"
_FILE = "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"  # tiktoken names it by the SHA-1 of its address
_SHA256 = "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"
# How cl100k_base takes text apart before merging bytes; part of the encoding's definition
# (tiktoken_ext.openai_public), as fixed as the ranks themselves.
_PATTERN = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+"
    r"| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
)

_RUN = 500
_LONG_RUN = re.compile(rf"\S{{{_RUN + 1}}}|\s{{{_RUN + 1}}}")
_PIECE = re.compile(rf"(?:\s{{1,{_RUN}}})?\S{{1,{_RUN}}}|\s{{1,{_RUN}}}")
_BATCH = 20_000


def count(text: str) -> int:
    """Return the length of ``text`` in tokens.

    Runs of more than 500 characters without white space (or of nothing else) are counted in pieces,
    because byte pair merging is slow on them and some versions of tiktoken give up on them; the
    result may then exceed tiktoken's own by one or two a piece.

    Raises:
        TokenizerUnusable: if the token ranks are missing or altered.
    """
    encoder = _encoder()
    if len(text) <= _RUN or _LONG_RUN.search(text) is None:
        return len(encoder.encode_ordinary(text))
    return sum(len(encoder.encode_ordinary(piece)) for piece in _pieces(text))


def rank(word: str) -> int | None:
    """Return how early a word was merged into one token; ``None`` if it takes several.

    Byte pair encoding merges what is frequent first, so a lower rank means a more frequent word in
    the text that the encoding was made from. The word is taken as one within running text, in the
    given case: ``rank("moscow")`` is ``None`` while ``rank("Moscow")`` is not.

    Raises:
        TokenizerUnusable: if the token ranks are missing or altered.
    """
    pieces = _encoder().encode_ordinary(" " + word[:_RUN])
    return pieces[0] if len(pieces) == 1 else None


def prefix(text: str, limit: int) -> str:
    """Return the longest start of ``text`` that has whole words and at most ``limit`` tokens.

    A first word that is longer by itself is cut.

    Raises:
        TokenizerUnusable: if the token ranks are missing or altered.
    """
    text = text[: limit * 40]  # a token holds far fewer characters of real text than that
    if count(text) <= limit:
        return text
    ends = [match.end() for match in re.finditer(r"\S+", text)]
    fitting = _last_fitting(text, ends, limit)
    if fitting or not ends:
        return text[:fitting]
    return text[: _last_fitting(text, list(range(1, ends[0] + 1)), limit)]


def _last_fitting(text: str, ends: list[int], limit: int) -> int:
    """Return the last of the sorted ``ends`` up to which ``text`` fits, 0 if none does."""
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high) // 2
        if count(text[: ends[middle]]) <= limit:
            low = middle + 1
        else:
            high = middle
    return ends[low - 1] if low else 0


def _pieces(text: str) -> Iterator[str]:
    """Take a text with very long runs apart: long runs alone, the rest in larger batches."""
    batch: list[str] = []
    size = 0
    for match in _PIECE.finditer(text):
        batch.append(match[0])
        size += len(match[0])
        if size >= _BATCH or len(match[0]) >= _RUN:
            yield "".join(batch)
            batch, size = [], 0
    if batch:
        yield "".join(batch)


@lru_cache(maxsize=1)
def _encoder() -> Encoding:
    """Build the encoding once per process; takes about a quarter of a second."""
    from tiktoken import Encoding

    fields = _read_ranks().split()  # a token in base64 and its rank on every line
    ranks = dict(zip(map(a2b_base64, fields[::2]), map(int, fields[1::2]), strict=True))
    return Encoding("cl100k_base_plain", pat_str=_PATTERN, mergeable_ranks=ranks, special_tokens={})


def _read_ranks() -> bytes:
    """Read the ranks that llama-index-core ships, without importing it (which takes seconds)."""
    package = find_spec("llama_index")
    roots = list(package.submodule_search_locations or ()) if package else []
    for root in roots:
        path = Path(root) / "core" / _CACHE / _FILE
        try:
            data = path.read_bytes()
        except OSError:
            continue
        if hashlib.sha256(data).hexdigest() != _SHA256:
            raise TokenizerUnusable(f"{path}: not the token ranks of cl100k_base")
        return data
    raise TokenizerUnusable("the token ranks of cl100k_base are missing from llama-index-core")
