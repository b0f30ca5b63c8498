"""What can be told about the state of a corpus without changing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from index.corpus import Check
from index.errors import DossierError
from index.models import Filters

if TYPE_CHECKING:
    from index.corpus import Corpus


def check_corpus(corpus: Corpus) -> list[Check]:
    """Return one check each of the record, the embedder and the two indexes.

    Where the record is damaged, that alone is returned.
    """
    record = _record(corpus)
    if not record.ok:  # the others read it
        return [record]
    return [record, _embedder(corpus), *_indexes(corpus)]


def _record(corpus: Corpus) -> Check:
    problem = corpus.catalog.integrity()
    if problem:
        hint = "Restore the data directory from a backup, or ingest into a new one."
        return Check("record", ok=False, detail=problem, hint=hint)
    extent = corpus.catalog.extent(Filters())
    size = f"{extent.documents} documents, {extent.passages} passages"
    todo = None if extent.documents else "Run `dossier ingest PATH` to add documents."
    return Check("record", ok=True, detail=f"{size} in {corpus.directory}", hint=todo)


def _embedder(corpus: Corpus) -> Check:
    identity, known = corpus.embedder.identity, corpus.catalog.embedder
    if known is not None and known != identity:
        detail = f"the record holds vectors of {known}, configured is {identity}"
        hint = "Run `dossier reindex --embed`, or set the embedder back."
        return Check("embedder", ok=False, detail=detail, hint=hint)
    try:
        corpus.embedder.embed_query("check")
    except DossierError as error:
        return Check("embedder", ok=False, detail=str(error), hint=error.hint)
    return Check("embedder", ok=True, detail=identity)


def _indexes(corpus: Corpus) -> list[Check]:
    last = corpus.catalog.last_change
    checks = []
    for name, index in (("keyword index", corpus.keywords), ("vector index", corpus.approximate)):
        if index is None:
            detail = "kept by the process that owns the directory"
            checks.append(Check(name, ok=True, detail=detail))
        elif index.number == last:
            checks.append(Check(name, ok=True, detail=f"up to change {last}"))
        else:
            detail = f"at change {index.number} of {last}"
            checks.append(Check(name, ok=False, detail=detail, hint="Run `dossier reindex`."))
    return checks
