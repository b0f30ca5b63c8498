"""Cases name documents by file name; the corpus knows them by identifier. Here the two meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.cases import Case, Suite
from eval.errors import InvalidCases
from eval.suites.checking.fitting import misfits, names
from eval.suites.checking.library import Library
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
        self._library = Library(corpus)
        for case in suite.cases:
            for wrong in misfits(case, self._library):
                raise InvalidCases(f"case {case.id!r}: {wrong.message}", hint=wrong.hint)

    def ids(self, case: Case) -> dict[str, frozenset[str]]:
        """Return the document identifiers by each file name that the case uses."""
        return {name: self._library.ids(name) for name in names(case)}

    def filters(self, case: Case) -> FilterSet:
        """Return the case's filters with identifiers in place of file names."""
        return self._library.filters(case.filters)
