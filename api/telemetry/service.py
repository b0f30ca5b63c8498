"""The service as the server offers it: answers take their turns, and are counted and traced.

It stands where the plain one would, so that no way to an answer can pass it by.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import ExitStack, aclosing, contextmanager
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from api.limits.answering import Turns
from api.telemetry.metrics import Metrics
from index.record.asker import LOCAL, Asker
from qa.chat.listening import LISTENER, ModelCall
from qa.service import Service

if TYPE_CHECKING:
    from opentelemetry.context import Context as TraceContext

    from api.telemetry.tracing import Tracing
    from qa.audit.replay import Replay
    from qa.models import AnswerEvent
    from qa.question import Question


@dataclass(frozen=True)
class OfferedService(Service):
    """A service whose answers are limited in number and watched."""

    turns: Turns
    """The places for answers."""
    metrics: Metrics
    """Counts them."""
    tracing: Tracing | None
    """Traces them, where that is asked for."""

    @classmethod
    def over(
        cls, service: Service, turns: Turns, metrics: Metrics, tracing: Tracing | None
    ) -> OfferedService:
        """Return ``service`` with its answers limited and watched."""
        own = {field.name: getattr(service, field.name) for field in fields(Service)}
        return cls(**own, turns=turns, metrics=metrics, tracing=tracing)

    async def stream(
        self, question: Question, asker: Asker = LOCAL
    ) -> AsyncGenerator[AnswerEvent, None]:
        """Answer a question event by event, in its turn.

        Raises:
            Overloaded: before the first event, if the turn would not come soon enough.
            DossierError: as :meth:`qa.service.Service.stream`.
        """
        async with self.turns.one():
            with ExitStack() as watched:
                counted = watched.enter_context(self.metrics.answer())
                traced = None
                if self.tracing is not None:
                    traced = watched.enter_context(self.tracing.answer(question))
                inside = traced.inside if traced else None
                # Of this task and no other: each answer is driven by a task of its own.
                LISTENER.set(lambda call: self._called(call, inside))
                events = super().stream(question, asker)
                async with aclosing(events):
                    async for event in events:
                        counted.event(event)
                        if traced is not None:
                            traced.event(event)
                        yield event

    async def replay(self, answer_id: str, *, recorded: bool, asker: Asker = LOCAL) -> Replay:
        """Answer a recorded question again, in its turn.

        Raises:
            Overloaded: if the turn would not come soon enough.
            DossierError: as :meth:`qa.service.Service.replay`.
        """
        async with self.turns.one():
            LISTENER.set(lambda call: self._called(call, None))
            return await super().replay(answer_id, recorded=recorded, asker=asker)

    @contextmanager
    def _called(self, call: ModelCall, inside: TraceContext | None) -> Iterator[None]:
        with ExitStack() as watched:
            watched.enter_context(self.metrics.call(call))
            if self.tracing is not None:
                watched.enter_context(self.tracing.call(call, inside))
            yield
