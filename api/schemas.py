"""What the HTTP routes take and give, where it is not an object of ``qa.models`` already."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from api.problems import Problem
from index.load.metadata import read_fields
from index.models import METADATA_FIELDS, Document, Hit, Metadata
from qa.models import Coverage, SearchStep
from qa.question import AnswererName, FilterSet, Question, Turn

Line = Annotated[str, StringConstraints(max_length=1000)]
"""A short text of one field."""


def _number(value: object) -> object:
    """Refuse words and truths that pydantic would take for a number."""
    if isinstance(value, str | bool):
        raise ValueError("Input should be a number, without quotation marks")  # noqa: TRY004
    return value


Numeric = BeforeValidator(_number)
"""Holds a number in a body to being written as one."""

MOST_NAMED = 1000
"""Names that one filter takes at most."""


def _reasonable(filters: FilterSet) -> FilterSet:
    """Refuse longer lists than the record can take in one statement."""
    for name in ("outlets", "documents", "collections", "languages", "dates"):
        if len(getattr(filters, name)) > MOST_NAMED:
            raise ValueError(f"at most {MOST_NAMED} {name} can be named")
    return filters


FewFilters = Annotated[FilterSet, AfterValidator(_reasonable)]
"""Filters of a length that can be searched."""


class Body(BaseModel):
    """Base of request bodies: unknown fields are an error, not a surprise."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Reply(BaseModel):
    """Base of response bodies."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class AnswerRequest(Body):
    """A question, and within which documents it is asked."""

    question: str
    """The question in the asker's own words."""
    filters: FewFilters = FilterSet()
    """Restrictions on the documents searched."""
    answerer: AnswererName | None = None
    """Which answerer to use; without it the configured one."""
    history: Annotated[tuple[Turn, ...], Field(max_length=50)] = ()
    """Earlier questions of the conversation, oldest first, each as asked and as understood."""
    resumable: bool = False
    """Whether you may come back for the rest of the events if the connection is lost: the work then
    goes on for a while without you. It means nothing for an answer that is sent whole."""

    def to_question(self) -> Question:
        """Return the same in the words of the question side."""
        return Question(
            text=self.question,
            filters=self.filters,
            answerer=self.answerer,
            history=self.history,
        )


class SearchRequest(Body):
    """What to look for, and within which documents."""

    query: str
    """Words or a question; meaning and wording both count."""
    filters: FewFilters = FilterSet()
    """Restrictions on the documents searched."""
    limit: Annotated[int, Field(ge=1, le=50), Numeric] = 8
    """Most passages to return."""


class SearchHit(Reply):
    """A passage that a search found."""

    document_id: str
    """The document it stands in."""
    version: int
    """The document's version."""
    passage_id: str
    """The passage: document, version and position."""
    title: str | None
    """The document's title, where known."""
    outlet: str | None
    """The document's outlet, where known."""
    published_at: date | None
    """The document's day of publication, where known."""
    url: str | None
    """Where the document was published, where known."""
    text: str
    """The passage's words: the document's text from ``start`` to ``end``, unchanged."""
    start: int
    """First code point of the passage in the document's text."""
    end: int
    """One past its last code point."""
    page: int | None
    """Page on which it starts, where the document has pages."""
    score: float
    """Score of the last stage, higher is better; comparable within one search only."""
    scores: dict[str, float]
    """Score of each stage, such as ``dense`` and ``keyword``."""
    copies: list[str]
    """Other documents that have the same words as copies of one story; they count once."""

    @classmethod
    def of(cls, hit: Hit) -> SearchHit:
        """Return ``hit`` as it is shown."""
        document, span = hit.document, hit.passage.span
        return cls(
            document_id=document.id,
            version=document.version,
            passage_id=hit.passage.id,
            title=document.metadata.title,
            outlet=document.metadata.outlet,
            published_at=document.metadata.published_at,
            url=document.metadata.url,
            text=hit.text,
            start=span.start,
            end=span.end,
            page=document.page_of(span.start),
            copies=list(hit.copies),
            score=hit.score,
            scores=hit.scores,
        )


class SearchReply(Reply):
    """The passages found, best first, and what was searched for them."""

    hits: list[SearchHit]
    """The passages."""
    steps: tuple[SearchStep, ...]
    """The searches that were made, in order."""
    coverage: Coverage
    """How many documents and passages were searched, after filters, and whose."""


class Described(Body):
    """What the sender knows about a document's publication; all of it optional."""

    title: Line | None = None
    """Headline or document title."""
    outlet: Line | None = None
    """Who published it: newspaper, agency, institute."""
    author: Line | None = None
    """Who wrote it."""
    published_at: Annotated[Line, Field(json_schema_extra={"format": "date"})] | None = None
    """Day of publication, as ``YYYY-MM-DD``."""
    url: Annotated[Line, Field(json_schema_extra={"format": "uri"})] | None = None
    """Where it was published: an http or https address."""
    language: Line | None = None
    """ISO 639-1 code, such as ``en``."""
    collection: Line | None = None
    """Your own name for the group that the document belongs to."""

    def to_metadata(self) -> Metadata:
        """Return the same in the words of the corpus side.

        Raises:
            InvalidMetadata: if a value does not fit its field.
        """
        return read_fields({name: getattr(self, name) for name in METADATA_FIELDS}, "the request")


class TextRequest(Described):
    """A document as plain text, with what is known about it."""

    text: str
    """The text, stored as it is."""
    name: Line | None = None
    """A name that tells this document from others: the same name with another text makes a new
    version. Without it, the text itself is the identity."""


