"""Word documents: paragraphs, headings and tables; archives that do harm are refused unopened."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest
from load_samples import PARAGRAPHS, docx, docx_with, draft, word_body

from index.errors import (
    BrokenDocument,
    DocumentTooLarge,
    EmptyDocument,
    EncryptedDocument,
    UnsupportedFormat,
)

BODY = "word/document.xml"


def with_body(inner: str) -> bytes:
    return docx_with(docx("x"), {BODY: word_body(inner)})


def test_paragraphs_headings_and_tables_are_read_in_order() -> None:
    data = docx(*PARAGRAPHS, headings=["The lock"], table=[["Year", "Ships"], ["2024", "3,100"]])

    result = draft("lock.docx", data)

    assert result.text.split("\n\n") == [
        "The lock",
        *PARAGRAPHS,
        "Year | Ships",
        "2024 | 3,100",
    ]
    assert "The lock" in [span.cut(result.text) for span in result.headings]
    assert result.media_type.endswith("wordprocessingml.document")


def test_words_outside_of_plain_runs_are_read_and_deleted_ones_are_not() -> None:
    inner = (
        "<w:p><w:r><w:t>It cost </w:t></w:r><w:del><w:r><w:delText>40</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>30</w:t></w:r></w:moveFrom>"
        "<w:ins><w:r><w:t>42</w:t></w:r></w:ins><w:r><w:t> million</w:t><w:tab/><w:t>euros.</w:t>"
        "<w:br/><w:t>Not</w:t><w:noBreakHyphen/><w:t>so cheap.</w:t></w:r></w:p>"
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>In a control.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )

    assert draft("a.docx", with_body(inner)).text == (
        "It cost 42 million\teuros.\nNot\u2011so cheap.\n\nIn a control."
    )


def test_a_layout_table_keeps_its_paragraphs_apart() -> None:
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    nested = f"<w:tc><w:tbl><w:tr>{cell.format('In.', 'Side.')}</w:tr></w:tbl></w:tc>"
    inner = f"<w:tbl><w:tr>{cell.format('One.', 'Two.')}{nested}</w:tr></w:tbl>"

    assert draft("a.docx", with_body(inner)).text.split("\n\n") == ["One.", "Two.", "In.", "Side."]


def test_a_style_based_on_a_heading_makes_headings() -> None:
    from docx import Document
    from docx.enum.style import WD_STYLE_TYPE

    document = Document()
    style = document.styles.add_style("House Chapter", WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Heading 2"]
    document.add_paragraph("The price of it all", style="House Chapter")
    document.add_paragraph(PARAGRAPHS[1])
    buffer = io.BytesIO()
    document.save(buffer)

    result = draft("a.docx", buffer.getvalue())

    assert "The price of it all" in [span.cut(result.text) for span in result.headings]
    assert not any(PARAGRAPHS[1] in span.cut(result.text) for span in result.headings)


def test_title_is_stated_and_author_and_day_are_inferred() -> None:
    data = docx(*PARAGRAPHS, title="The lock", author="I. Morel", created=datetime(2025, 3, 3))

    known = draft("a.docx", data).metadata

    assert (known.title, known.author, known.published_at) == (
        "The lock",
        "I. Morel",
        date(2025, 3, 3),
    )
    assert known.inferred == {"author", "published_at"}


def test_the_properties_of_a_template_are_none() -> None:
    known = draft("a.docx", docx(*PARAGRAPHS, author="python-docx")).metadata

    assert known.author is None
    assert known.published_at is None


def test_garbled_properties_do_not_spoil_the_words() -> None:
    data = docx_with(docx(*PARAGRAPHS), {"docProps/core.xml": b"<notcore/>"})

    assert PARAGRAPHS[0] in draft("a.docx", data).text


def test_an_empty_document_is_refused() -> None:
    with pytest.raises(EmptyDocument, match=r"blank\.docx"):
        draft("blank.docx", docx())


def test_a_bomb_is_refused_by_its_directory() -> None:
    bomb = with_body(f"<w:p><w:r><w:t>{'lock ' * 2_000_000}</w:t></w:r></w:p>")

    assert len(bomb) < 100_000
    with pytest.raises(DocumentTooLarge, match=r"bomb\.docx unpacks to"):
        draft("bomb.docx", bomb)


def test_a_ratio_that_no_document_has_is_refused_below_the_limit() -> None:
    bomb = with_body(f"<w:p><w:r><w:t>{' ' * 4_100_000}</w:t></w:r></w:p>")

    assert len(bomb) < 45_000
    with pytest.raises(DocumentTooLarge, match="no word processor"):
        draft("bomb.docx", bomb)


def test_a_directory_that_lies_about_sizes_is_refused() -> None:
    data = bytearray(with_body(f"<w:p><w:r><w:t>{'lock ' * 2_000_000}</w:t></w:r></w:p>"))
    entry = data.rindex(BODY.encode()) - 46
    data[entry + 24 : entry + 28] = (1000).to_bytes(4, "little")

    with pytest.raises(BrokenDocument, match=r"a\.docx"):
        draft("a.docx", bytes(data))


@pytest.mark.parametrize(
    "entities",
    [
        "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lock " * 10}">' for n in range(9)),
        '<!ENTITY e8 SYSTEM "file:///etc/passwd">',
    ],
)
def test_entities_are_not_expanded(entities: str) -> None:
    body = word_body("<w:p><w:r><w:t>Start &e8; end</w:t></w:r></w:p>").decode()
    data = docx_with(docx("x"), {BODY: f"<!DOCTYPE w [{entities}]>{body}".encode()})

    try:
        text = draft("a.docx", data).text
    except BrokenDocument:
        return
    assert len(text) < 100
    assert "root" not in text


def test_deep_nesting_is_refused() -> None:
    inner = "<w:ins>" * 100_000 + "</w:ins>" * 100_000

    with pytest.raises((BrokenDocument, DocumentTooLarge), match=r"a\.docx"):
        draft("a.docx", with_body(f"<w:p>{inner}</w:p>"))


def test_doubled_and_encrypted_parts_are_refused() -> None:
    buffer = io.BytesIO(docx("x"))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(BODY, word_body("<w:p><w:r><w:t>Other words.</w:t></w:r></w:p>"))
    with pytest.raises(BrokenDocument, match="same name"):
        draft("a.docx", buffer.getvalue())

    data = bytearray(docx("x"))
    entry = data.rindex(BODY.encode()) - 46
    data[entry + 8] |= 1
    with pytest.raises(EncryptedDocument, match=r"a\.docx"):
        draft("a.docx", bytes(data))


@pytest.mark.parametrize(
    "data", [docx("x")[:-200], docx_with(docx("x"), {BODY: b"<w:document"}), docx("x")[:300]]
)
def test_a_damaged_document_is_refused_with_the_reason(data: bytes) -> None:
    with pytest.raises(BrokenDocument, match=r"a\.docx"):
        draft("a.docx", data)


def test_old_office_files_and_encrypted_new_ones_are_told_apart() -> None:
    shell = bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 600

    with pytest.raises(UnsupportedFormat, match=r"a\.docx") as caught:
        draft("a.docx", shell)
    assert "docx" in caught.value.hint
    with pytest.raises(EncryptedDocument, match=r"a\.docx"):
        draft("a.docx", shell + "EncryptedPackage".encode("utf-16-le"))
