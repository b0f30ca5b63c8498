"""A run: every case asked, every answer scored, and all of it in one file."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from pydantic import BaseModel, ConfigDict, SecretStr

from eval.binding import Binding
from eval.cases import Case, Suite
from eval.errors import UnwritableRun
from eval.scorers import SCORERS, Observation, Score
from eval.statistics import Figure, figures
from index.errors import DossierError, NotFound
from index.models import Document
from qa.models import Answer
from qa.question import Question
from qa.settings import Settings

if TYPE_CHECKING:
    from index.corpus import Corpus
    from qa.service import Service

Progress = Callable[[int, int], None]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SuiteIdentity(_Record):
    """Which cases were run."""

    name: str
    """Name of the suite."""
    sha256: str
    """SHA-256 of its file."""
    cases: int
    """How many of its cases were run, from its start."""


class CorpusIdentity(_Record):
    """Which documents were asked."""

    fingerprint: str
    """SHA-256 over the names, texts and metadata of all documents."""
    documents: int
    """How many they are."""


class Fault(_Record):
    """Why a case got no answer."""

    code: str
    """Stable name of the error."""
    message: str
    """What went wrong."""


class Result(_Record):
    """One case with its answer and scores."""

    case: Case
    """The case."""
    answer: Answer | None
    """The answer; ``None`` where there was an error."""
    error: Fault | None
    """The error, where there was one."""
    refused: bool | None
    """Whether the answer counts as a refusal."""
    retrieved: tuple[str, ...]
    """Documents that the search found for the question, best first."""
    scores: tuple[Score, ...]
    """One score for each metric."""


class Run(_Record):
    """Everything that a run of a suite showed."""

    suite: SuiteIdentity
    """Which cases were run."""
    corpus: CorpusIdentity
    """Which documents were asked."""
    settings: dict[str, object]
    """The settings that bear on answers, without keys, paths and addresses of the server."""
    code: str
    """Version of Dossier with a hash over its source files."""
    started_at: datetime
    """When the run began, in UTC."""
    finished_at: datetime
    """When it ended, in UTC."""
    results: tuple[Result, ...]
    """The cases in the suite's order."""
    figures: tuple[Figure, ...]
    """Each metric over the whole suite."""

    @property
    def errors(self) -> int:
        """Return how many cases got no answer."""
        return sum(result.error is not None for result in self.results)


async def run(
    service: Service, suite: Suite, *, concurrency: int = 2, on_progress: Progress | None = None
) -> Run:
    """Ask every case of ``suite`` and score the answers.

    A case whose question fails is recorded with its error and stays unscored; the rest goes on.

    Args:
        service: what is asked.
        suite: the cases.
        concurrency: how many questions are under way at once.
        on_progress: called after each case with the number done and the number of all.

    Raises:
        InvalidCases: before the first question, if the suite does not fit the corpus.
    """
    started = datetime.now(UTC)
    code = await asyncio.to_thread(_code_version)
    binding = await asyncio.to_thread(Binding, suite, service.corpus)
    gate = asyncio.Semaphore(max(1, concurrency))
    done = 0

    async def one(case: Case) -> Result:
        nonlocal done
        async with gate:
            result = await _run_case(service, case, binding)
        done += 1
        if on_progress is not None:
            on_progress(done, len(suite.cases))
        return result

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(case)) for case in suite.cases]
    results = tuple(task.result() for task in tasks)
    return Run(
        suite=SuiteIdentity(name=suite.name, sha256=suite.sha256, cases=len(suite.cases)),
        corpus=await asyncio.to_thread(_corpus_identity, service.corpus),
        settings=_public_settings(service.settings),
        code=code,
        started_at=started,
        finished_at=datetime.now(UTC),
        results=results,
        figures=_figures(results),
    )


def write(run: Run, path: Path) -> None:
    """Write ``run`` to ``path`` as JSON; the file is there whole or not at all.

    Raises:
        UnwritableRun: if the file cannot be written.
    """
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as file:
            temporary = file.name
            file.write(run.model_dump_json(indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise UnwritableRun(f"{path}: {error.strerror or error}") from error


async def _run_case(service: Service, case: Case, binding: Binding) -> Result:
    filters = binding.filters(case)
    try:
        begun = perf_counter()
        answer = await service.answer(Question(text=case.question, filters=filters))
        seconds = perf_counter() - begun
        retrieval = await asyncio.to_thread(
            service.search,
            case.question,
            filters.to_filters(),
            limit=service.settings.top_passages,
        )
        documents = await asyncio.to_thread(_cited, answer, service.corpus)
    except DossierError as error:
        reason = f"no answer: {error}"
        return Result(
            case=case,
            answer=None,
            error=Fault(code=error.code, message=str(error)),
            refused=None,
            retrieved=(),
            scores=tuple(scorer.unscored(reason) for scorer in SCORERS),
        )
    observation = Observation(
        case=case,
        answer=answer,
        seconds=seconds,
        retrieved=tuple(dict.fromkeys(hit.document.id for hit in retrieval.hits)),
        ids=binding.ids(case),
        documents=documents,
    )
    return Result(
        case=case,
        answer=answer,
        error=None,
        refused=observation.refused,
        retrieved=observation.retrieved,
        scores=tuple(scorer.score(observation) for scorer in SCORERS),
    )


def _cited(answer: Answer, corpus: Corpus) -> dict[tuple[str, int], Document]:
    """Return the cited document versions out of the record; what is not there is left out."""
    found: dict[tuple[str, int], Document] = {}
    for key in {(citation.document_id, citation.version) for citation in answer.citations}:
        try:
            found[key] = corpus.document(*key)
        except NotFound:
            continue
    return found


def _figures(results: tuple[Result, ...]) -> tuple[Figure, ...]:
    return figures(
        [{score.metric: score.value for score in result.scores} for result in results],
        [(r.refused, not r.case.answerable) for r in results if r.refused is not None],
    )


def _corpus_identity(corpus: Corpus) -> CorpusIdentity:
    documents = corpus.documents()
    lines = sorted(
        repr((d.name, d.sha256, d.metadata.title, d.metadata.outlet, d.metadata.published_at))
        for d in documents
    )
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return CorpusIdentity(fingerprint=digest, documents=len(documents))


def _public_settings(settings: Settings) -> dict[str, object]:
    secret = {name for name, value in settings if isinstance(value, SecretStr)}
    public = settings.model_dump(mode="json", exclude=secret | {"data", "host", "port"})
    return {
        name: _without_login(value) if name.endswith("_url") else value
        for name, value in public.items()
    }


def _without_login(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=""))


@cache
def _code_version() -> str:
    """Return the installed version and a short hash over the source of the three packages.

    Computed once: what is edited on disk afterwards is not what this process runs.
    """
    digest = hashlib.sha256()
    for package in ("index", "qa", "eval"):
        root = Path(str(resources.files(package)))
        for file in sorted(root.rglob("*.py")):
            digest.update(file.relative_to(root).as_posix().encode())
            digest.update(file.read_bytes())
    try:
        version = metadata.version("dossier-qa")
    except metadata.PackageNotFoundError:
        version = "0"
    return f"{version}+{digest.hexdigest()[:12]}"
