"""Documents in, passages out: what the record promises, seen through its public door."""

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import texts

from index.corpus import Corpus
from index.embed.embedded import EmbeddedModel
from index.errors import (
    DataDirectoryInUse,
    DataDirectoryTooNew,
    DataDirectoryUnusable,
    InvalidFilter,
    NotFound,
)
from index.intake.ingest import Finished, Ingested, IngestEvent, Planned, Rejected
from index.load.origins import Origin
from index.models import Filters
from index.search.closeness import WEIGHTS

LIMIT = 1_000_000
OpenCorpus = Callable[..., Corpus]


def ingest(corpus: Corpus, *origins: Origin) -> list[IngestEvent]:
    return list(corpus.ingest(origins, limit=LIMIT))


def outcomes(events: list[IngestEvent]) -> list[str]:
    return [event.outcome for event in events if isinstance(event, Ingested)]


def finished(events: list[IngestEvent]) -> Finished:
    assert isinstance(events[-1], Finished)
    return events[-1]


def test_what_is_ingested_is_found_by_words_and_by_meaning(open_corpus: OpenCorpus) -> None:
    corpus = open_corpus()
    events = ingest(corpus, *texts.three())
    assert isinstance(events[0], Planned)
    assert events[0].documents == 3
    assert outcomes(events) == ["added"] * 3
    by_words = corpus.search("crane drivers strike")
    assert by_words.hits[0].document.source == "upload:harbour.txt"
    assert by_words.hits[0].scores.keys() == {"fused", "dense", *WEIGHTS}
    by_meaning = corpus.search("boat travellers")
    assert by_meaning.hits[0].document.source == "upload:ferry.txt"
    assert by_meaning.documents == 3
    assert by_meaning.outlets == ("Lindholm Post", "Varn Herald")
    assert (by_meaning.earliest, by_meaning.latest) == (date(2024, 4, 14), date(2024, 6, 20))


def test_every_sentence_is_cut_from_the_stored_text(open_corpus: OpenCorpus) -> None:
    corpus = open_corpus()
    ingest(corpus, *texts.three())
    for hit in corpus.search("port bridge ferry", limit=10).hits:
        stored = corpus.document(hit.document.id, hit.document.version).text
        assert stored in (texts.HARBOUR, texts.FERRY, texts.BRIDGE)
        assert hit.text == stored[hit.passage.span.start : hit.passage.span.end]
        for sentence in hit.passage.sentences:
            assert hit.passage.span.contains(sentence.span)


def test_an_unchanged_document_is_not_embedded_again(open_corpus: OpenCorpus) -> None:
    corpus = open_corpus()
    assert finished(ingest(corpus, *texts.three())).embedded == 3
    again = ingest(corpus, *texts.three())
    assert outcomes(again) == ["unchanged"] * 3
    assert finished(again).embedded == 0


def test_a_changed_document_is_a_new_version_and_the_old_one_stays(
    open_corpus: OpenCorpus,
) -> None:
    corpus = open_corpus()
    ingest(corpus, *texts.three())
    events = ingest(corpus, texts.origin("ferry.txt", "The ferry was sold to a Danish owner.\n"))
    assert outcomes(events) == ["changed"]
    (event,) = [e for e in events if isinstance(e, Ingested)]
    assert event.version == 2
    assert corpus.document(event.document_id).text.startswith("The ferry was sold")
    assert corpus.document(event.document_id, 1).text == texts.FERRY
    assert corpus.catalog.versions(event.document_id) == [1, 2]
    found = corpus.search("who bought the ferry line", limit=10).hits
    assert not any("Brandt" in hit.text for hit in found)
    assert any("Danish owner" in hit.text for hit in found)


def test_changed_metadata_is_a_new_version_without_embedding(open_corpus: OpenCorpus) -> None:
    corpus = open_corpus()
    ingest(corpus, texts.origin("a.txt", texts.FERRY))
    events = ingest(corpus, texts.origin("a.txt", texts.FERRY, outlet="Varn Herald"))
    assert outcomes(events) == ["changed"]
    assert finished(events).embedded == 0


def test_the_same_words_under_two_names_are_embedded_and_found_once(
    open_corpus: OpenCorpus,
) -> None:
    corpus = open_corpus()
    early = texts.origin("late.txt", texts.FERRY, published_at=date(2024, 5, 3), outlet="B")
    late = texts.origin("early.txt", texts.FERRY, published_at=date(2024, 5, 1), outlet="A")
    assert finished(ingest(corpus, early, late)).embedded == 1
    hits = corpus.search("ferry passengers", limit=10).hits
    assert [hit.document.metadata.outlet for hit in hits] == ["A"]


