"""E-mail messages (RFC 5322, MIME): the body, with subject, sender and date as metadata.

Attachments and forwarded messages are not read; ingest them as files of their own.
"""

from __future__ import annotations

from datetime import date
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime

from index.errors import BrokenDocument, DocumentTooLarge
from index.load.content import Content, reading, storable
from index.load.decoding import decode
from index.load.html import read_html
from index.models import Metadata


def read_eml(data: bytes, *, name: str, limit: int) -> Content:
    """Return the body of a message: its plain text as it is, or else the text of its HTML.

    The subject is the title, the sender the author and the day of the ``Date`` header, in the
    sender's own time zone, the day of publication; all are stated.

    Args:
        data: the message.
        name: the file, for messages.
        limit: most bytes that the body may unpack to.

    Raises:
        BrokenDocument: if it is no message, or none with a text.
        UndecodableText: if the body is not in the encoding that it declares, nor in another.
        DocumentTooLarge: if the body exceeds ``limit``.
    """
    with reading(name, "an e-mail message"):
        message = BytesParser(policy=policy.default).parsebytes(data)
        if not message.keys():
            raise BrokenDocument(f"{name} is no e-mail message: it has no headers")
        stated = _headers(message)
        part = message.get_body(preferencelist=("plain", "html"))
        if part is None:
            raise BrokenDocument(
                f"{name} has no text of its own",
                hint="Save its attachments as files and ingest those.",
            )
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes):
            raise BrokenDocument(f"{name} has a body in no known form")
        if len(payload) > limit:
            raise DocumentTooLarge(f"the body of {name} has more than {limit:,} bytes")
        charset = part.get_content_charset()
        if part.get_content_subtype() == "html":
            media_type = f"text/html; charset={charset}" if charset else "text/html"
            page = read_html(payload, name=name, media_type=media_type)
            return Content(page.text, headings=page.headings, stated=stated)
        return Content(storable(decode(payload, name, declared=charset)), stated=stated)


def _headers(message: EmailMessage) -> Metadata:
    sender, address = parseaddr(_header(message, "From"))
    return Metadata(
        title=_header(message, "Subject") or None,
        author=" ".join(sender.split()) or address or None,
        published_at=_day(_header(message, "Date")),
    )


def _header(message: EmailMessage, name: str) -> str:
    """Return a header in one line; one that the library cannot parse counts as missing."""
    try:
        return " ".join(storable(str(message[name] or "")).split())
    except Exception:  # the header parser fails in many ways on garbage
        return ""


def _day(header: str) -> date | None:
    try:
        return parsedate_to_datetime(header).date()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
