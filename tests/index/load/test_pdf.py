"""PDF: the words of each page, exact page spans, and hostile files refused with a reason."""

from __future__ import annotations

import io
import zlib
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from load_samples import PARAGRAPHS, PATIENT, draft, pdf, pdf_of_objects

from index.errors import BrokenDocument, DocumentTooLarge, EmptyDocument, EncryptedDocument
from index.load import Origin, parse
from index.models import Metadata

HELLO = b"BT /F1 12 Tf 50 700 Td (The lock opened.) Tj ET"


def one_page(content: bytes, *, kids: bytes = b"[3 0 R]", more: bytes = b"<<>>") -> bytes:
    packed = zlib.compress(content, 9)
    return pdf_of_objects(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids %s/Count %d>>" % (kids, kids.count(b"R")),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>/XObject<</X 6 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        more,
    )


def test_each_page_is_cut_back_by_its_span() -> None:
    pages = ["First page.\nIt has two lines.", "", "Third page."]

    result = draft("report.pdf", pdf(*pages))

    assert result.media_type == "application/pdf"
    assert [span.cut(result.text).split() for span in result.pages] == [p.split() for p in pages]
    assert result.text == "\n\n".join(span.cut(result.text) for span in result.pages)


words = st.text("abcdefghij ÄÖüéñ(),.\\%", min_size=1, max_size=40)


@settings(PATIENT, max_examples=25)
@given(st.lists(words, min_size=1, max_size=5))
def test_page_spans_hold_for_any_pages(pages: list[str]) -> None:
    result = draft("report.pdf", pdf("x", *pages))

    cut = [span.cut(result.text) for span in result.pages]
    assert len(cut) == len(pages) + 1
    assert ["".join(page.split()) for page in cut[1:]] == ["".join(p.split()) for p in pages]
    assert all(a.end <= b.start for a, b in zip(result.pages, result.pages[1:], strict=False))


def test_title_is_stated_and_what_programs_fill_in_is_inferred() -> None:
    result = draft("report.pdf", pdf(*PARAGRAPHS, title="The lock", author="I. Morel"))

    assert result.metadata.title == "The lock"
    assert result.metadata.author == "I. Morel"
    assert result.metadata.published_at == date(2000, 1, 1)  # what reportlab writes on request
    assert {"author", "published_at"} <= result.metadata.inferred
    assert "title" not in result.metadata.inferred


@pytest.mark.parametrize(
    "junk", ["untitled", "Microsoft Word - lock_v3.docx", "lock.indd", "Document1"]
)
def test_titles_that_programs_fill_in_are_none(junk: str) -> None:
    known = draft("report.pdf", pdf(*PARAGRAPHS, title=junk, author="(anonymous)")).metadata

    assert known.title != junk
    assert known.author != "(anonymous)"


def test_a_scanned_pdf_is_refused_with_the_way_out() -> None:
    with pytest.raises(EmptyDocument, match=r"scan\.pdf") as caught:
        draft("scan.pdf", pdf("", ""))

    assert "OCR" in caught.value.hint


def test_a_pdf_with_a_password_is_refused() -> None:
    with pytest.raises(EncryptedDocument, match=r"report\.pdf"):
        draft("report.pdf", pdf("Secret.", password="s3cret"))


def test_a_pdf_with_an_empty_user_password_is_read() -> None:
    assert draft("report.pdf", pdf("Open to all.", password="")).text == "Open to all."


def test_an_aes_encrypted_pdf_with_an_empty_user_password_is_read() -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("Open to all."))))
    writer.encrypt("", "owner", algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)

    assert draft("report.pdf", buffer.getvalue()).text == "Open to all."


def test_junk_before_the_header_is_passed_over() -> None:
    assert draft("report.pdf", b"\r\njunk\n" + pdf("The lock opened.")).text == "The lock opened."


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.4\n",
        b"%PDF-1.7\n" + b"\x00\xff" * 500,
        pdf("The lock opened.")[:400],
        one_page(HELLO, kids=b"[2 0 R]"),
        one_page(HELLO, kids=b"[]"),
        pdf_of_objects(b"[" * 20_000 + b"]" * 20_000),
    ],
)
def test_a_broken_pdf_is_refused_with_the_reason(data: bytes) -> None:
    with pytest.raises(BrokenDocument, match=r"report\.pdf"):
        draft("report.pdf", data)


def test_a_stream_that_unpacks_beyond_the_limit_is_refused() -> None:
    bomb = one_page(HELLO + b" " * 20_000_000)

    assert len(bomb) < 50_000
    with pytest.raises(DocumentTooLarge, match=r"report\.pdf"):
        draft("report.pdf", bomb)


def test_pages_that_together_unpack_beyond_the_limit_are_refused() -> None:
    bomb = one_page(HELLO + b" " * 10_000, kids=b"[" + b"3 0 R " * 20 + b"]")
    origin = Origin("upload:report.pdf", "report.pdf", Metadata(), data=bomb)

    with pytest.raises(DocumentTooLarge, match=r"report\.pdf"):
        parse(origin, bomb, limit=100_000)
    assert parse(origin, bomb, limit=1_000_000).text.startswith("The lock opened.")


def test_drawing_the_same_form_over_and_over_comes_to_an_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("index.load.pdf._MOST_STEPS", 5_000)
    packed = zlib.compress(b"BT /F1 1 Tf " + b"() Tj " * 2_000 + b"ET")
    form = (
        b"<</Type/XObject/Subtype/Form/BBox[0 0 1 1]/Resources<</Font<</F1 5 0 R>>>>"
        b"/Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed)
    )

    with pytest.raises(DocumentTooLarge, match="steps to draw"):
        draft("report.pdf", one_page(HELLO + b" /X Do" * 500, more=form))


def test_lone_surrogates_and_nul_in_the_text_layer_are_made_storable() -> None:
    cmap = (
        b"begincmap 1 begincodespacerange <00> <FF> endcodespacerange 2 beginbfchar "
        b"<41> <D800> <42> <0000> endbfchar endcmap"
    )
    data = pdf_of_objects(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids [3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length 47>>stream\nBT /F1 12 Tf 50 700 Td (xAyBz and more) Tj ET   \nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(cmap), cmap),
    )

    text = draft("report.pdf", data).text

    text.encode()
    assert "\x00" not in text
    assert text.startswith("x")
