"""HTTP connections that go to checked addresses only, and end in time.

What is checked is what is connected to: a host is resolved once for each hop, and the connection
goes to one of the addresses found, never to the name. So another answer of the name service, and
every other way to write an address (decimal, octal, short, mapped), lead to the same check.

Imported by :mod:`index.load.fetch` when something is fetched, since it imports httpx.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from contextlib import suppress
from typing import Any

import httpx

from index.certificates import certificates
from index.errors import AddressRefused

_HTTP_PORT, _HTTPS_PORT = 80, 443

# NAT64 (RFC 6052): the last 32 bits are an IPv4 address.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# All that is given out for use on the internet (IANA, IPv6 address space); what is written outside
# of it, such as the old ::127.0.0.1, is for special use.
_GLOBAL = ipaddress.ip_network("2000::/3")
# ISATAP (RFC 5214): an interface identifier with an IPv4 address in its last 32 bits.
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class CheckedTransport(httpx.BaseTransport):
    """Resolves each request's host, checks the addresses, and connects to one of them.

    The connection is made to the address that was checked and not to the name, so that a second
    answer of the name service cannot lead elsewhere. TLS still verifies the name.
    """

    def __init__(
        self, *, deadline: float, allow_private: bool, inner: httpx.BaseTransport | None = None
    ) -> None:
        """Prepare a transport for one fetch with all its redirects.

        Args:
            deadline: time of :func:`time.monotonic` after which no request is begun.
            allow_private: whether addresses that are not public may be reached.
            inner: what connects; by default httpx's own transport, without proxies.
        """
        self._deadline = deadline
        self._allow_private = allow_private
        # No connection is used twice: one that was made for another name at the same address has
        # shown the certificate of that name only.
        unused = httpx.Limits(max_keepalive_connections=0)
        self._inner = inner or httpx.HTTPTransport(
            verify=certificates(environment=False), trust_env=False, limits=unused
        )
        self._watch = _Watch(deadline, own=allow_private)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send ``request`` to a checked address.

        Raises:
            AddressRefused: if the host cannot be resolved or may not be reached, or the address
                carries a user name or password.
            httpx.TimeoutException: if the deadline has passed.
        """
        if request.url.userinfo:
            raise AddressRefused(f"an address on {request.url.host} carries a user name")
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise httpx.ReadTimeout("the time is up", request=request)
        host = request.url.host
        port = request.url.port or (_HTTPS_PORT if request.url.scheme == "https" else _HTTP_PORT)
        address = resolve(host, port, allow_private=self._allow_private)
        extensions = {
            **request.extensions,
            "sni_hostname": host,
            "timeout": dict.fromkeys(("connect", "read", "write", "pool"), left),
            "trace": self._watch.trace,
        }
        # A request of its own: what a redirect says is relative to the name, not to the address.
        return self._inner.handle_request(
            httpx.Request(
                request.method,
                request.url.copy_with(host=str(address)),
                headers=request.headers,
                stream=request.stream,
                extensions=extensions,
            )
        )

    def close(self) -> None:
        """Close the connections."""
        self._watch.close()
        self._inner.close()


class _Watch:
    """Looks at connections as they are made, and cuts them at the deadline.

    One that this machine made to itself is refused: under its public address it may serve more to
    itself than to the world. A read has a time limit of its own, which starts anew with every byte:
    without this, a server that sends its headers byte by byte would be waited for as long as it
    likes.
    """

    def __init__(self, deadline: float, *, own: bool) -> None:
        self._own = own
        self._sockets: list[socket.socket] = []
        self._late = False
        self._timer = threading.Timer(max(0.0, deadline - time.monotonic()), self._cut)
        self._timer.daemon = True
        self._timer.start()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Note a connection that was made; see the extension ``trace`` of httpcore."""
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            made = info["return_value"].get_extra_info("socket")
            if made is None:
                return
            if not self._own and made.getpeername()[0] == made.getsockname()[0]:
                told = f"{made.getpeername()[0]} is an address of this machine"
                made.close()
                raise AddressRefused(told)
            self._sockets.append(made)
            if self._late:
                self._cut()

    def close(self) -> None:
        """Look no longer."""
        self._timer.cancel()

    def _cut(self) -> None:
        self._late = True
        for made in list(self._sockets):
            with suppress(OSError):  # closed already
                made.shutdown(socket.SHUT_RDWR)


def resolve(host: str, port: int, *, allow_private: bool) -> Address:
    """Return an address of ``host`` that may be connected to.

    Raises:
        AddressRefused: if there is none, or if any of the host's addresses is not public and
            ``allow_private`` is not set.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        hint = "Check the address in a browser, or save the page and ingest the file."
        raise AddressRefused(f"{host} cannot be resolved: {reason}", hint=hint) from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    for address in addresses:
        if not allow_private and not is_public(address):
            raise AddressRefused(
                f"{host} is at {address}, which is not a public address",
                hint="With --allow-private it is fetched all the same.",
            )
    return addresses[0]


def is_public(address: Address) -> bool:
    """Return whether ``address`` is reachable by everyone, as far as the address itself tells.

    IPv6 addresses that embed an IPv4 address (mapped, 6to4, Teredo, NAT64, ISATAP) are as public
    as that, and those outside of what is given out for the internet are not.
    """
    if isinstance(address, ipaddress.IPv6Address):
        embedded = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _NAT64:
            embedded.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if int(address) >> 32 & 0xFFFFFFFF in _ISATAP:
            embedded.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if any(inner is not None and not is_public(inner) for inner in embedded):
            return False
        if address.ipv4_mapped is not None:
            return True
        if address not in _GLOBAL:
            return address in _NAT64
    return address.is_global and not address.is_multicast
