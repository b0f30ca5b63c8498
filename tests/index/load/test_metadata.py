"""Given metadata: sidecars and folder tables, their precedence, and mistakes in them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from index.errors import DossierError, InvalidMetadata
from index.load import Origin, Skipped, find, parse, read_fields
from index.models import Metadata

LIMIT = 100_000
WORDS = "The lock opened on Monday after eleven years of work."


def write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, "utf-8")


def only(folder: Path, name: str = "a.txt", given: Metadata | None = None) -> Origin:
    found = [item for item in find([folder], given or Metadata()) if isinstance(item, Origin)]
    return next(item for item in found if item.name == name)


def problem(folder: Path, name: str = "a.txt") -> str:
    origin = only(folder, name)
    with pytest.raises(InvalidMetadata) as caught:
        origin.read(LIMIT)
    return str(caught.value)


def test_every_field_is_read_from_a_sidecar(tmp_path: Path) -> None:
    fields = {
        "title": " The\nlock ",
        "outlet": "Harbour Post",
        "author": "I. Morel",
        "published_at": "3 March 2025",
        "url": "https://example.org/lock",
        "language": "en-GB",
    }
    write(tmp_path, a__txt=WORDS, **{"a__txt__meta__json": json.dumps(fields)})

    assert only(tmp_path).given == Metadata(
        "The lock", "Harbour Post", "I. Morel", date(2025, 3, 3), "https://example.org/lock", "en"
    )
    assert len(find([tmp_path], Metadata())) == 1  # the sidecar is no document and not reported


def test_flags_go_before_sidecar_before_table_before_the_file_before_the_words(
    tmp_path: Path,
) -> None:
    matter = "---\ntitle: File\noutlet: File\nauthor: File\ndate: 2021-01-01\nurl: https://file.example/\n---\n"
    write(
        tmp_path,
        a__md=matter + WORDS,
        a__md__meta__json='{"outlet": "Sidecar", "title": "Sidecar", "author": null, "url": ""}',
        metadata__csv="file,title,outlet,author\na.md,Table,Table,Table\n",
    )

    origin = only(tmp_path, "a.md", Metadata(title="Flag"))
    known = parse(origin, origin.read(LIMIT), limit=LIMIT).metadata

    assert (known.title, known.outlet, known.author) == ("Flag", "Sidecar", "Table")
    assert known.published_at == date(2021, 1, 1)
    assert known.url == "https://file.example/"
    assert not known.inferred


def test_a_sidecar_may_be_named_after_the_stem_but_the_whole_name_wins(tmp_path: Path) -> None:
    write(tmp_path, a__txt=WORDS, a__meta__json='{"title": "Stem"}')
    assert only(tmp_path).given.title == "Stem"

    write(tmp_path, a__txt__meta__json='{"title": "Whole"}')
    assert only(tmp_path).given.title == "Whole"


@pytest.mark.parametrize(
    ("sidecar", "named"),
    [
        ('{"published_at": "yesterday"}', ["published_at", "'yesterday'", "YYYY-MM-DD"]),
        ('{"published_at": "03/04/2025"}', ["published_at", "'03/04/2025'"]),
        ('{"date": "2025-01-01"}', ["'date'"]),
        ('{"title": ["x"]}', ["title", "list"]),
        ('{"url": "javascript:alert(1)"}', ["url", "javascript"]),
        ('{"url": "http://[bad"}', ["url"]),
        ('{"language": "English"}', ["language", "English"]),
        ('{"title": "x"', ["not JSON"]),
        ("[]", ["one JSON object"]),
        ("[" * 100_000, ["not JSON"]),
        ("\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), ["not JSON"]),
        ('{"title": "' + "x" * 1_000_001 + '"}', ["at most"]),
    ],
)
def test_a_bad_sidecar_rejects_its_document_only(
    tmp_path: Path, sidecar: str, named: list[str]
) -> None:
    write(tmp_path, a__txt=WORDS, b__txt=WORDS, a__txt__meta__json=sidecar)

    message = problem(tmp_path)

    assert "a.txt.meta.json" in message
    assert all(part in message for part in named)
    assert only(tmp_path, "b.txt").read(LIMIT) == WORDS.encode()


def test_a_sidecar_that_describes_nothing_is_reported(tmp_path: Path) -> None:
    write(tmp_path, a__txt=WORDS, b__txt__meta__json="{}")

    assert [item for item in find([tmp_path], Metadata()) if isinstance(item, Skipped)] == [
        Skipped((tmp_path / "b.txt.meta.json").as_uri(), "it describes no file in its folder")
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_describes_files_by_relative_path(tmp_path: Path, separator: str) -> None:
    table = (
        '\ufefffile,Title,published_at\na.txt,"Lock, stock",2025-03-03\r\n./sub\\b.txt,Barrel,\n\n'
    )
    write(
        tmp_path,
        a__txt=WORDS,
        metadata__csv=table.replace(",", separator).replace(f"Lock{separator}", "Lock,"),
    )
    write(tmp_path / "sub", b__txt=WORDS)

    assert only(tmp_path).given == Metadata("Lock, stock", published_at=date(2025, 3, 3))
    assert only(tmp_path, "b.txt").given == Metadata("Barrel")


def test_a_table_above_counts_however_the_file_is_named_and_the_nearest_wins(
    tmp_path: Path,
) -> None:
    sub = tmp_path / "2025" / "march"
    write(sub, a__txt=WORDS, metadata__csv="file,title\na.txt,Near\n")
    write(tmp_path, metadata__csv="file,title,outlet\n2025/march/a.txt,Far,Harbour Post\n")

    for path in (tmp_path, sub.parent, sub, sub / "a.txt"):
        assert only(path).given == Metadata("Near", "Harbour Post")


def test_names_match_whatever_the_unicode_form(tmp_path: Path) -> None:
    write(
        tmp_path, **{"e\u0301cluse__txt": WORDS}, metadata__csv="file,title\n\u00e9cluse.txt,Lock\n"
    )

    assert only(tmp_path, "e\u0301cluse.txt").given.title == "Lock"


@pytest.mark.parametrize(
    ("table", "named"),
    [
        ("file,titel\na.txt,x\nb.txt,y\n", ["metadata.csv line 2", "a.txt", "'titel'"]),
        ("file,published_at\na.txt,soon\n", ["line 2", "a.txt", "published_at", "'soon'"]),
        ("file,title\na.txt,Lock, stock\n", ["line 2", "more cells"]),
        ("file,title\na.txt,x\na.txt,y\n", ["lines 2 and 3", "a.txt"]),
        ("file,title,title\na.txt,x,y\n", ["same name"]),
        ('file,title\nc.txt,x\n"' + "y" * 140_000 + '",z\na.txt,x\n', ["cannot be read"]),
    ],
)
def test_a_bad_row_rejects_its_documents(tmp_path: Path, table: str, named: list[str]) -> None:
    write(tmp_path, a__txt=WORDS, metadata__csv=table)

    message = problem(tmp_path)

    assert all(part in message for part in named)


def test_a_bad_row_harms_no_other_document(tmp_path: Path) -> None:
    write(
        tmp_path,
        a__txt=WORDS,
        b__txt=WORDS,
        c__txt=WORDS,
        metadata__csv="file,published_at\na.txt,soon\nb.txt,2025-03-03\n",
    )

    assert only(tmp_path, "b.txt").given.published_at == date(2025, 3, 3)
    assert only(tmp_path, "c.txt").read(LIMIT)


def test_a_table_without_the_column_is_reported_and_not_used(tmp_path: Path) -> None:
    write(tmp_path, a__txt=WORDS, metadata__csv="name,value\na.txt,3\n")

    skipped = [item for item in find([tmp_path], Metadata()) if isinstance(item, Skipped)]

    assert only(tmp_path).problem is None
    assert [item.reason for item in skipped] == ["not used for metadata: it has no column 'file'"]


def test_a_table_that_is_no_text_is_reported(tmp_path: Path) -> None:
    write(tmp_path, a__txt=WORDS)
    (tmp_path / "metadata.csv").write_bytes(b"\x00\x01\xff\xfe\x00")

    reasons = [item.reason for item in find([tmp_path], Metadata()) if isinstance(item, Skipped)]

    assert len(reasons) == 1
    assert "binary" in reasons[0]


def test_rows_for_files_that_are_not_there_are_reported(tmp_path: Path) -> None:
    write(tmp_path, a__txt=WORDS, metadata__csv="file,title\na.txt,x\ngone.txt,y\n,z\n")

    skipped = [item for item in find([tmp_path], Metadata()) if isinstance(item, Skipped)]

    assert [item.source.rpartition("#")[2] for item in skipped] == ["line=3", "line=4"]
    assert "gone.txt" in skipped[0].reason


def test_fields_from_flags_are_checked_the_same_way() -> None:
    assert read_fields({"title": "x", "author": None}, "flags") == Metadata(title="x")
    with pytest.raises(InvalidMetadata, match="--published: published_at is 'soon'"):
        read_fields({"published_at": "soon"}, "--published")
    with pytest.raises(DossierError, match="flags: language"):
        read_fields({"language": "x" * 200}, "flags")
