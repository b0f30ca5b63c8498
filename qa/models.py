"""The words of an answer: answer, statement, citation, coverage, and the events that tell it.

The :class:`Answer` is the same object in JSON, in the stream's last event, on the command line and
in the record. Its field names are the public contract.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from qa.question import AnswererName, Contract, FilterSet

Support = Literal["supported", "partial", "unsupported"]
Status = Literal["answered", "not_in_documents", "incomplete"]
OutputForm = Literal["plain", "structured"]
"""How a model writes its statements: lines with numbers in brackets, or JSON held to a schema."""


class Excerpt(Contract):
    """Exact words of one document version, with where they stand and who published them."""

    document_id: str
    """The cited document."""
    version: int
    """The cited version of it."""
    title: str | None = None
    """The document's title, where known."""
    outlet: str | None = None
    """The document's outlet, where known."""
    author: str | None = None
    """The document's author, where known."""
    published_at: date | None = None
    """The document's day of publication, where known."""
    url: str | None = None
    """Where the document was published, where known."""
    quote: str
    """The cited words: ``document.text[start:end]``, unchanged."""
    start: int
    """First code point of the quotation in the document's text."""
    end: int
    """One past the last code point of the quotation."""
    page: int | None = None
    """Page on which the quotation starts, where the document has pages."""


class Citation(Excerpt):
    """The exact words of one document version that a statement rests on."""

    number: int
    """The ``n`` of the ``[n]`` markers in the answer's text, from 1."""
    copies: tuple[str, ...] = ()
    """Other documents that print the same words as copies of one story, sorted."""


class Note(Contract):
    """Words in square brackets that Dossier added to a statement, such as ``[the treaty]``."""

    start: int
    """First code point of the note in the statement's text, the opening bracket included."""
    end: int
    """One past its last code point, the closing bracket included."""
    kind: Literal["antecedent", "computed"]
    """``antecedent`` says what a pronoun or a short name stands for; ``computed`` gives a day that
    was worked out from words such as "three days before the inauguration"."""
    citation: int | None = None
    """The citation that shows what the note says; ``None`` if that of the statement does."""
    told: str = ""
    """How it was worked out, in words, such as ``three days before 20 January 2025``."""


class Statement(Contract):
    """One sentence of an answer and what it rests on."""

    text: str
    """The sentence, without markers, with notes in square brackets."""
    start: int
    """First code point of the sentence in the answer's text."""
    end: int
    """One past its last code point: ``answer.text[start:end] == text``."""
    support: Support
    """Whether the citations bear the sentence out."""
    reason: str | None = None
    """What is missing or different, where support is not full."""
    citations: tuple[int, ...] = ()
    """Numbers of its citations."""
    notes: tuple[Note, ...] = ()
    """What was added to the words of the source, in order of place."""
    drafted: str | None = None
    """What the model had written, where an unsupported statement was cut to what is supported or
    written anew."""


class ShortAnswer(Contract):
    """The few words of a citation that answer a question of who, when, where, how many or which."""

    text: str
    """The words: ``document.text[start:end]`` of the cited document, unchanged."""
    citation: int
    """Number of the citation that holds them."""
    start: int
    """First code point of the words in the document's text."""
    end: int
    """One past their last code point."""


class Value(Contract):
    """One of the values that the documents give for what was asked."""

    text: str
    """The value as first written, such as ``about 11,000``: cut from its first citation."""
    citations: tuple[int, ...]
    """Numbers of the citations that give it, earliest publication first."""
    origins: int = 1
    """Independent stories that give it: copies of one story count once."""
    hedge: str | None = None
    """The words by which all of them hedge it, such as ``according to the ministry``; ``None`` if
    at least one states it plainly."""


DisagreementKind = Literal[
    "figures", "dates", "names", "hedged", "negated", "superseded", "wording"
]
"""How documents differ: in a figure, a day or a name; one hedges what the other states; one denies
it; a later one replaces the earlier; or they give one person's words differently."""


class Disagreement(Contract):
    """Documents that give different values for one thing."""

    kind: DisagreementKind
    """How they differ."""
    about: str = ""
    """What the values are values of, in words of the question or of the sources."""
    values: tuple[Value, ...]
    """Each value found, with who says it; the one that most independent stories give first."""


ConfidenceLevel = Literal["high", "moderate", "low"]
"""How well the sources bear an answer out, in the words of ICD 203."""


class Confidence(Contract):
    """How far an answer can be relied on, worked out from what was found; no model writes it.

    Confidence (how good the basis is) is kept apart from likelihood (how likely the sources say a
    thing is), as in Intelligence Community Directive 203, Analytic Standards.
    """

    level: ConfidenceLevel
    """How good the basis is."""
    because: str
    """What the level rests on, in words."""
    likelihood: str | None = None
    """How likely the cited sources themselves say it is, in the scale's words; ``None`` if they
    state it plainly."""


class Dated(Contract):
    """One entry of a timeline."""

    first: date
    """First day that the entry speaks of."""
    last: date
    """Last day; the same as ``first`` for one day."""
    text: str
    """The words that date it, cut from the citation, or ``published``."""
    computed: bool
    """Whether the day was worked out, as from "on Friday" and the day of publication."""
    statement: int
    """Position of its statement in the answer, from 0."""


class ResolvedDate(Contract):
    """An expression of time in a question, and what it was taken to mean."""

    text: str
    """The words of the question, such as ``last week``."""
    first: date
    """First day of the period or event that the words name."""
    last: date
    """Its last day."""
    since: date | None = None
    """First day of publication that counts because of it."""
    until: date | None = None
    """Last day of publication that counts because of it."""
    told: str
    """What it was read from, such as ``as_of 2025-01-22``."""

    def words(self) -> str:
        """Return what was understood as a sentence without its full stop."""
        days = f"{self.first} to {self.last}" if self.first != self.last else f"{self.first}"
        bounds = [f"since {self.since}" if self.since else "", f"until {self.until}"]
        counted = " ".join(bounds if self.until else bounds[:1]).strip()
        return f"‘{self.text}’ was read as {days} ({self.told}): publications {counted} count"


