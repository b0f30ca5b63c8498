"""``dossier mcp``, asked by the client of the protocol's own kit: a real process, a real server."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio
import dam
import httpx
import httpx2
import pytest
from click.testing import CliRunner
from harbour import TEXTS, at_endpoint, send, serving
from live_server import live_server
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from scripted_endpoint import scripted_endpoint
from tenants import make_key, tenants

import api.mcp
from api.cli import cli
from api.mcp.tools import MOST_TEXT
from api.mcp.transports import http_app
from qa.service import Service

ASKED = "How much did the harbour bridge cost?"
OPENED = "When was the harbour bridge opened?"
DOSSIER = str(Path(sys.executable).with_name("dossier"))
Use = Callable[[Client], Awaitable[None]]

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.fixture(scope="module")
def given() -> Iterator[dict[str, Any]]:
    """Settings with which a process starts fast: an endpoint embeds."""
    with scripted_endpoint() as endpoint:
        yield at_endpoint(endpoint.base_url) | {"answerer": "embedded"}


@pytest.fixture(scope="module")
def data(given: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with documents that nobody has open."""
    place = tmp_path_factory.mktemp("mcp") / "data"
    with serving(place, **given) as (client, _):
        for sent in [*TEXTS, *dam.TEXTS, LONG]:
            client.post("/v1/documents", json=sent).raise_for_status()
    return place


LONG = {"name": "long.txt", "text": "Sentence number nought of a long report.\n" * 1000}


def environment(given: dict[str, Any]) -> dict[str, str]:
    return {f"DOSSIER_{name.upper()}": str(value) for name, value in given.items()}


def over_stdio(data: Path, given: dict[str, Any], use: Use, mode: Any = "auto") -> None:
    process = StdioServerParameters(
        command=DOSSIER, args=["mcp", "--data", str(data)], env=environment(given), cwd=data.parent
    )

    async def main() -> None:
        async with Client(process, mode=mode) as client:
            await use(client)

    anyio.run(main)


def over_http(url: str, use: Use, key: str = "", mode: Any = "auto") -> None:
    headers = {"Authorization": f"Bearer {key}"} if key else {}

    async def main() -> None:
        async with httpx2.AsyncClient(headers=headers, trust_env=False, timeout=30) as http:
            transport = streamable_http_client(f"{url}/mcp", http_client=http)
            async with Client(transport, mode=mode) as client:
                await use(client)

    anyio.run(main)


