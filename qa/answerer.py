"""The story of a question: search, evidence, statements, checks, the recorded answer.

One stream of events tells it; the JSON answer, the server-sent events, the command line and the
web page are all made of the same events.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.errors import DossierError
from qa.assembly import Assembly
from qa.chains import with_steps
from qa.conversation import standalone
from qa.errors import InvalidQuestion
from qa.evidence import gather
from qa.models import (
    AnswererName,
    AnswerEvent,
    Completed,
    Failed,
    Question,
    Retrieved,
    Started,
)
from qa.timing import read

if TYPE_CHECKING:
    from index.corpus import Corpus
    from qa.compose import Composer, EvidenceSentence
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
        making = Assembly(question, composer, name, standalone(question), reading)
        yield Started(id=making.id, question=question.text, standalone=making.standalone)
        try:
            found, evidence = await asyncio.to_thread(self._find, making)
            making.retrieved(found)
            yield Retrieved(coverage=making.coverage, passages=len(found.hits), trace=making.trace)
            try:
                drafts = composer.compose(making.reading.explained, evidence)
                async with aclosing(drafts):  # a reader who leaves ends the model's call too
                    async for draft in drafts:
                        yield making.add(draft)
            except DossierError as error:
                # What was checked and sent stays good; without any of it there is no answer.
                if not making.statements:
                    raise
                making.reason = str(error)
            answer = making.answer(self.corpus.reranker)
            body = answer.model_dump_json()
            await asyncio.to_thread(
                self.corpus.catalog.save_answer, answer.id, body, answer.created_at
            )
        except DossierError as error:
            yield Failed(code=error.code, message=str(error), hint=error.hint)
            return
        yield Completed(answer=answer)

    def _find(self, making: Assembly) -> tuple[Found, list[EvidenceSentence]]:
        query, filters = making.reading.query, making.reading.filters.to_filters()
        found = self.searcher.search(
            query, filters, limit=self.top_passages, with_model=making.composer.name == "model"
        )
        evidence = gather(query, found.hits, self.corpus)
        evidence, making.without = with_steps(query, found, evidence, self.corpus)
        return found, evidence


def _validate(text: str, longest: int) -> None:
    if not text.strip():
        raise InvalidQuestion("the question is empty")
    if len(text) > longest:
        raise InvalidQuestion(f"the question has {len(text):,} characters, {longest:,} are allowed")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InvalidQuestion("the question holds half a surrogate pair") from error
