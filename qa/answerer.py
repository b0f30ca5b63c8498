"""The story of a question: search, evidence, statements, checks, the recorded answer.

One stream of events tells it; the JSON answer, the server-sent events, the command line and the
web page are all made of the same events.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from index.errors import DossierError
from qa.chains import with_steps
from qa.conversation import standalone
from qa.errors import InvalidQuestion
from qa.evidence import gather
from qa.grounding import check
from qa.models import (
    Answer,
    AnswererName,
    AnswerEvent,
    Citation,
    Completed,
    Coverage,
    Failed,
    Question,
    Retrieved,
    SearchStep,
    Started,
    Statement,
    StatementAdded,
    Status,
    Usage,
)
from qa.timing import Reading, read

if TYPE_CHECKING:
    from index.corpus import Corpus
    from index.rerank import Reranker
    from qa.compose import Composer, DraftStatement, EvidenceSentence
    from qa.searching import Found, Searcher


@dataclass(frozen=True)
class Answerer:
    """Answers questions from one corpus."""

    corpus: Corpus
    """Where the documents are."""
    searcher: Searcher
    """Finds the passages."""
    composer: Callable[[AnswererName | None], Composer]
    """Makes the composer for one question; ``None`` asks for the configured one."""
    top_passages: int
    """Passages that are taken as candidates."""
    max_question_chars: int
    """Longest question that is accepted."""

    async def stream(self, question: Question) -> AsyncGenerator[AnswerEvent, None]:
        """Answer a question and tell it event by event; the last is ``answer`` or ``error``.

        Raises:
            InvalidQuestion: before the first event, if the question is empty or too long.
            InvalidFilter: before the first event, if a filter can match nothing, or what the
                question says of time leaves no day.
            ModelNotConfigured: before the first event, if a model is asked for and none is set.
        """
        _validate(question.text, self.max_question_chars)
        composer = self.composer(question.answerer)
        await asyncio.to_thread(self.corpus.validate, question.filters.to_filters())
        reading = read(standalone(question), question.filters)
        reading.require_days()
        name = f"a-{uuid.uuid4().hex[:12]}"
        story = _Story(question, composer, name, standalone(question), reading)
        yield Started(id=story.id, question=question.text, standalone=story.standalone)
        try:
            found, evidence = await asyncio.to_thread(self._find, story)
            story.retrieved(found)
            yield Retrieved(coverage=story.coverage, passages=len(found.hits), trace=story.trace)
            try:
                drafts = composer.compose(story.reading.explained, evidence)
                async with aclosing(drafts):  # a reader who leaves ends the model's call too
                    async for draft in drafts:
                        yield story.add(draft)
            except DossierError as error:
                # What was checked and sent stays good; without any of it there is no answer.
                if not story.statements:
                    raise
                story.reason = str(error)
            answer = story.answer(self.corpus.reranker)
            body = answer.model_dump_json()
            await asyncio.to_thread(
                self.corpus.catalog.save_answer, answer.id, body, answer.created_at
            )
        except DossierError as error:
            yield Failed(code=error.code, message=str(error), hint=error.hint)
            return
        yield Completed(answer=answer)

    def _find(self, story: _Story) -> tuple[Found, list[EvidenceSentence]]:
        query, filters = story.reading.query, story.reading.filters.to_filters()
        found = self.searcher.search(
            query, filters, limit=self.top_passages, with_model=story.composer.name == "model"
        )
        evidence = gather(query, found.hits, self.corpus)
        evidence, story.without = with_steps(query, found, evidence, self.corpus)
        return found, evidence


@dataclass
class _Story:
    """An answer in the making."""

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
        self.timings["retrieve"] = time.perf_counter() - self.began
        coverage = self.reading.coverage(found.retrieval)
        notes = tuple(f"Nothing was found that answers this for {side}" for side in self.without)
        self.coverage = coverage.model_copy(update={"notes": coverage.notes + notes})
        self.trace, self.planning = found.steps, found.usage

    def add(self, draft: DraftStatement) -> StatementAdded:
        """Check a drafted statement and put it into the answer."""
        before = len(self.citations)
        numbers = tuple(dict.fromkeys(self._cite(evidence) for evidence in draft.evidence))
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

    def _cite(self, evidence: EvidenceSentence) -> int:
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


def _validate(text: str, longest: int) -> None:
    if not text.strip():
        raise InvalidQuestion("the question is empty")
    if len(text) > longest:
        raise InvalidQuestion(f"the question has {len(text):,} characters, {longest:,} are allowed")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InvalidQuestion("the question holds half a surrogate pair") from error


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
