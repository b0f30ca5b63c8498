"""Documents that are sent by their address, on a server that fetches and on one that does not."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from harbour import followed, serving
from load_samples import PARAGRAPHS, Reply, page, serve
from tenants import make_key, with_key

from qa.service import Service

CheckProblem = Callable[[httpx.Response, int, str], dict[str, Any]]

PAGES = {
    "/news/lock?id=1": Reply(page(*PARAGRAPHS).encode(), headers={"Content-Type": "text/html"}),
    "/photo": Reply(b"\x89PNG", headers={"Content-Type": "image/png"}),
    "/inside": Reply(status=302, headers={"Location": "http://127.0.0.1/admin"}),
    "/large": Reply(b"Large. " * 50_000, headers={"Content-Type": "text/plain"}),
}


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, embeddings: dict[str, Any]
) -> Iterator[tuple[httpx.Client, Service]]:
    place = tmp_path_factory.mktemp("urls") / "data"
    allowed = {"allow_url_ingest": True, "max_document_bytes": 200_000}
    with serving(place, **embeddings, **allowed) as (client, service):
        yield client, service


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A site with a public address, which is on loopback in truth."""
    resolve, connect = socket.getaddrinfo, socket.socket.connect
    peer = socket.socket.getpeername

    def public(host: Any, port: Any, *given: Any, **named: Any) -> Any:
        if host != "herald.example":
            return resolve(host, port, *given, **named)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", port))]

    led: set[int] = set()

    def lead(self: socket.socket, address: Any) -> None:
        if address[0] == "93.184.215.14":
            led.add(id(self))
            address = ("127.0.0.1", address[1])
        connect(self, address)

    def named(self: socket.socket) -> Any:
        return ("93.184.215.14", 80) if id(self) in led else peer(self)

    monkeypatch.setattr(socket, "getaddrinfo", public)
    monkeypatch.setattr(socket.socket, "connect", lead)
    monkeypatch.setattr(socket.socket, "getpeername", named)
    with serve(PAGES) as (base, _):
        yield base.replace("127.0.0.1", "herald.example")


def test_by_default_no_address_is_fetched(
    scratch: httpx.Client, problem_of: CheckProblem, site: str
) -> None:
    for headers in ({}, {"Prefer": "respond-async"}):
        sent = scratch.post("/v1/documents", json={"url": f"{site}/news"}, headers=headers)
        problem_of(sent, 403, "url_ingest_off")
    # Beside a text it is only where that was published.
    text = {"text": "The lock opened.", "url": f"{site}/news"}
    assert scratch.post("/v1/documents", json=text).status_code == 201


def test_an_address_becomes_a_document(house: tuple[httpx.Client, Service], site: str) -> None:
    client, _ = house
    url = f"{site}/news/lock?id=1"
    response = client.post("/v1/documents", json={"url": url + "#cost", "outlet": "Herald"})
    assert response.status_code == 201, response.text
    (entry,) = response.json()["documents"]
    assert entry["name"] == url
    found = client.get(response.headers["location"]).json()
    assert (found["url"], found["name"], found["outlet"]) == (url, url, "Herald")
    assert found["media_type"] == "text/html"
    assert PARAGRAPHS[0] in client.get(f"{response.headers['location']}/text").text
    again = client.post("/v1/documents", json={"url": url, "outlet": "Herald"})
    assert again.json()["documents"][0] == {**entry, "outcome": "unchanged"}
    queued = client.post("/v1/documents", json={"url": url}, headers={"Prefer": "respond-async"})
    job = followed(client, queued.headers["location"])
    assert job["documents"][0]["id"] == entry["id"]
    assert job["documents"][0]["name"] == url


def test_one_page_in_two_collections_is_two_documents(
    house: tuple[httpx.Client, Service], site: str
) -> None:
    client, _ = house
    url = {"url": f"{site}/news/lock?id=1"}
    ids = [
        client.post("/v1/documents", json={**url, "collection": name}).json()["documents"][0]["id"]
        for name in ("a", "b")
    ]
    assert ids[0] != ids[1]
    assert [client.get(f"/v1/documents/{one}").json()["collection"] for one in ids] == ["a", "b"]


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        ("http://127.0.0.1:{port}/news/lock?id=1", 403, "address_refused"),
        ("http://localhost:{port}/", 403, "address_refused"),
        ("http://2130706433:{port}/", 403, "address_refused"),
        ("http://[::ffff:127.0.0.1]:{port}/", 403, "address_refused"),
        ("http://169.254.169.254/latest/meta-data/", 403, "address_refused"),
        ("http://no-such-host.invalid/", 403, "address_refused"),
        ("{site}/inside", 403, "address_refused"),
        ("http://me:hunter2@herald.example/", 403, "address_refused"),
        ("{site}/photo", 415, "unsupported_format"),
        ("{site}/large", 413, "document_too_large"),
        ("{site}/missing", 502, "fetch_failed"),
        ("file:///etc/passwd", 422, "invalid_metadata"),
        ("", 403, "address_refused"),
    ],
)
def test_what_is_not_fetched_is_told_without_telling_of_the_network(
    house: tuple[httpx.Client, Service],
    site: str,
    problem_of: CheckProblem,
    url: str,
    status: int,
    code: str,
) -> None:
    client, _ = house
    body = {"url": url.format(site=site, port=site.rpartition(":")[2])}
    problem = problem_of(client.post("/v1/documents", json=body), status, code)
    assert "hunter2" not in str(problem)
    if code == "address_refused" and url.startswith(("http://no", "http://1", "http://l")):
        # The same words for what is inside and for what is nowhere.
        assert problem["detail"] == f"{body['url']} does not lead to a public address"


def test_only_who_may_write_has_something_fetched(
    house: tuple[httpx.Client, Service], site: str
) -> None:
    client, service = house
    secret = make_key(service, "reader", {"a": "read", "b": "write"})
    with with_key(client, secret) as keyed:
        url = {"url": f"{site}/news/lock?id=1", "collection": "a"}
        for headers in ({}, {"Prefer": "respond-async"}):
            refused = keyed.post("/v1/documents", json=url, headers=headers)
            assert refused.status_code == 403
            assert refused.json()["code"] == "not_permitted"
