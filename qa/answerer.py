"""The story of a question: search, evidence, statements, checks, the recorded answer.

One stream of events tells it; the JSON answer, the server-sent events, the command line and the
web page are all made of the same events.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol

from index.errors import DossierError
from index.record.asker import LOCAL, Asker
from qa.assembly import Assembly
from qa.chat.rewriting import Rewriter, Rewritten
from qa.checking.entailment import Consulted, EntailmentModel
from qa.conversation import standalone
from qa.differing.weighing import weigh
from qa.errors import InvalidQuestion
from qa.evidence import gather
from qa.models import AnswerEvent, Completed, Failed, Retrieved, Started, StatementAdded
from qa.question import AnswererName, Question
from qa.readable.another import without_others
from qa.readable.exchanges import with_replies
from qa.readable.furniture import is_furniture
from qa.repeated import Key, Repeated, Told, key_of
from qa.search.chains import with_steps
from qa.when.timeline import subject
from qa.when.timing import read

if TYPE_CHECKING:
    from index.corpus import Corpus
    from qa.audit.manifest import Manifest, Recorder
    from qa.chat.model import ChatModel
    from qa.compose import Composer, EvidenceSentence
    from qa.models import Answer
    from qa.search.searching import Found, Searcher


class MakeComposer(Protocol):
    """Makes the composer for one question."""

    def __call__(
        self,
        name: AnswererName | None,
        model: ChatModel | None = None,
        entailment: Consulted | None = None,
    ) -> Composer:
        """Return a composer.

        Args:
            name: Which answerer; ``None`` asks for the configured one.
            model: The model to ask instead of the configured one.
            entailment: Is asked whether a model's statements follow from what they cite.
        """
        ...


@dataclass(frozen=True)
class Rerun:
    """How a recorded question is answered again: what is given, and where the answer goes."""

    standalone: str
    """The question as it was understood then."""
    keep: Callable[[Answer, Manifest], None]
    """Takes the answer, which is not recorded."""
    model: ChatModel | None = None
    """The model to ask; ``None`` asks the configured one, if any is asked."""
    find: Callable[[Assembly], tuple[Found, Sequence[EvidenceSentence]]] | None = None
    """Gives what was found; ``None`` searches."""


@dataclass(frozen=True)
class Answerer:
    """Answers questions from one corpus."""

    corpus: Corpus
    """Where the documents are."""
    searcher: Searcher
    """Finds the passages."""
    composer: MakeComposer
    """Makes the composer for one question."""
    top_passages: int
    """Passages that are taken as candidates."""
    max_question_chars: int
    """Longest question that is accepted."""
    recorder: Recorder
    """Records the answers."""
    rewriter: Rewriter | None = None
    """Makes follow-ups readable alone; ``None`` leaves it to the rules."""
    entailment: EntailmentModel | None = None
    """Is asked whether statements follow from what they cite; ``None`` leaves it to the rules."""
    repeated: Repeated = field(default_factory=Repeated)
    """Answers given lately."""

    async def stream(
        self, question: Question, rerun: Rerun | None = None, asker: Asker = LOCAL
    ) -> AsyncGenerator[AnswerEvent, None]:
        """Answer a question and tell it event by event; the last is ``answer`` or ``error``.

        Args:
            question: What is asked.
            rerun: Given to answer a recorded question again.
            asker: Who asks: what may not be read is not there.

        Raises:
            InvalidQuestion: before the first event, if the question is empty or too long.
            InvalidFilter: before the first event, if a filter can match nothing, or what the
                question says of time leaves no day.
            ModelNotConfigured: before the first event, if a model is asked for and none is set.
        """
        _validate(question.text, self.max_question_chars)
        entailment = Consulted(self.entailment) if self.entailment else None
        model = rerun.model if rerun else None
        composer = self.composer(question.answerer, model, entailment)
        if not (rerun and rerun.find):
            filters = question.filters.to_filters(asker.permitted)
            last_change = await asyncio.to_thread(self.corpus.validate, filters)
        key: Key | None = None
        if rerun is None and self._may_repeat(question, composer):
            key = key_of(question, asker, last_change)
            if (known := self.repeated.get(key)) is not None:
                async for event in self._again(known, question, asker):
                    yield event
                return
        understood = Rewritten(rerun.standalone) if rerun else await self._understood(question)
        reading = read(understood.text, question.filters)
        reading.require_days()
        making = Assembly(question, composer, _name(), understood.text, reading, entailment, asker)
        making.rewriting = understood.usage
        yield Started(id=making.id, question=question.text, standalone=making.standalone)
        try:
            find = (rerun and rerun.find) or self._find
            found, evidence = await asyncio.to_thread(find, making)
            making.retrieved(found)
            making.offered = evidence
            making.findings = await asyncio.to_thread(
                weigh, making.reading.query, evidence, self.corpus, asker.permitted
            )
            told: list[AnswerEvent] = []
            tell = told.append if key is not None else _forget
            searched = Retrieved(
                coverage=making.coverage, passages=len(found.hits), trace=making.trace
            )
            tell(searched)
            yield searched
            async with aclosing(_composed(making, composer, evidence)) as statements:
                async for added in statements:  # a reader who leaves ends the model's call too
                    tell(added)
                    yield added
            answer = making.answer(self.corpus.reranker)
            manifest = self.recorder.manifest(making, found, evidence)
            keep = rerun.keep if rerun else partial(self.recorder.save, key=asker.key)
            await asyncio.to_thread(keep, answer, manifest)
            if key is not None and not found.retrieval.degraded:
                self.repeated.keep(key, Told(tuple(told), answer, manifest))
        except DossierError as error:
            yield Failed(code=error.code, message=str(error), hint=error.hint)
            return
        yield Completed(answer=answer)

    def _may_repeat(self, question: Question, composer: Composer) -> bool:
        """Return whether the answer may be one given before: no model has any part in it."""
        rewritten = self.rewriter is not None and bool(question.history)
        return self.repeated.most > 0 and composer.name == "embedded" and not rewritten

    async def _again(
        self, known: Told, question: Question, asker: Asker
    ) -> AsyncGenerator[AnswerEvent, None]:
        """Tell an answer given before as one of its own, and record it."""
        began, name = time.perf_counter(), _name()
        yield Started(id=name, question=question.text, standalone=known.answer.standalone)
        for event in known.events:
            yield event
        answer, manifest = known.again(name, time.perf_counter() - began)
        try:
            await asyncio.to_thread(self.recorder.save, answer, manifest, key=asker.key)
        except DossierError as error:
            yield Failed(code=error.code, message=str(error), hint=error.hint)
            return
        yield Completed(answer=answer)

    async def _understood(self, question: Question) -> Rewritten:
        """Return the question as it reads without the conversation."""
        if self.rewriter is not None and question.history:
            return await self.rewriter.rewrite(question)
        return Rewritten(standalone(question))

    def _find(self, making: Assembly) -> tuple[Found, Sequence[EvidenceSentence]]:
        making.last_change = self.corpus.catalog.last_change
        query = subject(making.reading.query)
        filters = making.reading.filters.to_filters(making.asker.permitted)
        found = self.searcher.search(
            query, filters, limit=self.top_passages, with_model=making.composer.name == "model"
        )
        evidence = gather(query, found.hits, self.corpus)
        evidence, making.without = with_steps(query, found, evidence, self.corpus)
        evidence = without_others(query, with_replies(query, evidence))
        evidence = [one for one in evidence if not is_furniture(one.document, one.span)]
        return found, evidence


async def _composed(
    making: Assembly, composer: Composer, evidence: Sequence[EvidenceSentence]
) -> AsyncGenerator[StatementAdded, None]:
    """Yield the statements, each checked and put into the answer."""
    try:
        async with aclosing(composer.compose(making.reading.explained, evidence)) as drafts:
            async for draft in drafts:
                yield making.add(draft)
    except DossierError as error:
        # What was checked and sent stays good; without any of it there is no answer.
        if not making.statements:
            raise
        making.reason = str(error)
    for draft in making.other_sides():
        yield making.add(draft)


def _forget(_: AnswerEvent) -> None:
    """Keep nothing of an event: its answer will not be given again."""


def _name() -> str:
    """Return a new identifier of an answer."""
    return f"a-{uuid.uuid4().hex[:12]}"


def _validate(text: str, longest: int) -> None:
    if not text.strip():
        raise InvalidQuestion("the question is empty")
    if len(text) > longest:
        raise InvalidQuestion(f"the question has {len(text):,} characters, {longest:,} are allowed")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InvalidQuestion("the question holds half a surrogate pair") from error
