"""Keys: who is let in, what a role allows, and from when on a key opens nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import openai
import pytest
from harbour import TEXTS, Serve, send, serving
from live_server import live_server
from tenants import make_key, with_key

from api.app import create_app
from qa.service import Service
from qa.settings import Settings

CheckProblem = Callable[[httpx.Response, int, str], dict[str, Any]]
Keyed = Callable[..., httpx.Client]
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def guarded(
    tmp_path_factory: pytest.TempPathFactory, embeddings: dict[str, Any]
) -> Iterator[tuple[httpx.Client, Service]]:
    """A server that asks for keys, with a document in the collection ``harbour``."""
    with serving(tmp_path_factory.mktemp("keys") / "data", **embeddings) as (client, service):
        make_key(service, "the first", {"*": "admin"})
        with with_key(client, make_key(service, "writer", {"harbour": "write"})) as writer:
            for text in TEXTS:
                send(writer, **text, collection="harbour").raise_for_status()
        yield client, service


@pytest.fixture
def keyed(guarded: tuple[httpx.Client, Service]) -> Iterator[Keyed]:
    """Return clients with a new key each."""
    from contextlib import ExitStack

    client, service = guarded
    with ExitStack() as stack:

        def make(grants: dict[str, str], **given: Any) -> httpx.Client:
            secret = make_key(service, "tester", grants, **given)
            return stack.enter_context(with_key(client, secret))

        yield make


def test_without_keys_whoever_is_on_this_machine_needs_none(
    serve: Serve, embeddings: dict[str, Any], problem_of: CheckProblem
) -> None:
    client, service = serve(**embeddings)
    assert send(client, text="It is open.").status_code == 201
    # What a client sends anyway, such as that of OpenAI, does no harm.
    headers = {"Authorization": "Bearer none"}
    assert client.get("/v1/documents", headers=headers).status_code == 200
    assert client.get("/readyz?verbose").json()["checks"]
    asked = client.post("/v1/answers", json={"question": "Is it open?"}).json()
    secret = make_key(service, "the first", {"default": "read"})
    # From the next request on, also from this machine.
    problem_of(client.get("/v1/documents"), 401, "key_required")
    with with_key(client, secret) as first:
        assert len(first.get("/v1/documents").json()["documents"]) == 1
        assert first.get(f"/v1/answers/{asked['id']}").status_code == 404  # another asked
    for key in service.corpus.catalog.keys.all():
        service.corpus.catalog.keys.revoke(key.id)
    problem_of(client.get("/v1/documents"), 401, "key_required")  # closed it stays


def test_a_server_for_the_network_lets_nobody_in_without_keys(
    guarded: tuple[httpx.Client, Service], serve: Serve, embeddings: dict[str, Any]
) -> None:
    _, service = serve(**embeddings)
    everywhere = Settings(_env_file=None, host="0.0.0.0")  # type: ignore[call-arg]
    with live_server(create_app(service, everywhere)) as url:
        assert httpx.get(f"{url}/v1/documents", trust_env=False).status_code == 401
        assert httpx.get(f"{url}/livez", trust_env=False).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/documents"),
        ("POST", "/v1/answers"),
        ("DELETE", "/v1/documents/d-1"),
        ("GET", "/openapi.json"),
        ("GET", "/nowhere"),
        ("PUT", "/v1/documents"),
        ("GET", "/readyz?verbose"),
        ("GET", "/livez/"),
    ],
)
def test_every_request_needs_a_key(
    guarded: tuple[httpx.Client, Service], problem_of: CheckProblem, method: str, path: str
) -> None:
    response = guarded[0].request(method, path)
    problem_of(response, 401, "key_required")
    assert response.headers["www-authenticate"] == 'Bearer realm="dossier"'


def test_probes_need_none_and_tell_little(guarded: tuple[httpx.Client, Service]) -> None:
    client, _ = guarded
    assert client.get("/livez").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}
    bad = {"Authorization": "Bearer dsk_nothing"}
    assert client.get("/readyz", headers=bad).json() == {"status": "ready"}


def test_what_fails_is_told_by_name_alone_to_who_does_not_rule(
    serve: Serve, embeddings: dict[str, Any], problem_of: CheckProblem
) -> None:
    client, service = serve(**embeddings, reranker="/nowhere/at/all")
    assert "checks" in problem_of(client.get("/readyz"), 503, "not_ready")
    secret = make_key(service, "one", {"default": "admin"})
    with (
        with_key(client, secret) as one,
        with_key(client, make_key(service, "all", {"*": "admin"})) as ruler,
    ):
        for response in (client.get("/readyz"), one.get("/readyz")):
            problem = problem_of(response, 503, "not_ready")
            assert "checks" not in problem
            assert "/nowhere" not in response.text
            assert "reranker" in problem["detail"]
        assert problem_of(one.get("/readyz?verbose"), 403, "not_permitted")
        assert "/nowhere" in ruler.get("/readyz?verbose").text


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ([("Authorization", "Bearer dsk_" + "x" * 43)], "invalid_key"),
        ([("Authorization", "Bearer none")], "invalid_key"),
        ([("Authorization", "Bearer dsk_ä")], "invalid_key"),
        ([("Authorization", "Basic dXNlcjpkc2tf")], "key_required"),
        ([("Authorization", "Bearer")], "key_required"),
        ([("Authorization", "")], "key_required"),
        ([("X-API-Key", "{secret}")], "key_required"),
        ([("Authorization", "Bearer {secret}"), ("Authorization", "Bearer no")], "key_required"),
        ([("Authorization", "Bearer {secret}x")], "invalid_key"),
        ([("Authorization", "Bearer {secret} {secret}")], "key_required"),
    ],
)
def test_what_is_no_key_opens_nothing(
    guarded: tuple[httpx.Client, Service],
    problem_of: CheckProblem,
    headers: list[tuple[str, str]],
    code: str,
) -> None:
    client, service = guarded
    secret = make_key(service, "whole", {"*": "admin"})
    sent = [(name, value.format(secret=secret).encode("latin-1")) for name, value in headers]
    response = client.get("/v1/documents", headers=sent)
    problem_of(response, 401, code)
    assert response.headers["www-authenticate"].startswith("Bearer ")
    assert secret not in response.text


def test_the_scheme_is_read_in_any_case(guarded: tuple[httpx.Client, Service]) -> None:
    client, service = guarded
    secret = make_key(service, "shouting", {"*": "read"})
    for scheme in ("Bearer", "bearer", "BEARER "):
        headers = {"Authorization": f"{scheme} {secret}"}
        assert client.get("/v1/documents", headers=headers).status_code == 200


def test_a_role_allows_what_it_says(keyed: Keyed, problem_of: CheckProblem) -> None:
    reader, writer, admin = (keyed({"harbour": role}) for role in ("read", "write", "admin"))
    document = reader.get("/v1/documents").json()["documents"][0]["id"]
    sent = {"text": "The tide is out.", "name": "tide", "collection": "harbour"}
    problem_of(send(reader, **sent), 403, "not_permitted")
    problem_of(send(reader, **sent | {"text": "x" * 900_000}), 403, "not_permitted")
    problem_of(reader.delete(f"/v1/documents/{document}"), 403, "not_permitted")
    assert reader.get(f"/v1/documents/{document}").status_code == 200
    for client in (writer, admin):
        added = send(client, **sent).json()["documents"][0]
        assert added["outcome"] == "added"
        assert client.delete(f"/v1/documents/{added['id']}").status_code == 204
        problem_of(client.get("/readyz?verbose"), 403, "not_permitted")
    # A role on one collection is none on another.
    both = keyed({"harbour": "read", "quay": "write"})
    problem_of(send(both, **sent), 403, "not_permitted")
    quay = send(both, **sent | {"collection": "quay"}).json()["documents"][0]
    assert {d["collection"] for d in both.get("/v1/documents").json()["documents"]} == {
        "harbour",
        "quay",
    }
    assert reader.get(f"/v1/documents/{quay['id']}").status_code == 404
    assert both.delete(f"/v1/documents/{quay['id']}").status_code == 204


def test_a_role_on_all_collections_counts_on_each(keyed: Keyed, problem_of: CheckProblem) -> None:
    everywhere = keyed({"*": "read", "harbour": "write"})
    assert everywhere.get("/v1/documents").json()["documents"]
    sent = {"text": "The tide is in.", "name": "tide"}
    problem_of(send(everywhere, **sent), 403, "not_permitted")
    added = send(everywhere, **sent, collection="harbour").json()["documents"][0]["id"]
    assert everywhere.delete(f"/v1/documents/{added}").status_code == 204


def test_who_reads_everything_reads_the_answers_of_others_only_as_admin(keyed: Keyed) -> None:
    asking, reading, ruling = (
        keyed({"harbour": "read"}),
        keyed({"*": "write"}),
        keyed({"*": "admin"}),
    )
    question = {"question": "How much did the harbour bridge cost?"}
    answer = asking.post("/v1/answers", json=question).json()["id"]
    path = f"/v1/answers/{answer}"
    assert [c.get(path).status_code for c in (asking, reading, ruling)] == [200, 404, 200]


def test_a_revoked_key_opens_nothing_from_the_next_request_on(
    guarded: tuple[httpx.Client, Service], problem_of: CheckProblem
) -> None:
    client, service = guarded
    with with_key(client, make_key(service, "short", {"*": "read"})) as keyed:
        assert keyed.get("/v1/documents").status_code == 200
        key = service.corpus.catalog.keys.all()[-1]
        service.corpus.catalog.keys.revoke(key.id)
        response = keyed.get("/v1/documents")
        problem_of(response, 401, "invalid_key")
        assert 'error="invalid_token"' in response.headers["www-authenticate"]
        revoked = service.corpus.catalog.keys.all()[-1].revoked_at
        service.corpus.catalog.keys.revoke(key.id)
        assert service.corpus.catalog.keys.all()[-1].revoked_at == revoked


def test_a_key_that_has_expired_opens_nothing(keyed: Keyed, problem_of: CheckProblem) -> None:
    now = datetime.now(UTC)
    assert keyed({"*": "read"}, expires_at=now + HOUR).get("/v1/documents").status_code == 200
    expired = keyed({"*": "admin"}, expires_at=now - HOUR)
    problem_of(expired.get("/v1/documents"), 401, "invalid_key")


def test_nothing_of_a_secret_is_kept(guarded: tuple[httpx.Client, Service]) -> None:
    _, service = guarded
    secret = make_key(service, "kept", {"*": "read"})
    assert len(secret) == 47
    for file in service.settings.data.rglob("record.sqlite*"):
        assert secret[4:].encode() not in file.read_bytes()


def test_the_official_client_sends_the_same_keys(guarded: tuple[httpx.Client, Service]) -> None:
    client, service = guarded
    secret = make_key(service, "chat", {"harbour": "read"})
    messages: Any = [{"role": "user", "content": "How much did the harbour bridge cost?"}]
    base = f"{client.base_url}/v1".replace("//v1", "/v1")
    with openai.OpenAI(base_url=base, api_key=secret, max_retries=0) as official:
        reply = official.chat.completions.create(model="dossier", messages=messages)
        assert "310 million" in (reply.choices[0].message.content or "")
    with (
        openai.OpenAI(base_url=base, api_key="sk-wrong", max_retries=0) as official,
        pytest.raises(openai.AuthenticationError) as refused,
    ):
        official.chat.completions.create(model="dossier", messages=messages)
    assert refused.value.code == "invalid_key"
    response = client.get("/v1/models")
    assert response.status_code == 401
    assert response.json()["error"]["code"] == "key_required"
    assert response.headers["www-authenticate"] == 'Bearer realm="dossier"'


def test_the_document_of_the_routes_tells_of_keys(keyed: Keyed) -> None:
    described = keyed({"harbour": "read"}).get("/openapi.json").json()
    assert described["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert described["security"] == [{"key": []}]
    for methods in described["paths"].values():
        for operation in methods.values():
            assert "401" in operation["responses"]
