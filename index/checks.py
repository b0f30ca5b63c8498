"""What can be told about the state of a corpus without changing it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from index.errors import DossierError
from index.models import Filters

if TYPE_CHECKING:
    from index.catalog import Catalog
    from index.embed import Embedder
    from index.rerank import Reranker


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked, for `dossier doctor` and the readiness probe."""

    name: str
    """What was checked."""
    ok: bool
    """Whether it is as it should be."""
    detail: str
    """What was found."""
    hint: str | None = None
    """What to do about it, where something is wrong."""


class Following(Protocol):
    """An index that follows the record."""

    @property
    def number(self) -> int:
        """The last change of the record that the index holds."""
        ...


def check_corpus(
    directory: Path,
    catalog: Catalog,
    embedder: Embedder,
    indexes: Mapping[str, Following | None],
    *,
    idle: Collection[str] = (),
    reranker: Reranker | None = None,
) -> list[Check]:
    """Return one check each of the record, the embedder, the indexes and a reranker.

    Where the record is damaged, that alone is returned. An index that is ``None`` belongs to
    another process, one that is ``idle`` is not needed.
    """
    record = _record(directory, catalog)
    if not record.ok:  # the others read it
        return [record]
    last = catalog.last_change
    return [
        record,
        _embedder(catalog, embedder),
        *(_index(name, index, last, name in idle) for name, index in indexes.items()),
        *([_reranker(reranker)] if reranker else []),
    ]


def _record(directory: Path, catalog: Catalog) -> Check:
    problem = catalog.integrity()
    if problem:
        hint = "Restore the data directory from a backup, or ingest into a new one."
        return Check("record", ok=False, detail=problem, hint=hint)
    extent = catalog.extent(Filters())
    size = f"{extent.documents} documents, {extent.passages} passages"
    todo = None if extent.documents else "Run `dossier ingest PATH` to add documents."
    return Check("record", ok=True, detail=f"{size} in {directory}", hint=todo)


def _embedder(catalog: Catalog, embedder: Embedder) -> Check:
    identity, known = embedder.identity, catalog.embedder
    if known is not None and known != identity:
        detail = f"the record holds vectors of {known}, configured is {identity}"
        hint = "Run `dossier reindex --embed`, or set the embedder back."
        return Check("embedder", ok=False, detail=detail, hint=hint)
    try:
        catalog.require_dimension(identity, len(embedder.embed_query("check")))
    except DossierError as error:
        return Check("embedder", ok=False, detail=str(error), hint=error.hint)
    return Check("embedder", ok=True, detail=identity)


def _reranker(reranker: Reranker) -> Check:
    try:
        identity = reranker.identity  # loads and tries it
    except DossierError as error:
        return Check("reranker", ok=False, detail=str(error), hint=error.hint)
    return Check("reranker", ok=True, detail=identity)


def _index(name: str, index: Following | None, last: int, idle: bool) -> Check:
    if index is None:
        return Check(name, ok=True, detail="kept by the process that owns the directory")
    if idle:
        return Check(name, ok=True, detail="not needed for so few passages")
    if index.number == last:
        return Check(name, ok=True, detail=f"up to change {last}")
    detail = f"at change {index.number} of {last}"
    return Check(name, ok=False, detail=detail, hint="Run `dossier reindex`.")
