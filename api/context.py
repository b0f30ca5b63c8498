"""What the routes of one application share: the service, its settings and the turn to write."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import Depends, Request

from qa.service import Service
from qa.settings import Settings

Result = TypeVar("Result")


class Context:
    """The service behind one application; whoever opened it closes it."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self.service = service
        self.settings = settings
        self._turn = asyncio.Lock()

    async def write(self, work: Callable[[], Result]) -> Result:
        """Run ``work`` in a thread, one at a time, to its end even if the caller goes away.

        A write that was begun is finished: giving up its turn while its thread still runs would
        let a second one start beside it.
        """

        async def take_turn() -> Result:
            async with self._turn:
                return await asyncio.to_thread(work)

        return await asyncio.shield(asyncio.ensure_future(take_turn()))


def context_of(request: Request) -> Context:
    """Return the context of the application that serves ``request``."""
    context = request.app.state.context
    assert isinstance(context, Context)
    return context


Shared = Annotated[Context, Depends(context_of)]
"""The context, as a route takes it."""
