"""The documents that come with a suite, under the names that its cases use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from index.load.origins import Origin
from index.models import Filters, Metadata

if TYPE_CHECKING:
    from index.corpus import Corpus

SCHEME = "suite:"
"""What the source of such a document begins with; the suite's name and its own follow."""

LARGEST = 100_000_000
"""Bytes of a document at most."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class SuiteDocument:
    """A text that cases are about."""

    id: str
    """Its identifier in the suite."""
    text: str
    """Its words."""
    title: str | None = None
    """Its title."""
    outlet: str | None = None
    """Who published it."""
    author: str | None = None
    """Who wrote it."""
    published_at: date | None = None
    """When it was published."""
    url: str | None = None
    """Where it was published."""

    @property
    def name(self) -> str:
        """How cases call it."""
        return plain_name(self.id)

    def origin(self, suite: str) -> Origin:
        """Return it as something to ingest; the same document has the same source always."""
        given = Metadata(
            title=self.title or None,
            outlet=self.outlet or None,
            author=self.author or None,
            published_at=self.published_at,
            url=self.url or None,
        )
        data = self.text.encode("utf-8", "replace")
        source = f"{source_of(suite)}{self.name}"
        return Origin(source, f"{self.name}.txt", given, data=data, size=len(data))


def readable(text: str) -> str:
    """Return a text without what no text holds: NUL characters become spaces, places stay."""
    return text.replace("\0", " ")


def plain_name(id_: str) -> str:
    """Return an identifier with what cannot stand in a name percent-encoded."""
    return re.sub(r"[%/\\\s]", lambda found: f"%{ord(found[0]):02X}", id_)


def source_of(suite: str) -> str:
    """Return what the sources of a suite's documents begin with."""
    return f"{SCHEME}{plain_name(suite)}/"


def day(text: str | None) -> date | None:
    """Return the day that a date or time in ISO 8601 names; ``None`` if it names none."""
    found = _DAY.match(text or "")
    try:
        return date.fromisoformat(found[0]) if found else None
    except ValueError:
        return None


def ingest(origins: Sequence[Origin], suite: str, corpus: Corpus) -> None:
    """Make the documents of a suite the corpus's own; what is there unchanged is not read again.

    Documents that an earlier state of the suite had, and this one has no more, are removed.

    Args:
        origins: the documents.
        suite: name of the suite.
        corpus: a corpus that is open for writing.

    Raises:
        DossierError: if one of them cannot be ingested.
    """
    from index.intake.ingest import Rejected
    from index.load import fingerprint

    known = corpus.catalog.known(origin.source for origin in origins)
    new = [
        origin
        for origin in origins
        if origin.source not in known
        or known[origin.source].fingerprint != fingerprint(origin.data or b"", origin.given)
    ]
    if new:
        for event in corpus.ingest(new, limit=LARGEST):
            if isinstance(event, Rejected):
                raise event.error
    if corpus.catalog.extent(Filters()).documents > len(origins):
        kept, own = {origin.source for origin in origins}, source_of(suite)
        for document in corpus.documents():
            if document.source.startswith(own) and document.source not in kept:
                corpus.remove(document.id)
