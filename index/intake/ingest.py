"""Documents into the record: what is unchanged costs nothing, what is bad stops nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from index.errors import DossierError
from index.intake.bounds import Bounds
from index.intake.embedding import Missing, NewVectors
from index.intake.reading import Task, document_id
from index.intake.workers import Result, Workers, attempt, shared
from index.load import stamp
from index.load.origins import Origin
from index.models import Document, Draft
from index.record.entries import Entry, Known

if TYPE_CHECKING:
    from index.embed import Embedder
    from index.record.catalog import Catalog

Outcome = Literal["added", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Planned:
    """How much there is to do; always the first event."""

    documents: int
    """Number of documents found."""
    bytes: int
    """Their size together."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """Some passages of the current batch were embedded; for progress only."""

    passages: int
    """How many since the last such event."""


@dataclass(frozen=True, slots=True)
class Ingested:
    """A document is in the record; from here on it survives a crash."""

    source: str
    """Where it came from."""
    document_id: str
    """Its identifier."""
    version: int
    """Its version now."""
    outcome: Outcome
    """Whether this made it new, a new version, or left it as it was."""
    passages: int
    """Number of its passages."""
    bytes: int
    """Size of what was read."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A document could not be ingested; the others go on."""

    source: str
    """Where it came from."""
    error: DossierError
    """Why, and what to do."""
    bytes: int
    """Size of what was to be read."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The run is over; always the last event."""

    added: int
    """New documents."""
    changed: int
    """Documents that got a new version."""
    unchanged: int
    """Documents that were left as they were."""
    rejected: int
    """Documents that could not be ingested."""
    passages: int
    """Passages recorded."""
    embedded: int
    """Passages that had to be embedded; the rest were known by content."""
    seconds: float
    """Time taken."""
    embedding_seconds: float
    """Part of it spent inside the embedding runtime."""
    untouched: int = 0
    """Unchanged documents that were not even read: their files look as they did."""


IngestEvent = Planned | Embedded | Ingested | Rejected | Finished

BATCH_PASSAGES = 512
"""Passages that are embedded and committed together: enough to sort by length, soon safe."""


@dataclass
class _Tally:
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    passages: int = 0
    embedded: int = 0
    untouched: int = 0


