"""What can be told about the state of a corpus without changing it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from index.errors import DiskFull, DossierError, RecordDamaged
from index.models import Filters
from index.storage import is_full

if TYPE_CHECKING:
    from index.derived.kept import KeptIndex
    from index.embed import Embedder
    from index.record.catalog import Catalog
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
    degraded: bool = False
    """Whether questions are answered all the same, where something is wrong."""


def check_corpus(
    directory: Path,
    catalog: Catalog,
    embedder: Embedder,
    indexes: Mapping[str, KeptIndex | None],
    *,
    idle: Collection[str] = (),
    reranker: Reranker | None = None,
    mended: Mapping[str, str] = MappingProxyType({}),
    owned: bool = False,
    whole: bool = True,
) -> list[Check]:
    """Return one check each of the record, the embedder, the indexes and a reranker.

    Where the record is damaged, that alone is returned. An index that is ``None`` belongs to
    another process, one that is ``idle`` is not needed.

    Args:
        directory: the data directory.
        catalog: its record.
        embedder: the one configured.
        indexes: by their names.
        idle: names of those that the corpus does not need.
        reranker: the one configured.
        mended: what was wrong with indexes that this process has built anew, by their names.
        owned: this process owns the directory, and each of its writes ends with the indexes
            brought up to the record.
        whole: read all of the record; otherwise only see whether it can be read.
    """
    record = _record(directory, catalog, whole)
    if not record.ok:  # the others read it
        return [record]
    last = catalog.last_change
    return [
        record,
        *([_full(directory)] if is_full(directory) else []),
        _embedder(catalog, embedder),
        *(
            _index(name, index, last, name in idle, mended.get(name), owned=owned)
            for name, index in indexes.items()
        ),
        *([_reranker(reranker)] if reranker else []),
    ]


def _full(directory: Path) -> Check:
    return Check("disk", ok=False, detail=f"no room is left for {directory}", hint=DiskFull.hint)


def _record(directory: Path, catalog: Catalog, whole: bool) -> Check:
    problem = catalog.integrity(whole=whole)
    if problem:
        return Check("record", ok=False, detail=problem, hint=RecordDamaged.hint)
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


def _index(
    name: str, index: KeptIndex | None, last: int, idle: bool, mended: str | None, *, owned: bool
) -> Check:
    if index is None:
        return Check(name, ok=True, detail="kept by the process that owns the directory")
    if idle:
        return Check(name, ok=True, detail="not needed for so few passages")
    number = index.number
    if index.trouble:
        detail = f"at change {number} of {last}, to be mended: {index.trouble.why}"
        hint = "Answers go on without it. It is built anew as soon as that can be done."
        return Check(name, ok=False, detail=detail, hint=hint, degraded=True)
    if number >= last:  # it may have gone on since the record was asked
        again = f", built anew since {mended}" if mended else ""
        return Check(name, ok=True, detail=f"up to change {last}{again}")
    detail = f"at change {number} of {last}"
    if owned:  # what keeps an index back would be told as its trouble
        return Check(name, ok=True, detail=f"{detail}, which is being written")
    hint = "If it stays so, stop the process that owns the directory and run `dossier reindex`."
    return Check(name, ok=False, detail=detail, hint=hint, degraded=True)
