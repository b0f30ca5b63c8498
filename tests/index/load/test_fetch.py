"""Fetching over real HTTP on loopback: what comes back, what is refused, and that it ends."""

from __future__ import annotations

import gzip
import ipaddress
import time
import zlib

import httpx
import pytest
from load_samples import PARAGRAPHS, Reply, page, pdf, serve

from index.errors import DocumentTooLarge, EmptyDocument, FetchFailed, UnsupportedFormat
from index.load import Origin, parse
from index.load.fetch import fetch
from index.load.transport import CheckedTransport, is_public
from index.models import Metadata

LIMIT = 100_000
HTML = Reply(
    page(*PARAGRAPHS).encode("cp1252"), headers={"Content-Type": "text/html; charset=windows-1252"}
)


def get(
    url: str, given: Metadata | None = None, *, limit: int = LIMIT, timeout: float = 20
) -> Origin:
    return fetch(url, given or Metadata(), limit=limit, timeout=timeout, allow_private=True)


def test_a_page_is_fetched_and_read() -> None:
    with serve({"/news/lock?id=1": HTML}) as (base, seen):
        origin = get(f"{base}/news/lock?id=1#cost", Metadata(outlet="Harbour Post"))

    assert origin.source == f"{base}/news/lock?id=1"
    assert origin.given == Metadata(outlet="Harbour Post", url=origin.source)
    assert origin.name == "lock"
    result = parse(origin, origin.read(LIMIT), limit=LIMIT)
    assert PARAGRAPHS[0] in result.text
    assert result.media_type == "text/html"
    assert result.metadata.url == origin.source
    assert "url" not in result.metadata.inferred
    assert [path for path, _ in seen] == ["/news/lock?id=1"]
    assert seen[0][1]["Host"] == base.removeprefix("http://")
    assert "Authorization" not in seen[0][1]


def test_the_server_says_what_it_is() -> None:
    replies = {
        "/report.php": Reply(pdf(PARAGRAPHS[0]), headers={"Content-Type": "application/pdf"}),
        "/a.md": Reply(b"# Lock\n\nIt opened.\n", headers={"Content-Type": "text/plain"}),
        "/photo.html": Reply(b"\x89PNG", headers={"Content-Type": "image/png"}),
        "/": Reply(b"The lock opened.\n", headers={"Content-Type": "text/plain"}),
    }
    with serve(replies) as (base, _):
        kinds = {}
        for path in ("/report.php", "/a.md", "/"):
            origin = get(base + path)
            kinds[path] = parse(origin, origin.read(LIMIT), limit=LIMIT).media_type
        photo = get(f"{base}/photo.html")

    assert kinds == {"/report.php": "application/pdf", "/a.md": "text/markdown", "/": "text/plain"}
    with pytest.raises(UnsupportedFormat, match="image/png"):
        parse(photo, photo.read(LIMIT), limit=LIMIT)


