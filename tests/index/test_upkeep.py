"""Indexes that were damaged: told, done without, and whole again without a vector made anew."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import texts
from damage import DAMAGES, deleted, emptied, files_of, garbled, halved, upkeep_held_back, zeroed
from word_embedder import WordEmbedder

from index.checks import Check
from index.corpus import Corpus
from index.errors import RecordDamaged
from index.load.origins import Origin

LIMIT = 1_000_000
WORDS = ("heron", "anvil", "saffron", "glacier", "trumpet", "lantern", "walnut", "compass")
Open = Callable[..., Corpus]


def report(number: int) -> Origin:
    word = WORDS[number % len(WORDS)]
    text = f"Report {number} tells of the {word}{number} that was kept in the harbour.\n"
    return texts.origin(f"{number}.txt", text)


def ingest(corpus: Corpus, first: int, last: int) -> None:
    for number in range(first, last):
        list(corpus.ingest([report(number)], limit=LIMIT))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory of a few segments of tantivy, one with something deleted in it."""
    data = tmp_path_factory.mktemp("made") / "data"
    corpus = Corpus.open(data, WordEmbedder(), write=True)
    list(corpus.ingest([report(number) for number in range(6)], limit=LIMIT))
    corpus.remove(corpus.documents()[0].id)
    ingest(corpus, 6, 8)
    corpus.close()
    return data


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "data"))


def check(corpus: Corpus, name: str = "keyword index") -> Check:
    (found,) = [check for check in corpus.check() if check.name == name]
    return found


def is_whole(corpus: Corpus, name: str = "keyword index") -> bool:
    until = time.monotonic() + 60
    while not check(corpus, name).ok and time.monotonic() < until:
        time.sleep(0.01)
    return check(corpus, name).ok


def best(corpus: Corpus) -> list[str]:
    """The first document found for each that there is, by the word that only it has."""
    found = []
    for document in corpus.documents():
        word = next(word for word in document.text.split() if word.startswith(WORDS))
        found.append(corpus.search(f"what is told of the {word}").hits[0].document.id)
    return found


def damaged_then_whole(data: Path, file: Path, damage: Callable[[Path], None]) -> None:
    with upkeep_held_back() as go_on:
        damage(file)
        embedder = WordEmbedder()
        corpus = Corpus.open(data, embedder, write=True, in_background=True)
        try:
            everything = [document.id for document in corpus.documents()]
            without = corpus.search("report on the harbour")
            assert without.degraded
            assert "keyword" in without.degraded[0]
            assert best(corpus) == everything
            told = check(corpus)
            assert (told.ok, told.degraded) == (False, True)
            go_on()
            assert is_whole(corpus)
            assert best(corpus) == everything
            again = corpus.search("report on the harbour")
            assert again.degraded == ()
            assert "keyword" in again.hits[0].scores
            assert embedder.passages == 0
            assert not list(data.glob("*-damaged"))
        finally:
            go_on()
            corpus.close()


@pytest.mark.parametrize(
    ("kind", "damage"),
    [
        (".idx", garbled),
        (".term", zeroed),
        (".store", deleted),
        (".del", emptied),
        ("/meta.json", deleted),
        (".managed.json", halved),
        ("position.json", halved),
    ],
)
def test_a_damaged_file_is_told_and_its_index_built_anew(
    data: Path, kind: str, damage: Callable[[Path], None]
) -> None:
    files = files_of(data / "keywords")
    file = next(data / "keywords" / name for name in files if f"/{name}".endswith(kind))
    damaged_then_whole(data, file, damage)


@pytest.mark.soak
def test_every_file_of_the_keyword_index_in_turn(made: Path, tmp_path: Path) -> None:
    for name in files_of(made / "keywords"):
        for damage in DAMAGES.values():
            data = tmp_path / f"{name}-{damage.__name__}"
            shutil.copytree(made, data)
            damaged_then_whole(data, data / "keywords" / name, damage)


