"""No room left at any write: told by type, nothing acknowledged lost, whole once there is room."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
import texts
from small_disk import SmallDisk, small_disk
from word_embedder import WordEmbedder

from eval.running.files import write_text
from index.corpus import Corpus
from index.errors import DiskFull
from index.intake.ingest import Ingested

LIMIT = 1_000_000
STEP = 16_384


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "small", megabytes=8) as mounted:
        yield mounted


def report(number: int, lines: int) -> texts.Origin:
    words = f"Report {number} tells of the zebra{number} in the harbour. "
    return texts.origin(f"{number}.txt", words + "It was there all day. " * lines)


def take_in(corpus: Corpus, *numbers: int, lines: int = 100) -> list[str]:
    """Ingest reports and return the documents that were acknowledged, also if it fails then."""
    acknowledged: list[str] = []
    with suppress(DiskFull):
        for event in corpus.ingest([report(number, lines) for number in numbers], limit=LIMIT):
            acknowledged += [event.document_id] if isinstance(event, Ingested) else []
    return acknowledged


def whole(corpus: Corpus) -> bool:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if all(check.ok for check in corpus.check()):
            return True
        time.sleep(0.02)
    return False


def consistent(corpus: Corpus, data: Path) -> None:
    """Nothing is half there, and all is found."""
    passages = corpus.catalog.passage_count()
    assert corpus.keywords.count() == passages
    assert corpus.catalog.vector_count(corpus.embedder.identity) == passages
    for document in corpus.documents():
        number = document.name.removesuffix(".txt")
        assert corpus.search(f"zebra{number}").hits[0].document.id == document.id
    record = sqlite3.connect(data / "record.sqlite")
    assert record.execute("pragma integrity_check").fetchall() == [("ok",)]
    record.close()


@pytest.mark.no_cover  # many runs of what other tests cover
def test_a_disk_that_is_full_at_any_write(disk: SmallDisk) -> None:
    full_at_any_write(disk, 10**6, range(1, 17, 3))


@pytest.mark.soak
@pytest.mark.parametrize("approximate_from", [10**6, 1], ids=["small", "with Chroma"])
def test_a_disk_that_is_full_at_any_write_in_small_steps(
    disk: SmallDisk, approximate_from: int
) -> None:
    full_at_any_write(disk, approximate_from, range(1, 33))


def full_at_any_write(disk: SmallDisk, approximate_from: int, steps: range) -> None:
    """The room that is left grows: sooner or later each write is the one that fails."""
    data = disk.at / "data"
    corpus = Corpus.open(
        data, WordEmbedder(), write=True, in_background=True, approximate_from=approximate_from
    )
    acknowledged = set(take_in(corpus, 0))
    refused = 0
    for number in steps:
        disk.empty()
        disk.fill(leave=number * STEP)
        added = take_in(corpus, number)
        refused += not added
        acknowledged |= set(added)
        assert {document.id for document in corpus.documents()} == acknowledged
        assert corpus.search("report on the harbour").hits
    assert 0 < refused < len(steps)
    disk.empty()
    assert len(take_in(corpus, 50)) == 1
    assert whole(corpus)
    consistent(corpus, data)
    corpus.close()
    again = Corpus.open(data, WordEmbedder(), write=True, approximate_from=approximate_from)
    assert whole(again)
    consistent(again, data)
    again.close()


def test_what_cannot_be_recorded_is_not_removed_or_answered(disk: SmallDisk) -> None:
    corpus = Corpus.open(disk.at / "data", WordEmbedder(), write=True)
    (document_id,) = take_in(corpus, 1)
    disk.fill()
    with pytest.raises(DiskFull, match=r"record\.sqlite"):
        corpus.remove(document_id)
    with pytest.raises(DiskFull):
        corpus.catalog.answers.save("a-1", "{}" * 100_000, datetime.now(UTC))
    assert corpus.document(document_id)
    (told,) = [check for check in corpus.check() if not check.ok]
    assert (told.name, told.degraded) == ("disk", False)
    disk.empty()
    corpus.remove(document_id)
    assert corpus.documents() == []
    assert whole(corpus)
    corpus.close()


def test_what_cannot_be_opened_for_want_of_room_is_as_it_was_afterwards(disk: SmallDisk) -> None:
    corpus = Corpus.open(disk.at / "data", WordEmbedder(), write=True)
    take_in(corpus, 1)
    corpus.close()
    disk.fill()
    for name in ("data", "other"):  # SQLite needs a little room beside the record even to read
        with pytest.raises(DiskFull):
            Corpus.open(disk.at / name, WordEmbedder(), write=True)
    disk.empty()
    again = Corpus.open(disk.at / "data", WordEmbedder(), write=False)
    assert again.search("zebra1").hits
    again.close()
    Corpus.open(disk.at / "other", WordEmbedder(), write=True).close()


def test_an_index_is_not_built_in_part(disk: SmallDisk) -> None:
    corpus = Corpus.open(disk.at / "data", WordEmbedder(), write=True)
    take_in(corpus, *range(8))
    disk.fill()
    with pytest.raises(DiskFull, match="keyword index"):
        list(corpus.reindex())
    assert corpus.search("zebra3").hits[0].document.name == "3.txt"
    disk.empty()
    assert list(corpus.reindex()) == []
    assert whole(corpus)
    corpus.close()


def test_a_run_is_written_whole_or_not_at_all(disk: SmallDisk) -> None:
    path = disk.at / "runs" / "run.json"
    write_text("before", path)
    disk.fill()
    with pytest.raises(DiskFull, match=r"run\.json"):
        write_text("after" * 10_000, path)
    assert path.read_text() == "before"
    assert [file.name for file in path.parent.iterdir()] == ["run.json"]
