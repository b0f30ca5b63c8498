"""What the routes of one application share: the service, its settings, the turn to write."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import Depends, Request

from api.draining import Draining, failure
from api.fetching import Fetcher
from api.jobs.runner import JobRunner
from api.resuming import Resumable
from api.telemetry.metrics import Metrics
from qa.service import Service
from qa.settings import Settings

Result = TypeVar("Result")


class Context:
    """The service behind one application; whoever opened it closes it."""

    def __init__(
        self,
        service: Service,
        settings: Settings,
        metrics: Metrics,
        draining: Draining | None = None,
    ) -> None:
        self.service = service
        self.settings = settings
        self.metrics = metrics
        self.draining = draining or Draining()
        self.resumable = Resumable(settings.resume_seconds)
        self.fetcher = Fetcher(settings)
        self.jobs = JobRunner(service.corpus, settings, metrics, self.fetcher, self.write)
        self._turn = asyncio.Lock()

    async def write(self, work: Callable[[], Result]) -> Result:
        """Run ``work`` in a thread, one at a time, to its end even if the caller goes away.

        A write that was begun is finished: giving up its turn while its thread still runs would
        let a second one start beside it.

        Raises:
            ShuttingDown: if the server has to end first.
        """

        async def take_turn() -> Result:
            async with self._turn:
                return await asyncio.to_thread(work)

        working = asyncio.ensure_future(take_turn())
        ending = asyncio.ensure_future(self.draining.wait())
        try:
            await asyncio.wait([working, ending], return_when=asyncio.FIRST_COMPLETED)
        finally:
            ending.cancel()
        if not working.done():
            working.add_done_callback(_look_away)
            raise failure()
        return working.result()


def _look_away(work: asyncio.Future[Result]) -> None:
    """Take note of what came of work that nobody waits for any more."""
    if not work.cancelled():
        work.exception()


def context_of(request: Request) -> Context:
    """Return the context of the application that serves ``request``."""
    context = request.app.state.context
    assert isinstance(context, Context)
    return context


async def _context(request: Request) -> Context:
    return context_of(request)  # asynchronous, or a thread would be taken for it


Shared = Annotated[Context, Depends(_context)]
"""The context, as a route takes it."""