def test_a_folder_that_is_lost_is_made_again(data: Path) -> None:
    shutil.rmtree(data / "keywords")
    corpus = Corpus.open(data, WordEmbedder(), write=True, in_background=True)
    assert is_whole(corpus)
    assert best(corpus) == [document.id for document in corpus.documents()]
    corpus.close()


def test_what_is_added_while_an_index_is_built_is_in_it(data: Path) -> None:
    with upkeep_held_back() as go_on:
        zeroed(data / "keywords" / "meta.json")
        corpus = Corpus.open(data, WordEmbedder(), write=True, in_background=True)
        ingest(corpus, 20, 22)
        assert corpus.search("lantern21").degraded
        assert corpus.search("lantern21").hits[0].document.name == "21.txt"
        go_on()
        assert is_whole(corpus)
    assert "keyword" in corpus.search("lantern21").hits[0].scores
    assert corpus.keywords.count() == corpus.catalog.passage_count()
    corpus.close()


def test_a_command_mends_before_it_goes_on(data: Path) -> None:
    halved(data / "keywords" / "meta.json")
    reader = Corpus.open(data, WordEmbedder(), write=False)
    assert "keyword" in reader.search("report on the harbour").hits[0].scores
    reader.close()
    halved(data / "keywords" / "meta.json")
    owner = Corpus.open(data, WordEmbedder(), write=True)
    assert check(owner).ok
    assert "built anew since meta.json" in check(owner).detail
    owner.close()


def test_a_reader_beside_an_owner_does_without_until_that_has_mended(data: Path) -> None:
    with upkeep_held_back() as go_on:
        for file in (data / "keywords").glob("*.term"):
            emptied(file)
        owner = Corpus.open(data, WordEmbedder(), write=True, in_background=True)
        reader = Corpus.open(data, WordEmbedder(), write=False)
        assert reader.search("report on the harbour").degraded
        assert best(reader) == [document.id for document in reader.documents()]
        go_on()
        assert is_whole(owner)
        assert reader.search("report on the harbour").degraded == ()
    reader.close()
    owner.close()


def test_damage_that_shows_only_when_it_is_read_is_mended_too(data: Path) -> None:
    corpus = Corpus.open(data, WordEmbedder(), write=True, in_background=True)
    ingest(corpus, 30, 31)
    corpus.keywords.release()  # as if it had not been asked yet
    with upkeep_held_back() as go_on:
        for file in (data / "keywords").glob("*.idx"):
            garbled(file)
            emptied(file)
        assert corpus.search("report on the harbour").degraded
        go_on()
        assert is_whole(corpus)
    assert corpus.search("report on the harbour").degraded == ()
    corpus.close()