def test_a_bad_document_is_rejected_with_its_reason_and_the_rest_goes_in(
    open_corpus: OpenCorpus,
) -> None:
    corpus = open_corpus()
    events = ingest(corpus, texts.origin("empty.txt", b""), *texts.three())
    (rejected,) = [e for e in events if isinstance(e, Rejected)]
    assert rejected.source == "upload:empty.txt"
    assert "empty.txt" in str(rejected.error)
    assert rejected.error.hint
    assert finished(events).added == 3
    assert finished(events).rejected == 1


def test_filters_leave_only_what_they_say(open_corpus: OpenCorpus) -> None:
    corpus = open_corpus()
    ingest(corpus, *texts.three(), texts.origin("undated.txt", "An undated note on the bridge.\n"))
    of_herald = corpus.search("the bridge", Filters(outlets=("varn herald",)), limit=10)
    assert {hit.document.metadata.outlet for hit in of_herald.hits} == {"Varn Herald"}
    assert of_herald.documents == 2
    in_may = Filters(since=date(2024, 5, 1), until=date(2024, 5, 31))
    assert [hit.document.name for hit in corpus.search("the bridge", in_may).hits] == ["ferry.txt"]
    one = corpus.documents()[0].id
    only = corpus.search("the bridge", Filters(documents=(one,)))
    assert {hit.document.id for hit in only.hits} == {one}
    # Filters that fit each other but match nothing find nothing, and not everything.
    none = corpus.search("the bridge", Filters(outlets=("Lindholm Post",), since=date(2030, 1, 1)))
    assert none.hits == ()
    assert none.documents == 0


@pytest.mark.parametrize(
    ("filters", "named"),
    [
        (Filters(since=date(2024, 2, 1), until=date(2024, 1, 1)), "2024-02-01"),
        (Filters(documents=("d-nothing",)), "d-nothing"),
        (Filters(outlets=("Nobody's Gazette",)), "Nobody's Gazette"),
    ],
)
def test_an_impossible_filter_is_an_error_that_names_it(
    open_corpus: OpenCorpus, filters: Filters, named: str
) -> None:
    corpus = open_corpus()
    ingest(corpus, *texts.three())
    with pytest.raises(InvalidFilter, match=named):
        corpus.search("bridge", filters)


def test_a_removed_document_is_gone_everywhere(open_corpus: OpenCorpus) -> None:
    corpus = open_corpus()
    ingest(corpus, *texts.three())
    gone = next(d for d in corpus.documents() if d.name == "bridge.txt")
    corpus.remove(gone.id)
    with pytest.raises(NotFound, match=gone.id):
        corpus.document(gone.id)
    with pytest.raises(NotFound):
        corpus.remove(gone.id)
    found = corpus.search("cracks in the pillars of the bridge", limit=10)
    assert found.documents == 2
    assert not any("pillars" in hit.text for hit in found.hits)
    left = [p.key for d in corpus.documents() for p in corpus.passages(d.id)]
    assert corpus.catalog.vectors_between(corpus.embedder.identity, 0, 10**9)[0] == sorted(left)


def test_everything_is_there_after_reopening(open_corpus: OpenCorpus) -> None:
    corpus = open_corpus()
    ingest(corpus, *texts.three())
    before = corpus.search("wage agreement")
    documents = corpus.documents()
    corpus.close()
    again = open_corpus()
    assert again.documents() == documents
    assert again.search("wage agreement") == before


def test_reindex_rebuilds_both_indexes_without_embedding(
    open_corpus: OpenCorpus, tmp_path: Path
) -> None:
    corpus = open_corpus()
    ingest(corpus, *texts.three())
    before = corpus.search("wage agreement")
    for file in (tmp_path / "data" / "keywords").glob("*.store"):
        file.unlink()
    spent = corpus.embedder.runtime_seconds
    assert list(corpus.reindex()) == []
    assert corpus.embedder.runtime_seconds == spent
    assert corpus.search("wage agreement") == before
    assert all(check.ok for check in corpus.check())


def test_the_approximate_index_finds_what_the_exact_one_finds(open_corpus: OpenCorpus) -> None:
    corpus = open_corpus(approximate_from=1)
    ingest(corpus, *texts.three())
    corpus.remove(corpus.documents()[0].id)
    ingest(corpus, texts.origin("new.txt", "A new lighthouse was opened on the cape.\n"))
    vector = corpus.embedder.embed_query("lighthouse")
    corpus.exact.follow(corpus.catalog)
    assert corpus.approximate is not None
    exact = corpus.exact.search(vector, 5)
    approximate = corpus.approximate.search(vector, 5)
    assert [key for key, _ in approximate] == [key for key, _ in exact]
    assert [s for _, s in approximate] == pytest.approx([s for _, s in exact], abs=1e-5)
    assert corpus.approximate.count() == 3


def test_a_second_writer_is_told_who_the_owner_is(open_corpus: OpenCorpus, tmp_path: Path) -> None:
    open_corpus()
    script = f"""
        from pathlib import Path
        from index.corpus import Corpus
        from index.embed.embedded import EmbeddedModel
        from index.errors import DataDirectoryInUse
        try:
            Corpus.open(Path({str(tmp_path / "data")!r}), EmbeddedModel(), write=True)
        except DataDirectoryInUse as error:
            print(error, "|", error.hint)
    """
    out = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True
    ).stdout
    assert f"process {os.getpid()}" in out
    assert "--data" in out


