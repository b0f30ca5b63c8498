"""When Chroma is kept, and when it is asked."""

from collections.abc import Callable
from pathlib import Path

import pytest
import texts

from index.corpus import Corpus
from index.derived import vectors
from index.derived.following import pending, portions
from index.load.origins import Origin
from index.record.entries import Change

LIMIT = 1_000_000
OpenCorpus = Callable[..., Corpus]


def numbered(first: int, last: int) -> list[Origin]:
    return [texts.origin(f"{n}.txt", f"Pier {n} was closed.\n") for n in range(first, last)]


def test_a_small_corpus_keeps_no_chroma_and_a_large_one_does(
    open_corpus: OpenCorpus, tmp_path: Path
) -> None:
    corpus = open_corpus(approximate_from=5)
    list(corpus.ingest(numbered(0, 4), limit=LIMIT))
    small = {check.name: check for check in corpus.check()}
    assert small["vector index"].ok
    assert "not needed" in small["vector index"].detail
    assert not (tmp_path / "data" / "vectors").exists()
    before = corpus.search("which pier was closed", limit=4)
    list(corpus.ingest(numbered(4, 6), limit=LIMIT))
    assert corpus.approximate is not None
    assert corpus.approximate.count() == 6
    large = {check.name: check for check in corpus.check()}
    assert large["vector index"].ok
    assert large["vector index"].detail.startswith("up to change")
    after = corpus.search("which pier was closed", limit=6)
    assert {hit.document.id for hit in before.hits} < {hit.document.id for hit in after.hits}


def test_chroma_and_memory_find_the_same(open_corpus: OpenCorpus) -> None:
    corpus = open_corpus(approximate_from=1)
    list(corpus.ingest([*texts.three(), *numbered(0, 9)], limit=LIMIT))
    assert corpus.approximate is not None
    assert corpus.approximate.holds(corpus.catalog.last_change)
    by_chroma = corpus.search("which pier was closed", limit=5)
    corpus.close()
    by_memory = open_corpus().search("which pier was closed", limit=5)
    assert [hit.passage.id for hit in by_memory.hits] == [h.passage.id for h in by_chroma.hits]
    assert [hit.score for hit in by_memory.hits] == pytest.approx(
        [hit.score for hit in by_chroma.hits], abs=1e-4
    )


def test_chroma_is_not_asked_for_what_it_does_not_hold(open_corpus: OpenCorpus) -> None:
    corpus = open_corpus(approximate_from=4)
    list(corpus.ingest([*texts.three(), *numbered(0, 3)], limit=LIMIT))
    for document in corpus.documents():
        if document.name[0].isdigit():
            corpus.remove(document.id)
    new = texts.origin("new.txt", "A lighthouse was opened on the cape.\n")
    corpus.remove(corpus.documents()[0].id)
    list(corpus.ingest([new], limit=LIMIT))  # too few by now for Chroma to follow
    assert corpus.approximate is not None
    assert not corpus.approximate.holds(corpus.catalog.last_change)
    assert corpus.search("lighthouse").hits[0].document.name == "new.txt"


def test_a_kill_in_the_middle_of_a_long_run_costs_one_portion_only(
    open_corpus: OpenCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = open_corpus()
    list(corpus.ingest(numbered(0, 9), limit=LIMIT))
    corpus.close()
    monkeypatch.setattr(vectors, "PORTION", 2)
    again = open_corpus(approximate_from=1)
    assert again.approximate is not None
    assert again.approximate.count() == 9
    assert again.approximate.number == again.catalog.last_change


def test_portions_keep_the_order_and_come_to_the_same() -> None:
    changes = [
        Change(1, "add", 1, 3),
        Change(2, "add", 4, 4),
        Change(3, "remove", 1, 3),
        Change(4, "add", 5, 9),
        Change(5, "remove", 5, 9),
    ]
    runs = list(portions(changes, 4))
    assert [[change.number for change in run] for run in runs] == [[1, 2], [3, 4], [5]]
    there: set[int] = set()
    for run in runs:
        work = pending(run)
        for first, last in work.remove:
            there -= set(range(first, last + 1))
        for first, last in work.add:
            there |= set(range(first, last + 1))
    assert there == {4}
    assert list(portions([], 4)) == []
