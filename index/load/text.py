"""Plain text and Markdown: stored as written, front matter and headings found."""

from __future__ import annotations

import re

from index.load.content import Content
from index.load.decoding import decode, media_charset
from index.load.metadata import own_fields
from index.models import Metadata, Span

_FRONT_MATTER = re.compile(
    r"---[ \t]*\r?\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE
)
_FRONT_MATTER_LIMIT = 64_000
_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})(?P<info>.*)")
_ATX = re.compile(r" {0,3}#{1,6}(?:[ \t]+\S.*)?[ \t]*")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-{2,})[ \t]*")
_NO_TITLE_LINE = re.compile(r" {0,3}(?:>|[-+*][ \t]|\d{1,9}[.)][ \t]|\|| {4}|\t)")

# How front matter is written for the site generators in use, by our own names.
_FRONT_NAMES = {
    "title": ("title", "headline"),
    "outlet": ("outlet", "publisher", "publication", "site_name"),
    "author": ("author", "authors", "byline"),
    "published_at": ("published_at", "published", "date", "datepublished", "publishdate"),
    "url": ("url", "canonical_url", "canonical", "source_url"),
    "language": ("language", "lang"),
    # What site generators call a category or a section is not the user's own grouping.
    "collection": ("collection",),
}


def read_plain(data: bytes, *, name: str, media_type: str | None = None) -> Content:
    """Return a text file as it is: nothing is normalised, only a byte order mark goes.

    Raises:
        UndecodableText: if the bytes are not text, or not certainly text in one encoding.
    """
    return Content(decode(data, name, declared=media_charset(media_type)))


def read_markdown(data: bytes, *, name: str, media_type: str | None = None) -> Content:
    """Return a Markdown file: front matter as metadata, the rest as it is, headings marked.

    Front matter is a YAML mapping between two ``---`` lines at the very start. What cannot be
    read as such is taken for text. Headings are the ATX and setext headings of CommonMark 0.31,
    outside of fenced code; a heading's span is its line, number signs included.

    Raises:
        UndecodableText: see :func:`read_plain`.
    """
    text = decode(data, name, declared=media_charset(media_type))
    stated = Metadata()
    found = _FRONT_MATTER.match(text)
    if found and len(found["yaml"]) <= _FRONT_MATTER_LIMIT:
        values = _mapping(found["yaml"])
        if values is not None:
            stated = own_fields(
                {field: _first(values, *names) for field, names in _FRONT_NAMES.items()}
            )
            text = text[found.end() :]
    return Content(text, headings=tuple(_markdown_headings(text)), stated=stated)


def _mapping(yaml_text: str) -> dict[str, object] | None:
    """Return the YAML mapping with lower-case keys and every scalar as text, or ``None``."""
    import yaml

    try:
        # The base loader builds only mappings, sequences and strings: no dates are turned, and
        # nothing a hostile file names is constructed.
        # The one in C is a hundred times faster on hostile nesting; some installations lack it.
        loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
        values = yaml.load(yaml_text, Loader=loader)  # noqa: S506
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    if values in ("", None):
        return {}
    if not isinstance(values, dict):
        return None
    return {str(key).lower(): value for key, value in values.items()}


def _first(values: dict[str, object], *names: str) -> str | None:
    """Return the first value there is under ``names``, a list of texts as one text."""
    for name in names:
        value = values.get(name)
        if isinstance(value, list):
            value = ", ".join(item for item in value if isinstance(item, str))
        if isinstance(value, str) and value.strip():
            return value
    return None


def _markdown_headings(text: str) -> list[Span]:
    headings: list[Span] = []
    fence = ""
    paragraph: list[Span] = []  # the lines of text right above
    start = 0
    for line in re.split(r"(?<=\n)", text):
        bare = line.rstrip("\r\n")
        span = Span(start, start + len(bare))
        start += len(line)
        mark = _FENCE.fullmatch(bare)
        if fence:
            if mark and mark["fence"].startswith(fence) and not mark["info"].strip():
                fence = ""
        elif mark and not (mark["fence"][0] == "`" and "`" in mark["info"]):
            fence, paragraph = mark["fence"], []
        elif _ATX.fullmatch(bare):
            headings.append(span)
            paragraph = []
        elif len(paragraph) == 1 and _UNDERLINE.fullmatch(bare):
            # Only a one-line title is taken: a whole paragraph above a rule of dashes is a
            # heading to CommonMark, but hardly to its author, and would be lost as evidence.
            headings.append(paragraph[0])
            paragraph = []
        elif not bare.strip() or _NO_TITLE_LINE.match(bare):
            paragraph = []
        else:
            paragraph.append(span)
    return headings
