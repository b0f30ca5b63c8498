"""Traces in OpenTelemetry's terms, sent to a collector by OTLP over HTTP.

Spans follow the conventions for HTTP servers and for generative AI (``gen_ai.*``,
https://opentelemetry.io/docs/specs/semconv/gen-ai/). Words of questions, documents and replies are
in them only if a setting says so. Nothing here is imported or done unless an endpoint is set, and
nothing global is touched.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from api.telemetry.exchange import OTHER, Exchange
from index.errors import DossierError
from qa.errors import InvalidSetting
from qa.models import Completed, Failed, Retrieved, Started

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Span

    from qa.chat.listening import ModelCall
    from qa.models import AnswerEvent
    from qa.question import Question

PATH = "/v1/traces"
"""Where a collector takes traces, below its base address."""

SECONDS = 3.0
"""Time that sending may take, which an end of the server may have to wait for."""

_REQUEST = {"max_tokens": "max_tokens", "temperature": "temperature", "seed": "seed"}


class TracingUnavailable(InvalidSetting):
    """Traces are asked for and the packages that make them are not installed."""

    code = "tracing_unavailable"
    hint = (
        "Install them with `pip install 'dossier-qa[otel]'`, or leave DOSSIER_OTEL_ENDPOINT empty."
    )


class Tracing:
    """Makes spans of requests, answers and calls of models, and sends them in the background.

    Args:
        endpoint: base address of a collector, such as ``http://127.0.0.1:4318``.
        version: that of the software, told with every span.
        words: whether questions, prompts and replies are part of the spans.

    Raises:
        TracingUnavailable: if the packages are not installed.
    """

    def __init__(self, endpoint: str, version: str, *, words: bool = False) -> None:
        try:
            from opentelemetry import context, trace
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
            from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
        except ImportError as error:
            raise TracingUnavailable(f"traces cannot be made: {error}") from error
        self._context, self._trace = context, trace
        self._propagator = TraceContextTextMapPropagator()
        resource = Resource.create({"service.name": "dossier", "service.version": version})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=endpoint.rstrip("/") + PATH, timeout=SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("dossier", version)
        self._words = words

    def close(self) -> None:
        """Send what is left and stop. Blocks, for some seconds if the collector is gone."""
        self._provider.shutdown()

    # -- requests ----------------------------------------------------------------------------

    def began(self, scope: Scope) -> tuple[Span, object]:
        """Begin the span of a request; a ``traceparent`` header makes it part of a trace."""
        carrier = {name: value for name, value in Headers(scope=scope).items() if "trace" in name}
        span = self._tracer.start_span(
            "request",
            self._propagator.extract(carrier, self._context.Context()),
            kind=self._trace.SpanKind.SERVER,
        )
        return span, self._context.attach(self._trace.set_span_in_context(span))

    def ended(self, begun: object, exchange: Exchange) -> None:
        """End the span of a request."""
        assert isinstance(begun, tuple)
        span, token = begun
        self._context.detach(token)
        known = exchange.route != OTHER
        span.update_name(f"{exchange.method} {exchange.route}" if known else exchange.method)
        span.set_attribute("http.request.method", exchange.method.replace(OTHER, "_OTHER"))
        span.set_attribute("url.scheme", "http")
        span.set_attribute("http.response.body.size", exchange.sent)
        if known:
            span.set_attribute("http.route", exchange.route)
        if exchange.status:
            span.set_attribute("http.response.status_code", exchange.status)
        if exchange.request_id:
            span.set_attribute("dossier.request_id", exchange.request_id)
        if exchange.caller:
            span.set_attribute("dossier.key", exchange.caller)
        if exchange.status >= 500 or not exchange.status:
            self._failed(span, exchange.code or str(exchange.status))
        span.end()

    # -- answers -----------------------------------------------------------------------------

    @contextmanager
    def answer(self, question: Question) -> Iterator[_Answering]:
        """Make the span of an answer that is made within a block."""
        span = self._tracer.start_span("invoke_agent dossier")
        span.set_attribute("gen_ai.operation.name", "invoke_agent")
        span.set_attribute("gen_ai.agent.name", "dossier")
        if self._words:
            span.set_attribute("gen_ai.input.messages", _messages("user", question.text))
        inside = self._trace.set_span_in_context(span)
        making = _Answering(self, span, inside)
        try:
            yield making
        except DossierError as error:
            self._failed(span, error.code)
            raise
        except Exception as error:
            self._failed(span, type(error).__name__)
            raise
        finally:
            span.end()

    @contextmanager
    def call(self, call: ModelCall, inside: Context | None) -> Iterator[None]:
        """Make the span of a call of a model that is made within a block.

        Args:
            call: the call.
            inside: the span that it belongs to.
        """
        span = self._tracer.start_span(
            f"chat {call.model}", inside, kind=self._trace.SpanKind.CLIENT
        )
        address = urlsplit(call.address)
        span.set_attribute("gen_ai.operation.name", "chat")
        span.set_attribute("gen_ai.provider.name", "openai")  # the interface that it speaks
        span.set_attribute("gen_ai.request.model", call.model)
        for name, attribute in _REQUEST.items():
            if name in call.parameters:
                span.set_attribute(f"gen_ai.request.{attribute}", call.parameters[name])
        if address.hostname:
            span.set_attribute("server.address", address.hostname)
        if address.port:
            span.set_attribute("server.port", address.port)
        try:
            yield
        except DossierError as error:
            self._failed(span, error.code)
            raise
        finally:
            self._came(span, call)
            span.end()

    def _came(self, span: Span, call: ModelCall) -> None:
        reply = call.reply
        if reply.served:
            span.set_attribute("gen_ai.response.model", reply.served)
        if reply.finish:
            span.set_attribute("gen_ai.response.finish_reasons", [reply.finish])
        if reply.usage is not None:
            span.set_attribute("gen_ai.usage.input_tokens", reply.usage.prompt_tokens)
            span.set_attribute("gen_ai.usage.output_tokens", reply.usage.completion_tokens)
        if self._words:
            sent = [_message(one["role"], one["content"]) for one in call.messages]
            span.set_attribute("gen_ai.input.messages", json.dumps(sent))
            said = _messages("assistant", str(reply.heard))
            span.set_attribute("gen_ai.output.messages", said)

    def _failed(self, span: Span, kind: str) -> None:
        span.set_attribute("error.type", kind)
        span.set_status(self._trace.Status(self._trace.StatusCode.ERROR))


class _Answering:
    """The span of one answer, and those within it."""

    def __init__(self, tracing: Tracing, span: Span, inside: Context) -> None:
        self.inside = inside
        self._tracing = tracing
        self._span = span
        self._began = time.time_ns()

    def event(self, event: AnswerEvent) -> None:
        span = self._span
        if isinstance(event, Started):
            self._began = time.time_ns()
            span.set_attribute("dossier.answer", event.id)
        elif isinstance(event, Retrieved):
            self._retrieved(event)
        elif isinstance(event, Completed):
            answer = event.answer
            span.set_attribute("dossier.status", answer.status)
            span.set_attribute("dossier.answerer", answer.answerer)
            span.set_attribute("dossier.citations", len(answer.citations))
            if answer.usage is not None:
                span.set_attribute("gen_ai.usage.input_tokens", answer.usage.prompt_tokens)
                span.set_attribute("gen_ai.usage.output_tokens", answer.usage.completion_tokens)
            if self._tracing._words:
                span.set_attribute("gen_ai.output.messages", _messages("assistant", answer.text))
        elif isinstance(event, Failed):
            self._tracing._failed(span, event.code)

    def _retrieved(self, event: Retrieved) -> None:
        """Make the span of the search, which is known once it is over."""
        span = self._tracing._tracer.start_span("retrieval", self.inside, start_time=self._began)
        span.set_attribute("gen_ai.operation.name", "retrieval")
        span.set_attribute("dossier.passages", event.passages)
        span.set_attribute("dossier.documents_searched", event.coverage.documents)
        span.set_attribute("dossier.searches", len(event.trace))
        span.end()


def _message(role: str, words: str) -> Mapping[str, Any]:
    return {"role": role, "parts": [{"type": "text", "content": words}]}


def _messages(role: str, words: str) -> str:
    return json.dumps([_message(role, words)])
