"""Idempotency-Key: a request that is sent again is not carried out again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from harbour import TEXTS, Serve, at_endpoint, send
from hypothesis import given
from hypothesis import strategies as st
from scripted_endpoint import scripted_endpoint
from scripted_replies import hang, text
from tenants import make_key, with_key

from api.idempotency.body import Fingerprint
from api.idempotency.middleware import read_key
from index.load.origins import Origin
from index.models import Metadata
from index.record.replies import KEPT

CheckProblem = Callable[[httpx.Response, int, str], dict[str, Any]]

ASKED = {"question": "How long is the harbour bridge?", "answerer": "embedded"}


def keyed(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


@pytest.fixture
def own(serve: Serve, embeddings: dict[str, Any]) -> httpx.Client:
    return serve(**embeddings)[0]


def test_a_document_that_is_sent_again_gets_the_first_response(own: httpx.Client) -> None:
    first = own.post("/v1/documents", json=TEXTS[0], headers=keyed('"one"'))
    again = own.post("/v1/documents", json=TEXTS[0], headers=keyed('"one"'))
    assert first.status_code == again.status_code == 201
    assert again.content == first.content
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["content-type"] == first.headers["content-type"]
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    # Without the key it is carried out, and there is nothing new.
    assert own.post("/v1/documents", json=TEXTS[0]).status_code == 200


def test_a_removal_that_is_sent_again_is_as_good_as_the_first(
    own: httpx.Client, problem_of: CheckProblem
) -> None:
    found = send(own, **TEXTS[0]).json()["documents"][0]["id"]
    gone = [own.delete(f"/v1/documents/{found}", headers=keyed("gone")) for _ in range(2)]
    assert [response.status_code for response in gone] == [204, 204]
    assert gone[1].headers["idempotency-replayed"] == "true"
    problem_of(own.delete(f"/v1/documents/{found}", headers=keyed("other")), 404, "not_found")


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_a_question_that_is_asked_again_is_answered_once(own: httpx.Client, accept: str) -> None:
    send(own, **TEXTS[0])
    headers = {**keyed("asked"), "Accept": accept}
    first, again = (own.post("/v1/answers", json=ASKED, headers=headers) for _ in range(2))
    assert again.content == first.content
    assert again.headers["content-type"] == first.headers["content-type"]
    assert len(own.get("/v1/answers").json()["answers"]) == 1


def test_a_form_is_the_same_whatever_its_boundary(own: httpx.Client) -> None:
    files = {"file": ("cost.txt", b"The bridge cost 310 million crowns.")}
    sent = [own.post("/v1/documents", files=files, headers=keyed("form")) for _ in range(2)]
    types = {response.request.headers["content-type"] for response in sent}
    assert len(types) == 2, "the boundaries are the same"
    assert [response.status_code for response in sent] == [201, 201]
    assert sent[1].headers["idempotency-replayed"] == "true"


def test_a_key_belongs_to_one_request(own: httpx.Client, problem_of: CheckProblem) -> None:
    own.post("/v1/documents", json=TEXTS[0], headers=keyed("one"))
    for response in (
        own.post("/v1/documents", json=TEXTS[1], headers=keyed("one")),
        own.post("/v1/answers", json=TEXTS[0], headers=keyed("one")),
        own.delete("/v1/documents/d-000000000000", headers=keyed("one")),
    ):
        problem_of(response, 422, "idempotency_key_reused")
    assert len(own.get("/v1/documents").json()["documents"]) == 1


def test_a_refusal_for_good_is_kept_and_one_that_passes_is_not(
    serve: Serve, embeddings: dict[str, Any], problem_of: CheckProblem
) -> None:
    own, _ = serve(**embeddings | {"model": ""})
    missing = "/v1/documents/d-000000000000"
    for _ in range(2):
        refused = own.delete(missing, headers=keyed("missing"))
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert refused.headers["idempotency-replayed"] == "true"
    asked = {**ASKED, "answerer": "model"}  # none is configured, which may change
    for _ in range(2):
        response = own.post("/v1/answers", json=asked, headers=keyed("model"))
        problem_of(response, 503, "model_not_configured")
        assert "idempotency-replayed" not in response.headers


def test_two_at_once_are_told_apart(serve: Serve, problem_of: CheckProblem) -> None:
    with scripted_endpoint(hang(30)) as endpoint:
        client, _ = serve(**at_endpoint(endpoint.base_url), model_timeout=1.2)
        send(client, **TEXTS[0])
        asked = {"question": ASKED["question"]}
        first: list[httpx.Response] = []

        def ask() -> None:
            first.append(client.post("/v1/answers", json=asked, headers=keyed("slow")))

        asking = threading.Thread(target=ask)
        asking.start()
        while not endpoint.chats:
            time.sleep(0.01)
        second = client.post("/v1/answers", json=asked, headers=keyed("slow"))
        problem_of(second, 409, "idempotency_key_in_use")
        assert int(second.headers["retry-after"]) >= 1
        asking.join()
        # It failed in a way that may pass, so that the key is free again.
        problem_of(first[0], 504, "model_timeout")


def test_a_key_is_its_callers_and_opens_nothing_that_was_closed(
    serve: Serve, embeddings: dict[str, Any]
) -> None:
    client, service = serve(**embeddings)
    grants = ({"*": "admin"}, {"harbour": "read"}, {"harbour": "read"})
    admin, one, other = (make_key(service, "tester", grant) for grant in grants)
    asked = {"question": "How much did the harbour bridge cost?", "answerer": "embedded"}

    def ask(secret: str) -> httpx.Response:
        with with_key(client, secret) as caller:
            return caller.post("/v1/answers", json=asked, headers=keyed("same"))

    with with_key(client, admin) as caller:
        for sent in TEXTS:
            send(caller, **sent, collection="harbour").raise_for_status()
    first, again, others = ask(one), ask(one), ask(other)
    assert "310 million" in first.text
    assert again.content == first.content
    assert others.json()["id"] != first.json()["id"], "another's key was taken for one's own"
    # What it cites moves to where the caller may not read.
    document = service.corpus.document(first.json()["citations"][0]["document_id"])
    given, data = Metadata(collection="board"), document.text.encode()
    origin = Origin(source=document.source, name="cost.txt", given=given, data=data)
    assert [*service.corpus.ingest([origin], limit=10_000)]
    moved = ask(one)
    assert "idempotency-replayed" not in moved.headers
    assert "310 million" not in moved.text


def test_a_stream_that_failed_is_not_given_again(serve: Serve) -> None:
    with scripted_endpoint(
        hang(30), text("The harbour bridge is 812 metres long. [1]")
    ) as endpoint:
        given = {"model_output": "plain", "repair": "off"}
        client, _ = serve(**at_endpoint(endpoint.base_url), **given, model_timeout=0.5)
        send(client, **TEXTS[0])
        headers = {**keyed("stream"), "Accept": "text/event-stream"}
        asked = {"question": ASKED["question"]}
        first, again = (
            client.post("/v1/answers", json=asked, headers=headers).text for _ in range(2)
        )
        assert "event: error" in first
        assert "event: answer" in again


def test_it_outlives_the_server_for_a_day(serve: Serve, embeddings: dict[str, Any]) -> None:
    client, service = serve(**embeddings)
    first = client.post("/v1/documents", json=TEXTS[0], headers=keyed("one"))
    service.close()
    client, service = serve(**embeddings)
    again = client.post("/v1/documents", json=TEXTS[0], headers=keyed("one"))
    assert again.headers["idempotency-replayed"] == "true"
    assert again.content == first.content
    replies, now = service.corpus.catalog.replies, datetime.now(UTC)
    assert replies.find("local", "one", now + KEPT - timedelta(minutes=5)) is not None
    assert replies.find("local", "one", now + KEPT) is None
    assert replies.find("k-somebody", "one", now) is None
    replies.keep("local", "late", replies.find("local", "one"), now + KEPT)  # type: ignore[arg-type]
    assert replies.find("local", "one") is None, "what is too old was not dropped"


@pytest.mark.parametrize("key", ["", '""', '"a', "a b", "x" * 256, "ä", '"tab\t"'])
def test_a_key_that_is_none_is_told(
    client: httpx.Client, problem_of: CheckProblem, key: str
) -> None:
    headers = {"Idempotency-Key": key.encode("latin-1")}
    response = client.post("/v1/answers", json=ASKED, headers=headers)
    problem_of(response, 400, "invalid_idempotency_key")


def test_two_keys_are_none(client: httpx.Client, problem_of: CheckProblem) -> None:
    headers = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    problem_of(
        client.post("/v1/answers", json=ASKED, headers=headers), 400, "invalid_idempotency_key"
    )


def test_what_changes_nothing_needs_no_key(client: httpx.Client) -> None:
    for _ in range(2):
        response = client.post("/v1/search", json={"query": "bridge"}, headers=keyed("search"))
        assert "idempotency-replayed" not in response.headers
        assert client.get("/v1/documents", headers=keyed("search")).status_code == 200


def test_a_body_that_is_too_large_is_refused_with_a_key_too(
    client: httpx.Client, problem_of: CheckProblem
) -> None:
    def parts() -> Any:
        for _ in range(200):
            yield b"x" * 10_000

    headers = {**keyed("large"), "Content-Type": "application/json"}
    response = client.post("/v1/answers", content=parts(), headers=headers)
    problem_of(response, 413, "body_too_large")


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=255))
def test_every_string_of_the_draft_is_a_key(key: str) -> None:
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    assert read_key([f'"{escaped}"']) == key


@given(
    st.lists(st.sampled_from([b"--x1", b"-", b"x", b"x1", b"1--x", b"words"]), max_size=12),
    st.data(),
)
def test_a_body_hashes_the_same_however_it_is_cut(parts: list[bytes], data: st.DataObject) -> None:
    def hashed(boundary: str, chunks: list[bytes]) -> str:
        form = f"multipart/form-data; boundary={boundary}".encode()
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/",
            "headers": [(b"content-type", form)],
        }
        made = Fingerprint(scope)
        for chunk in chunks:
            made.update(chunk)
        return made.hexdigest()

    body = b"".join(parts)
    cut = data.draw(st.integers(0, len(body)))
    whole = hashed("x1", [body])
    assert hashed("x1", [body[:cut], body[cut:]]) == whole
    assert hashed("x1", [bytes([byte]) for byte in body]) == whole
    other = body.replace(b"x1", b"boundary-of-another-form")
    assert hashed("boundary-of-another-form", [other]) == whole
