"""What a scorer sees and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict

from eval.cases import Case, Quote
from index.models import Document
from qa.models import Answer, Citation

Layer = (
    Literal["retrieval", "abstention", "answer", "citation", "disagreement"]
    | Literal["judge", "speed", "cost"]
)
"""The layers of the system, in the order in which an answer is made."""

LAYERS: tuple[Layer, ...] = (
    *("retrieval", "abstention", "answer", "citation", "disagreement"),
    *("judge", "speed", "cost"),
)
"""All layers, in that order."""

Unit = Literal["share", "seconds", "tokens", "currency", "number"]
"""What a value is: a share from 0 to 1, or an amount."""

Better = Literal["higher", "lower"]
"""Which values of a metric are the better ones."""


class Score(BaseModel):
    """What one metric says about one case."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    metric: str
    """Name of the metric."""
    value: float | None
    """The value in the metric's unit; ``None`` where it does not apply or could not be measured,
    never 0 for that."""
    reason: str | None = None
    """Why there is no value, or what a full score lacks."""


class RetrievedPassage(BaseModel):
    """A passage that the search found."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document_id: str
    """The document it stands in."""
    version: int
    """The document's version."""
    start: int
    """First code point of the passage in the document's text."""
    end: int
    """One past its last code point."""
    score: float | None = None
    """Score of the search's last stage."""


class Judgement(BaseModel):
    """What a model said of one answer, asked several times."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    aspect: str
    """What was judged, such as ``faithful``."""
    votes: tuple[float | None, ...]
    """What each asking gave, from 0 to 1; ``None`` where the reply could not be read."""
    agreement: float | None
    """Share of pairs of votes that agree; ``None`` with fewer than two."""
    reason: str | None = None
    """The judge's words for its first vote, or why there is none."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What a model's tokens cost."""

    prompt: float
    """Price of a million tokens sent."""
    completion: float
    """Price of a million tokens received."""


@dataclass(frozen=True, slots=True)
class Observation:
    """All that was seen while one case was run."""

    case: Case
    """The case."""
    answer: Answer
    """The answer that was given."""
    seconds: float
    """Wall-clock time that the answer took."""
    passages: tuple[RetrievedPassage, ...] = ()
    """Passages that the search found, best first."""
    ids: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Document identifiers by the file names that the case uses."""
    documents: Mapping[tuple[str, int], Document] = field(default_factory=dict)
    """The document versions that were cited or found, as the record holds them."""
    judgements: tuple[Judgement, ...] = ()
    """What a model said of the answer, where one was asked."""
    prices: Prices | None = None
    """What tokens cost, where it is known."""

    @property
    def retrieved(self) -> tuple[str, ...]:
        """Identifiers of the documents whose passages were found, best first, each once."""
        return tuple(dict.fromkeys(passage.document_id for passage in self.passages))

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
    better: Better = "higher"
    """Which values are the better ones."""

    def score(self, observation: Observation) -> Score:
        """Return the score of one case."""
        value, reason = self.measure(observation)
        return Score(metric=self.metric, value=value, reason=reason)

    def unscored(self, reason: str) -> Score:
        """Return the score of a case that this metric cannot judge."""
        return Score(metric=self.metric, value=None, reason=reason)