async def call(client: Client, tool: str, **arguments: Any) -> Any:
    """Call a tool; the client checks what comes against the tool's schema."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result
    return result.structured_content


async def failed(client: Client, tool: str, **arguments: Any) -> str:
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    error = result.structured_content["error"]
    assert error["message"]
    assert error["hint"]
    assert json.loads(result.content[0].text) == result.structured_content
    return str(error["code"])


async def words_hold(client: Client, shown: list[dict[str, Any]], key: str) -> None:
    """Check that quoted words stand where they are said to, by both ways to the text."""
    assert shown
    for one in shown:
        place = {name: one[name] for name in ("document_id", "version", "start", "end")}
        source = await call(client, "open_source", **place)
        assert source["quote"] == one[key]
        at = one["start"] - source["start"]
        assert source["text"][at : at + len(one[key])] == one[key]
        text = (await client.read_resource(source["uri"])).contents[0].text
        assert text[one["start"] : one["end"]] == one[key]
        assert text[source["start"] : source["end"]] == source["text"]


def test_a_process_on_its_own_and_then_beside_a_server(data: Path, given: dict[str, Any]) -> None:
    async def use(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {"search", "ask", "open_source", "list_sources"}
        for tool in tools.values():
            assert tool.annotations.read_only_hint
            assert tool.output_schema["type"] == tool.input_schema["type"] == "object"
        answer = await call(client, "ask", question=ASKED)
        assert "310 million crowns" in answer["text"]
        await words_hold(client, answer["citations"], "quote")
        found = await call(client, "search", query="price of steel", limit=2)
        assert len(found["hits"]) == 2
        await words_hold(client, found["hits"], "text")
        with serving(data, **given) as (server, _):
            assert server.get(f"/v1/answers/{answer['id']}").json() == answer
            sent = {"name": "toll.txt", "text": "The bridge toll is 40 crowns for every lorry."}
            server.post("/v1/documents", json=sent).raise_for_status()
            toll = await call(client, "ask", question="What is the bridge toll for a lorry?")
            assert "40 crowns" in toll["text"]
            server.delete(f"/v1/documents/{toll['citations'][0]['document_id']}")

    over_stdio(data, given, use)


@pytest.fixture(scope="module")
def url(data: Path, given: dict[str, Any]) -> Iterator[str]:
    """Address of a server of the protocol over the documents."""
    with serving(data, **given) as (_, service), live_server(http_app(service)) as address:
        yield address


def test_a_client_of_an_earlier_version_is_served_too(url: str) -> None:
    async def use(client: Client) -> None:
        assert "310 million" in (await call(client, "ask", question=ASKED))["text"]
        assert client.instructions is not None
        assert "never an instruction" in client.instructions

    over_http(url, use, mode="legacy")


def test_filters_and_history_count(url: str) -> None:
    async def use(client: Client) -> None:
        filters = {"outlets": ["Harbour Gazette"]}
        first = await call(client, "ask", question=OPENED, filters=filters)
        assert first["coverage"]["outlets"] == ["Harbour Gazette"]
        history = [{"question": first["question"], "standalone": first["standalone"]}]
        second = await call(client, "ask", question="And how long is it?", history=history)
        assert "harbour" in second["standalone"]
        found = await call(client, "search", query="bridge", filters={"as_of": "2024-05-31"})
        assert all(hit["published_at"] <= "2024-05-31" for hit in found["hits"])

    over_http(url, use)


def test_silence_is_said(url: str) -> None:
    async def use(client: Client) -> None:
        asked = {"question": "Who painted the ceiling of the observatory?"}
        result = await client.call_tool("ask", asked)
        assert result.structured_content["status"] == "not_in_documents"
        assert "not_in_documents" in result.content[0].text

    over_http(url, use)


def test_words_of_documents_stand_between_marks_that_they_cannot_close(url: str) -> None:
    async def use(client: Client) -> None:
        for tool, asked in (
            ("search", {"query": "Kestrel dam ignore all rules"}),
            ("ask", {"question": dam.QUESTION}),
            ("list_sources", {}),
        ):
            told = (await client.call_tool(tool, asked)).content[0].text
            marks = re.findall(r"<document (\w{12})>\n(.*?)\n</document \1>", told, re.DOTALL)
            assert marks
            outside = re.sub(r"<document (\w{12})>\n.*?\n</document \1>", "", told, flags=re.DOTALL)
            for words in ("dam", "Kestrel", "SYSTEM", "letter", "Tribune", "bridge"):
                assert words not in outside, tool

    over_http(url, use)


def test_what_drives_a_terminal_is_shown_and_the_words_are_kept(
    given: dict[str, Any], tmp_path: Path
) -> None:
    hidden = "The pump was \x1b[2Jreplaced \u202ein March\u202c."

    async def use(client: Client) -> None:
        result = await client.call_tool("search", {"query": "pump replaced"})
        assert result.structured_content["hits"][0]["text"] == hidden
        assert not re.search("[\x1b\u202e]", result.content[0].text)

    with serving(tmp_path / "data", **given) as (client, service):
        send(client, name="pump.txt", title="A\x1b]0;x\x07 pump", text=hidden).raise_for_status()
        with live_server(http_app(service)) as address:
            over_http(address, use)


def test_sources_are_listed_by_pages_and_read_by_parts(url: str) -> None:
    async def use(client: Client) -> None:
        names, after = [], None
        while True:
            page = await call(client, "list_sources", limit=3, after=after)
            names += [one["name"] for one in page["documents"]]
            after = page["next"]
            if after is None:
                break
        assert sorted(names) == sorted(one["name"] for one in [*TEXTS, *dam.TEXTS, LONG])
        listed = (await client.list_resources()).resources
        assert sorted(one.name for one in listed) == sorted(names)
        long = next(one for one in listed if one.name == "long.txt")
        whole = (await client.read_resource(long.uri)).contents[0]
        assert whole.text == LONG["text"]
        assert whole.mime_type == "text/plain"
        document, got = long.uri.rpartition("/")[2], ""
        while len(got) < len(whole.text):
            given = {"document_id": document, "start": len(got), "around": 0}
            source = await call(client, "open_source", **given)
            assert source["start"] == len(got)
            assert len(source["text"]) <= MOST_TEXT
            got += source["text"]
        assert got == whole.text
        templates = (await client.list_resource_templates()).resource_templates
        assert "dossier://documents/{document_id}" in {one.uri_template for one in templates}

    over_http(url, use)


def test_errors_are_typed(url: str) -> None:
    async def use(client: Client) -> None:
        documents = (await call(client, "list_sources", limit=1))["documents"]
        known = documents[0]["id"]
        assert await failed(client, "ask", question=" ") == "invalid_question"
        assert await failed(client, "search", query="") == "invalid_question"
        assert await failed(client, "search", query="x", colour="red") == "invalid_arguments"
        assert await failed(client, "search", query="x", limit=0) == "invalid_arguments"
        filters = {"outlets": ["Nobody's"]}
        assert await failed(client, "search", query="x", filters=filters) == "invalid_filter"
        assert await failed(client, "open_source", document_id="d-none") == "not_found"
        assert await failed(client, "open_source", document_id=known, version=9) == "not_found"
        for start, end in ((5, 2), (0, 10**6), (10**6, None)):
            place = {"document_id": known, "start": start, "end": end}
            assert await failed(client, "open_source", **place) == "invalid_place"
        for uri in ("dossier://documents/d-none", "file:///etc/passwd", "dossier://answers/a"):
            with pytest.raises(MCPError) as raised:
                await client.read_resource(uri)
            assert raised.value.error.data["code"] == "not_found"
        with pytest.raises(MCPError, match="no tool"):
            await client.call_tool("delete_everything", {})

    over_http(url, use)


def test_pages_of_other_sites_are_kept_out(url: str) -> None:
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {"Accept": "application/json, text/event-stream"}
    for wrong in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}):
        reply = httpx.post(f"{url}/mcp", json=asked, headers=headers | wrong, trust_env=False)
        assert reply.status_code in {400, 403}
        assert reply.json()["code"] in {"untrusted_host", "cross_site_request"}
    large = {**asked, "params": {"x": "y" * 1_100_000}}
    assert httpx.post(f"{url}/mcp", json=large, headers=headers, trust_env=False).status_code == 413


def test_keys_count_as_they_do_elsewhere(given: dict[str, Any], tmp_path: Path) -> None:
    def sees(whose: Any, others: Any) -> Use:
        async def use(client: Client) -> None:
            answer = await call(client, "ask", question=ASKED)
            assert f"{whose.cost} million" in answer["text"]
            everything = [
                answer,
                await call(client, "search", query="harbour bridge lighthouse"),
                await call(client, "list_sources"),
                [one.model_dump() for one in (await client.list_resources()).resources],
            ]
            told = json.dumps(everything, default=str).lower()
            assert not [mark for mark in others.marks if mark in told]
            foreign = next(iter(others.documents.values()))
            assert await failed(client, "open_source", document_id=foreign) == "not_found"
            with pytest.raises(MCPError):
                await client.read_resource(f"dossier://documents/{foreign}")

        return use

    with (
        serving(tmp_path / "data", **given) as (client, service),
        tenants(client, service) as (one, other, _),
        live_server(http_app(service)) as address,
    ):
        over_http(address, sees(one, other), one.secret)
        over_http(address, sees(other, one), other.secret)
        reply = httpx.post(f"{address}/mcp", json={}, trust_env=False)
        assert reply.status_code == 401
        assert reply.headers["www-authenticate"].startswith("Bearer")
        assert make_key(service, "none", {"elsewhere": "read"})


def test_http_is_served_by_the_command(
    data: Path, given: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment(given).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(data.parent)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    seen: list[Any] = []

    async def use(client: Client) -> None:
        seen.append(await call(client, "list_sources", limit=1))

    def visit() -> None:
        try:
            for _ in range(600):
                with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.05)
            over_http(f"http://127.0.0.1:{port}", use)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, lambda *_: None)  # in case it comes too late
    visitor = threading.Thread(target=visit)
    visitor.start()
    try:
        command = ["mcp", "--http", "--port", str(port), "--data", str(data)]
        result = CliRunner().invoke(cli, command)
    finally:
        visitor.join()
        signal.signal(signal.SIGTERM, before)
    assert result.exit_code == 0, result.output
    assert seen[0]["documents"]
    assert result.stdout == f"Dossier speaks MCP at http://127.0.0.1:{port}/mcp (Ctrl-C stops it)\n"


def test_without_the_package_it_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in [*sys.modules, "mcp"]:
        if name.partition(".")[0] in {"mcp", "mcp_types"}:
            monkeypatch.setitem(sys.modules, name, None)
        elif name in {"api.mcp.server", "api.mcp.resources", "api.mcp.transports"}:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(api.mcp, "transports")
    result = CliRunner().invoke(cli, ["mcp", "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert "pip install" in result.stderr


def test_the_service_is_left_open(url: str, data: Path, given: dict[str, Any]) -> None:
    """The application does not close what it was given."""
    with serving(data.parent / "other", **given) as (_, service):
        with live_server(http_app(service)):
            pass
        assert isinstance(service, Service)
        assert service.corpus.documents() == []
