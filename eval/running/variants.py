"""Variants: one suite run with several settings, each on the documents that it needs."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from eval.running.cache import key_for
from eval.running.results import Run
from eval.running.run import PLAIN, Progress, RunOptions, run

if TYPE_CHECKING:
    from eval.cases import Suite
    from eval.suites.opened import OpenedSuite
    from qa.service import Service
    from qa.settings import Settings


async def run_suite(
    settings: Settings,
    opened: OpenedSuite,
    options: RunOptions = PLAIN,
    *,
    corpora: Path | None = None,
    on_progress: Progress | None = None,
) -> Run:
    """Run a suite and score the answers.

    Args:
        settings: how to answer. The data directory is only read, and not even that for a suite
            with documents of its own.
        opened: the cases, and where their documents come from.
        options: how to run them.
        corpora: folder that keeps what was ingested for suites with documents of their own;
            ``None`` ingests into a temporary one.
        on_progress: called after each asking with the number done and the number of all.

    Raises:
        InvalidCases: if the cases do not fit the documents.
        DossierError: if the data directory cannot be opened.
    """
    async with _service(settings, opened, corpora) as service:
        return await run(service, opened.suite, options, on_progress=on_progress)


@asynccontextmanager
async def _service(
    settings: Settings, opened: OpenedSuite, corpora: Path | None
) -> AsyncIterator[Service]:
    from qa.service import build

    if opened.ingest is None:
        service = await asyncio.to_thread(build, settings, write=False)
        try:
            yield service
        finally:
            service.close()
        return
    with tempfile.TemporaryDirectory(prefix="dossier-eval-") as temporary:
        folder = corpora / _name(settings, opened.suite) if corpora else Path(temporary) / "data"
        own = settings.model_copy(update={"data": folder})
        service = await asyncio.to_thread(build, own, write=True)
        try:
            await asyncio.to_thread(opened.ingest, service.corpus)
            yield service
        finally:
            service.close()


def _name(settings: Settings, suite: Suite) -> str:
    """Return a name for what is ingested: another embedder or passage length needs another."""
    embedding = {
        name: str(value) for name, value in settings if name.startswith(("embedd", "passage_"))
    }
    embedding.pop("embedding_api_key", None)
    return f"{suite.name}-{key_for(suite=suite.name, **embedding)[:12]}"
