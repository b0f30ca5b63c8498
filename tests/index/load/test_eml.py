"""E-mail messages: the body in its own characters, headers as metadata, nothing else."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from load_samples import LIMIT, PARAGRAPHS, PATIENT, draft, eml, page

from index.errors import BrokenDocument, DocumentTooLarge, EmptyDocument, UndecodableText
from index.load import Origin, parse
from index.models import Metadata

TEXT = "\n".join(PARAGRAPHS) + "\n"


def test_subject_sender_and_day_are_stated() -> None:
    result = draft("mail.eml", eml(TEXT, subject="Écluse\touverte – enfin"))

    assert result.text == TEXT
    assert result.media_type == "message/rfc822"
    known = result.metadata
    assert known.title == "Écluse ouverte – enfin"
    assert known.author == "Ines Morel"
    assert known.published_at == date(2025, 3, 3)  # the sender's day: in UTC it is the 4th
    assert not known.inferred & {"title", "author", "published_at"}


def test_a_sender_without_a_name_is_known_by_the_address() -> None:
    assert (
        draft("m.eml", eml(TEXT, sender="desk@example.org")).metadata.author == "desk@example.org"
    )


@pytest.mark.parametrize(
    ("charset", "cte"),
    [
        ("utf-8", "quoted-printable"),
        ("utf-8", "base64"),
        ("utf-8", "8bit"),
        ("iso-8859-1", "quoted-printable"),
        ("koi8-r", "base64"),
    ],
)
def test_the_body_is_decoded_as_declared(charset: str, cte: str) -> None:
    text = "Шлюз открыт.\n" if charset == "koi8-r" else "L'écluse est ouverte = enfin.\n"

    assert draft("m.eml", eml(text, charset=charset, cte=cte)).text == text


@pytest.mark.parametrize(
    "charset", ["x-unknown", "us-ascii", "utf-8", "base64", "idna", "unicode_escape"]
)
def test_a_wrong_charset_is_seen_through(charset: str) -> None:
    head = (
        f"From: a@example.org\nContent-Type: text/plain; charset={charset}\n"
        "Content-Transfer-Encoding: 8bit\n\n"
    )
    body = "Шлюз открыли в понедельник после одиннадцати лет работ на реке.\n"
    encoding = "cp1251" if charset == "utf-8" else "utf-8"

    assert draft("m.eml", head.encode() + body.encode(encoding)).text == body


def test_line_ends_of_the_body_stay() -> None:
    data = b"From: a@example.org\r\nSubject: x\r\n\r\nOne.\r\nTwo.\r\n"

    assert draft("m.eml", data).text == "One.\r\nTwo.\r\n"


def test_plain_text_is_preferred_and_html_is_read_where_there_is_none() -> None:
    both = eml(TEXT, html=page("The lock opened in HTML."))
    only = (
        b"From: a@example.org\nSubject: x\nMIME-Version: 1.0\n"
        b"Content-Type: text/html; charset=windows-1251\nContent-Transfer-Encoding: 8bit\n\n"
    ) + page("<h2>Шлюз</h2>", "Шлюз открыт после одиннадцати лет работ.").encode("cp1251")

    assert draft("m.eml", both).text == TEXT
    assert "Шлюз открыт после одиннадцати лет работ." in draft("m.eml", only).text


def test_attachments_are_not_read() -> None:
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"] = "a@example.org"
    message.set_content(TEXT)
    message.add_attachment("Words of the attachment.", filename="notes.txt")
    assert draft("m.eml", message.as_bytes()).text == TEXT

    bare = EmailMessage()
    bare["From"] = "a@example.org"
    bare.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="a.pdf")
    with pytest.raises(BrokenDocument, match=r"m\.eml has no text") as caught:
        draft("m.eml", bare.as_bytes())
    assert "attachments" in caught.value.hint


@pytest.mark.parametrize(
    "data", [b"no headers here, just a line of text\n", b"\n\nTo be or not\n", b"a" * 2000]
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(BrokenDocument, match=r"m\.eml"):
        draft("m.eml", data)


def test_an_empty_body_is_refused() -> None:
    with pytest.raises(EmptyDocument, match=r"m\.eml"):
        draft("m.eml", eml("\n"))


def test_a_binary_body_is_refused() -> None:
    data = (
        b"From: a@example.org\nContent-Type: text/plain; charset=utf-8\n\n\x00\xff\xfe\x80\x81 x\n"
    )

    with pytest.raises(UndecodableText, match="declared as utf-8"):
        draft("m.eml", data)


def test_a_body_beyond_the_limit_is_refused() -> None:
    data = eml("x" * 10_000)
    origin = Origin("upload:m.eml", "m.eml", Metadata(), data=data)

    with pytest.raises(DocumentTooLarge, match=r"m\.eml"):
        parse(origin, data, limit=5_000)


@pytest.mark.parametrize("day", ["yesterday", "", "Mon, 99 Mar 2025 10:00:00 +0000", "3 Mar 99999"])
def test_a_date_that_is_none_is_left_out(day: str) -> None:
    data = f"From: a@example.org\nDate: {day}\nSubject: x\n\nThe lock opened.\n".encode()

    assert draft("m.eml", data).metadata.published_at is None


def test_deeply_nested_parts_do_no_harm() -> None:
    data = b"From: a@example.org\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(600)
    )

    with pytest.raises((BrokenDocument, EmptyDocument), match=r"m\.eml"):
        draft("m.eml", data)


@PATIENT
@given(
    st.dictionaries(
        st.sampled_from(["From", "Subject", "Date", "Content-Type"]), st.binary(max_size=40)
    )
)
def test_any_headers_give_a_document_or_a_clear_error(headers: dict[str, bytes]) -> None:
    head = b"".join(name.encode() + b": " + value + b"\n" for name, value in headers.items())
    data = b"To: x@example.org\n" + head + b"\nThe lock opened.\n"
    origin = Origin("upload:m.eml", "m.eml", Metadata(), data=data)
    try:
        result = parse(origin, data, limit=LIMIT)
    except (BrokenDocument, EmptyDocument, UndecodableText):
        return
    result.text.encode()
    (result.metadata.title or "").encode()
    (result.metadata.author or "").encode()
