"""Numbers for Prometheus, in a registry of their own.

Labels take their values from what the server has (routes, statuses, codes of errors), never from
what clients send, so that nobody can make up series.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from starlette.types import Scope

from api.telemetry.exchange import Exchange
from index.errors import DossierError
from qa.models import Completed, Failed

if TYPE_CHECKING:
    from api.limits.answering import Turns
    from qa.chat.listening import ModelCall
    from qa.models import AnswerEvent

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""Prometheus' text format."""

_REFUSALS = frozenset({401, 403, 408, 409, 413, 429, 503})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """The numbers of one application; listens to requests, answers and calls of models.

    Args:
        turns: the places for answers.
    """

    def __init__(self, turns: Turns) -> None:
        # Importing it registers collectors of its own, which are not used.
        from prometheus_client import (
            CollectorRegistry,
            Counter,
            Gauge,
            Histogram,
            ProcessCollector,
        )

        self._registry = own = CollectorRegistry(auto_describe=True)
        ProcessCollector(registry=own)
        self._requests = Counter(
            "dossier_http_requests",
            "Requests by route, method and status; status 0 if the client left before.",
            ["route", "method", "status"],
            registry=own,
        )
        self._seconds = Histogram(
            "dossier_http_request_seconds",
            "Time from the headers of a request to the end of its response.",
            ["route", "method"],
            buckets=_SECONDS,
            registry=own,
        )
        self._open = Gauge("dossier_http_requests_open", "Requests under way.", registry=own)
        self._refusals = Counter(
            "dossier_refusals",
            "Requests refused, by the code of the problem.",
            ["reason"],
            registry=own,
        )
        self._answers = Counter(
            "dossier_answers",
            "Questions by what became of them: a status of answers, failed, refused or abandoned.",
            ["status"],
            registry=own,
        )
        self._answer_seconds = Histogram(
            "dossier_answer_seconds",
            "Time to make an answer, without the wait for a turn.",
            buckets=_SECONDS,
            registry=own,
        )
        busy = Gauge("dossier_answers_under_way", "Answers in the making.", registry=own)
        busy.set_function(lambda: turns.busy)
        waiting = Gauge("dossier_answers_waiting", "Questions waiting for a turn.", registry=own)
        waiting.set_function(lambda: turns.waiting)
        self._documents = Counter(
            "dossier_ingested_documents",
            "Documents sent, by what became of them.",
            ["outcome"],
            registry=own,
        )
        self._calls = Counter(
            "dossier_model_calls",
            "Calls of the model's endpoint by outcome: ok, abandoned, or the code of the error.",
            ["outcome"],
            registry=own,
        )
        self._call_seconds = Histogram(
            "dossier_model_call_seconds",
            "Time that calls of the model's endpoint took.",
            buckets=_SECONDS,
            registry=own,
        )
        self._tokens = Counter(
            "dossier_model_tokens", "Tokens that the endpoint counted.", ["direction"], registry=own
        )

    def text(self) -> bytes:
        """Return all numbers in Prometheus' text format."""
        from prometheus_client import generate_latest

        return generate_latest(self._registry)

    # -- requests ----------------------------------------------------------------------------

    def began(self, _scope: Scope) -> None:
        """Count a request as under way."""
        self._open.inc()

    def ended(self, _begun: object, exchange: Exchange) -> None:
        """Count a request that is over."""
        self._open.dec()
        route, method = exchange.route, exchange.method
        self._requests.labels(route, method, str(exchange.status)).inc()
        self._seconds.labels(route, method).observe(exchange.seconds)
        if exchange.code and exchange.status in _REFUSALS:
            self._refusals.labels(exchange.code).inc()

    def documents(self, outcomes: Iterable[str]) -> None:
        """Count documents that were sent, by what became of them."""
        for outcome in outcomes:
            self._documents.labels(outcome).inc()

    # -- answers -----------------------------------------------------------------------------

    @contextmanager
    def answer(self) -> Iterator[_Making]:
        """Count an answer that is made within a block."""
        making, began = _Making(), time.perf_counter()
        try:
            yield making
        except DossierError:
            making.status = "refused"
            raise
        except Exception:
            making.status = "failed"
            raise
        finally:
            self._answers.labels(making.status).inc()
            self._answer_seconds.observe(time.perf_counter() - began)

    @contextmanager
    def call(self, call: ModelCall) -> Iterator[None]:
        """Count a call of a model that is made within a block."""
        outcome, began = "abandoned", time.perf_counter()
        try:
            yield
            outcome = "ok"
        except DossierError as error:
            outcome = error.code
            raise
        finally:
            self._calls.labels(outcome).inc()
            self._call_seconds.observe(time.perf_counter() - began)
            used = call.reply.usage
            if used is not None:
                self._tokens.labels("sent").inc(used.prompt_tokens)
                self._tokens.labels("received").inc(used.completion_tokens)


class _Making:
    """What became of one answer so far."""

    status = "abandoned"

    def event(self, event: AnswerEvent) -> None:
        if isinstance(event, Completed):
            self.status = event.answer.status
        elif isinstance(event, Failed):
            self.status = "failed"
