"""What every request passes: its id, the host it names, the site it comes from, its size."""

from __future__ import annotations

import http.client
import logging
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from live_server import live_server
from starlette.responses import StreamingResponse

from api.guard import OriginGuard, RequestIdentity, is_loopback

CheckProblem = Callable[[httpx.Response, int, str], dict[str, Any]]

ASKED = {"query": "bridge"}


@pytest.mark.parametrize(
    "given", ["r-1", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"]
)
def test_a_plain_request_id_is_taken_over(client: httpx.Client, given: str) -> None:
    assert client.get("/livez", headers={"X-Request-ID": given}).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a\tb", "ä", "<script>", "dsk_" + "x" * 43])
def test_any_other_request_id_is_replaced(client: httpx.Client, given: str) -> None:
    headers = {"X-Request-ID": given.encode("latin-1")}
    made = client.get("/livez", headers=headers).headers["x-request-id"]
    assert made not in {given, ""}
    assert made.isalnum()
    assert client.get("/livez", headers=headers).headers["x-request-id"] != made


@pytest.mark.parametrize("path", ["/livez", "/v1/documents", "/nowhere"])
def test_no_browser_may_guess_a_content_type(client: httpx.Client, path: str) -> None:
    assert client.get(path).headers["x-content-type-options"] == "nosniff"


def test_other_sites_get_no_leave_to_read(client: httpx.Client) -> None:
    response = client.get("/v1/documents", headers={"Origin": "https://evil.example"})
    assert not [name for name in response.headers if name.startswith("access-control")]


def port_of(client: httpx.Client) -> int:
    return client.base_url.port or 0


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "[::1]"])
def test_the_names_of_this_machine_are_served(client: httpx.Client, host: str) -> None:
    headers = {"Host": f"{host}:{port_of(client)}"}
    assert client.get("/livez", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "[::2]", "[", "", "::1"]
)
def test_other_names_are_refused(client: httpx.Client, problem_of: CheckProblem, host: str) -> None:
    response = client.get("/v1/documents", headers={"Host": host})
    problem_of(response, 400, "untrusted_host")


def test_two_host_headers_are_refused(client: httpx.Client) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port_of(client), timeout=10)
    connection.putrequest("GET", "/livez", skip_host=True)
    connection.putheader("Host", "localhost")
    connection.putheader("Host", "evil.example")
    connection.endheaders()
    assert connection.getresponse().status == 400
    connection.close()


def test_a_server_for_the_network_answers_to_any_name() -> None:
    app = FastAPI()
    app.add_middleware(OriginGuard, host="0.0.0.0")
    with live_server(app) as url:
        response = httpx.get(url, headers={"Host": "dossier.example"}, trust_env=False)
        assert response.status_code == 404


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("dossier.example", False),
        ("", False),
    ],
)
def test_loopback_is_told_from_the_network(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
    ],
)
def test_changes_asked_for_by_other_sites_are_refused(
    client: httpx.Client, problem_of: CheckProblem, headers: dict[str, str]
) -> None:
    files = {"file": ("planted.txt", b"The bridge does not exist.")}
    before = client.get("/v1/documents").json()
    response = client.post("/v1/documents", files=files, headers=headers)
    problem_of(response, 403, "cross_site_request")
    first = before["documents"][0]["id"]
    response = client.delete(f"/v1/documents/{first}", headers=headers)
    problem_of(response, 403, "cross_site_request")
    assert client.get("/v1/documents", headers=headers).json() == before


@pytest.mark.parametrize("fetched", ["same-origin", "none", None])
def test_the_servers_own_pages_and_programs_may_ask(
    client: httpx.Client, fetched: str | None
) -> None:
    headers = {"Origin": str(client.base_url).rstrip("/")}
    if fetched:
        headers["Sec-Fetch-Site"] = fetched
    assert client.post("/v1/search", json=ASKED, headers=headers).status_code == 200


def test_a_large_body_is_refused_by_its_stated_length(
    client: httpx.Client, problem_of: CheckProblem
) -> None:
    response = client.post("/v1/search", json={"query": "x" * 1_000_001})
    problem = problem_of(response, 413, "body_too_large")
    assert "1,000,000" in problem["detail"]
    assert client.post("/v1/search", json=ASKED).status_code == 200


def test_a_stated_length_is_enough_for_a_refusal(client: httpx.Client) -> None:
    """Nothing of the body is sent here, so nothing of it can have been read."""
    connection = http.client.HTTPConnection("127.0.0.1", port_of(client), timeout=10)
    connection.putrequest("POST", "/v1/documents")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", "1000000000000")
    connection.endheaders()
    response = connection.getresponse()
    assert response.status == 413
    assert b"body_too_large" in response.read()
    connection.close()


@pytest.mark.parametrize("path", ["/v1/search", "/v1/documents"])
def test_a_body_of_unknown_length_is_counted(
    scratch: httpx.Client, problem_of: CheckProblem, path: str
) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        yield b'{"query": "'
        for _ in range(2_000):
            sent += 10_000
            yield b"x" * 10_000
        yield b'"}'

    headers = {"Content-Type": "application/json"}
    response = scratch.post(path, content=endless(), headers=headers)
    problem_of(response, 413, "body_too_large")


def test_an_unforeseen_fault_is_logged_and_hidden(
    problem_of: CheckProblem, caplog: pytest.LogCaptureFixture
) -> None:
    app = FastAPI()
    app.add_middleware(RequestIdentity)

    @app.get("/broken")
    def _broken() -> None:
        raise ZeroDivisionError("secret")

    caplog.set_level(logging.ERROR, "dossier.http")
    with live_server(app) as url:
        headers = {"X-Request-ID": "r-2"}
        response = httpx.get(f"{url}/broken", headers=headers, trust_env=False)
    problem = problem_of(response, 500, "internal_error")
    assert problem["request_id"] == "r-2"
    assert "secret" not in response.text
    assert "secret" in caplog.text
    assert "r-2" in caplog.text


def test_a_fault_in_the_middle_of_a_response_cuts_the_connection() -> None:
    app = FastAPI()
    app.add_middleware(RequestIdentity)

    @app.get("/broken")
    def _broken() -> StreamingResponse:
        def parts() -> Iterator[bytes]:
            yield b"half"
            raise ZeroDivisionError

        return StreamingResponse(parts())

    with live_server(app) as url, pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{url}/broken", trust_env=False)
