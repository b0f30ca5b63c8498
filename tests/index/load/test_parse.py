"""From bytes to a draft: marks and metadata put together, the fingerprint, and garbled files."""

from __future__ import annotations

import random
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from load_samples import LIMIT, PARAGRAPHS, PATIENT, docx, draft, eml, page, pdf

from index.errors import DossierError
from index.load import Origin, fingerprint, parse
from index.models import Draft, Metadata

SAMPLES = {
    "a.txt": "\n".join(PARAGRAPHS).encode("utf-16"),
    "a.md": ("---\ntitle: Lock\ndate: 2025-03-03\n---\n# Lock\n" + "\n".join(PARAGRAPHS)).encode(),
    "a.html": page(*PARAGRAPHS, head="<meta charset=utf-8><title>Lock</title>").encode(),
    "a.pdf": pdf(*PARAGRAPHS, title="Lock"),
    "a.docx": docx(*PARAGRAPHS, headings=["Lock"], table=[["a", "b"]]),
    "a.eml": eml("\n".join(PARAGRAPHS), html=page(*PARAGRAPHS), cte="base64"),
}


FORESEEN = {
    "read",
    "empty_document",
    "broken_document",
    "undecodable_text",
    "encrypted_document",
    "document_too_large",
    "unsupported_format",
}


def sound(result: Draft) -> bool:
    """Return whether a draft keeps the promises that everything later rests on."""
    spans = [*result.pages, *result.noise, *result.headings]
    result.text.encode()
    return (
        bool(result.text.strip())
        and all(0 <= span.start <= span.end <= len(result.text) for span in spans)
        and all(
            list(group) == sorted(group) and all(a.end <= b.start for a, b in pairwise(group))
            for group in (result.pages, result.noise, result.headings)
        )
    )


@pytest.mark.parametrize("name", SAMPLES)
def test_every_format_gives_the_words_and_sound_spans(name: str) -> None:
    result = draft(name, SAMPLES[name])

    assert sound(result)
    assert result.source == f"upload:{name}"
    for paragraph in PARAGRAPHS:
        assert paragraph in result.text
    assert result.fingerprint == fingerprint(SAMPLES[name], Metadata())


def test_what_the_words_tell_is_inferred_and_what_is_given_wins() -> None:
    text = f"The lock is open at last\nBy Ines Morel\n\n{PARAGRAPHS[0]}\n\n{PARAGRAPHS[1]}\n"

    bare = draft("a.txt", text.encode())
    told = draft("a.txt", text.encode(), Metadata(author="Jo Ek", published_at=date(2025, 3, 3)))

    assert bare.metadata.author == "Ines Morel"
    assert "author" in bare.metadata.inferred
    assert told.metadata.author == "Jo Ek"
    assert "author" not in told.metadata.inferred
    assert bare.noise
    assert any("By Ines Morel" in span.cut(bare.text) for span in bare.noise)


def test_the_words_go_before_what_a_program_filled_in() -> None:
    body = ("The lock is open at last", "By Ines Morel", *PARAGRAPHS)

    known = draft("a.docx", docx(*body, author="Front Office PC")).metadata

    assert known.author == "Ines Morel"
    assert "author" in known.inferred


def test_headings_seen_in_the_words_count_where_the_format_marks_none() -> None:
    text = f"{PARAGRAPHS[0]}\n\nWhat it cost\n\n{PARAGRAPHS[1]}\n"

    plain, marked = draft("a.md", text.encode()), draft("b.md", (text + "## Later\n").encode())

    assert [span.cut(plain.text) for span in plain.headings] == ["What it cost"]
    assert [span.cut(marked.text) for span in marked.headings] == ["## Later"]


def test_the_fingerprint_tells_bytes_and_given_metadata_apart() -> None:
    given = Metadata(title="a", outlet="b")

    prints = {
        fingerprint(b"x", Metadata()),
        fingerprint(b"y", Metadata()),
        fingerprint(b"x", given),
        fingerprint(b"x", Metadata(title="ab")),
        fingerprint(b"x", Metadata(title="a", published_at=date(2025, 3, 3))),
        fingerprint(b"x", given.as_inferred()),
    }

    assert len(prints) == 6
    assert fingerprint(b"x", given) == fingerprint(b"x", Metadata(title="a", outlet="b"))


def test_an_unchanged_document_gives_the_same_draft() -> None:
    for name, data in SAMPLES.items():
        assert draft(name, data) == draft(name, data)


def outcome(name: str, data: bytes) -> str:
    origin = Origin(f"upload:{name}", name, Metadata(), data=data)
    try:
        result = parse(origin, data, limit=LIMIT)
    except DossierError as error:
        return error.code if name in str(error) and error.hint else f"unclear: {error}"
    return "read" if sound(result) else "unsound"


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_cut_short_is_read_in_part_or_refused_by_name(name: str) -> None:
    data = SAMPLES[name]

    assert {outcome(name, data[: len(data) * cut // 16]) for cut in range(16)} <= FORESEEN


@pytest.mark.parametrize("name", SAMPLES)
def test_a_garbled_file_is_read_in_part_or_refused_by_name(name: str) -> None:
    chance = random.Random(7)
    for _ in range(40):
        data = bytearray(SAMPLES[name])
        for _ in range(chance.choice([1, 5, 50])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        assert outcome(name, bytes(data)) in FORESEEN


@PATIENT
@given(st.sampled_from(sorted(SAMPLES)), st.binary(max_size=200), st.booleans())
def test_any_bytes_under_any_name_are_read_or_refused(name: str, data: bytes, tail: bool) -> None:
    assert outcome(name, SAMPLES[name][:60] + data if tail else data) in FORESEEN
