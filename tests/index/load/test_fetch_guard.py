"""Every way around the guard of fetching that is known, tried at the level of sockets.

Public addresses are made up: a resolver of ours gives them out, and connections to them are led to
a server on loopback, after the guard has seen the address that they go to.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Sequence
from typing import Any

import pytest
from load_samples import Reply, serve

from index.errors import AddressRefused, FetchFailed
from index.load import Origin
from index.load.fetch import fetch
from index.models import Metadata

PUBLIC, OTHER = "93.184.215.14", "93.184.215.15"
PAGE = Reply(b"The lock opened.\n", headers={"Content-Type": "text/plain"})


def get(url: str, *, timeout: float = 20, allow_private: bool = False) -> Origin:
    return fetch(url, Metadata(), limit=100_000, timeout=timeout, allow_private=allow_private)


class Net:
    """A name service and a network of ours."""

    def __init__(self) -> None:
        self.names: dict[str, list[list[str]]] = {}
        """Answers to the first, second, … question for a name; the last one stays."""
        self.reached: list[tuple[str, int]] = []
        """Where connections were made to."""

    def resolve(self, host: str, port: int, *given: Any, **named: Any) -> Sequence[Any]:
        if host not in self.names:
            return self._real(host, port, *given, **named)
        answers = self.names[host]
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    _real = staticmethod(socket.getaddrinfo)


@pytest.fixture
def net(monkeypatch: pytest.MonkeyPatch) -> Net:
    made = Net()
    connect, peer = socket.socket.connect, socket.socket.getpeername
    led: dict[int, str] = {}

    def lead(self: socket.socket, address: Any) -> None:
        made.reached.append((address[0], address[1]))
        if address[0] in {PUBLIC, OTHER}:
            connect(self, ("127.0.0.1", address[1]))
            led[id(self)] = address[0]
        else:
            connect(self, address)

    def named(self: socket.socket) -> Any:
        return (led[id(self)], 80) if id(self) in led else peer(self)

    monkeypatch.setattr(socket, "getaddrinfo", made.resolve)
    monkeypatch.setattr(socket.socket, "connect", lead)
    monkeypatch.setattr(socket.socket, "getpeername", named)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    return made


def port_of(base: str) -> int:
    return int(base.rpartition(":")[2])


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "017700000001",
        "0177.0.0.1",
        "127.0.0.1.",
        "0.0.0.0",
        "0",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "[fe80::1%25lo]",
        "10.0.0.1",
        "169.254.169.254",
        "[fd00:ec2::254]",
        "100.100.100.200",
        "224.0.0.1",
        "255.255.255.255",
    ],
)
def test_no_way_to_write_it_leads_inside(net: Net, host: str) -> None:
    with serve({"/": PAGE}) as (base, seen):
        with pytest.raises(FetchFailed):
            get(f"http://{host}:{port_of(base)}/")
        assert seen == []
    assert net.reached == []


@pytest.mark.parametrize(
    "inside",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "192.0.0.1",
        "198.18.0.1",
        "240.0.0.1",
        "::1",
        "::ffff:10.0.0.1",
        "::ffff:0:10.0.0.1",
        "::10.0.0.1",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "100::1",
        "2001:db8::1",
        "2001:0:7f00:1::",
        "2002:a00:1::",
        "64:ff9b::a00:1",
        "64:ff9b:1::a00:1",
        "2606:4700::5efe:a00:1",
        "2606:4700::200:5efe:a00:1",
    ],
)
def test_a_name_that_leads_inside_is_refused_also_beside_public_addresses(
    net: Net, inside: str
) -> None:
    for found in ([inside], [PUBLIC, inside], [inside, PUBLIC]):
        net.names["evil.example"] = [found]
        with pytest.raises(AddressRefused, match="not a public address"):
            get("http://evil.example/")
    assert net.reached == []


def test_a_name_that_changes_its_mind_leads_to_what_was_checked(net: Net) -> None:
    net.names["evil.example"] = [[PUBLIC], ["127.0.0.1"]]
    with serve({"/a": PAGE}) as (base, seen):
        port = port_of(base)
        origin = get(f"http://evil.example:{port}/a")
        assert origin.data == PAGE.body
        assert net.reached == [(PUBLIC, port)]
        assert seen[0][1]["Host"] == f"evil.example:{port}"
        with pytest.raises(AddressRefused):  # the next fetch asks and checks anew
            get(f"http://evil.example:{port}/a")
        assert len(seen) == 1


def test_each_hop_asks_and_checks_anew(net: Net) -> None:
    """A name that is public for the first hop and private for the second."""
    net.names["evil.example"] = [[PUBLIC], ["127.0.0.1"]]
    net.names["good.example"] = [[OTHER]]
    replies = {"/a": Reply(status=302, headers={"Location": "/b"}), "/b": PAGE}
    with serve(replies) as (base, seen):
        port = port_of(base)
        with pytest.raises(AddressRefused):
            get(f"http://evil.example:{port}/a")
        assert [path for path, _ in seen] == ["/a"]
        assert get(f"http://good.example:{port}/a").data == PAGE.body
    assert {host for host, _ in net.reached} == {PUBLIC, OTHER}


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:{port}/b",
        "//127.0.0.1:{port}/b",
        "http://2130706433:{port}/b",
        "http://[::ffff:127.0.0.1]:{port}/b",
        "http://evil@127.0.0.1:{port}/b",
        "http://good.example:pw@good.example:{port}/b",
        "http://good.example:{port}@127.0.0.1:{port}/b",
        "http://127.0.0.1:{port}\\@good.example/b",
        "file:///etc/passwd",
        "gopher://127.0.0.1:{port}/b",
        "ftp://good.example/b",
        "javascript:alert(1)",
    ],
)
def test_no_redirect_leads_inside_or_elsewhere(net: Net, location: str) -> None:
    net.names["good.example"] = [[PUBLIC]]
    replies: dict[str, Reply] = {"/b": PAGE}
    with serve(replies) as (base, seen):
        port = port_of(base)
        to = location.format(port=port)
        replies["/a"] = Reply(status=307, headers={"Location": to})
        with pytest.raises(FetchFailed):
            get(f"http://good.example:{port}/a")
        assert [path for path, _ in seen] == ["/a"]
    assert net.reached == [(PUBLIC, port)]


def test_nothing_of_one_host_is_told_to_another(
    net: Net, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / ".netrc").write_text("default login me password hunter2")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    net.names |= {"good.example": [[PUBLIC]], "other.example": [[OTHER]]}
    with serve({}) as (base, _):
        pass
    replies: dict[str, Reply] = {"/b": PAGE}
    with serve(replies) as (base, seen):
        port = port_of(base)
        replies["/a"] = Reply(
            status=302,
            headers={"Location": f"http://other.example:{port}/b", "Set-Cookie": "s=hunter3"},
        )
        get(f"http://good.example:{port}/a")
    for _, headers in seen:
        assert "Authorization" not in headers
        assert "Referer" not in headers
        assert "hunter" not in str(headers)


def test_this_machine_is_not_reached_by_its_public_address(
    net: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.load.transport.is_public", lambda _: True)
    with serve({"/a": PAGE}) as (base, seen), pytest.raises(AddressRefused, match="this machine"):
        get(f"{base}/a")
    assert seen == []


def test_headers_that_drip_are_cut_at_the_deadline() -> None:
    def drip(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            try:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while True:
                    connection.sendall(b"x")
                    time.sleep(0.02)
            except OSError:
                pass

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,))
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/a"
        with pytest.raises(FetchFailed, match=r"not there within 0\.4 seconds"):
            get(url, timeout=0.4, allow_private=True)
        thread.join()
