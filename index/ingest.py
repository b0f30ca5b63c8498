"""Documents into the record: what is unchanged costs nothing, what is bad stops nothing else."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from index.embedding import Missing, NewVectors
from index.entries import Entry
from index.errors import DossierError, UndecodableText
from index.load import fingerprint, parse
from index.load.origins import Origin
from index.models import Document, Draft
from index.split import split

if TYPE_CHECKING:
    from index.catalog import Catalog
    from index.embed import Embedder

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


IngestEvent = Planned | Embedded | Ingested | Rejected | Finished

BATCH_PASSAGES = 512
"""Passages that are embedded and committed together: enough to sort by length, soon safe."""


def document_id(source: str) -> str:
    """Return the identifier of the document that comes from ``source``."""
    return "d-" + hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:12]


@dataclass
class _Tally:
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    passages: int = 0
    embedded: int = 0


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
    _waiting: list[tuple[Origin, Entry]] = field(default_factory=list, init=False)
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
        recorded = self.catalog.fingerprints(origin.source for origin in unique)
        for origin in unique:
            try:
                event = self._take(origin, recorded.get(origin.source))
            except DossierError as error:
                event = self._reject(origin, error)
            if event is not None:
                yield event
            if sum(len(entry.passages) for _, entry in self._waiting) >= BATCH_PASSAGES:
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
        )

    def _take(self, origin: Origin, known: tuple[str, str, int] | None) -> IngestEvent | None:
        """Read an origin; return its event if it is settled, else queue it for the next batch."""
        data = origin.read(self.limit)
        mark = fingerprint(data, origin.given)
        if known is not None and known[0] == mark:
            return self._settled(origin, known[1], known[2], len(data))
        draft = parse(origin, data, limit=self.limit)
        _check_text(draft)
        if known is not None:
            current = self.catalog.document(known[1])
            if _same(draft, current):
                self.catalog.touch(current.id, mark)
                return self._settled(origin, current.id, current.version, len(data))
        version = known[2] + 1 if known else 1
        name = document_id(origin.source)
        passages = split(draft, document_id=name, version=version, budget=self.passage_tokens)
        self._waiting.append((origin, Entry(draft, name, version, tuple(passages))))
        return None

    def _settled(self, origin: Origin, name: str, version: int, size: int) -> Ingested:
        self._tally.unchanged += 1
        return Ingested(origin.source, name, version, "unchanged", 0, size)

    def _reject(self, origin: Origin, error: DossierError) -> Rejected:
        self._tally.rejected += 1
        return Rejected(origin.source, error, origin.size)

    def _flush(self) -> Iterator[IngestEvent]:
        """Embed and commit what is queued."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        try:
            found = NewVectors()
            passages = (
                (passage, passage.span.cut(entry.draft.text))
                for _, entry in waiting
                for passage in entry.passages
            )
            for part in Missing(self.catalog, self.embedder, passages).embed():
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


def _check_text(draft: Draft) -> None:
    """Refuse text that the record could not give back unchanged."""
    try:
        draft.text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UndecodableText(f"{draft.source}: half a surrogate pair at {error.start}") from error
    if "\0" in draft.text:
        raise UndecodableText(f"{draft.source}: a NUL character at {draft.text.index(chr(0))}")


def _same(draft: Draft, document: Document) -> bool:
    return (
        draft.text == document.text
        and draft.metadata == document.metadata
        and draft.pages == document.pages
        and draft.noise == document.noise
        and draft.headings == document.headings
    )
