"""Words of documents and models made inert: nothing that shows them loads, links or runs anything.

The text of an answer is plain, and some clients show it as Markdown or HTML all the same. So it is
written such that a renderer finds in it nothing but emphasis, code spans and the shape of lines:

=====================================  =======================================
what stands in a source                what stands in an answer's text
=====================================  =======================================
``<img …>``, ``<!-- … -->``            ``‹img …>``, ``‹!-- … -->``
``![alt](…)``, ``[words](…)``          ``! [alt] (…)``, ``[words] (…)``
``[label]: …``, ``[[page]]``           ``[label] : …``, ``[ [page] ]``
``https://host.example/path``          ``https[:]//host[.]example/path``
``www.host.example``                   ``www[.]host[.]example``
``mailto:``, ``javascript:``, …        ``mailto[:]``, ``javascript[:]``
``desk@paper.example``                 ``desk[@]paper.example``
a fence of three backticks             three apostrophes
``[12]``, as a source numbers notes    ``(12)``: ``[n]`` is always a citation
controls, zero width, bidi, tags       nothing
=====================================  =======================================

The brackets are how security reports write addresses that shall not be followed: all can still be
read. Quotations are not written this way: a citation holds the words of the record, unchanged, and
whoever shows them escapes them for where they are shown. The only address that leads anywhere is
that of a cited source; see :func:`is_web`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from qa.visible import HARMFUL

_DOT = re.compile(r"(?<=[^\W_])\.(?=[^\W_])")
_HOST = r"[^\s/?#<>\[\]()]*"

_Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]

_MARK: _Rule = (re.compile(r"\[(\d[\d\s,;–-]*)\]"), lambda found: f"({found[1]})")

_MARKUP: tuple[_Rule, ...] = (
    (HARMFUL, lambda _: ""),
    (re.compile(r"<(?=[a-z/!?])(?!U\+[0-9A-F]{4,6}>)", re.IGNORECASE), lambda _: "‹"),
    (re.compile(r"`{3,}"), lambda found: "'" * len(found[0])),
    (re.compile(r"~{3,}"), lambda found: " ".join(found[0])),
    (re.compile(r"!(?=\[)"), lambda _: "! "),
    (re.compile(r"\[(?=\[)"), lambda _: "[ "),
    (re.compile(r"(?<=\])(?=[(:])"), lambda _: " "),
)
"""What is replaced of markup, in this order: what is hidden first, as it may split what follows."""

_ADDRESSES: tuple[_Rule, ...] = (
    (
        re.compile(rf":(\\?/\\?/)({_HOST})"),
        lambda found: f"[:]{found[1]}{_DOT.sub('[.]', found[2])}",
    ),
    (
        re.compile(rf"www\.{_HOST}", re.IGNORECASE),
        lambda found: _DOT.sub("[.]", found[0]),
    ),
    (
        re.compile(
            r"(mailto|javascript|vbscript|(?<![^\W_])(?:xmpp|tel|sms|data(?=:[\w.+-]+[/;,])"
            r"|file(?=:\\?/)|magnet(?=:\?))):(?=\S)",
            re.IGNORECASE,
        ),
        lambda found: f"{found[1]}[:]",
    ),
    (re.compile(r"(?<=[\w.+-])@(?=[\w-]+\.\w)"), lambda _: "[@]"),
)
"""What is replaced of addresses, which some renderers make links of by themselves."""

_APART: _Rule = (re.compile(r"(?<=\])(?=[(:])"), lambda _: " ")
"""Keeps the brackets of a broken address from becoming the words of a link."""

_WEB = re.compile(
    r"https?://(?![^/?#]*@)[^\W_][\w.-]*(?::\d{1,5})?(?:[/?#][!-;=?-~]*)?", re.IGNORECASE
)


def inert(text: str) -> str:
    """Return the text with everything broken that a renderer could act on; the same twice over."""
    for pattern, replacement in (*_MARKUP, *_ADDRESSES, _APART):
        text = pattern.sub(replacement, text)
    return text


def unlinked(text: str) -> str:
    """Return the text with its addresses broken, for where markup is escaped in another way."""
    for pattern, replacement in _ADDRESSES:
        text = pattern.sub(replacement, text)
    return text


def in_answer(text: str, places: Sequence[int] = ()) -> tuple[str, list[int]]:
    """Return words of a source as they stand in an answer's text, and where places of them are.

    They are inert, and none of them looks like the mark of a citation.

    Args:
        text: the words.
        places: numbers of code points before which something stands.
    """
    at = list(places)
    for pattern, replacement in (_MARK, *_MARKUP, *_ADDRESSES, _APART, _MARK):
        changes = [(*found.span(), replacement(found)) for found in pattern.finditer(text)]
        at = [_moved(place, changes) for place in at]
        for start, end, new in reversed(changes):
            text = text[:start] + new + text[end:]
    return text, at


def _moved(place: int, changes: Sequence[tuple[int, int, str]]) -> int:
    """Return where a place is after changes; one within what was replaced is at its end."""
    shift = 0
    for start, end, new in changes:
        if start >= place:
            break
        shift += len(new) - (min(end, place) - start)
    return place + shift


def is_web(address: str) -> bool:
    """Return whether an address may be shown as a link: of the web, its host in plain sight."""
    return _WEB.fullmatch(address) is not None
