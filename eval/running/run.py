"""A run: every case asked, every answer scored."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from pydantic import BaseModel

from eval.errors import UnwritableRun
from eval.running import identity
from eval.running.asking import Asked, Documents, ask, neutral
from eval.running.cache import Cache, key_for
from eval.running.figures import figures, precision
from eval.running.results import (
    CaseClock,
    Fault,
    Measured,
    MetricIdentity,
    Result,
    Run,
    SuiteIdentity,
    key_of,
)
from eval.scorers import SCORERS
from eval.scorers.base import Judgement, Observation, Prices, Score, Scorer
from eval.suites.binding import Binding
from index.errors import DossierError
from qa.audit.manifest import shaping

if TYPE_CHECKING:
    from eval.cases import Case, Suite
    from index.models import Document
    from qa.models import Answer
    from qa.service import Service

Progress = Callable[[int, int], None]


class Judging(Protocol):
    """Says what a model thinks of answers."""

    @property
    def identity(self) -> BaseModel:
        """What its judgements depend on beside the answers."""
        ...

    async def judge(
        self, case: Case, answer: Answer, documents: Sequence[Document], cache: Cache | None
    ) -> tuple[Judgement, ...]:
        """Return one judgement for each aspect; one that could not be made says why."""
        ...


@dataclass(frozen=True)
class RunOptions:
    """How a suite is run."""

    name: str = ""
    """How reports call the run; the model's name, or the answerer's, by default."""
    concurrency: int = 2
    """How many questions are under way at once."""
    repeats: int = 1
    """How often each case is asked."""
    cache: Cache | None = None
    """Where answers are kept between runs."""
    fresh: bool = False
    """Whether every case is asked anew, although an answer is kept."""
    scorers: tuple[Scorer, ...] = SCORERS
    """The metrics."""
    judge: Judging | None = None
    """Judges answers, where that is wanted."""
    prices: Prices | None = None
    """What tokens cost, where it is known."""


PLAIN = RunOptions()
"""Each case once, with all built-in metrics; nothing is kept."""


async def run(
    service: Service,
    suite: Suite,
    options: RunOptions = PLAIN,
    *,
    on_progress: Progress | None = None,
) -> Run:
    """Ask every case of ``suite`` and score the answers.

    A case whose question fails is recorded with its error and stays unscored; the rest goes on.

    Args:
        service: what is asked.
        suite: the cases.
        options: how it is run.
        on_progress: called after each asking with the number done and the number of all.

    Raises:
        InvalidCases: before the first question, if the suite does not fit the corpus.
        UnwritableRun: if an answer cannot be kept.
    """
    started = datetime.now(UTC)
    running = _Running(service, options, await asyncio.to_thread(Binding, suite, service.corpus))
    await running.prepare()
    askings = [(case, repeat) for case in suite.cases for repeat in range(options.repeats)]
    gate = asyncio.Semaphore(max(1, options.concurrency))
    done = 0

    async def one(case: Case, repeat: int) -> tuple[Result, CaseClock | None]:
        nonlocal done
        async with gate:
            seen = await running.one(case, repeat)
        done += 1
        if on_progress is not None:
            on_progress(done, len(askings))
        return seen

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(*asking)) for asking in askings]
    except* UnwritableRun as failed:  # each asking fails alike, and one of them is told
        raise failed.exceptions[0] from None
    seen = [task.result() for task in tasks]
    return await running.told(suite, seen, started)


class _Running:
    """What the askings of one run share."""

    def __init__(self, service: Service, options: RunOptions, binding: Binding) -> None:
        self._service = service
        self._options = options
        self._binding = binding
        self._documents = Documents(service.corpus)
        self._parts: dict[str, object] = {}
        self._slow = tuple(s for s in options.scorers if s.layer == "speed")
        self._scorers = tuple(s for s in options.scorers if s.layer != "speed")

    async def prepare(self) -> None:
        """Find out what the answers will depend on."""
        corpus = self._service.corpus
        self._parts = {
            "documents": await asyncio.to_thread(identity.document_identity, corpus),
            "settings": shaping(self._service.settings),
            "reranker": corpus.reranker.identity if corpus.reranker else None,
            "code": await asyncio.to_thread(identity.code_version),
        }

    async def one(self, case: Case, repeat: int) -> tuple[Result, CaseClock | None]:
        """Return what one asking showed; no times if there was no answer."""
        try:
            asked, cached = await self._asked(case, repeat)
        except UnwritableRun:
            raise
        except DossierError as error:
            return self._failed(case, repeat, error), None
        documents = await self._documents.of(asked)
        observation = Observation(
            case=case,
            answer=asked.answer,
            seconds=asked.seconds,
            passages=asked.passages,
            ids=self._binding.ids(case),
            documents=documents,
            judgements=await self._judged(case, asked, list(documents.values())),
            prices=self._options.prices,
        )
        key = key_of(case.id, repeat)
        clock = CaseClock(
            seconds=asked.seconds,
            timings=asked.answer.timings,
            answered_at=asked.answer.created_at,
            cached=cached,
            scores=_scores(self._slow, observation),
        )
        result = Result(
            case=case,
            repeat=repeat,
            answer=neutral(asked.answer, key),
            error=None,
            refused=observation.refused,
            passages=asked.passages,
            judgements=observation.judgements,
            scores=_scores(self._scorers, observation),
        )
        return result, clock

    async def told(
        self,
        suite: Suite,
        seen: Sequence[tuple[Result, CaseClock | None]],
        started: datetime,
    ) -> Run:
        """Return the run that ``seen`` makes."""
        settings, judge = self._service.settings, self._options.judge
        results = tuple(result for result, _ in seen)
        clocks = {result.key: clock for result, clock in seen if clock is not None}
        slow = [{s.metric: s.value for s in clock.scores} for clock in clocks.values()]
        shares = [{s.metric: s.value for s in result.scores} for result in results]
        refusals = [(r.refused, not r.case.answerable) for r in results if r.refused is not None]
        by_model = settings.answerer == "model" or (settings.answerer == "auto" and settings.model)
        return Run(
            name=self._options.name or (settings.model if by_model else "embedded"),
            suite=SuiteIdentity(name=suite.name, sha256=suite.sha256, cases=len(suite.cases)),
            corpus=await asyncio.to_thread(identity.corpus_identity, self._service.corpus),
            settings=identity.public_settings(settings),
            model=settings.model if by_model else None,
            prompts=identity.prompt_identity(),
            code=identity.code_version(),
            judge=judge.identity.model_dump(mode="json") if judge else None,
            repeats=self._options.repeats,
            metrics=tuple(
                MetricIdentity(metric=s.metric, layer=s.layer, unit=s.unit, better=s.better)
                for s in self._options.scorers
            ),
            results=results,
            figures=(*figures(self._scorers, shares), precision(refusals)),
            measured=Measured(
                started_at=started,
                finished_at=datetime.now(UTC),
                cases=clocks,
                figures=figures(self._slow, slow),
            ),
        )

    async def _asked(self, case: Case, repeat: int) -> tuple[Asked, bool]:
        """Return an answer, and whether it was kept from an earlier run."""
        cache, filters = self._options.cache, self._binding.filters(case)
        if cache is None:
            return await ask(self._service, case.question, filters), False
        key = key_for(
            question=case.question,
            filters=filters.model_dump(mode="json"),
            repeat=repeat,
            parts=self._parts,
        )
        if not self._options.fresh:
            kept = await asyncio.to_thread(cache.get, key, Asked)
            if kept is not None:
                return kept, True
        asked = await ask(self._service, case.question, filters)
        await asyncio.to_thread(cache.put, key, asked)
        return asked, False

    async def _judged(
        self, case: Case, asked: Asked, documents: Sequence[Document]
    ) -> tuple[Judgement, ...]:
        if self._options.judge is None:
            return ()
        return await self._options.judge.judge(case, asked.answer, documents, self._options.cache)

    def _failed(self, case: Case, repeat: int, error: DossierError) -> Result:
        reason = f"no answer: {error}"
        return Result(
            case=case,
            repeat=repeat,
            answer=None,
            error=Fault(code=error.code, message=str(error)),
            refused=None,
            scores=tuple(scorer.unscored(reason) for scorer in self._scorers),
        )


def _scores(scorers: Sequence[Scorer], observation: Observation) -> tuple[Score, ...]:
    return tuple(scorer.score(observation) for scorer in scorers)
