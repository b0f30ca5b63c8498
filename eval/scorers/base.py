"""What a scorer sees and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict

from eval.cases import Case, Quote
from index.models import Document
from qa.models import Answer, Citation

Layer = Literal["retrieval", "answer", "citation", "abstention", "speed"]
Unit = Literal["share", "seconds"]


class Score(BaseModel):
    """What one metric says about one case."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    metric: str
    """Name of the metric."""
    value: float | None
    """A share from 0 to 1 or a number of seconds; ``None`` where the metric does not apply."""
    reason: str | None = None
    """Why there is no value, or what a full score lacks."""


@dataclass(frozen=True, slots=True)
class Observation:
    """All that was seen while one case was run."""

    case: Case
    """The case."""
    answer: Answer
    """The answer that was given."""
    seconds: float
    """Wall-clock time that the answer took."""
    retrieved: tuple[str, ...] = ()
    """Identifiers of the documents whose passages the search returns, best first."""
    ids: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Document identifiers by the file names that the case uses."""
    documents: Mapping[tuple[str, int], Document] = field(default_factory=dict)
    """The document versions that the answer cites, as the record holds them."""

    @property
    def refused(self) -> bool:
        """Whether the answer says that the documents do not tell.

        So says the status ``not_in_documents``. In an unanswerable case with quotes (words that
        say the matter is open), an answer that cites these words and nothing else says so too.
        """
        if self.answer.status == "not_in_documents":
            return True
        if self.case.answerable or not self.case.quotes or not self.answer.citations:
            return False
        return all(
            any(self.touches(citation, quote) for quote in self.case.quotes)
            for citation in self.answer.citations
        )

    def touches(self, citation: Citation, quote: Quote) -> bool:
        """Return whether a citation holds ``quote`` or lies in it, white space aside."""
        documents = frozenset().union(*(self.ids.get(name, ()) for name in quote.documents))
        cited, words = " ".join(citation.quote.split()), " ".join(quote.text.split())
        return citation.document_id in documents and (words in cited or cited in words)

    def share_met(self, documents: set[str]) -> tuple[float, tuple[str, ...]]:
        """Return the share of the case's document requirements that ``documents`` meet.

        Returns:
            The share from 0 to 1, and a description of each requirement that is not met.
        """
        requirements = self.case.documents.requirements()
        missing = tuple(
            " or ".join(sorted(names))
            for names in requirements
            if not any(documents & self.ids.get(name, frozenset()) for name in names)
        )
        return 1 - len(missing) / len(requirements), missing


@dataclass(frozen=True, slots=True)
class Scorer:
    """A metric with the function that measures it on one case."""

    metric: str
    """Name of the metric."""
    layer: Layer
    """Which layer of the system it speaks about."""
    unit: Unit
    """What its values are."""
    measure: Callable[[Observation], tuple[float | None, str | None]]
    """Gives value and reason, as in :class:`Score`."""

    def score(self, observation: Observation) -> Score:
        """Return the score of one case."""
        value, reason = self.measure(observation)
        return Score(metric=self.metric, value=value, reason=reason)

    def unscored(self, reason: str) -> Score:
        """Return the score of a case that this metric cannot judge."""
        return Score(metric=self.metric, value=None, reason=reason)
