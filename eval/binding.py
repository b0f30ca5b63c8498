"""Cases name documents by file name; the corpus knows them by identifier. Here the two meet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from eval.cases import Case, Suite
from eval.errors import InvalidCases
from index.models import Document
from qa.question import FilterSet

if TYPE_CHECKING:
    from index.corpus import Corpus


class Binding:
    """The file names of a suite, bound to the documents of a corpus."""

    def __init__(self, suite: Suite, corpus: Corpus) -> None:
        """Look up every file name that the suite mentions, and check what it says of the corpus.

        Raises:
            InvalidCases: if a named document is not in the corpus, a quote does not stand in its
                document, or a term that should be absent occurs in what the case searches.
        """
        self._documents = {document.id: document for document in corpus.documents()}
        self._ids: dict[str, frozenset[str]] = {}
        for case in suite.cases:
            self._bind(case)
            self._check_quotes(case)
            self._check_absent(case, corpus)

    def ids(self, case: Case) -> dict[str, frozenset[str]]:
        """Return the document identifiers by each file name that the case uses."""
        return {name: self._ids[name] for name in _names(case)}

    def filters(self, case: Case) -> FilterSet:
        """Return the case's filters with identifiers in place of file names."""
        ids = sorted(set().union(*(self._ids[name] for name in case.filters.documents)))
        return case.filters.model_copy(update={"documents": tuple(ids)})

    def _bind(self, case: Case) -> None:
        for name in _names(case):
            if name not in self._ids:
                self._ids[name] = frozenset(
                    id_ for id_, doc in self._documents.items() if _is_called(doc, name)
                )
            if not self._ids[name]:
                raise InvalidCases(
                    f"case {case.id!r}: no document of the corpus is called {name!r}",
                    hint="Ingest it first; `dossier sources` lists what there is.",
                )

    def _check_quotes(self, case: Case) -> None:
        for quote in case.quotes:
            for name in quote.documents:
                texts = (self._documents[id_].text for id_ in self._ids[name])
                if not any(_flat(quote.text) in _flat(text) for text in texts):
                    raise InvalidCases(
                        f"case {case.id!r}: {name} does not contain {quote.text!r}",
                        hint="A quote has to stand in the document word for word.",
                    )

    def _check_absent(self, case: Case, corpus: Corpus) -> None:
        if not case.absent:
            return
        # By name, because the order of identifiers depends on where the files lie.
        found = corpus.documents(self.filters(case).to_filters())
        searched = sorted(found, key=lambda document: (document.name, document.id))
        for term in case.absent:
            for document in searched:
                if _flat(term).casefold() in _flat(document.text).casefold():
                    raise InvalidCases(
                        f"case {case.id!r}: {document.name} contains {term!r}, said to be absent",
                        hint="Correct the case: perhaps the documents do answer it.",
                    )


def _names(case: Case) -> Iterable[str]:
    quoted = (name for quote in case.quotes for name in quote.documents)
    return dict.fromkeys((*case.documents.names, *quoted, *case.filters.documents))


def _is_called(document: Document, name: str) -> bool:
    return document.source.endswith("/" + name) or document.name == name


def _flat(text: str) -> str:
    return " ".join(text.split())
