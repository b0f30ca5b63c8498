"""Plain text and Markdown: every character as it was, and headings and front matter found."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from load_samples import PATIENT, draft

from index.errors import DossierError, EmptyDocument, UndecodableText

HOSTILE = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"], exclude_characters="\x00"),
        st.sampled_from(
            "\r\n\t \u200b\u200d\u202e\u0301\u2028\x85\x0b\x1c\xa0\ufb01\U0001f468👩🏽é\x7f"
        ),
    ),
    min_size=1,
)


@PATIENT
@given(HOSTILE)
def test_a_text_file_is_stored_as_it_is(text: str) -> None:
    data = ("x" + text).encode()

    assert draft("a.txt", data).text == "x" + text


@PATIENT
@given(HOSTILE, st.sampled_from(["utf-8-sig", "utf-16", "utf-32"]))
def test_a_byte_order_mark_decides_and_is_dropped(text: str, encoding: str) -> None:
    assert draft("a.txt", ("x" + text).encode(encoding)).text == "x" + text


@PATIENT
@given(HOSTILE)
def test_markdown_spans_stay_within_the_text(text: str) -> None:
    result = draft("a.md", ("# Title\n" + text).encode())

    assert result.text == "# Title\n" + text
    assert all(0 <= span.start < span.end <= len(result.text) for span in result.headings)
    assert list(result.headings) == sorted(result.headings)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "“It is done”, said the mayor – and left. The lock opened on Monday morning."),
        ("cp1252", "Le café près de l’écluse est fermé depuis lundi; un élève déçu attend."),
        ("cp1252", "café"),
        (
            "cp1250",
            "Minister powiedział, że śluza zostanie otwarta w środę. Żadnych zmian nie będzie.",
        ),
        ("cp1251", "Шлюз открыли в понедельник после одиннадцати лет работ."),
        ("koi8_r", "Шлюз открыли в понедельник после одиннадцати лет работ."),
        ("cp1253", "Η νέα δεξαμενή άνοιξε τη Δευτέρα μετά από έντεκα χρόνια εργασιών."),
        ("cp932", "新しい水門は十一年の工事を経て月曜日に開通した。"),
        ("gb18030", "新船闸经过十一年的施工，于星期一正式启用。"),
        ("utf-16-le", "The lock opened on Monday, eleven years after the first stone was laid."),
    ],
)
def test_a_legacy_encoding_is_told_from_the_words(encoding: str, text: str) -> None:
    assert draft("a.txt", text.encode(encoding)).text == text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PNG\x00\x01\x02\x00\xff\xfe\x80 binary \x00\x00", "binary"),
        (b"plain but for \x00 one byte", "binary"),
        ("text \x00 with NUL".encode("utf-16"), "NUL"),
        (b"\xff\xfea", "UTF-16"),
        (b"\xc3\x28\xa0\xa1", "not UTF-8"),
        (bytes(range(128, 256)) * 3, "not UTF-8"),
        ("Die Schleuse öffnete früh, später würde".encode() + b" es \xfcber Nacht", "byte 47"),
    ],
)
def test_what_cannot_be_told_is_refused_by_name(data: bytes, reason: str) -> None:
    with pytest.raises(UndecodableText, match=rf"minutes\.txt.*{reason}"):
        draft("minutes.txt", data)


@pytest.mark.parametrize(
    ("label", "encoding"),
    [
        ("iso-8859-7", "iso8859_7"),
        ("iso-2022-jp", "iso2022_jp"),
        ("ISO-8859-1", "cp1252"),
        ("koi8-r", "utf-8"),
        ("x-unknown", "utf-8"),
    ],
)
def test_a_declared_encoding_counts_unless_the_bytes_are_utf_8(label: str, encoding: str) -> None:
    text = {"iso8859_7": "Άνοιξε.", "iso2022_jp": "水門が開いた。"}.get(
        encoding, "“Écluse” – café."
    )

    result = draft("a.txt", text.encode(encoding), media_type=f'text/plain; charset="{label}"')

    assert result.text == text


@PATIENT
@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_give_a_text_or_a_clear_error(data: bytes) -> None:
    try:
        result = draft("a.txt", data)
    except DossierError:
        return
    assert result.text.strip()
    result.text.encode()  # storable


@pytest.mark.parametrize("data", [b"", b" \r\n\t", "\ufeff \n".encode(), " \n".encode("utf-16")])
def test_blank_files_are_refused_by_name(data: bytes) -> None:
    with pytest.raises(EmptyDocument, match=r"minutes\.txt"):
        draft("minutes.txt", data)


def test_front_matter_becomes_metadata_and_the_body_stays_as_written() -> None:
    body = "\r\n# The lock\r\n\r\nIt  opened on *Monday*.\r\n"
    matter = (
        "---\r\ntitle: 'Lock: opened'\r\nauthors:\r\n  - Ines Morel\r\n  - Jo Ek\r\n"
        "publisher: Harbour Post\r\ndate: 2025-03-03 10:00:00 +0100\r\nlang: en-GB\r\n"
        "canonical_url: https://example.org/lock\r\ntags: [a, b]\r\n---\r\n"
    )

    result = draft("a.md", (matter + body).encode())

    assert result.text == body
    assert result.media_type == "text/markdown"
    assert result.metadata.title == "Lock: opened"
    assert result.metadata.author == "Ines Morel, Jo Ek"
    assert result.metadata.outlet == "Harbour Post"
    assert result.metadata.published_at == date(2025, 3, 3)
    assert result.metadata.language == "en"
    assert result.metadata.url == "https://example.org/lock"
    assert not result.metadata.inferred
    assert [span.cut(result.text) for span in result.headings] == ["# The lock"]


@pytest.mark.parametrize(
    "text",
    [
        "---\njust a line\n---\nBody stays whole.\n",
        "---\n[broken: yaml\n---\nBody stays whole.\n",
        "---\n- a\n- list\n---\nBody stays whole.\n",
        "---\nnever: closed\nBody stays whole.\n",
        "---\n" + "[" * 2000 + "\n---\nBody stays whole.\n",
        "Body first.\n---\ntitle: No\n---\n",
        "---\ntitle: " + "x" * 70_000 + "\n---\nBody stays whole.\n",
    ],
)
def test_what_is_no_front_matter_is_text(text: str) -> None:
    result = draft("a.md", text.encode())

    assert result.text == text
    assert result.metadata.title is None or result.metadata.inferred


def test_front_matter_values_that_do_not_fit_are_left_out() -> None:
    matter = (
        "---\npublished_at: soon\nurl: javascript:alert(1)\nlanguage: English\ntitle: [[x]]\n---\n"
    )

    result = draft("a.md", (matter + "The lock opened.\n").encode())

    assert result.text == "The lock opened.\n"
    assert result.metadata.published_at is None
    assert result.metadata.url is None
    assert result.metadata.language is None


def test_empty_front_matter_is_dropped() -> None:
    assert draft("a.md", b"---\n---\nThe lock opened.\n").text == "The lock opened.\n"


def test_markdown_headings_are_found_outside_of_code_only() -> None:
    text = (
        "Title\n=====\n\nThe lock opened.\n\n## Cost ##\nIt cost much.\n```sh\n# no heading\n"
        "~~~\n```\n   ### After code\nTwo lines of\nprose above a rule\n---\n- item\n---\n"
        "#hashtag\n~~~~\n# inside\n~~~~ still\n# inside\n~~~~~\nLast\n---"
    )

    result = draft("a.md", text.encode())

    assert result.text == text
    found = [span.cut(text) for span in result.headings]
    assert {"Title", "## Cost ##", "   ### After code", "Last"} <= set(found)
    assert not {"# no heading", "# inside", "#hashtag"} & set(found)
    assert not any("prose above" in heading or "item" in heading for heading in found)