def test_an_end_in_the_middle_of_writing_is_tried_and_not_rebuilt(
    data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    corpus = Corpus.open(data, WordEmbedder(), write=True)
    corpus.keywords.unseal(corpus.keywords.number)  # what a killed process leaves
    corpus.close()
    again = Corpus.open(data, WordEmbedder(), write=True)
    assert check(again).detail == f"up to change {again.catalog.last_change}"
    assert not caplog.records
    again.keywords.unseal(again.keywords.number)
    again.close()
    for file in (data / "keywords").glob("*.fast"):
        zeroed(file)
    broken = Corpus.open(data, WordEmbedder(), write=True)
    assert "built anew" in check(broken).detail
    broken.close()


def test_an_index_that_lacks_passages_is_built_anew(data: Path) -> None:
    corpus = Corpus.open(data, WordEmbedder(), write=True)
    corpus.keywords.seal(corpus.keywords.number)
    corpus.close()
    record = sqlite3.connect(data / "record.sqlite")  # as if the index had missed a removal
    record.execute("delete from passages where key = (select max(key) from passages)")
    record.commit()
    record.close()
    again = Corpus.open(data, WordEmbedder(), write=True)
    assert "built anew since it holds" in check(again).detail
    again.close()


# -- Chroma ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def with_chroma(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with so many passages that Chroma writes its graph to files."""
    data = tmp_path_factory.mktemp("large") / "data"
    corpus = Corpus.open(
        data, WordEmbedder(), write=True, approximate_from=1_000, passage_tokens=40
    )
    for part in range(2):
        lines = [
            f"Line {n} of part {part} says that the {WORDS[n % 8]}{n} was sold to the "
            f"{WORDS[n // 8 % 8]} company of the northern harbour for {n} crowns in the spring.\n"
            for n in range(part * 760, part * 760 + 760)
        ]
        list(corpus.ingest([texts.origin(f"{part}.txt", "\n".join(lines))], limit=LIMIT))
    assert corpus.catalog.passage_count() > 1_050
    corpus.close()
    return data


def chroma_damaged_then_whole(data: Path, damage: Callable[[Path], None], kind: str) -> None:
    file = next(data / "vectors" / f for f in files_of(data / "vectors") if f.endswith(kind))
    damage(file)
    embedder = WordEmbedder()
    with upkeep_held_back() as go_on:
        corpus = Corpus.open(data, embedder, write=True, approximate_from=1_000, in_background=True)
        assert corpus.approximate is not None
        assert not corpus.approximate.holds(corpus.catalog.last_change)
        meanwhile = corpus.search("the heron16 was sold", limit=3)
        assert check(corpus, "vector index").degraded
        go_on()
        assert is_whole(corpus, "vector index")
    assert corpus.approximate.holds(corpus.catalog.last_change)
    assert corpus.approximate.count() == corpus.catalog.passage_count()
    again = corpus.search("the heron16 was sold", limit=3)
    assert [hit.passage.id for hit in again.hits] == [hit.passage.id for hit in meanwhile.hits]
    assert "heron16 " in again.hits[0].text
    assert embedder.passages == 0
    assert "built anew" in check(corpus, "vector index").detail
    corpus.close()


def test_a_damaged_chroma_ends_no_server_and_is_built_anew(
    with_chroma: Path, tmp_path: Path
) -> None:
    data = Path(shutil.copytree(with_chroma, tmp_path / "data"))
    chroma_damaged_then_whole(data, zeroed, "link_lists.bin")  # that ends whoever opens it


@pytest.mark.soak
def test_every_file_of_chroma_in_turn(with_chroma: Path, tmp_path: Path) -> None:
    for kind in files_of(with_chroma / "vectors"):
        for damage in DAMAGES.values():
            if kind == "position.json" and damage is deleted:
                continue
            data = Path(shutil.copytree(with_chroma, tmp_path / "data"))
            chroma_damaged_then_whole(data, damage, kind)
            shutil.rmtree(data)


# -- the record --------------------------------------------------------------------------------


def test_a_damaged_record_is_never_opened_in_silence(data: Path) -> None:
    record = data / "record.sqlite"
    whole = record.read_bytes()
    record.write_bytes(b"\0" * len(whole))
    with pytest.raises(RecordDamaged, match=r"record\.sqlite") as caught:
        Corpus.open(data, WordEmbedder(), write=True)
    assert "backup" in caught.value.hint
    assert caught.value.code == "record_damaged"
    assert record.read_bytes() == b"\0" * len(whole)


def test_a_record_that_is_damaged_further_in_is_told_where_it_shows(data: Path) -> None:
    record = data / "record.sqlite"
    pages = bytearray(record.read_bytes())
    for at in range(8 * 4096, len(pages), 4096):
        pages[at : at + 2048] = b"\xff" * 2048
    record.write_bytes(bytes(pages))
    with pytest.raises(RecordDamaged):  # when it is opened or else when it is read
        _read_all(data)


def _read_all(data: Path) -> None:
    corpus = Corpus.open(data, WordEmbedder(), write=True)
    try:
        problems = [found for found in corpus.check() if not found.ok]
        assert problems, "the check must find it"
        assert "backup" in (problems[0].hint or "")
        for document in corpus.documents():
            corpus.passages(document.id)
        corpus.search("report on the harbour")
    finally:
        corpus.close()
