"""Which suite runs on which documents: the sample on its own, a user's cases on the user's data."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path

from eval.cases import load
from eval.run import Run, run
from eval.sample import cases_path, ingest_sample
from qa.settings import Settings


async def run_suite(
    settings: Settings,
    *,
    cases: Path | None,
    limit: int | None,
    concurrency: int,
    on_progress: Callable[[int, int], None] | None,
) -> Run:
    """Run a suite of cases and score the answers.

    Args:
        settings: how to answer; without ``cases`` its data directory is neither read nor written.
        cases: the user's cases, run on the documents of the data directory; ``None`` runs the
            sample's cases on the sample's documents, in a temporary directory.
        limit: run only so many cases, from the start; ``None`` runs all.
        concurrency: how many questions are under way at once.
        on_progress: called after each case with the number done and the number of all.

    Raises:
        InvalidCases: if the cases cannot be read or do not fit the documents.
        DossierError: if the data directory cannot be opened.
    """
    from qa.service import build

    if cases is not None:
        suite = load(cases).first(limit)
        service = await asyncio.to_thread(build, settings, write=False)
        try:
            return await run(service, suite, concurrency=concurrency, on_progress=on_progress)
        finally:
            service.close()
    suite = load(cases_path(), name="sample").first(limit)
    with tempfile.TemporaryDirectory(prefix="dossier-eval-") as directory:
        own = settings.model_copy(update={"data": Path(directory) / "data"})
        service = await asyncio.to_thread(build, own, write=True)
        try:
            await asyncio.to_thread(ingest_sample, service.corpus)
            return await run(service, suite, concurrency=concurrency, on_progress=on_progress)
        finally:
            service.close()
