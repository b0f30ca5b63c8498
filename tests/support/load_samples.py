"""Real documents of every format, written on the spot, and a real server to fetch them from."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from hypothesis import HealthCheck, settings

from index.load import Origin, parse
from index.models import Draft, Metadata

LIMIT = 5_000_000

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""For property tests: how long an example takes says more about the machine than about us."""

PARAGRAPHS = (
    "The harbour authority opened the new lock on Monday after eleven years of work.",
    "It lets ships of up to 180 metres pass, the engineers said, and it cost 42 million euros.",
    "Fishermen had asked for a smaller one. Their objection was heard twice and turned down.",
)


def draft(name: str, data: bytes, given: Metadata | None = None, **more: str) -> Draft:
    """Parse ``data`` as an upload called ``name``."""
    origin = Origin(f"upload:{name}", name, given or Metadata(), data=data, **more)
    return parse(origin, origin.read(LIMIT), limit=LIMIT)


def pdf(
    *pages: str, title: str = "", author: str = "", password: str | None = None, owner: str = "o"
) -> bytes:
    """Return a PDF with a line of text for each line of each page."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    lock = None if password is None else StandardEncryption(password, ownerPassword=owner)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, encrypt=lock, invariant=1)
    canvas.setTitle(title)
    canvas.setAuthor(author)
    for page in pages:
        text = canvas.beginText(72, 770)
        text.setFont("Helvetica", 10)
        for line in page.splitlines():
            text.textLine(line)
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def pdf_of_objects(*objects: bytes) -> bytes:
    """Return a PDF file made of the given objects, the first of which is its catalogue."""
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer <</Size %d /Root 1 0 R>>\n" % (len(objects) + 1)
    return bytes(out + b"startxref\n%d\n%%%%EOF" % table)


def docx(
    *paragraphs: str,
    headings: Sequence[str] = (),
    table: Sequence[Sequence[str]] = (),
    title: str = "",
    author: str = "",
    created: datetime | None = None,
) -> bytes:
    """Return a Word document: headings first, then paragraphs, then a table."""
    from docx import Document

    document = Document()
    for heading in headings:
        document.add_heading(heading, level=1)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if table:
        grid = document.add_table(rows=len(table), cols=len(table[0]))
        for row, cells in zip(grid.rows, table, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    document.core_properties.title = title
    document.core_properties.author = author
    if created:
        document.core_properties.created = created
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def docx_with(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """Return a Word document with some of its parts replaced."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, parts[name] if name in parts else old.read(name))
    return buffer.getvalue()


def word_body(inner: str) -> bytes:
    """Return a ``word/document.xml`` with ``inner`` as its body."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return f'<w:document xmlns:w="{space}"><w:body>{inner}</w:body></w:document>'.encode()


def eml(
    body: str,
    *,
    html: str | None = None,
    subject: str = "Lock opened",
    sender: str = "Ines Morel <ines@example.org>",
    date: str = "Mon, 03 Mar 2025 23:30:00 -0500",
    charset: str = "utf-8",
    cte: str | None = None,
) -> bytes:
    """Return a message with a plain body and, if given, an HTML alternative."""
    message = EmailMessage()
    message["Subject"], message["From"], message["Date"] = subject, sender, date
    message["To"] = "desk@example.org"
    message.set_content(body, charset=charset, cte=cte)
    if html is not None:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


def page(*paragraphs: str, head: str = "", extra: str = "") -> str:
    """Return a web page: an article among the usual furniture."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f'<!doctype html><html lang="en-GB"><head>{head}</head><body>'
        '<nav><ul><li><a href="/">Front page</a></li><li><a href="/w">Weather</a></li></ul></nav>'
        f"<article>{text}{extra}</article><footer>All rights reserved by the house</footer>"
        "</body></html>"
    )


@dataclass(frozen=True)
class Reply:
    """What the server answers under one path."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    pieces: int = 1
    """How often the body is sent."""


@contextmanager
def serve(replies: Mapping[str, Reply]) -> Iterator[tuple[str, list[tuple[str, dict[str, str]]]]]:
    """Serve ``replies`` by path on loopback; yield the base address and the requests seen."""
    seen: list[tuple[str, dict[str, str]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append((self.path, dict(self.headers.items())))
            reply = replies.get(self.path, Reply(status=404))
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                for _ in range(reply.pieces):
                    self.wfile.write(reply.body)
            except OSError:
                pass  # the client had enough

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
