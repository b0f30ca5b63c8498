"""An answer in the making: statements are checked, cited and put together here."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from qa.grounding import check
from qa.models import (
    Answer,
    Citation,
    Coverage,
    Question,
    SearchStep,
    Statement,
    StatementAdded,
    Status,
    Usage,
)

if TYPE_CHECKING:
    from index.rerank import Reranker
    from qa.compose import Composer, DraftStatement, EvidenceSentence
    from qa.searching import Found
    from qa.timing import Reading


@dataclass
class Assembly:
    """An answer in the making: what was found, said and cited so far."""

    question: Question
    composer: Composer
    id: str
    standalone: str
    reading: Reading
    began: float = field(default_factory=time.perf_counter)
    timings: dict[str, float] = field(default_factory=dict)
    coverage: Coverage = field(default_factory=lambda: Coverage(documents=0, passages=0))
    trace: tuple[SearchStep, ...] = ()
    planning: Usage | None = None
    without: tuple[str, ...] = ()
    text: str = ""
    reason: str | None = None
    statements: list[Statement] = field(default_factory=list)
    citations: dict[tuple[str, int, int, int], Citation] = field(default_factory=dict)

    def retrieved(self, found: Found) -> None:
        """Take in what the search found."""
        self.timings["retrieve"] = time.perf_counter() - self.began
        coverage = self.reading.coverage(found.retrieval)
        notes = tuple(f"Nothing was found that answers this for {side}" for side in self.without)
        self.coverage = coverage.model_copy(update={"notes": coverage.notes + notes})
        self.trace, self.planning = found.steps, found.usage

    def add(self, draft: DraftStatement) -> StatementAdded:
        """Check a drafted statement and put it into the answer."""
        before = len(self.citations)
        numbers = tuple(dict.fromkeys(self.cite(evidence) for evidence in draft.evidence))
        grounding = check(draft.text, [evidence.quote for evidence in draft.evidence])
        separator = " " if self.text else ""
        start = len(self.text) + len(separator)
        markers = "".join(f"[{n}]" for n in numbers)
        addition = f"{separator}{draft.text}{' ' + markers if markers else ''}"
        self.text += addition
        statement = Statement(
            text=draft.text,
            start=start,
            end=start + len(draft.text),
            support=grounding.support,
            reason=grounding.reason,
            citations=numbers,
        )
        self.statements.append(statement)
        new = tuple(self.citations.values())[before:]
        return StatementAdded(statement=statement, citations=new, text=addition)

    def cite(self, evidence: EvidenceSentence) -> int:
        """Return the number of the citation of a sentence, made now if it is not cited yet."""
        document, span = evidence.document, evidence.span
        at = (document.id, document.version, span.start, span.end)
        if at not in self.citations:
            self.citations[at] = Citation(
                number=len(self.citations) + 1,
                document_id=document.id,
                version=document.version,
                title=document.metadata.title,
                outlet=document.metadata.outlet,
                author=document.metadata.author,
                published_at=document.metadata.published_at,
                url=document.metadata.url,
                quote=span.cut(document.text),
                start=span.start,
                end=span.end,
                page=document.page_of(span.start),
            )
        return self.citations[at].number

    def answer(self, reranker: Reranker | None) -> Answer:
        """Return the answer; without a statement it says that the documents do not say."""
        total = time.perf_counter() - self.began
        self.timings["compose"] = total - self.timings["retrieve"]
        self.timings["total"] = total
        status: Status = "incomplete" if self.reason else "answered"
        if not self.statements:
            status, self.text = "not_in_documents", _silence(self.coverage)
        return Answer(
            id=self.id,
            question=self.question.text,
            standalone=self.standalone,
            status=status,
            text=self.text,
            statements=tuple(self.statements),
            citations=tuple(self.citations.values()),
            coverage=self.coverage,
            trace=self.trace,
            answerer=self.composer.name,
            model=self.composer.model,
            reranker=reranker.identity if reranker and self.coverage.passages else None,
            reason=self.reason,
            usage=_sum(self.planning, self.composer.usage),
            timings={name: round(seconds, 6) for name, seconds in self.timings.items()},
            created_at=datetime.now(UTC),
        )


def _sum(one: Usage | None, other: Usage | None) -> Usage | None:
    """Return the tokens of two calls together; ``None`` where neither was counted."""
    if one is None or other is None:
        return one or other
    return Usage(
        prompt_tokens=one.prompt_tokens + other.prompt_tokens,
        completion_tokens=one.completion_tokens + other.completion_tokens,
    )


def _silence(coverage: Coverage) -> str:
    """Return what is said where the documents do not answer, with what was searched."""
    read_as = [one.words() for one in coverage.dates] + [*coverage.notes]
    further = [f"Filters: {coverage.filters.words()}"] if coverage.filters.words() else []
    more_said = "".join(f" {sentence}." for sentence in further + read_as)
    if not coverage.documents:
        where = "under these filters" if coverage.filters.to_filters() else "yet"
        return f"The documents do not say: there are no documents {where}.{more_said}"
    searched = _count(coverage.documents, "document") + f" ({_count(coverage.passages, 'passage')})"
    if coverage.outlets:
        named = coverage.outlets[:8]
        more = len(coverage.outlets) - len(named)
        searched += " from " + ", ".join(named) + (f" and {more} more" if more else "")
    if coverage.earliest and coverage.latest:
        searched += f", published {coverage.earliest} to {coverage.latest}"
    return f"The documents do not say. Searched: {searched}.{more_said}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
