"""The composition root: settings become a corpus, its answerer and what they need."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from index.checks import Check
from index.corpus import Corpus
from index.embed.embedded import EmbeddedModel
from index.embed.endpoint import EndpointEmbedder
from index.errors import DossierError
from index.intake.bounds import Bounds
from index.record.asker import LOCAL, Asker
from index.rerank.cross_encoder import CrossEncoder
from qa.answerer import Answerer, MakeComposer, Rerun
from qa.audit.affected import AffectedAnswer, affected
from qa.audit.manifest import Manifest, Recorder, shaping
from qa.audit.replay import Replay, replay
from qa.chat.calls import RecordingModel
from qa.chat.dialect import Dialect
from qa.chat.model import ChatModel
from qa.chat.policy import Edited, Policy
from qa.chat.rewriting import REWRITE_SECONDS, REWRITE_TOKENS, Rewriter
from qa.checking.entailment import LIKELY, Consulted, EntailmentModel
from qa.conversation import standalone
from qa.errors import InvalidSetting, ModelNotConfigured
from qa.extract import Extractor
from qa.generate import Generator
from qa.grounding import check
from qa.models import Answer, AnswerEvent, Completed, Failed
from qa.question import AnswererName, Question
from qa.repeated import Repeated
from qa.search.searching import Searcher
from qa.search.subquestions import PLAN_SECONDS, PLAN_TOKENS, Planner

if TYPE_CHECKING:
    from datetime import date

    from index.embed import Embedder
    from index.models import Filters
    from index.record.answers import Moment
    from qa.compose import Composer
    from qa.search.searching import Found
    from qa.settings import Settings


class AnswerFailed(DossierError):
    """An answer ended in an error event; carries that event's code and hint."""

    def __init__(self, failure: Failed) -> None:
        super().__init__(failure.message, hint=failure.hint)
        self.code = failure.code  # type: ignore[misc]  # that of the error that ended the stream


