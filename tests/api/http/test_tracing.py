"""Traces, taken in by a collector of the test's own over OTLP/HTTP."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from harbour import TEXTS, at_endpoint, send, serving
from scripted_endpoint import scripted_endpoint
from scripted_replies import number_of, status, text

from api.app import create_app
from api.telemetry.tracing import TracingUnavailable
from qa.settings import Settings

ASKED = {"question": "How much did the harbour bridge cost?"}


class Spans(list[Any]):
    """Spans as they arrived."""

    def named(self, name: str) -> list[dict[str, Any]]:
        """The attributes of the spans of this name, with their identifiers."""
        return [self._read(span) for span in self if span.name == name]

    def _read(self, span: Any) -> dict[str, Any]:
        told: dict[str, Any] = {
            "trace": span.trace_id.hex(),
            "id": span.span_id.hex(),
            "parent": span.parent_span_id.hex(),
            "kind": span.kind,
            "failed": span.status.code == 2,
            "seconds": (span.end_time_unix_nano - span.start_time_unix_nano) / 1e9,
        }
        for one in span.attributes:
            kind = one.value.WhichOneof("value")
            value = getattr(one.value, kind)
            told[one.key] = (
                [v.string_value for v in value.values] if kind == "array_value" else value
            )
        return told


@contextmanager
def collector() -> Iterator[tuple[str, Spans]]:
    """A collector on loopback."""
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    spans = Spans()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                import gzip

                body = gzip.decompress(body)
            assert self.path == "/v1/traces"
            for sent in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in sent.scope_spans:
                    spans.extend(scope.spans)
            self.send_response(200)
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", spans
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def cited(request: Any) -> Any:
    return text(f"The bridge cost 310 million crowns. [{number_of('310 million', request)}]")


@pytest.mark.parametrize("words", [False, True])
def test_a_question_is_traced_from_the_request_to_the_model(tmp_path: Path, words: bool) -> None:
    with scripted_endpoint(cited) as endpoint, collector() as (address, spans):
        given = at_endpoint(endpoint.base_url) | {"model_output": "plain", "repair": "off"}
        told = {"otel_endpoint": address, "otel_words": words}
        with serving(tmp_path, **given, **told) as (client, _):
            send(client, **TEXTS[1])
            trace = "4bf92f3577b34da6a3ce929d0e0e4736"
            parent = f"00-{trace}-00f067aa0ba902b7-01"
            headers = {"Accept": "text/event-stream", "Traceparent": parent}
            streamed = client.post("/v1/answers", json=ASKED, headers=headers)
            assert "event: answer" in streamed.text
            client.get("/v1/documents/d-secret-name")
    (request,) = spans.named("POST /v1/answers")
    (answer,) = spans.named("invoke_agent dossier")
    (retrieval,) = spans.named("retrieval")
    (call,) = spans.named("chat scripted")
    assert {one["trace"] for one in (request, answer, retrieval, call)} == {trace}
    assert request["parent"] == "00f067aa0ba902b7"
    assert answer["parent"] == request["id"]
    assert retrieval["parent"] == call["parent"] == answer["id"]
    assert request["http.response.status_code"] == 200
    assert request["http.route"] == "/v1/answers"
    assert (request["kind"], call["kind"]) == (2, 3)  # server, client
    assert answer["dossier.status"] == "answered"
    assert answer["gen_ai.operation.name"] == "invoke_agent"
    assert call["gen_ai.operation.name"] == "chat"
    assert call["gen_ai.request.model"] == call["gen_ai.response.model"] == "scripted"
    assert call["gen_ai.response.finish_reasons"] == ["stop"]
    assert (call["gen_ai.usage.input_tokens"], call["gen_ai.usage.output_tokens"]) == (11, 7)
    assert call["server.address"] == "127.0.0.1"
    assert request["seconds"] >= answer["seconds"] >= call["seconds"]
    (missing,) = spans.named("GET /v1/documents/{document_id}")
    assert missing["http.response.status_code"] == 404
    everything = str(list(spans))
    assert "secret" not in everything
    for said in ("harbour", "310 million"):
        assert (said in everything) is words


def test_what_goes_wrong_is_marked(tmp_path: Path) -> None:
    with scripted_endpoint(status(401)) as endpoint, collector() as (address, spans):
        given = at_endpoint(endpoint.base_url)
        with serving(tmp_path, **given, otel_endpoint=address) as (client, _):
            send(client, **TEXTS[1])
            assert client.post("/v1/answers", json=ASKED).status_code == 502
            assert client.post("/v1/answers", json={"question": ""}).status_code == 422
    kinds = {one.get("error.type") for one in spans.named("chat scripted")}
    assert kinds == {"model_unauthorized"}
    failed = [one for one in spans.named("invoke_agent dossier") if one["failed"]]
    assert [one["error.type"] for one in failed] == ["model_unauthorized", "invalid_question"]
    assert [one["failed"] for one in spans.named("POST /v1/answers")] == [True, False]


def test_what_is_missing_is_told_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "opentelemetry.exporter.otlp.proto.http.trace_exporter"
    monkeypatch.setitem(sys.modules, name, None)
    with serving(tmp_path) as (_, service):
        settings = Settings(_env_file=None, otel_endpoint="http://127.0.0.1:4318")  # type: ignore[call-arg]
        with pytest.raises(TracingUnavailable) as refused:
            create_app(service, settings)
    assert "dossier-qa[otel]" in refused.value.hint