@pytest.mark.parametrize(
    ("coding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("identity", bytes)]
)
def test_a_body_packed_unasked_is_unpacked(coding: str, pack: object) -> None:
    body = page(*PARAGRAPHS).encode()
    packed = pack(body)  # type: ignore[operator]
    reply = Reply(packed, headers={"Content-Encoding": coding, "Content-Type": "text/html"})
    with serve({"/a": reply, "/cut": Reply(packed[:-20], headers=reply.headers)}) as (base, _):
        assert get(f"{base}/a").read(LIMIT) == body
        if coding != "identity":
            with pytest.raises(FetchFailed, match="broke off"):
                get(f"{base}/cut")


def test_redirects_are_followed_but_not_for_ever() -> None:
    replies = {f"/{n}": Reply(status=302, headers={"Location": f"/{n + 1}"}) for n in range(9)}
    replies["/5"] = HTML
    with serve(replies) as (base, seen):
        origin = get(f"{base}/0")
        assert origin.source == f"{base}/0"  # recognised when it is ingested again
        assert len(seen) == 6
        replies.pop("/5")
        replies["/5"] = Reply(status=301, headers={"Location": "/6"})
        with pytest.raises(FetchFailed, match="redirects more than 5 times"):
            get(f"{base}/0")


@pytest.mark.parametrize("status", [404, 500, 403, 304])
def test_an_error_status_is_an_error_by_name(status: int) -> None:
    with serve({"/a": Reply(status=status)}) as (base, _), pytest.raises(FetchFailed) as caught:
        get(f"{base}/a")

    assert f"/a answered with HTTP {status}" in str(caught.value)


def test_an_empty_answer_is_an_empty_document() -> None:
    with serve({"/a": Reply(status=204)}) as (base, _):
        origin = get(f"{base}/a")

    with pytest.raises(EmptyDocument, match="a is empty"):
        origin.read(LIMIT)


def test_no_more_than_the_limit_is_taken() -> None:
    bomb = Reply(gzip.compress(b" " * 30_000_000), headers={"Content-Encoding": "gzip"})
    replies = {"/endless": Reply(b"x" * 10_000, pieces=10_000), "/bomb": bomb}
    with serve(replies) as (base, _):
        for path in replies:
            with pytest.raises(DocumentTooLarge, match=f"{path} serves more than 100,000"):
                get(base + path)


def test_an_encoding_that_was_not_asked_for_is_refused() -> None:
    reply = Reply(b"\x1b\x03", headers={"Content-Encoding": "br"})
    garbled = Reply(b"not packed", headers={"Content-Encoding": "gzip"})
    with serve({"/a": reply, "/b": garbled}) as (base, _):
        with pytest.raises(FetchFailed, match="packed as br"):
            get(f"{base}/a")
        with pytest.raises(FetchFailed, match="cannot be fetched"):
            get(f"{base}/b")


def test_a_server_that_hangs_is_given_up() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/a"
        with pytest.raises(FetchFailed, match=r"within 0\.2 seconds"):
            get(url, timeout=0.2)
    with pytest.raises(FetchFailed, match="cannot be fetched"):
        get(url)


def test_a_server_that_drips_is_given_up() -> None:
    import socket
    import threading

    def drip(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            try:
                while True:
                    connection.sendall(b"x")
                    time.sleep(0.05)
            except OSError:
                pass

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,))
        thread.start()
        with pytest.raises(FetchFailed, match="seconds"):
            get(f"http://127.0.0.1:{server.getsockname()[1]}/a", timeout=0.3)
        thread.join()


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/a",
        "file:///etc/passwd",
        "example.org/a",
        "http://",
        "http:///a",
        "",
        "http://exa mple.org/",
        "http://[::1",
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(FetchFailed, match="not an http or https address"):
        get(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:99999/",
        "http://a..b/",
        "http://\u2488\ud800.org/",
        "http://x" + "y" * 80 + ".org/",
    ],
)
def test_impossible_hosts_are_refused(url: str) -> None:
    with pytest.raises(FetchFailed):
        get(url)


def test_credentials_in_an_address_are_refused_and_not_repeated() -> None:
    with pytest.raises(FetchFailed, match=r"example\.org carries a user name") as caught:
        get("https://ines:hunter2@example.org/a")

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_addresses_that_are_not_public_are_not_reached(host: str) -> None:
    with serve({"/a": HTML}) as (base, seen):
        url = base.replace("127.0.0.1", host)
        with pytest.raises(FetchFailed, match="not a public address"):
            fetch(f"{url}/a", Metadata(), limit=LIMIT, timeout=5)
        assert seen == []
        assert get(f"{url}/a").size  # on request it is


def test_each_hop_of_a_redirect_is_checked() -> None:
    reached = []

    def answer(request: httpx.Request) -> httpx.Response:
        reached.append(
            (request.url.host, request.headers["Host"], request.extensions["sni_hostname"])
        )
        return httpx.Response(302, headers={"Location": "http://169.254.169.254/latest"})

    transport = CheckedTransport(
        deadline=time.monotonic() + 60, allow_private=False, inner=httpx.MockTransport(answer)
    )
    with (
        httpx.Client(transport=transport, follow_redirects=True) as client,
        pytest.raises(FetchFailed, match=r"169\.254\.169\.254, which is not a public address"),
    ):
        client.get("http://1.1.1.1/a")
    assert reached == [("1.1.1.1", "1.1.1.1", "1.1.1.1")]


def test_a_redirect_to_another_scheme_is_refused() -> None:
    reply = Reply(status=302, headers={"Location": "file:///etc/passwd"})
    with serve({"/a": reply}) as (base, _), pytest.raises(FetchFailed, match="cannot be fetched"):
        get(f"{base}/a")


def test_no_hop_is_begun_after_the_deadline() -> None:
    with (
        httpx.Client(transport=CheckedTransport(deadline=0, allow_private=True)) as client,
        pytest.raises(httpx.TimeoutException),
    ):
        client.get("http://127.0.0.1:9/")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
    ],
)
def test_private_addresses_in_every_form(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))