class UrlRequest(Described):
    """A document by its address, for a server that fetches; with what is known about it."""

    url: Annotated[Line, Field(json_schema_extra={"format": "uri"})]
    """Where it is: a public http or https address, which is also what it is known by."""


class IngestedDocument(Reply):
    """What became of one document that was sent."""

    name: str
    """The name it was sent under, or one made from its content."""
    outcome: Literal["added", "changed", "unchanged", "rejected"]
    """Whether it is new, a new version, already there, or refused."""
    id: str | None = None
    """The document's identifier."""
    version: int | None = None
    """Its version now."""
    passages: int | None = None
    """Number of its passages."""
    problem: Problem | None = None
    """Why it was rejected."""


class IngestReply(Reply):
    """What became of the documents that were sent, in the order in which they were sent."""

    documents: list[IngestedDocument]
    """One entry for each document."""


class JobCounts(Reply):
    """How many documents of a job became what."""

    total: int
    """All of them."""
    waiting: int = 0
    """Those not taken in yet."""
    added: int = 0
    """New ones."""
    changed: int = 0
    """Those that became a new version."""
    unchanged: int = 0
    """Those that were there already."""
    removed: int = 0
    """Those that were taken out."""
    rejected: int = 0
    """Those that could not be taken in."""
    cancelled: int = 0
    """Those that were not begun when the job was cancelled."""


class JobSummary(Reply):
    """An upload that was accepted, and how far it is."""

    id: str
    """Its identifier."""
    status: Literal["queued", "running", "done", "failed", "cancelled"]
    """`done` if at least one of its documents is in the record, `failed` if none could be taken in
    or the server could not go on."""
    collection: str
    """Where its documents go."""
    created_at: datetime
    """When it was accepted, in UTC."""
    started_at: datetime | None
    """When its first document was begun."""
    finished_at: datetime | None
    """When it ended."""
    counts: JobCounts
    """How far it is."""
    problem: Problem | None = None
    """Why it failed as a whole."""


class JobDocumentReply(Reply):
    """What became of one document of a job."""

    name: str
    """The name it was sent under, or one made from its content."""
    outcome: Literal["waiting", "added", "changed", "unchanged", "removed", "rejected", "cancelled"]
    """`waiting` until it is one of the others; see the reply to `POST /v1/documents`."""
    id: str | None = None
    """The document's identifier."""
    version: int | None = None
    """Its version then."""
    passages: int | None = None
    """Number of its passages."""
    problem: Problem | None = None
    """Why it was rejected."""


class JobReply(JobSummary):
    """An upload that was accepted, with each of its documents."""

    documents: list[JobDocumentReply]
    """One entry for each document, in the order in which they were sent."""


class JobPage(Reply):
    """One page of the list of jobs."""

    jobs: list[JobSummary]
    """The jobs, without their documents."""
    next: str | None
    """What to send as ``after`` for the next page; ``null`` on the last."""


class DocumentReply(Reply):
    """What is known about one version of a document."""

    id: str
    """Identifier shared by all versions."""
    version: int
    """The version described here."""
    latest: int
    """The latest version; all versions from 1 up to it are kept."""
    name: str
    """A short name to show where there is no title."""
    source: str
    """Where it came from."""
    title: str | None
    """Headline or document title, where known."""
    outlet: str | None
    """Who published it, where known."""
    author: str | None
    """Who wrote it, where known."""
    published_at: date | None
    """Day of publication, where known."""
    url: str | None
    """Where it was published, where known."""
    language: str | None
    """ISO 639-1 code, where known."""
    collection: str | None
    """The user's own name for the group that it belongs to, where given."""
    inferred: list[str]
    """Names of the fields above that were read out of the text and not stated by anyone."""
    media_type: str
    """MIME type of what was read."""
    sha256: str
    """SHA-256 of the text in UTF-8, in hexadecimal."""
    characters: int
    """Length of the text in code points, in which all offsets count."""
    pages: int | None
    """Number of pages, where the document has pages."""
    ingested_at: datetime
    """When this version was recorded, in UTC."""

    @classmethod
    def of(cls, document: Document, latest: int) -> DocumentReply:
        """Return ``document`` as it is shown; ``latest`` is the document's latest version."""
        known: dict[str, Any] = {name: getattr(document.metadata, name) for name in METADATA_FIELDS}
        return cls(
            id=document.id,
            version=document.version,
            latest=latest,
            name=document.name,
            source=document.source,
            **known,
            inferred=sorted(document.metadata.inferred),
            media_type=document.media_type,
            sha256=document.sha256,
            characters=len(document.text),
            pages=len(document.pages) or None,
            ingested_at=document.ingested_at,
        )


class DocumentPage(Reply):
    """One page of the list of documents."""

    documents: list[DocumentReply]
    """The documents in their latest versions."""
    next: str | None
    """What to send as ``after`` for the next page; ``null`` on the last."""


class Health(Reply):
    """The state of the process."""

    status: Literal["ok"] = "ok"
    """``ok`` while the process answers at all."""


class CheckReply(Reply):
    """One thing that was checked."""

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


class Readiness(Reply):
    """Whether questions can be answered."""

    status: Literal["ready", "degraded"] = "ready"
    """``ready`` if every check passed; ``degraded`` if questions are answered without an index."""
    checks: list[CheckReply] | None = None
    """Those that did not pass; all with ``?verbose``."""
