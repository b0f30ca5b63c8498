"""The words of the corpus side: span, metadata, document, passage, filters, hit.

Every offset in Dossier counts Unicode code points of a document version's stored text, half open,
as Python slices do. ``document.text[span.start:span.end]`` is the only way a quotation is made.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from urllib.parse import unquote

METADATA_FIELDS = ("title", "outlet", "author", "published_at", "url", "language", "collection")
"""The fields that describe a document, in the order in which they are shown."""

DEFAULT_COLLECTION = "default"
"""The collection of documents that were given none."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points ``[start, end)`` in a stored text.

    Raises:
        ValueError: if the range is negative or runs backwards.
    """

    start: int
    """First code point of the span."""
    end: int
    """One past the last code point of the span."""

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: {self.start}..{self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def cut(self, text: str) -> str:
        """Return the span's words out of ``text``, unchanged."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Return whether the two spans share at least one code point."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        """Return whether ``other`` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about where and when a text was published; ``None`` means not known."""

    title: str | None = None
    """Headline or document title."""
    outlet: str | None = None
    """Who published it: newspaper, agency, institute."""
    author: str | None = None
    """Who wrote it, as given; several names are kept in one string."""
    published_at: date | None = None
    """Day of publication, as stated by the source; no time zone is implied."""
    url: str | None = None
    """Where it was published."""
    language: str | None = None
    """ISO 639-1 code, such as ``en``."""
    collection: str | None = None
    """The user's own name for the group that the document belongs to; never inferred."""
    inferred: frozenset[str] = field(default_factory=frozenset)
    """Names of the fields above that were read out of the text and not stated by anyone."""

    def over(self, weaker: Metadata) -> Metadata:
        """Return this metadata with its gaps filled from ``weaker``, inference marks kept."""
        values: dict[str, object] = {}
        inferred: set[str] = set()
        for name in METADATA_FIELDS:
            origin = self if getattr(self, name) is not None else weaker
            values[name] = getattr(origin, name)
            if values[name] is not None and name in origin.inferred:
                inferred.add(name)
        return Metadata(**values, inferred=frozenset(inferred))  # type: ignore[arg-type]

    def as_inferred(self) -> Metadata:
        """Return this metadata with every known field marked as inferred."""
        known = frozenset(n for n in METADATA_FIELDS if getattr(self, n) is not None)
        return replace(self, inferred=known)


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that was read but is not yet in the record."""

    source: str
    """Where it came from: a ``file:`` or ``http(s):`` address, ``stdin:NAME`` or ``upload:NAME``.

    It decides which document this is: the same source with other content is a new version.
    """
    text: str
    """The text to store. Never changed afterwards: every offset counts in it."""
    media_type: str
    """MIME type of what was read, such as ``application/pdf``."""
    metadata: Metadata = field(default_factory=Metadata)
    """What is known about the publication."""
    pages: tuple[Span, ...] = ()
    """The span of each page, in page order starting with page 1; empty without pages."""
    noise: tuple[Span, ...] = ()
    """Scraped residue (bylines, labels, link lists), sorted; stored and shown, never evidence."""
    headings: tuple[Span, ...] = ()
    """Headings, sorted; they give context to what follows and are never evidence themselves."""
    fingerprint: str = ""
    """Hash of the bytes and settings that made this draft, to recognise an unchanged source."""


@dataclass(frozen=True, slots=True)
class Document:
    """One immutable version of a document in the record."""

    id: str
    """Identifier shared by all versions, such as ``d-3f0c9a1b2c4d``."""
    version: int
    """1 for the first version, counted up by each change."""
    source: str
    """Where it came from; see :attr:`Draft.source`."""
    text: str
    """The stored text, exactly as it was recorded."""
    media_type: str
    """MIME type of what was read."""
    metadata: Metadata
    """What is known about the publication."""
    sha256: str
    """SHA-256 of the UTF-8 text, in hexadecimal."""
    ingested_at: datetime
    """When this version was recorded, in UTC."""
    pages: tuple[Span, ...] = ()
    """The span of each page; empty without pages."""
    noise: tuple[Span, ...] = ()
    """Spans that are never evidence."""
    headings: tuple[Span, ...] = ()
    """Spans of headings."""

    @property
    def collection(self) -> str:
        """Name of the collection that this version belongs to."""
        return self.metadata.collection or DEFAULT_COLLECTION

    def page_of(self, offset: int) -> int | None:
        """Return the page number (from 1) that holds ``offset``, or ``None`` without pages."""
        for number, span in enumerate(self.pages, 1):
            if span.start <= offset < span.end:
                return number
        return None

    @property
    def name(self) -> str:
        """A short name to show where there is no title: the last part of the source."""
        last = self.source.rstrip("/").rpartition("/")[2].removeprefix("upload:")
        quoted = self.source.startswith("file:") or last.startswith(("http:%2F%2F", "https:%2F%2F"))
        return (unquote(last) if quoted else last) or self.source


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage, by its exact span in the document's text."""

    span: Span
    """Where the sentence stands; it neither starts nor ends with white space."""
    evidence: bool = True
    """Whether it may support an answer; headings and scraped noise may not."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one document version: what is embedded and searched."""

    document_id: str
    """The document it belongs to."""
    version: int
    """The document's version."""
    number: int
    """Position in the document, from 0."""
    span: Span
    """Where the passage stands in the document's text."""
    sentences: tuple[Sentence, ...]
    """Its sentences in order; together they cover every word of the span."""
    context: str = ""
    """Words put before the text for searching only: the title and the heading above."""
    key: int = 0
    """Number of the passage in the record, never used twice; 0 before it is recorded."""

    @property
    def id(self) -> str:
        """Public identifier: document, version and position."""
        return f"{self.document_id}.{self.version}.{self.number}"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents may be searched; an empty field does not restrict."""

    outlets: tuple[str, ...] = ()
    """Outlet names, compared without regard to case."""
    documents: tuple[str, ...] = ()
    """Document identifiers."""
    since: date | None = None
    """First day of publication that counts, inclusive."""
    until: date | None = None
    """Last day of publication that counts, inclusive."""
    collections: tuple[str, ...] = ()
    """Names of collections, compared without regard to case; ``default`` stands for documents that
    were given none as well."""
    languages: tuple[str, ...] = ()
    """ISO 639-1 codes; a document whose language is not known fails any."""
    as_of: date | None = None
    """The day from which the corpus is looked at: nothing published later counts, and nothing
    whose day of publication is not known."""
    permitted: frozenset[str] | None = None
    """Names of the only collections that who asks may read, compared exactly; ``None`` for all of
    them. No choice of the asker, but a guard: the empty set lets nothing through, and a filter by
    what it keeps away is answered like one by what is not there."""

    def __bool__(self) -> bool:
        restricting = (getattr(self, n) for n in self.__dataclass_fields__ if n != "permitted")
        return self.permitted is not None or any(restricting)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a search found, with the text and document it belongs to."""

    passage: Passage
    """What was found."""
    document: Document
    """The document version that it stands in."""
    score: float
    """Score of the last stage, higher is better; comparable within one search only."""
    scores: dict[str, float] = field(default_factory=dict)
    """Score of each stage by its name, such as ``dense`` (cosine) and ``keyword`` (BM25)."""
    copies: tuple[str, ...] = ()
    """Identifiers of other documents that have the same words as copies of one story."""
    nearness: tuple[float, ...] = ()
    """Cosine of each sentence of the passage with the question, in the space of sentences; empty
    if the embedder has none."""

    @property
    def text(self) -> str:
        """The passage's own words."""
        return self.passage.span.cut(self.document.text)
