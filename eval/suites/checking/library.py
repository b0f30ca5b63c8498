"""The documents that cases speak of, by the names that cases use for them."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from eval.suites.documents import LARGEST
from index.models import Document, Filters
from qa.question import FilterSet

if TYPE_CHECKING:
    from index.load.origins import Origin

NO_FILTERS = Filters()


class Shelf(Protocol):
    """Holds documents and finds those that filters leave, as a corpus or a record does."""

    def documents(self, filters: Filters) -> list[Document]:
        """Return the current versions that the filters leave."""
        ...


class Library:
    """The documents of a shelf as cases see them. Read once; used by one thread."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self.documents = {document.id: document for document in shelf.documents(NO_FILTERS)}
        self._ids: dict[str, frozenset[str]] = {}
        self._flat: dict[str, str] = {}
        self._folded: dict[str, str] = {}
        self._sentences: dict[str, list[str]] = {}
        self._left: dict[Filters, list[Document]] = {}

    def ids(self, name: str) -> frozenset[str]:
        """Return the identifiers of the documents that ``name`` is the name of.

        It is one if it is the last part of the document's source, or several parts of its end.
        """
        if name not in self._ids:
            able = self._by_last_part.get(name.rpartition("/")[2], ())
            self._ids[name] = frozenset(d.id for d in able if _is_called(d, name))
        return self._ids[name]

    @cached_property
    def _by_last_part(self) -> dict[str, list[Document]]:
        found: dict[str, list[Document]] = defaultdict(list)
        for document in self.documents.values():
            for part in {document.source.rpartition("/")[2], document.name}:
                found[part].append(document)
        return found

    def flat(self, id_: str) -> str:
        """Return the text of a document with every run of white space as one space."""
        if id_ not in self._flat:
            self._flat[id_] = flat(self.documents[id_].text)
        return self._flat[id_]

    def folded(self, id_: str) -> str:
        """Return the same without regard to case."""
        if id_ not in self._folded:
            self._folded[id_] = self.flat(id_).casefold()
        return self._folded[id_]

    def sentences(self, id_: str) -> list[str]:
        """Return the sentences of a document."""
        from index.text.split import sentences

        if id_ not in self._sentences:
            text = self.documents[id_].text
            self._sentences[id_] = [span.cut(text) for span in sentences(text)]
        return self._sentences[id_]

    def filters(self, filters: FilterSet) -> FilterSet:
        """Return filters of a case with identifiers in place of document names."""
        ids = sorted(frozenset().union(*(self.ids(name) for name in filters.documents)))
        return filters.model_copy(update={"documents": tuple(ids)})

    def searched(self, filters: FilterSet) -> list[Document]:
        """Return the documents that filters of a case leave, by name.

        By name, because the order of identifiers depends on where the files lie.

        Raises:
            InvalidFilter: if the filters leave no day, or a language is no code.
        """
        wanted = self.filters(filters).to_filters()
        if wanted not in self._left:
            left = self._shelf.documents(wanted) if wanted else list(self.documents.values())
            self._left[wanted] = sorted(left, key=lambda document: (document.name, document.id))
        return self._left[wanted]


def flat(text: str) -> str:
    """Return a text with every run of white space as one space."""
    return " ".join(text.split())


@contextmanager
def recorded(origins: Sequence[Origin]) -> Iterator[Shelf]:
    """Record documents for a while, without passages and vectors: they can be read, not searched.

    Raises:
        DossierError: if one of them cannot be read.
    """
    from index.intake.reading import document_id
    from index.load import parse
    from index.record.catalog import Catalog
    from index.record.entries import Entry

    entries = []
    for origin in origins:
        draft = parse(origin, origin.read(LARGEST), limit=LARGEST)
        entries.append(Entry(draft, document_id(origin.source), 1, ()))
    with tempfile.TemporaryDirectory(prefix="dossier-cases-") as folder:
        catalog = Catalog(Path(folder) / "record.sqlite")
        try:
            catalog.migrate()
            catalog.save(entries, "none", {}, {})
            yield catalog
        finally:
            catalog.close()


def _is_called(document: Document, name: str) -> bool:
    return document.source.endswith("/" + name) or document.name == name
