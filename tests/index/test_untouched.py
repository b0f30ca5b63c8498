"""Taking a folder in again: files that were left alone are not read, all others are."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import texts

from index.corpus import Corpus
from index.errors import DocumentTooLarge
from index.intake.ingest import Finished, Ingested, Rejected
from index.load import origins as origins_module
from index.load.origins import Origin, find
from index.models import Metadata

OpenCorpus = Callable[..., Corpus]
Take = Callable[..., Finished]


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust the times of files that were written just now, instead of waiting for seconds."""
    monkeypatch.setattr(origins_module, "SETTLED_SECONDS", -60.0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "files").mkdir()
    texts.write_three(tmp_path / "files")
    return tmp_path / "files"


@pytest.fixture
def corpus(open_corpus: OpenCorpus) -> Corpus:
    return open_corpus()


def take(corpus: Corpus, folder: Path, *, reread: bool = False, limit: int = 10_000) -> Finished:
    found = [origin for origin in find([folder], Metadata()) if isinstance(origin, Origin)]
    # In this process, where the times can be told apart from what the clock says.
    last = list(corpus.ingest(found, limit=limit, reread=reread, workers=0))[-1]
    assert isinstance(last, Finished)
    return last


@pytest.mark.usefixtures("settled")
def test_files_that_were_left_alone_are_not_read_again(corpus: Corpus, folder: Path) -> None:
    first = take(corpus, folder)
    assert (first.added, first.untouched) == (3, 0)
    again = take(corpus, folder)
    assert (again.unchanged, again.untouched) == (3, 3)


@pytest.mark.usefixtures("settled")
def test_every_file_is_read_when_that_is_asked_for(corpus: Corpus, folder: Path) -> None:
    take(corpus, folder)
    forced = take(corpus, folder, reread=True)
    assert (forced.unchanged, forced.untouched) == (3, 0)
    assert take(corpus, folder).untouched == 3


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("time_kept", [False, True])
def test_a_change_of_the_same_size_is_seen_whatever_the_time_of_the_file_says(
    corpus: Corpus, folder: Path, time_kept: bool
) -> None:
    take(corpus, folder)
    ferry = folder / "ferry.txt"
    status = ferry.stat()
    ferry.write_text(ferry.read_text().replace("310,000", "470,000"))
    if time_kept:
        os.utime(ferry, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert ferry.stat().st_size == status.st_size
    changed = take(corpus, folder)
    assert (changed.changed, changed.unchanged, changed.untouched) == (1, 2, 2)
    assert "470,000" in corpus.search("ferry passengers").hits[0].text


def test_a_file_that_was_written_just_before_it_was_read_is_read_again(
    corpus: Corpus, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(corpus, folder)
    again = take(corpus, folder)
    assert (again.unchanged, again.untouched) == (3, 0)
    monkeypatch.setattr(origins_module, "SETTLED_SECONDS", -60.0)
    assert take(corpus, folder).untouched == 0  # from now on it can be trusted
    assert take(corpus, folder).untouched == 3


@pytest.mark.usefixtures("settled")
def test_other_metadata_are_taken_over_though_the_file_is_the_same(
    corpus: Corpus, folder: Path
) -> None:
    take(corpus, folder)
    (folder / "ferry.txt.meta.json").write_text(json.dumps({"outlet": "Varn Gazette"}))
    (folder / "metadata.csv").write_text("file,author\nbridge.txt,Ina Holm\n")
    changed = take(corpus, folder)
    assert (changed.changed, changed.untouched) == (2, 1)
    outlets = {document.metadata.outlet for document in corpus.documents()}
    authors = {document.metadata.author for document in corpus.documents()}
    assert "Varn Gazette" in outlets
    assert "Ina Holm" in authors
    assert take(corpus, folder).untouched == 3


@pytest.mark.usefixtures("settled")
def test_touched_files_with_the_same_content_are_noted_anew(corpus: Corpus, folder: Path) -> None:
    take(corpus, folder)
    for file in folder.iterdir():
        os.utime(file, (1_000_000_000, 1_000_000_000))
    touched = take(corpus, folder)
    assert (touched.unchanged, touched.untouched) == (3, 0)
    assert take(corpus, folder).untouched == 3


@pytest.mark.usefixtures("settled")
def test_other_bytes_for_the_same_text_are_noted_anew(corpus: Corpus, folder: Path) -> None:
    take(corpus, folder)
    ferry = folder / "ferry.txt"
    ferry.write_bytes(b"\xef\xbb\xbf" + ferry.read_bytes())
    marked = take(corpus, folder)
    assert (marked.unchanged, marked.untouched) == (3, 2)
    assert take(corpus, folder).untouched == 3


@pytest.mark.usefixtures("settled")
def test_a_limit_that_was_lowered_counts_for_files_left_alone_too(
    corpus: Corpus, folder: Path
) -> None:
    take(corpus, folder)
    found = [origin for origin in find([folder], Metadata()) if isinstance(origin, Origin)]
    events = list(corpus.ingest(found, limit=20))
    errors = [event.error for event in events if isinstance(event, Rejected)]
    assert [type(error) for error in errors] == [DocumentTooLarge] * 3


@pytest.mark.usefixtures("settled")
def test_events_of_files_left_alone_tell_what_those_of_unchanged_ones_tell(
    corpus: Corpus, folder: Path
) -> None:
    take(corpus, folder)
    found = [origin for origin in find([folder], Metadata()) if isinstance(origin, Origin)]
    told = [
        [e for e in corpus.ingest(found, limit=10_000, reread=reread) if isinstance(e, Ingested)]
        for reread in (False, True)
    ]
    assert told[0] == told[1]
    assert all(event.bytes for event in told[0])
