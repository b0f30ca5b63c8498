"""Bytes to exactly the characters that they stand for, or a clear refusal."""

from __future__ import annotations

import codecs
import re

from index.errors import UndecodableText

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks and what they announce; the UTF-32 marks begin with the UTF-16 ones."""

_MEDIA_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_:.-]+)", re.IGNORECASE)

# Encodings in which text files without a mark are still met: the legacy encodings of the WHATWG
# Encoding Standard. Code pages of mainframes and old terminals only add wrong guesses.
_LEGACY = [
    *(f"cp125{number}" for number in range(8)),
    *("koi8_r", "koi8_u", "mac_roman", "cp932", "euc_jp", "cp949", "big5", "gb18030"),
]
_ONLY_IN_PYTHON = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape"})
_MOST_CHAOS = 0.2
_SAME_COHERENCE = 0.02
_FEW = 4
"""In damaged UTF-8 at least this many characters beyond ASCII are whole for each that is not."""


def decode(data: bytes, name: str, *, declared: str | None = None) -> str:
    """Return the characters that ``data`` stands for, less a byte order mark.

    In order: the byte order mark's encoding; strict UTF-8, which text with anything beyond ASCII in
    another encoding hardly ever is by chance; the declared encoding; then charset-normalizer over
    the legacy encodings in use. Where several of these fit equally well and give different words,
    Windows-1252 is taken if it is one of them (the default of the WHATWG Encoding Standard);
    otherwise the text is undecidable, as is UTF-8 with damaged bytes in it.

    Args:
        data: the bytes of the whole text.
        name: the file, for the message.
        declared: label of the encoding that its sender states; not trusted against the bytes.

    Raises:
        UndecodableText: if the bytes are not text or the encoding cannot be told.
    """
    text = _marked(data, name)
    if text is None and not data.isascii():
        text = _strictly(data, "utf-8")
    if text is None and declared:
        text = _strictly(data, declared_encoding(declared))
    if text is None:
        text = _strictly(data, "utf-8")
    if text is None:
        _refuse_damaged(data, name)
    if text is None or "\x00" in text:
        # NUL may still be half of a UTF-16 character.
        text = _detected(data) or text
    if text is None:
        what = "it looks like a binary file" if b"\x00" in data else "it is not UTF-8"
        but = f" (declared as {declared})" if declared else ""
        raise UndecodableText(f"the text encoding of {name} cannot be told: {what}{but}")
    if "\x00" in text:
        raise UndecodableText(f"{name} holds NUL characters: it looks like a binary file")
    return text


def media_charset(media_type: str | None) -> str | None:
    """Return the encoding that a media type declares, such as that of a ``Content-Type``."""
    found = _MEDIA_CHARSET.search(media_type or "")
    return found[1] if found else None


def _marked(data: bytes, name: str) -> str | None:
    """Return text that starts with a byte order mark, ``None`` if it does not."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            text = _strictly(data[len(mark) :], encoding)
            if text is None:
                raise UndecodableText(f"{name} starts as {encoding.upper()} but does not go on so")
            return text
    return None


def _refuse_damaged(data: bytes, name: str) -> None:
    """Refuse text that is UTF-8 but for a few bytes, which a guess would garble throughout."""
    lenient = data.decode("utf-8", errors="replace")
    damaged = lenient.count("\ufffd")
    beyond_ascii = sum(1 for char in lenient if char > "\x7f") - damaged
    if beyond_ascii >= _FEW * damaged:
        start = len(lenient.partition("\ufffd")[0].encode())
        raise UndecodableText(f"{name} is UTF-8 text, but not at byte {start:,}")


def declared_encoding(label: str) -> str | None:
    """Return Python's name of the encoding that a page or message declares, if there is one.

    Labels are read as browsers read them (WHATWG Encoding Standard): Latin 1 and ASCII mean
    Windows-1252, GB 2312 its superset GB 18030. Of the codecs that only Python knows, those from
    text to text are told when they are used, by a ``LookupError``.
    """
    try:
        found = codecs.lookup(label)
    except (LookupError, ValueError):
        return None
    if found.name.replace("-", "_") in _ONLY_IN_PYTHON:
        return None
    return {"ascii": "cp1252", "iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}.get(
        found.name, found.name
    )


def _strictly(data: bytes, encoding: str | None) -> str | None:
    try:
        return data.decode(encoding) if encoding else None
    except (LookupError, ValueError):
        return None


def _detected(data: bytes) -> str | None:
    """Return the text in the one encoding that fits best, or ``None`` if there is none such."""
    from charset_normalizer import from_bytes

    # NUL bytes are in every second place of UTF-16 text and in no text of a legacy encoding.
    wide = b"\x00" in data
    matches = from_bytes(
        data,
        cp_isolation=["utf_16_le", "utf_16_be"] if wide else _LEGACY,
        threshold=_MOST_CHAOS,
        enable_fallback=False,
    )
    best = matches.best()
    if best is None or (wide and (best.coherence == 0 or "\x00" in str(best))):
        return None
    level = [
        match
        for match in matches
        if match.chaos <= best.chaos and match.coherence >= best.coherence - _SAME_COHERENCE
    ]
    if any(str(match) != str(best) for match in level):
        western = [match for match in level if "cp1252" in match.could_be_from_charset]
        return str(western[0]) if western else None
    return str(best)
