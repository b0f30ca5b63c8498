"""Recognising formats: names are believed until the bytes prove them wrong."""

from __future__ import annotations

import pytest
from load_samples import PARAGRAPHS, docx, draft, eml, page, pdf

from index.errors import BrokenDocument, UndecodableText, UnsupportedFormat
from index.load.formats import MEDIA_TYPES, extension, recognise, sniff

PDF = pdf(PARAGRAPHS[0])
DOCX = docx(PARAGRAPHS[0])
EML = eml(PARAGRAPHS[0])
HTML = page(*PARAGRAPHS).encode()
TEXT = PARAGRAPHS[0].encode()


@pytest.mark.parametrize(
    ("name", "data", "format_"),
    [
        ("a.txt", TEXT, "text"),
        ("A.TXT", TEXT, "text"),
        ("a.md", TEXT, "markdown"),
        ("a.htm", HTML, "html"),
        ("a.xhtml", HTML, "html"),
        ("a.pdf", PDF, "pdf"),
        ("a.docx", DOCX, "docx"),
        ("a.eml", EML, "eml"),
    ],
)
def test_the_extension_decides(name: str, data: bytes, format_: str) -> None:
    assert recognise(name, None, data) == format_
    assert draft(name, data).media_type == MEDIA_TYPES[format_]  # type: ignore[index]


@pytest.mark.parametrize(
    ("data", "format_"),
    [(PDF, "pdf"), (DOCX, "docx"), (EML, "eml"), (HTML, "html"), (TEXT, "text")],
)
@pytest.mark.parametrize("name", ["notes v1.2", "README", "-"])
def test_without_an_extension_the_bytes_decide(name: str, data: bytes, format_: str) -> None:
    assert recognise(name, None, data) == format_
    assert recognise(name, "application/octet-stream", data) == format_


@pytest.mark.parametrize(("data", "format_"), [(PDF, "pdf"), (DOCX, "docx")])
@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.md", "a.eml", "a.xyz"])
def test_a_name_that_lies_is_seen_through(name: str, data: bytes, format_: str) -> None:
    assert recognise(name, None, data) == format_
    assert PARAGRAPHS[0] in draft(name, data).text


@pytest.mark.parametrize("name", ["a.pdf", "a.docx"])
@pytest.mark.parametrize("data", [TEXT, HTML, EML, b"\x89PNG\r\n\x1a\n\x00\x00"])
def test_a_name_that_promises_too_much_is_an_error(name: str, data: bytes) -> None:
    with pytest.raises(BrokenDocument, match=rf"{name} should be"):
        draft(name, data)


def test_a_text_that_speaks_of_pdf_is_text() -> None:
    assert draft("a.txt", b"%PDF- is how such files begin.").text.startswith("%PDF-")


def test_an_archive_without_a_document_is_none() -> None:
    archive = b"PK\x03\x04" + b"\x00" * 60

    with pytest.raises(BrokenDocument, match="no Word document"):
        draft("a.docx", archive)
    with pytest.raises(BrokenDocument, match="no Word document"):
        draft("a.txt", archive)
    with pytest.raises(UnsupportedFormat, match=r"\.xlsx files"):
        draft("a.xlsx", archive)


def test_the_media_type_decides_where_the_name_does_not() -> None:
    assert recognise("upload", "text/html; charset=utf-8", b"<p>x") == "html"
    assert recognise("upload", "text/markdown", TEXT) == "markdown"
    assert recognise("a.xyz", "text/plain", TEXT) == "text"
    assert recognise("a.md", "text/plain", TEXT) == "markdown"


def test_for_a_served_document_the_server_comes_first() -> None:
    assert recognise("a.txt", "text/html", HTML, served=True) == "html"
    assert recognise("page.php", "text/html", HTML, served=True) == "html"
    assert recognise("notes.md", "text/plain", TEXT, served=True) == "markdown"
    assert recognise("raw", "text/plain; charset=utf-8", TEXT, served=True) == "text"
    with pytest.raises(UnsupportedFormat, match="image/png"):
        recognise("a.html", "image/png", b"\x89PNG", served=True)


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", TEXT])
def test_unknown_kinds_are_refused_by_name(data: bytes) -> None:
    with pytest.raises(UnsupportedFormat, match=r"photo\.xyz: \.xyz files") as caught:
        draft("photo.xyz", data)
    assert "docx" in caught.value.hint


def test_binary_data_without_a_name_are_refused() -> None:
    with pytest.raises(UnsupportedFormat, match="this kind of file"):
        draft("photo", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    with pytest.raises(UndecodableText, match="photo"):
        draft("photo", b"\x89\xc3\x28\xa0\xa1")


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("a.txt", "txt"),
        ("a.tar.GZ", "gz"),
        ("a.", ""),
        ("v1.2", ""),
        ("a.mp3", "mp3"),
        ("a.b c", ""),
        ("Dr. Who", ""),
        ("a.verylongsuffix", ""),
        ("a.7z", "7z"),
    ],
)
def test_extensions(name: str, suffix: str) -> None:
    assert extension(name) == suffix


@pytest.mark.parametrize(
    ("head", "format_"),
    [
        (b"\xef\xbb\xbf \n<!-- c --><?xml version='1.0'?>\n<!DOCTYPE html><p>", "html"),
        (b"<HTML lang=en>", "html"),
        (b"<!-- a --> <p>not a page", None),
        (b"Received: from a\n by b\nFrom: x@example.org\n\nHi", "eml"),
        (b"Subject: only one\n\nHi", None),
        (b"Title: a\nSubject: b\nDate: c\n\nHi", None),
        (b"From: a\nnot a header\nTo: b\n", None),
        (b"", None),
    ],
)
def test_first_bytes(head: bytes, format_: str | None) -> None:
    assert sniff(head) == format_


def test_a_run_of_comments_is_read_in_one_way_only() -> None:
    # Were every way tried to read these comments, there would be 2**400, and no end to this test.
    assert sniff(b"<!-- -->" * 400 + b"x") is None
