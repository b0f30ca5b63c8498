"""The server's numbers, over a real server."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
from harbour import TEXTS, Serve, at_endpoint, send
from scripted_endpoint import scripted_endpoint
from scripted_replies import status, text
from tenants import make_key, with_key

CheckProblem = Callable[[httpx.Response, int, str], dict[str, Any]]

ASKED = {"question": "How long is the harbour bridge?"}


def numbers(client: httpx.Client) -> dict[str, float]:
    """The samples by name and labels, as they are written."""
    reply = client.get("/metrics")
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = (line for line in reply.text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_what_happens_is_counted(serve: Serve) -> None:
    replies = (status(401), text("The harbour bridge is 812 metres long. [1]"))
    with scripted_endpoint(*replies) as endpoint:
        given = {"model_output": "plain", "repair": "off"}
        client, _ = serve(**at_endpoint(endpoint.base_url), **given)
        send(client, **TEXTS[0])
        send(client, **TEXTS[0])
        client.post("/v1/documents", files={"file": ("a.pdf", b"no")})
        client.post("/v1/answers", json=ASKED)
        client.post("/v1/answers", json=ASKED)
        client.post("/v1/answers", json={**ASKED, "answerer": "embedded"})
        client.post("/v1/answers", json={"question": " "})
        client.get("/v1/documents/d-nothing")
        client.get("/v1/documents/d-nothing-else")
        client.get("/nowhere/at/all")
        client.request("BREW", "/livez")
        client.post("/v1/search", json={"query": "x" * 1_000_001})
        seen = numbers(client)
    documents, answers, one = "/v1/documents", "/v1/answers", "/v1/documents/{document_id}"
    expected = {
        f'dossier_http_requests_total{{method="POST",route="{documents}",status="201"}}': 1,
        f'dossier_http_requests_total{{method="POST",route="{documents}",status="200"}}': 1,
        f'dossier_http_requests_total{{method="POST",route="{answers}",status="200"}}': 2,
        f'dossier_http_requests_total{{method="POST",route="{answers}",status="502"}}': 1,
        f'dossier_http_requests_total{{method="GET",route="{one}",status="404"}}': 2,
        'dossier_http_requests_total{method="GET",route="other",status="404"}': 1,
        'dossier_http_requests_total{method="POST",route="other",status="413"}': 1,
        'dossier_refusals_total{reason="body_too_large"}': 1,
        'dossier_ingested_documents_total{outcome="added"}': 1,
        'dossier_ingested_documents_total{outcome="unchanged"}': 1,
        'dossier_ingested_documents_total{outcome="rejected"}': 1,
        'dossier_answers_total{status="incomplete"}': 1,  # what the model says is borne out by none
        'dossier_answers_total{status="not_in_documents"}': 1,
        'dossier_answers_total{status="failed"}': 1,
        'dossier_answers_total{status="refused"}': 1,
        'dossier_model_calls_total{outcome="ok"}': 1,
        'dossier_model_calls_total{outcome="model_unauthorized"}': 1,
        'dossier_model_tokens_total{direction="sent"}': 11,
        'dossier_model_tokens_total{direction="received"}': 7,
        "dossier_http_requests_open": 1,
        "dossier_answers_under_way": 0,
        f'dossier_http_request_seconds_count{{method="POST",route="{answers}"}}': 4,
    }
    assert {name: seen.get(name) for name in expected} == expected
    assert seen["process_resident_memory_bytes"] > 0


def test_nobody_can_make_up_series(client: httpx.Client) -> None:
    for n in range(30):
        client.get(f"/nowhere/{n}", params={"n": n})
        client.get(f"/v1/documents/d-{n}")
    labels = " ".join(numbers(client))
    assert not re.search(r"nowhere|d-\d", labels)


def test_the_numbers_are_for_who_runs_the_server(
    serve: Serve, embeddings: dict[str, Any], problem_of: CheckProblem
) -> None:
    client, service = serve(**embeddings)
    admin = make_key(service, "watcher", {"*": "admin"})
    reader = make_key(service, "reader", {"*": "read"})
    problem_of(client.get("/metrics"), 401, "key_required")
    with with_key(client, reader) as one:
        problem_of(one.get("/metrics"), 403, "not_permitted")
    with with_key(client, admin) as one:
        assert 'reason="key_required"} 1.0' in one.get("/metrics").text