@dataclass(frozen=True)
class Service:
    """Everything that the ways in need, for one data directory."""

    settings: Settings
    """What it was built from."""
    corpus: Corpus
    """The documents."""
    answerer: Answerer
    """Answers questions from them."""

    def stream(self, question: Question, asker: Asker = LOCAL) -> AsyncGenerator[AnswerEvent, None]:
        """Answer a question event by event; see :meth:`qa.answerer.Answerer.stream`."""
        return self.answerer.stream(question, asker=asker)

    async def answer(self, question: Question, asker: Asker = LOCAL) -> Answer:
        """Answer a question.

        Raises:
            DossierError: if the question is invalid or no answer could be made.
        """
        async with aclosing(self.stream(question, asker)) as events:
            async for event in events:
                if isinstance(event, Completed):
                    return event.answer
                if isinstance(event, Failed):
                    raise AnswerFailed(event)
        raise AssertionError("a stream ends with an answer or an error")

    async def tried(self, question: Question) -> tuple[Answer, Manifest]:
        """Answer a question without recording it, and tell what the answer was made from.

        Raises:
            DossierError: if the question is invalid or no answer could be made.
        """
        made: list[tuple[Answer, Manifest]] = []
        trial = Rerun(standalone(question), lambda *both: made.append(both))
        async with aclosing(self.answerer.stream(question, trial)) as events:
            async for event in events:
                if isinstance(event, Failed):
                    raise AnswerFailed(event)
        return made[0]

    def search(self, query: str, filters: Filters, *, limit: int) -> Found:
        """Return the passages that the configured answerer would answer ``query`` from. Blocks.

        Raises:
            InvalidFilter: if a filter names what is not there, or leaves no day.
            EmbedderChanged: if the record was embedded by another embedder.
            EmbeddingFailed: if a query cannot be embedded.
        """
        by_model = _chosen(self.settings, None) == "model"
        return self.answerer.searcher.search(query, filters, limit=limit, with_model=by_model)

    def recorded(self, answer_id: str, asker: Asker = LOCAL) -> Answer:
        """Return an answer given earlier, as it was recorded.

        Raises:
            NotFound: if there is no such answer that ``asker`` may read.
        """
        return Answer.model_validate_json(self.corpus.catalog.answers.body(answer_id, asker))

    def answers(
        self, *, limit: int, asker: Asker = LOCAL, before: Moment | None = None
    ) -> list[Answer]:
        """Return recorded answers, newest first; see :meth:`AnswerRecord.newest`. Blocks."""
        bodies = self.corpus.catalog.answers.newest(limit, asker, before=before)
        return [Answer.model_validate_json(body) for body in bodies]

    def manifest(self, answer_id: str, asker: Asker = LOCAL) -> Manifest | None:
        """Return what a recorded answer was made from; ``None`` if that was not recorded.

        Raises:
            NotFound: if there is no such answer that ``asker`` may read.
        """
        found = self.corpus.catalog.answers.manifest(answer_id, asker)
        return Manifest.model_validate_json(found) if found else None

    async def replay(self, answer_id: str, *, recorded: bool, asker: Asker = LOCAL) -> Replay:
        """Answer a recorded question again and compare; see :func:`qa.audit.replay.replay`.

        Raises:
            NotFound: if there is no such answer that ``asker`` may read.
            NotReplayable: if ``recorded`` and what it was made from is not there.
            DossierError: if no answer could be made.
        """
        answer = await asyncio.to_thread(self.recorded, answer_id, asker)
        manifest = await asyncio.to_thread(self.manifest, answer_id, asker)
        made = await replay(self.answerer, answer, manifest, recorded=recorded, asker=asker)
        if isinstance(made, Failed):
            raise AnswerFailed(made)
        return made

    def affected(
        self,
        *,
        documents: Sequence[str] = (),
        since: date | None = None,
        asker: Asker = LOCAL,
        behind: Moment | None = None,
    ) -> Iterator[AffectedAnswer]:
        """Yield recorded answers whose sources changed; see :func:`qa.audit.affected.affected`."""
        return affected(self.corpus, documents=documents, since=since, asker=asker, behind=behind)

    def check(self, *, whole: bool = False) -> list[Check]:
        """Return the state of the corpus and of the models on this machine. Blocks.

        Args:
            whole: read all of the record; otherwise only see whether it can be read.
        """
        entailment = self.answerer.entailment
        checks = self.corpus.check(whole=whole)
        return [*checks, *([_check_entailment(entailment)] if entailment else [])]

    async def checks(self, *, probe_model: bool = False) -> list[Check]:
        """Return what :meth:`check` does and, if asked, the state of the model endpoint."""
        checks = self.check(whole=True)
        if probe_model:
            checks.append(await _check_model(self.settings))
        return checks

    def close(self) -> None:
        """Release the data directory."""
        self.corpus.close()


def build(settings: Settings, *, write: bool, in_background: bool = False) -> Service:
    """Open the data directory of ``settings`` and return the service over it.

    Args:
        settings: what to build.
        write: become the directory's owner; a reader works beside an owner.
        in_background: mend damaged indexes while questions are answered, as a server wants.

    Raises:
        StateError: if the directory cannot be used this way.
        InvalidSetting: if settings do not fit together.
    """
    corpus = Corpus.open(
        settings.data,
        _embedder(settings),
        passage_tokens=settings.passage_tokens,
        reranker=_reranker(settings),
        reranker_candidates=settings.reranker_candidates,
        sides=settings.search_with,
        in_background=in_background,
        write=write,
    )
    corpus.bounds = Bounds(settings.read_memory, settings.read_timeout)
    answerer = Answerer(
        corpus,
        Searcher(corpus, _planner(settings)),
        _composers(settings),
        top_passages=settings.top_passages,
        max_question_chars=settings.max_question_chars,
        recorder=Recorder(corpus, shaping(settings)),
        rewriter=_rewriter(settings),
        entailment=_entailment(settings),
        repeated=Repeated(settings.remembered_answers),
    )
    return Service(settings, corpus, answerer)