def test_a_reader_works_beside_the_owner_and_sees_what_it_commits(open_corpus: OpenCorpus) -> None:
    owner = open_corpus()
    ingest(owner, *texts.three())
    reader = open_corpus(write=False)
    assert not reader.writable
    assert reader.search("wage agreement").hits[0].document.name == "harbour.txt"
    ingest(owner, texts.origin("new.txt", "A new lighthouse was opened on the cape.\n"))
    assert reader.search("lighthouse on the cape").hits[0].document.name == "new.txt"
    with pytest.raises(DataDirectoryInUse):
        ingest(reader, *texts.three())
    with pytest.raises(DataDirectoryInUse):
        reader.remove(reader.documents()[0].id)
    with pytest.raises(DataDirectoryInUse):
        list(reader.reindex())


def test_ownership_ends_with_close(open_corpus: OpenCorpus) -> None:
    open_corpus().close()
    assert open_corpus().writable


def _ingest_forever(directory: Path, acknowledged: Path) -> None:
    corpus = Corpus.open(directory, EmbeddedModel(threads=1), write=True)
    with acknowledged.open("a") as log:
        for number in range(10_000):
            text = f"Report number {number} says that pier {number} was closed.\n"
            for event in corpus.ingest([texts.origin(f"{number}.txt", text)], limit=LIMIT):
                if isinstance(event, Ingested):
                    log.write(f"{event.document_id}\n")
                    log.flush()


def test_what_was_acknowledged_survives_kill_9(open_corpus: OpenCorpus, tmp_path: Path) -> None:
    log = tmp_path / "acknowledged"
    log.touch()
    context = multiprocessing.get_context("spawn")
    child = context.Process(target=_ingest_forever, args=(tmp_path / "data", log))
    child.start()
    while len(log.read_text().splitlines()) < 5 and child.is_alive():
        child.join(0.05)
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    acknowledged = set(log.read_text().split())
    corpus = open_corpus()
    assert acknowledged <= {document.id for document in corpus.documents()}
    found = corpus.search("which pier was closed, report number 3", limit=50).hits
    assert acknowledged <= {hit.document.id for hit in found}
    assert all(check.ok for check in corpus.check())


def test_indexes_lost_in_a_crash_are_caught_up_at_the_next_start(
    open_corpus: OpenCorpus, tmp_path: Path
) -> None:
    import shutil

    corpus = open_corpus(approximate_from=1)
    ingest(corpus, *texts.three())
    corpus.close()
    shutil.rmtree(tmp_path / "data" / "keywords")
    shutil.rmtree(tmp_path / "data" / "vectors")
    reader = open_corpus(write=False)
    assert "keyword" in reader.search("wage agreement").hits[0].scores
    reader.close()
    again = open_corpus(approximate_from=1)
    assert again.approximate is not None
    assert again.approximate.count() == 3


def test_a_record_of_a_newer_version_is_left_alone(open_corpus: OpenCorpus, tmp_path: Path) -> None:
    corpus = open_corpus()
    ingest(corpus, *texts.three())
    corpus.close()
    record = sqlite3.connect(tmp_path / "data" / "record.sqlite")
    record.execute("update alembic_version set version_num = '9999'")
    record.commit()
    record.close()
    before = (tmp_path / "data" / "record.sqlite").read_bytes()
    with pytest.raises(DataDirectoryTooNew, match="9999") as caught:
        open_corpus()
    assert "Upgrade" in caught.value.hint
    assert (tmp_path / "data" / "record.sqlite").read_bytes() == before


def test_a_file_that_is_no_record_is_an_error_and_stays(
    open_corpus: OpenCorpus, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "record.sqlite").write_bytes(b"something else entirely, and long enough")
    with pytest.raises(DataDirectoryUnusable, match=r"record\.sqlite"):
        open_corpus()
    assert (tmp_path / "data" / "record.sqlite").read_bytes().startswith(b"something else")


def test_a_data_directory_that_cannot_be_made_is_named(
    open_corpus: OpenCorpus, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataDirectoryUnusable, match="file"):
        open_corpus("file/data")


def test_an_empty_corpus_answers_with_nothing(open_corpus: OpenCorpus) -> None:
    found = open_corpus().search("anything")
    assert (found.hits, found.documents, found.passages) == ((), 0, 0)


def test_text_that_cannot_be_given_back_unchanged_is_refused(open_corpus: OpenCorpus) -> None:
    corpus = open_corpus()
    events = ingest(corpus, texts.origin("nul.txt", b"before\0after, and some more words here."))
    assert finished(events).rejected == 1
    assert corpus.documents() == []