@dataclass
class Ingestor:
    """Takes origins into the record, in batches; used for one run."""

    catalog: Catalog
    """Where the documents go."""
    embedder: Embedder
    """Who embeds their passages."""
    passage_tokens: int
    """Length of a passage in tokens."""
    limit: int
    """Largest document in bytes."""
    committed: Callable[[], None]
    """Called after each batch that is in the record, so that the indexes can follow."""
    reread: bool = False
    """Read files too that look exactly as they did when they were read."""
    workers: int | None = None
    """Processes of its own that read; ``None`` for those that all of this process share, 0 to read
    in this one."""
    within: str | None = None
    """A collection, to take in its documents as if there were no others: a text that another
    collection has is embedded again, so that the time does not tell that it is there."""
    bounds: Bounds = field(default_factory=Bounds)
    """What reading one document may take, in another process."""
    _waiting: list[tuple[Origin, Entry]] = field(default_factory=list, init=False)
    _passages: int = field(default=0, init=False)
    _touched: list[Known] = field(default_factory=list, init=False)
    _tally: _Tally = field(default_factory=_Tally, init=False)

    def run(self, origins: Sequence[Origin]) -> Iterator[IngestEvent]:
        """Ingest ``origins`` and yield what happens, document by document.

        An event :class:`Ingested` is yielded only after its document is committed.

        Raises:
            EmbedderChanged: if the record holds vectors of another embedder.
        """
        self.catalog.require_embedder(self.embedder.identity)
        began, before = time.perf_counter(), self.embedder.runtime_seconds
        unique = list({origin.source: origin for origin in origins}.values())
        yield Planned(len(unique), sum(origin.size for origin in unique))
        recorded = self.catalog.known(origin.source for origin in unique)
        asked = [o for o in unique if not self._is_untouched(o, recorded.get(o.source))]
        to_read = {origin.source for origin in asked}
        with closing(self._readings(asked, recorded)) as readings:
            for origin in unique:
                known = recorded.get(origin.source)
                if origin.source in to_read:
                    event = self._take(origin, known, next(readings))
                else:
                    assert known
                    event = self._settled(origin, known, origin.size)
                    self._tally.untouched += 1
                if event is not None:
                    yield event
                if self._passages >= BATCH_PASSAGES:
                    yield from self._flush()
        yield from self._flush()
        t = self._tally
        yield Finished(
            added=t.added,
            changed=t.changed,
            unchanged=t.unchanged,
            rejected=t.rejected,
            passages=t.passages,
            embedded=t.embedded,
            seconds=time.perf_counter() - began,
            embedding_seconds=self.embedder.runtime_seconds - before,
            untouched=t.untouched,
        )

    def _is_untouched(self, origin: Origin, known: Known | None) -> bool:
        """Return whether a file looks exactly as it did when it was read."""
        if self.reread or known is None or known.seen is None or origin.state is None:
            return False
        if origin.problem is not None or origin.size > self.limit:
            return False
        return known.seen == stamp(origin.state, origin.given)

    def _readings(
        self, origins: Sequence[Origin], recorded: Mapping[str, Known]
    ) -> Generator[Result]:
        """Read documents one after the other, in child processes unless there shall be none."""
        tasks = []
        for origin in origins:
            known = recorded.get(origin.source)
            task = Task(origin, known.fingerprint, known.version + 1) if known else Task(origin)
            tasks.append(task)
        asked = {"limit": self.limit, "budget": self.passage_tokens}
        if self.workers == 0:
            for task in tasks:
                yield attempt(task, **asked)
        elif self.workers is None:
            yield from shared(self.bounds).read(tasks, **asked)
        else:
            with closing(Workers(self.workers, self.bounds)) as workers:
                yield from workers.read(tasks, **asked)

    def _take(self, origin: Origin, known: Known | None, result: Result) -> IngestEvent | None:
        """Return the event of a document that is settled, else queue it for the next batch."""
        if isinstance(result, DossierError):
            return self._reject(origin, result)
        if isinstance(result, Exception):
            raise result
        if result.draft is None:
            assert known
            if result.seen and result.seen != known.seen:
                self._touched.append(replace(known, seen=result.seen))
            return self._settled(origin, known, result.size)
        if known is not None and _same(result.draft, self.catalog.document(known.document_id)):
            self._touched.append(replace(known, fingerprint=result.fingerprint, seen=result.seen))
            return self._settled(origin, known, result.size)
        name, version = document_id(origin.source), known.version + 1 if known else 1
        entry = Entry(result.draft, name, version, result.passages, result.seen)
        self._waiting.append((origin, entry))
        self._passages += len(entry.passages)
        return None

    def _settled(self, origin: Origin, known: Known, size: int) -> Ingested:
        self._tally.unchanged += 1
        return Ingested(origin.source, known.document_id, known.version, "unchanged", 0, size)

    def _reject(self, origin: Origin, error: DossierError) -> Rejected:
        self._tally.rejected += 1
        return Rejected(origin.source, error, origin.size)

    def _flush(self) -> Iterator[IngestEvent]:
        """Embed and commit what is queued."""
        waiting, self._waiting = self._waiting, []
        touched, self._touched = self._touched, []
        self._passages = 0
        self.catalog.touch(touched)
        if not waiting:
            return
        try:
            found = NewVectors()
            passages = (
                (passage, passage.span.cut(entry.draft.text))
                for _, entry in waiting
                for passage in entry.passages
            )
            for part in Missing(self.catalog, self.embedder, passages, self.within).embed():
                found.add(part)
                yield Embedded(len(part.passages))
        except DossierError as error:
            for origin, _ in waiting:
                yield self._reject(origin, error)
            return
        entries = [entry for _, entry in waiting]
        self.catalog.save(entries, self.embedder.identity, found.passages, found.sentences)
        self.committed()
        self._tally.embedded += len(found.passages)
        for origin, entry in waiting:
            outcome: Outcome = "added" if entry.version == 1 else "changed"
            setattr(self._tally, outcome, getattr(self._tally, outcome) + 1)
            self._tally.passages += len(entry.passages)
            yield Ingested(
                origin.source,
                entry.document_id,
                entry.version,
                outcome,
                len(entry.passages),
                origin.size,
            )


def _same(draft: Draft, document: Document) -> bool:
    return (
        draft.text == document.text
        and draft.metadata == document.metadata
        and draft.pages == document.pages
        and draft.noise == document.noise
        and draft.headings == document.headings
    )