def _embedder(settings: Settings) -> Embedder:
    if settings.embedder == "embedded":
        return EmbeddedModel(threads=settings.embedding_threads)
    if not settings.embedding_model:
        raise InvalidSetting("DOSSIER_EMBEDDING_MODEL is needed with DOSSIER_EMBEDDER=endpoint")
    return EndpointEmbedder(
        settings.embedding_model,
        settings.embedding_base_url,
        settings.embedding_api_key.get_secret_value(),
        dimensions=settings.embedding_dimensions,
        query_prefix=settings.embedding_query_prefix,
        passage_prefix=settings.embedding_passage_prefix,
        max_tokens=settings.embedding_max_tokens,
        timeout=settings.embedding_timeout,
    )


def _reranker(settings: Settings) -> CrossEncoder | None:
    if not settings.reranker:
        return None
    return CrossEncoder(
        settings.reranker, settings.reranker_file, threads=settings.embedding_threads
    )


def _entailment(settings: Settings) -> EntailmentModel | None:
    if not settings.entailment:
        return None
    return EntailmentModel(
        settings.entailment, settings.entailment_file, threads=settings.embedding_threads
    )


def _composers(settings: Settings) -> MakeComposer:
    dialect = Dialect()  # what one question teaches of the endpoint, the next one knows

    def make(
        name: AnswererName | None,
        model: ChatModel | None = None,
        entailment: Consulted | None = None,
    ) -> Composer:
        if _chosen(settings, name) == "embedded":
            return Extractor(settings.max_statements)
        generator = Generator(
            model or _model(settings, RecordingModel, dialect=dialect),
            context_tokens=settings.model_context_tokens,
            output=settings.model_output,
        )
        policy = Policy(settings.repair, settings.unsupported)
        return Edited(generator, policy, partial(check, entailment=entailment))

    return make


def _chosen(settings: Settings, name: AnswererName | None) -> AnswererName:
    """Return which answerer is meant; ``None`` asks for the configured one."""
    if name is not None:
        return name
    if settings.answerer == "auto":
        return "model" if settings.model else "embedded"
    return settings.answerer


def _planner(settings: Settings) -> Planner | None:
    if not settings.plan_with_model:
        return None
    if not settings.model:
        raise InvalidSetting("DOSSIER_MODEL is needed with DOSSIER_PLAN_WITH_MODEL")
    return Planner(_model(settings, longest=PLAN_SECONDS, most_tokens=PLAN_TOKENS))


def _rewriter(settings: Settings) -> Rewriter | None:
    if not settings.rewrite_with_model:
        return None
    if not settings.model:
        raise InvalidSetting("DOSSIER_MODEL is needed with DOSSIER_REWRITE_WITH_MODEL")
    return Rewriter(_model(settings, longest=REWRITE_SECONDS, most_tokens=REWRITE_TOKENS))


def _model(
    settings: Settings,
    kind: type[ChatModel] = ChatModel,
    *,
    longest: float = math.inf,
    most_tokens: int | None = None,
    dialect: Dialect | None = None,
) -> ChatModel:
    if not settings.model:
        raise ModelNotConfigured("the model answerer was asked for and DOSSIER_MODEL is not set")
    return kind(
        name=settings.model,
        base_url=settings.model_base_url,
        api_key=settings.model_api_key.get_secret_value(),
        timeout=min(settings.model_timeout, longest),
        max_tokens=most_tokens or settings.model_max_tokens,
        seed=settings.model_seed,
        dialect=dialect,
    )


def _check_entailment(model: EntailmentModel) -> Check:
    try:
        identity, likely = model.identity, model.of_itself()  # loads and tries it
    except DossierError as error:
        return Check("entailment", ok=False, detail=str(error), hint=error.hint)
    if likely < LIKELY:
        detail = f"{identity} does not read a sentence as following from itself ({likely:.2f})"
        hint = "Check that id2label in its config.json has the labels in the model's order."
        return Check("entailment", ok=False, detail=detail, hint=hint)
    return Check("entailment", ok=True, detail=identity)


async def _check_model(settings: Settings) -> Check:
    if not settings.model:
        detail = "none is configured; the embedded answerer needs none"
        return Check("model", ok=True, detail=detail)
    try:
        detail = await _model(settings).probe()
    except DossierError as error:
        return Check("model", ok=False, detail=str(error), hint=error.hint)
    return Check("model", ok=True, detail=detail)
