"""Documents made to take all memory or time: rejected alone, while the server stays as it was.

All of them are made here; most are some kilobytes.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from harbour import serving, upload
from load_samples import docx, docx_with, pdf_of_objects, word_body

from qa.service import Service

MB = 1_000_000


def pdf_page(content: bytes, *more: bytes) -> bytes:
    return pdf_of_objects(
        b"<</Type /Catalog /Pages 2 0 R>>",
        b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
        b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R"
        b" /Resources <</Font <</F 5 0 R>> /XObject <</X 6 0 R>>>>>>",
        content,
        b"<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
        *more,
    )


def stream(data: bytes, head: bytes = b"") -> bytes:
    packed = zlib.compress(data, 9)
    length = b"/Length %d" % len(packed)
    return b"<<%s %s /Filter /FlateDecode>>\nstream\n%s\nendstream" % (head, length, packed)


def pdf_of_text() -> bytes:
    """Unpacks to much more than the limit."""
    return pdf_page(stream(b"BT /F 9 Tf (words) Tj ET " * (2 * MB)))


def pdf_packed_often() -> bytes:
    """Packed over and over, so that little of it says how large it is."""
    data = zlib.compress(zlib.compress(b"\0" * (200 * MB), 9), 9)
    head = b"/Length %d /Filter [/FlateDecode /FlateDecode]" % len(data)
    return pdf_page(b"<<%s>>\nstream\n%s\nendstream" % (head, data))


def pdf_of_pages() -> bytes:
    """A tree of pages that contains itself."""
    return pdf_of_objects(
        b"<</Type /Catalog /Pages 2 0 R>>",
        b"<</Type /Pages /Kids [2 0 R 2 0 R] /Count 999999999>>",
    )


def pdf_nested() -> bytes:
    return pdf_page(stream(b"[" * MB + b"]" * MB + b" TJ"))


def docx_of_spaces() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<w>" + b" " * (50 * MB))
    return out.getvalue()


def docx_nested() -> bytes:
    body = word_body(
        "<w:sdt><w:sdtContent>" * 30_000 + "<w:p/>" + "</w:sdtContent></w:sdt>" * 30_000
    )
    return docx_with(docx("x"), {"word/document.xml": body})


def docx_of_entities() -> bytes:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY e0 "words ">{levels}]>'
    body = word_body("<w:p><w:r><w:t>&e9;</w:t></w:r></w:p>")
    return docx_with(docx("x"), {"word/document.xml": head.encode() + body})


def docx_of_parts() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", b"<w/>")
        for number in range(15_000):
            archive.writestr(f"word/{number}.xml", b"")
    return out.getvalue()


def html_nested() -> bytes:
    return b"<html><body>" + b"<div>" * 300_000 + b"words " * 50


def html_of_tables() -> bytes:
    return b"<html><body>" + b"<table><tr><td>" * 20_000 + b"words " * 50


def html_of_attributes() -> bytes:
    many = b" ".join(b"a%d=b" % number for number in range(20_000))
    return b"<html><body><p " + many + b">words</p>" + b"<!--" * 50_000


def eml_of_parts() -> bytes:
    head = (
        b"From: a@example.org\r\nSubject: parts\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    )
    return head + b"--b\r\n\r\nx\r\n" * 50_000 + b"--b--\r\n"


def eml_nested() -> bytes:
    head = b"From: a@example.org\r\nSubject: deep\r\nMIME-Version: 1.0\r\n"
    part = b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n'
    return head + b"".join(part % (number, number) for number in range(3_000)) + b"\r\nwords"


def eml_of_headers() -> bytes:
    return b"From: a@example.org\r\n" + b"Received: x (y) z;\r\n" * 100_000 + b"\r\nwords"


def markdown_nested() -> bytes:
    return b"> " * 100_000 + b"words\n" + b"[" * 100_000 + b"*" * 100_000


def one_word() -> bytes:
    return b"a" * MB


def no_sentences() -> bytes:
    return b"(((((" * 50_000 + b".!?" * 50_000


SOAK = pytest.mark.soak

BOMBS: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "text.pdf": (pdf_of_text, {"document_too_large"}),
    "packed.pdf": (pdf_packed_often, {"document_too_large"}),
    "pages.pdf": (pdf_of_pages, {"broken_document", "empty_document", "reader_gave_up"}),
    "nested.pdf": (pdf_nested, {"broken_document", "empty_document", "reader_gave_up"}),
    "spaces.docx": (docx_of_spaces, {"document_too_large"}),
    "nested.docx": (docx_nested, {"broken_document", "empty_document"}),
    "entities.docx": (docx_of_entities, {"broken_document", "reader_gave_up"}),
    "parts.docx": (docx_of_parts, {"document_too_large"}),
    "nested.html": (html_nested, {"", "empty_document", "broken_document", "reader_gave_up"}),
    "tables.html": (html_of_tables, {"", "empty_document", "broken_document", "reader_gave_up"}),
    "attributes.html": (html_of_attributes, {"", "empty_document", "reader_gave_up"}),
    "parts.eml": (eml_of_parts, {"", "reader_gave_up"}),
    "nested.eml": (eml_nested, {"", "broken_document", "empty_document", "reader_gave_up"}),
    "headers.eml": (eml_of_headers, {""}),
    "nested.md": (markdown_nested, {"", "reader_gave_up"}),
    "word.txt": (one_word, {"", "reader_gave_up"}),
    "sentences.txt": (no_sentences, {"", "reader_gave_up"}),
}
"""Bombs, each with the codes that it may be rejected with; "" where it may be taken in."""


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, embeddings: dict[str, Any]
) -> Iterator[tuple[httpx.Client, Service]]:
    place = tmp_path_factory.mktemp("bombs") / "data"
    bounds = {"read_memory": 300_000_000, "read_timeout": 2}
    with serving(place, **embeddings, **bounds, max_document_bytes=20 * MB) as (client, service):
        yield client, service


def resident() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) // 1000
    raise AssertionError


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
@pytest.mark.parametrize(
    "name",
    # One of four in every run, all of them in the long one.
    [name if n % 4 == 0 else pytest.param(name, marks=SOAK) for n, name in enumerate(BOMBS)],
)
def test_a_bomb_costs_itself_alone(house: tuple[httpx.Client, Service], name: str) -> None:
    client, _ = house
    make, codes = BOMBS[name]
    data = make()
    good = (f"beside {name}.txt", f"The quay beside {name} is open.".encode())
    before = resident()
    response = upload(client, good, (name, data))
    assert response.status_code == 201, response.text
    beside, bomb = response.json()["documents"]
    assert beside["outcome"] == "added"
    assert bomb.get("problem", {"code": ""})["code"] in codes
    if bomb["outcome"] == "rejected":
        assert name in bomb["problem"]["detail"]
    # What is parsed is parsed elsewhere; this process keeps no more than the upload itself.
    assert resident() - before < 150
    assert client.get("/livez").status_code == 200
