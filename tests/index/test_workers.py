"""Reading in child processes: the same results, whatever happens to the processes."""

import os
import pickle
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import astuple, replace
from io import BytesIO
from pathlib import Path

import documents
import pytest
import texts
from reader_trouble import Endless, Greedy, Hasty, Lethal, Mistaken, Telling, Tireless

from index.corpus import Corpus
from index.errors import EmptyDocument, NoReader, ReaderDied, ReaderGaveUp, UnsupportedFormat
from index.intake.bounds import Bounds
from index.intake.ingest import Finished, Ingested, IngestEvent, Rejected
from index.intake.reading import Reading, Task
from index.intake.workers import WORTHWHILE, Result, Workers, serve, worthwhile
from index.load.origins import Origin, find
from index.models import Metadata

LIMIT = 100_000
OpenCorpus = Callable[..., Corpus]


def read(
    tasks: Sequence[Task], count: int = 1, bounds: Bounds | None = None, limit: int = LIMIT
) -> list[Result]:
    with closing(Workers(count, bounds)) as workers:
        return list(workers.read(tasks, limit=limit, budget=200))


def lethal(folder: Path, times: int) -> Lethal:
    folder.mkdir()
    return Lethal(
        source="upload:lethal.txt",
        name="lethal.txt",
        data=texts.FERRY.encode(),
        notes=folder,
        times=times,
        spared=os.getpid(),
    )


def shown(event: IngestEvent) -> tuple[object, ...]:
    """An event without what differs from run to run."""
    if isinstance(event, Rejected):
        return event.source, type(event.error), str(event.error), event.error.hint, event.bytes
    if isinstance(event, Finished):
        return astuple(replace(event, seconds=0, embedding_seconds=0))
    return (type(event), *astuple(event))


def mixed(folder: Path) -> list[Origin]:
    """Documents of several kinds, some of which cannot be read."""
    folder.mkdir()
    texts.write_three(folder)
    documents.write_minutes(folder / "minutes.pdf")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing of the kind")
    (folder / "empty.txt").touch()
    (folder / "large.txt").write_text("Much too long. " * 10_000)
    (folder / "odd.txt").write_bytes(b"half \x00 a text")
    (folder / "page.html").write_text("<html><body><p>A tram was ordered.</p></body></html>")
    for number in range(40):
        (folder / f"{number:02}.txt").write_text(f"Pier {number} was closed.")
    return [origin for origin in find([folder], Metadata()) if isinstance(origin, Origin)]


def test_child_processes_give_what_this_one_gives_in_the_same_order(
    open_corpus: OpenCorpus, tmp_path: Path
) -> None:
    origins = mixed(tmp_path / "files")
    told, stored = [], []
    for count in (0, 2):
        corpus = open_corpus(f"data{count}")
        events = list(corpus.ingest(origins, limit=LIMIT, workers=count))
        again = list(corpus.ingest(origins, limit=LIMIT, workers=count, reread=True))
        told.append([shown(event) for event in events + again])
        assert isinstance(events[-1], Finished)
        assert (events[-1].added, events[-1].rejected) == (45, 4)
        stored.append(
            [
                (replace(document, ingested_at=None), corpus.passages(document.id))  # type: ignore[arg-type]
                for document in corpus.documents()
            ]
        )
    assert told[0] == told[1]
    assert stored[0] == stored[1]


def test_errors_arrive_with_their_code_and_hint() -> None:
    empty = Task(Origin(source="upload:a.txt", name="a.txt", data=b" \n"))
    image = Task(Origin(source="upload:a.png", name="a.png", data=b"\x89PNG and more"))
    first, second = read([empty, image])
    assert isinstance(first, EmptyDocument)
    assert (first.code, first.hint) == (EmptyDocument.code, EmptyDocument.hint)
    assert isinstance(second, UnsupportedFormat)
    assert "a.png" in str(second)


def test_a_worker_that_dies_once_is_replaced(tmp_path: Path) -> None:
    tasks = [Task(origin) for origin in (*texts.three(), lethal(tmp_path / "notes", 1))]
    *others, survivor = read(tasks)
    assert [type(other) for other in others] == [Reading] * 3
    assert isinstance(survivor, Reading)
    assert survivor.draft is not None
    assert survivor.draft.text == texts.FERRY
    assert len(list((tmp_path / "notes").iterdir())) == 1


def test_a_document_that_kills_its_readers_costs_only_itself(
    open_corpus: OpenCorpus, tmp_path: Path
) -> None:
    harbour, ferry, bridge = texts.three()
    origins = [harbour, lethal(tmp_path / "notes", 9), ferry, bridge]
    events = list(open_corpus().ingest(origins, limit=LIMIT, workers=1))
    (rejected,) = [event for event in events if isinstance(event, Rejected)]
    assert isinstance(rejected.error, ReaderDied)
    assert rejected.error.code == "reader_died"
    assert "lethal.txt" in str(rejected.error)
    assert "signal 9" in str(rejected.error)
    ingested = [event.source for event in events if isinstance(event, Ingested)]
    assert ingested == [harbour.source, ferry.source, bridge.source]
    assert len(list((tmp_path / "notes").iterdir())) == 2