class Coverage(Contract):
    """What was searched for an answer, so that silence can be judged."""

    documents: int
    """Number of documents searched, after filters."""
    passages: int
    """Number of passages searched, after filters."""
    outlets: tuple[str, ...] = ()
    """Outlets of the documents searched, sorted."""
    earliest: date | None = None
    """Earliest known day of publication among them."""
    latest: date | None = None
    """Latest known day of publication among them."""
    filters: FilterSet = FilterSet()
    """The filters that applied, with the days that expressions of time in the question set."""
    dates: tuple[ResolvedDate, ...] = ()
    """Expressions of time in the question, and what they were taken to mean."""
    notes: tuple[str, ...] = ()
    """What was not taken into account, such as an expression of time without a day to read it
    from, what nothing was found for, such as one side of a comparison, and what the search had to
    do without while an index is built anew."""


class SearchStep(Contract):
    """One of the searches made for a question."""

    query: str
    """The words that were searched for."""
    why: str
    """What the search was for: the question, one side of it, or a name that was found."""
    documents: tuple[str, ...] = ()
    """Documents among those kept that this search was the first to bring."""


class Usage(Contract):
    """Tokens that a model call took, as the endpoint reported them."""

    prompt_tokens: int = 0
    """Tokens sent."""
    completion_tokens: int = 0
    """Tokens received."""


class Answer(Contract):
    """A checked answer."""

    id: str
    """Identifier in the record, such as ``a-0123456789ab``."""
    question: str
    """The question as it was asked."""
    standalone: str
    """The question as it was understood; differs from ``question`` for follow-ups."""
    status: Status
    """Whether the documents answer it; ``incomplete`` if the answerer stopped early, or if nothing
    that it says is borne out by what it cites."""
    text: str
    """The answer with ``[n]`` markers after each cited sentence."""
    statements: tuple[Statement, ...] = ()
    """The sentences of the answer, in order."""
    citations: tuple[Citation, ...] = ()
    """The citations, in order of number."""
    short: ShortAnswer | None = None
    """The answer in a few words of a citation, where the question asks for such a thing."""
    values: tuple[Value, ...] = ()
    """All values found for what was asked, the one that most independent stories give first."""
    disagreements: tuple[Disagreement, ...] = ()
    """Where the documents differ on what was asked."""
    confidence: Confidence | None = None
    """How far the answer can be relied on; ``None`` if there is none."""
    timeline: tuple[Dated, ...] = ()
    """The statements by day, for questions of how something developed."""
    missing: tuple[str, ...] = ()
    """Parts of the question that the documents do not answer, in its own words."""
    nearest: tuple[Excerpt, ...] = ()
    """What the documents say that comes nearest, where they do not answer; no support for it."""
    coverage: Coverage
    """What was searched."""
    trace: tuple[SearchStep, ...] = ()
    """The searches that were made, in order."""
    answerer: AnswererName
    """Which answerer made it."""
    model: str | None = None
    """The model's name, where one was used."""
    reranker: str | None = None
    """The cross-encoder that ordered the passages, with a hash of its files, where one did."""
    entailment: str | None = None
    """The entailment model that was asked whether statements follow from what they cite, with a
    hash of its files, where one was."""
    reason: str | None = None
    """Why the answer is incomplete, or why what a model wrote is not shown, where that is so."""
    form: OutputForm | None = None
    """In which form the model wrote its statements, where one was asked."""
    usage: Usage | None = None
    """Tokens used, where a model was used."""
    timings: dict[str, float] = Field(default_factory=dict)
    """Seconds spent by stage: ``retrieve``, ``compose``, ``total``."""
    created_at: datetime
    """When the answer was made, in UTC."""


class Started(Contract):
    """The question was accepted; retrieval begins."""

    type: Literal["started"] = "started"
    id: str
    """Identifier of the answer to come."""
    question: str
    """The question as asked."""
    standalone: str
    """The question as understood."""


class Retrieved(Contract):
    """Retrieval is done."""

    type: Literal["retrieved"] = "retrieved"
    coverage: Coverage
    """What was searched."""
    passages: int
    """How many passages were kept as candidates."""
    trace: tuple[SearchStep, ...] = ()
    """The searches that were made, in order."""


class StatementAdded(Contract):
    """A checked sentence of the answer; nothing unchecked is ever sent."""

    type: Literal["statement"] = "statement"
    statement: Statement
    """The sentence with its place in the final text."""
    citations: tuple[Citation, ...]
    """Citations that appear here for the first time."""
    text: str
    """What this adds to the answer's text: separator, sentence and markers."""
    dated: Dated | None = None
    """Its entry in the timeline, for questions of how something developed."""
    short: ShortAnswer | None = None
    """The answer in a few words, with the first statement whose citation holds them."""


class Completed(Contract):
    """The whole answer; always the last event of a successful stream."""

    type: Literal["answer"] = "answer"
    answer: Answer
    """The answer, as recorded."""


class Failed(Contract):
    """The answer could not be made; the last event of a failed stream."""

    type: Literal["error"] = "error"
    code: str
    """Stable name of the error."""
    message: str
    """What went wrong."""
    hint: str
    """What to do about it."""


AnswerEvent = Annotated[
    Started | Retrieved | StatementAdded | Completed | Failed, Field(discriminator="type")
]
"""One union for the JSON, the stream, the command line and the page."""
