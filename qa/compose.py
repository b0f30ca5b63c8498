"""What both answerers share: the evidence they get and the statements they draft.

A composer never writes a quotation. It points at :class:`EvidenceSentence` objects, and their words
are cut from the record, so that what is cited is verbatim whatever the composer did.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from index.models import Document, Passage, Span
from qa.models import OutputForm, Usage
from qa.question import AnswererName

if TYPE_CHECKING:
    from qa.chat.calls import RecordedCall


@dataclass(frozen=True)
class EvidenceSentence:
    """One sentence of a document that may support an answer."""

    document: Document
    """The document version that it stands in."""
    span: Span
    """Where it stands in the document's text."""
    passage: Passage
    """The passage through which it was found."""
    relevance: float
    """How well it fits the question; higher is better, comparable within one question only."""
    likeness: float = 0.0
    """How near it comes to the question in meaning, as a cosine; comparable within one question."""
    after: tuple[EvidenceSentence, ...] = ()
    """What a reader needs to be told before it: how the question leads to it."""

    @property
    def quote(self) -> str:
        """The sentence's own words, unchanged."""
        return self.span.cut(self.document.text)


@dataclass(frozen=True)
class DraftStatement:
    """A sentence of an answer before it is checked."""

    text: str
    """The sentence, without markers."""
    evidence: tuple[EvidenceSentence, ...] = ()
    """What it rests on, in the order cited; empty if the composer cited nothing."""
    drafted: str | None = None
    """What the model had written, where the text was cut or written anew."""
    short: Span | None = None
    """The words of the first evidence sentence that are the short answer, where they are."""


def sum_usage(one: Usage | None, other: Usage | None) -> Usage | None:
    """Return the tokens of two calls together; ``None`` where neither was counted."""
    if one is None or other is None:
        return one or other
    return Usage(
        prompt_tokens=one.prompt_tokens + other.prompt_tokens,
        completion_tokens=one.completion_tokens + other.completion_tokens,
    )


class Composer(Protocol):
    """Turns evidence into statements: the embedded answerer or a model."""

    @property
    def name(self) -> AnswererName:
        """Which answerer this is."""
        ...

    @property
    def model(self) -> str | None:
        """The model's name, where one is used."""
        ...

    @property
    def usage(self) -> Usage | None:
        """Tokens that the last run took, where a model was used and its endpoint said so."""
        ...

    @property
    def calls(self) -> Sequence[RecordedCall]:
        """The model's calls of the last run, for the record; none without a model."""
        ...

    @property
    def form(self) -> OutputForm | None:
        """In which form a model wrote the statements; ``None`` without a model."""
        ...

    @property
    def withheld(self) -> str | None:
        """What was written and is not shown, in words; ``None`` if nothing."""
        ...

    def compose(
        self, question: str, evidence: Sequence[EvidenceSentence]
    ) -> AsyncGenerator[DraftStatement, None]:
        """Yield the statements of an answer in order, each as soon as it is whole.

        Args:
            question: The question, readable without the conversation.
            evidence: The sentences that may be cited, best first.

        Yields:
            Statements; none at all means that the evidence does not answer the question.

        Raises:
            DossierError: if the answer stops early; what was yielded before stays good.
        """
        ...
