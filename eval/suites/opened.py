"""Which suite is run on which documents: its own, where it brings some, or the user's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from eval.cases import Lines, Suite, load
from eval.errors import InvalidCases
from eval.sample import cases_path, ingest_sample, sample_origins
from eval.suites.documents import ingest
from eval.suites.layouts import beir, benchmark, squad
from eval.suites.layouts.read import Layout, LeftOut

if TYPE_CHECKING:
    from index.corpus import Corpus
    from index.load.origins import Origin


@dataclass(frozen=True)
class OpenedSuite:
    """A suite, and the documents that come with it."""

    suite: Suite
    """The cases."""
    ingest: Callable[[Corpus], None] | None = None
    """Makes the suite's own documents those of a corpus; ``None`` if it is about the user's."""
    origins: Callable[[], Sequence[Origin]] | None = None
    """Gives these documents, not yet read; ``None`` like ``ingest``."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Where each case stands, as ``file:line``, by its identifier."""
    faults: tuple[InvalidCases, ...] = ()
    """What is wrong with lines that hold no case."""
    left_out: tuple[LeftOut, ...] = ()
    """Rows of a published set that cannot be asked."""


def open_suite(path: Path | None) -> OpenedSuite:
    """Return the suite that lies at ``path``; the sample without one.

    It may be a file of cases about the user's documents; or a set that brings documents of its own:
    a folder with ``corpus.jsonl`` and ``queries.jsonl``, a BEIR folder, a SQuAD file. A file of
    queries or of judgements in such a folder chooses those alone.

    Raises:
        InvalidCases: if it cannot be read, or any line of a file of cases is none.
    """
    opened = read_suite(path)
    if opened.faults:
        raise opened.faults[0]
    return opened


def read_suite(path: Path | None) -> OpenedSuite:
    """Return the suite like :func:`open_suite`, with what is wrong with lines beside the others.

    Raises:
        InvalidCases: if there is nothing that can be read.
    """
    if path is None:
        suite = load(cases_path(), name="sample")
        places = _places(Lines.read(cases_path()))
        return OpenedSuite(suite, ingest_sample, sample_origins, places)
    found = _layout(path)
    if found is not None:
        return _with_documents(found)
    lines = Lines.read(path)
    return OpenedSuite(lines.suite(), places=_places(lines), faults=lines.faults)


def _layout(path: Path) -> Layout | None:
    """Return what is read at a path in a published layout; ``None`` if it is a file of cases."""
    ending = "".join(path.suffixes[-2:]) if path.suffix == ".gz" else path.suffix
    if ending in (".json", ".json.gz") and path.is_file():
        return squad.read(path)
    if path.is_dir():
        corpus, queries = benchmark.require(path)
        judgements = beir.judgements_of(path)
        if judgements is not None:
            return beir.read(corpus, queries[0], judgements)
        return benchmark.read(corpus, queries)
    if path.suffix == ".tsv" and path.parent.name == "qrels":
        corpus, queries = benchmark.require(path.parent.parent)
        return beir.read(corpus, queries[0], path)
    beside = benchmark.files_of(path.parent)
    if path.name.startswith("queries") and beside is not None and path.is_file():
        return benchmark.read(beside[0], [path])
    return None


def _with_documents(found: Layout) -> OpenedSuite:
    name = found.suite.name
    origins = [document.origin(name) for document in found.documents]
    return OpenedSuite(
        found.suite,
        partial(ingest, origins, name),
        lambda: origins,
        found.places,
        left_out=found.left_out,
    )


def _places(lines: Lines) -> dict[str, str]:
    return {case.id: f"{lines.path}:{number}" for number, case in lines.cases}
