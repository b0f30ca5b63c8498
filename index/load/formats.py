"""Which format something is in: by its name, by what its sender says, by its first bytes."""

from __future__ import annotations

import re
from typing import Literal

from index.errors import BrokenDocument, EncryptedDocument, UnsupportedFormat

Format = Literal["text", "markdown", "html", "pdf", "docx", "eml"]
"""The formats that can be read."""

MEDIA_TYPES: dict[Format, str] = {
    "text": "text/plain",
    "markdown": "text/markdown",
    "html": "text/html",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "eml": "message/rfc822",
}
"""The media type of each format, as registered with IANA."""

EXTENSIONS: dict[str, Format] = {
    "txt": "text",
    "text": "text",
    "md": "markdown",
    "markdown": "markdown",
    "html": "html",
    "htm": "html",
    "xhtml": "html",
    "pdf": "pdf",
    "docx": "docx",
    "eml": "eml",
}
"""The format that each file name extension stands for."""

_BY_MEDIA_TYPE: dict[str, Format] = {
    **{media_type: format_ for format_, media_type in MEDIA_TYPES.items()},
    "text/x-markdown": "markdown",
    "application/xhtml+xml": "html",
    "application/x-pdf": "pdf",
}
# What servers and browsers send when they do not know; it says nothing about the format.
_VAGUE = frozenset({"text/plain", "application/octet-stream", "binary/octet-stream", ""})

SNIFFED_BYTES = 4096
"""How many bytes from the start :func:`sniff` looks at."""

_EXTENSION = re.compile(r"\.(?=[0-9]*[A-Za-z])([A-Za-z0-9]{1,8})\Z")
# Possessive throughout: a run of comments has many readings and must be tried in one only.
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?+(?:\s++|<!--(?:(?!-->).)*+-->|<\?xml[^>]*+>)*+"
    rb"<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(rb"<[A-Za-z!/]|<\x00[A-Za-z!/]|\x00<\x00[A-Za-z!/]")
_HEADER = re.compile(rb"([A-Za-z][A-Za-z0-9-]*):[ \t]*\S*")
_MAIL_HEADERS = frozenset(
    {b"from", b"to", b"cc", b"subject", b"date", b"received", b"message-id", b"mime-version"}
    | {b"return-path", b"delivered-to", b"reply-to", b"sender", b"content-type"}
)
_SENDER_HEADERS = frozenset({b"from", b"received", b"message-id", b"return-path"})

# Compound File Binary Format ([MS-CFB]): old Word files, and the shell of encrypted new ones.
_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")


def extension(name: str) -> str:
    """Return the extension of a file name in lower case, or ``""`` if it has none.

    ``notes v1.2`` has none: an extension is at most eight letters and digits, at least one of
    them a letter.
    """
    found = _EXTENSION.search(name)
    return found[1].lower() if found else ""


def sniff(head: bytes) -> Format | None:
    """Return the format that the first bytes give away, or ``None`` if they do not.

    Args:
        head: at least the first :data:`SNIFFED_BYTES` bytes, or all there are.
    """
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return "docx"
    if _HTML.match(head[:SNIFFED_BYTES]):
        return "html"
    if _looks_like_mail(head[:SNIFFED_BYTES]):
        return "eml"
    return None


def recognise(name: str, media_type: str | None, data: bytes, *, served: bool = False) -> Format:
    """Return the format of ``data``, whatever its name claims.

    Bytes that can only be a PDF or a Word document are read as such under any name. Otherwise
    the extension decides, then the media type, then :func:`sniff`; for something served over
    HTTP the media type comes first, unless it is one that says nothing.

    Args:
        name: file name, or the last part of an address.
        media_type: as stated by a server or uploader, parameters allowed.
        data: the whole content.
        served: whether it came over HTTP.

    Raises:
        UnsupportedFormat: if it is in no format that can be read.
        BrokenDocument: if the name says one format and the bytes are certainly none such.
        EncryptedDocument: if it is an encrypted Word document.
    """
    suffix = extension(name)
    stated = (media_type or "").partition(";")[0].strip().lower()
    by_name = EXTENSIONS.get(suffix)
    by_sender = _BY_MEDIA_TYPE.get(stated)
    claimed = by_name or by_sender
    if served and stated not in _VAGUE:
        claimed = by_sender
        if claimed is None:
            raise UnsupportedFormat(f"{name} is served as {stated}, which cannot be read")
    _refuse_compound(name, data)
    found = sniff(data)
    if found == "docx" or (found == "pdf" and (claimed is None or b" obj" in data)):
        return _certain(name, found, claimed, data)
    if claimed is None:
        claimed = found
    if claimed is None and not suffix and not looks_binary(data):
        claimed = "text"
    if claimed is None:
        raise unsupported(name)
    if claimed == "docx" or (claimed == "pdf" and b"%PDF-" not in data[:1024]):
        kind = "a PDF" if claimed == "pdf" else "a Word document"
        raise BrokenDocument(f"{name} should be {kind} by its name, but is not one")
    if claimed == "html" and not _TAG.search(data):
        return "text"
    return claimed


def _certain(name: str, found: Format, claimed: Format | None, data: bytes) -> Format:
    """Return the format of bytes with a signature; a ZIP archive may be anything inside."""
    if found == "docx" and b"word/document.xml" not in data:
        if claimed is None:
            raise unsupported(name)
        raise BrokenDocument(f"{name} is a ZIP archive with no Word document in it")
    return found


def _refuse_compound(name: str, data: bytes) -> None:
    if not data.startswith(_COMPOUND):
        return
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise EncryptedDocument(f"{name} is a Word document with a password")
    raise UnsupportedFormat(
        f"{name} is in an old Office format", hint="Save it as docx and ingest that."
    )


def unsupported(name: str) -> UnsupportedFormat:
    """Return the error for a file of a kind that cannot be read."""
    suffix = extension(name)
    kind = f".{suffix} files" if suffix and suffix not in EXTENSIONS else "this kind of file"
    return UnsupportedFormat(f"{name}: {kind} cannot be read")


def looks_binary(data: bytes) -> bool:
    """Return whether ``data`` starts unlike any text; UTF-16 with its mark is text."""
    return b"\x00" in data[:SNIFFED_BYTES] and not data.startswith((b"\xff\xfe", b"\xfe\xff"))


def _looks_like_mail(head: bytes) -> bool:
    """Return whether ``head`` starts with header lines of a message (RFC 5322, section 2.2)."""
    names: set[bytes] = set()
    for line in head.split(b"\n"):
        if not line.strip():
            break
        if line[:1] in b" \t" and names:
            continue
        found = _HEADER.match(line)
        if not found:
            return False
        names.add(found[1].lower())
    return len(names & _MAIL_HEADERS) >= 2 and bool(names & _SENDER_HEADERS)