def test_where_no_worker_can_be_started_nothing_is_read_without_bounds(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tasks = [Task(origin) for origin in texts.three()]
    for program in (tmp_path / "missing", Path("/bin/false")):
        monkeypatch.setattr(sys, "executable", str(program))
        assert {type(result) for result in read(tasks)} == {NoReader}


def test_a_mistake_in_the_program_is_not_taken_for_a_bad_document(open_corpus: OpenCorpus) -> None:
    origin = Mistaken(source="upload:a.txt", name="a.txt", data=b"Some words.")
    with pytest.raises(RuntimeError, match="HereOnly: a mistake"):
        list(open_corpus().ingest([origin], limit=LIMIT, workers=1))


def children() -> set[int]:
    """Processes that this one started and that still run."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text().rpartition(")")
        except OSError:
            continue
        state, parent = rest.split()[:2]
        if int(parent) == os.getpid() and state != "Z":
            found.add(int(name.split()[0]))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_run_that_is_given_up_leaves_no_process(open_corpus: OpenCorpus) -> None:
    before = children()
    empty = Origin(source="upload:empty.txt", name="empty.txt", data=b"")
    events = open_corpus().ingest([empty, *texts.three()], limit=LIMIT, workers=2)
    while not isinstance(next(events), Rejected):
        pass
    assert children() - before
    events.close()  # type: ignore[attr-defined]
    assert not children() - before


def test_an_interrupt_ends_a_worker_that_is_busy(tmp_path: Path) -> None:
    support = Path(__file__).parents[1] / "support"
    script = f"""
        import signal, sys
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.path.insert(0, {str(support)!r})
        from contextlib import closing
        from pathlib import Path
        from reader_trouble import Endless
        from index.intake.reading import Task
        from index.intake.workers import Workers
        origin = Endless(source="upload:a.txt", name="a.txt", notes=Path({str(tmp_path / "pid")!r}))
        with closing(Workers(1)) as workers:
            list(workers.read([Task(origin)], limit=100, budget=200))
    """
    run = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stderr=subprocess.DEVNULL
    )
    noted = tmp_path / "pid"
    while not (noted.exists() and noted.read_text()):
        assert run.poll() is None
        time.sleep(0.02)
    run.send_signal(signal.SIGINT)
    assert run.wait(60) != 0
    with pytest.raises(ProcessLookupError):
        os.kill(int(noted.read_text()), 0)


def test_few_or_small_documents_are_not_worth_a_second_process() -> None:
    large = Origin(source="upload:a.txt", name="a.txt", size=WORTHWHILE)
    assert not worthwhile([Task(origin) for origin in texts.three()])
    assert not worthwhile([Task(large)])
    assert worthwhile([Task(large)] * 2)


def test_a_worker_answers_until_there_are_no_more_tasks() -> None:
    (origin, *_) = texts.three()
    replies = BytesIO()
    with pytest.MonkeyPatch.context() as patch:  # this is the process of the test
        patch.setattr("index.intake.bounds.Bounds.hold_memory", lambda _: None)
        patch.setattr("index.intake.bounds.Bounds.hold_time", lambda _: None)
        serve(BytesIO(pickle.dumps(Bounds()) + pickle.dumps(([Task(origin)], LIMIT, 200))), replies)
    sent = replies.getvalue()
    assert sent[:9] == bytes(9)
    assert int.from_bytes(sent[9:17], "big") == len(sent) - 18
    reading = pickle.loads(sent[18:])
    assert reading.draft.text == texts.HARBOUR
    assert reading.passages


@pytest.mark.skipif(sys.platform != "linux", reason="the bounds are those of the system")
@pytest.mark.parametrize(
    ("kind", "bounds", "told"),
    [
        (Greedy, Bounds(memory=100_000_000), "more than 100,000,000 bytes of memory"),
        (Tireless, Bounds(seconds=1), "more than 1 seconds"),
        (Endless, Hasty(), "more than 180 seconds"),
    ],
)
def test_what_takes_too_much_is_given_up_and_the_next_is_read(
    kind: type[Origin], bounds: Bounds, told: str, tmp_path: Path
) -> None:
    more = {"notes": tmp_path / "pid"} if kind is Endless else {}
    bad = Task(kind(source="upload:bad.txt", name="bad.txt", **more))
    (origin, *_) = texts.three()
    with closing(Workers(1, bounds)) as workers:
        result, after = workers.read([bad, Task(origin)], limit=LIMIT, budget=200)
    assert isinstance(after, Reading)
    assert isinstance(result, ReaderGaveUp)
    assert result.code == "reader_gave_up"
    assert told in str(result)
    assert "bad.txt" in str(result)


def pid_of(workers: Workers) -> str:
    (result,) = workers.read([Task(Telling("upload:a.txt", "a.txt"))], limit=LIMIT, budget=200)
    assert isinstance(result, Reading)
    assert result.draft
    return result.draft.text


def test_a_reader_stays_for_the_next_documents_and_only_one_does() -> None:
    large = [Task(Origin("upload:a.txt", "a.txt", data=b"x. " * 9, size=WORTHWHILE))] * 4
    with closing(Workers(2)) as workers:
        first = pid_of(workers)
        assert pid_of(workers) == first
        list(workers.read(large, limit=LIMIT, budget=200))
        assert len(workers.pids) == 1
        assert pid_of(workers) == pid_of(workers)


def test_a_reader_does_not_get_our_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOSSIER_MODEL_API_KEY", "hunter2")
    monkeypatch.setenv("SOMETHING_ELSE", "hunter3")
    found = []
    for wanted in ("DOSSIER_MODEL_API_KEY", "SOMETHING_ELSE"):
        (result,) = read([Task(Telling("upload:a.txt", "a.txt", wanted=wanted))])
        assert isinstance(result, Reading)
        assert result.draft
        found.append(result.draft.text)
    assert found == ["There is nothing here.", "There is hunter3 here."]
