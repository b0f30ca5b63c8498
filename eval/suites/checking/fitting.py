"""Whether cases fit the documents: names, quotations and absences, exactly as they are claimed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from eval.cases import Case
from eval.suites.checking.findings import Finding, Kind
from eval.suites.checking.library import Library, flat
from index.errors import InvalidFilter


def names(case: Case) -> Iterable[str]:
    """Return the document names that a case uses, each once."""
    quoted = (name for quote in case.quotes for name in quote.documents)
    return dict.fromkeys((*case.documents.names, *quoted, *case.filters.documents))


def misfits(case: Case, library: Library) -> Iterator[Finding]:
    """Yield all that a case claims of the documents and that is not so."""
    unknown = [name for name in names(case) if not library.ids(name)]
    for name in unknown:
        yield _error(
            case,
            "document",
            f"no document of the corpus is called {name!r}",
            "Ingest it first; `dossier sources` lists what there is.",
        )
    yield from _quotes(case, library)
    if case.absent and not set(unknown) & set(case.filters.documents):
        yield from _absent(case, library)


def kept_out(case: Case, library: Library) -> Iterator[Finding]:
    """Yield what a case needs and its own filters keep out; such a case asks for the impossible."""
    if not case.filters.to_filters() or not all(map(library.ids, case.filters.documents)):
        return
    try:
        searched = {document.id for document in library.searched(case.filters)}
    except InvalidFilter as error:
        yield _error(case, "filters", str(error), error.hint)
        return
    for name in dict.fromkeys(case.documents.names):
        if library.ids(name) and not library.ids(name) & searched:
            yield _error(
                case,
                "filters",
                f"its filters keep out {name}, which it needs",
                "Loosen the filters, or name another document.",
            )


def _absent(case: Case, library: Library) -> Iterator[Finding]:
    try:
        searched = library.searched(case.filters)
    except InvalidFilter as error:
        yield _error(case, "filters", str(error), error.hint)
        return
    for term in case.absent:
        wanted = flat(term).casefold()
        there = next((one for one in searched if wanted in library.folded(one.id)), None)
        if there is not None:
            yield _error(
                case,
                "absent",
                f"{there.name} contains {term!r}, said to be absent",
                "Correct the case: perhaps the documents do answer it.",
            )


def _quotes(case: Case, library: Library) -> Iterator[Finding]:
    for quote in case.quotes:
        words = flat(quote.text)
        for name in quote.documents:
            ids = library.ids(name)
            if ids and not any(words in library.flat(id_) for id_ in ids):
                yield _error(
                    case,
                    "quote",
                    f"{name} does not contain {quote.text!r}",
                    "A quote has to stand in the document word for word.",
                )


def _error(case: Case, kind: Kind, message: str, hint: str | None) -> Finding:
    return Finding(kind=kind, severity="error", message=message, hint=hint, case=case.id)
