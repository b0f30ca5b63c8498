"""HTTP connections that go to checked addresses only, and end in time.

Imported by :mod:`index.load.fetch` when something is fetched, since it imports httpx.
"""

from __future__ import annotations

import ipaddress
import socket
import time

import httpx

from index.errors import FetchFailed

_HTTP_PORT, _HTTPS_PORT = 80, 443

# NAT64 (RFC 6052): the last 32 bits are an IPv4 address.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

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
        self._inner = inner or httpx.HTTPTransport(trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send ``request`` to a checked address.

        Raises:
            FetchFailed: if the host cannot be resolved or may not be reached.
            httpx.TimeoutException: if the deadline has passed.
        """
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise httpx.ReadTimeout("the time is up", request=request)
        host = request.url.host
        port = request.url.port or (_HTTPS_PORT if request.url.scheme == "https" else _HTTP_PORT)
        address = resolve(host, port, allow_private=self._allow_private)
        request.extensions = {
            **request.extensions,
            "sni_hostname": host,
            "timeout": dict.fromkeys(("connect", "read", "write", "pool"), left),
        }
        request.url = request.url.copy_with(host=str(address))
        return self._inner.handle_request(request)

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


def resolve(host: str, port: int, *, allow_private: bool) -> Address:
    """Return an address of ``host`` that may be connected to.

    Raises:
        FetchFailed: if there is none, or if any of the host's addresses is not public and
            ``allow_private`` is not set.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FetchFailed(f"{host} cannot be resolved: {reason}") from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    for address in addresses:
        if not allow_private and not is_public(address):
            raise FetchFailed(
                f"{host} is at {address}, which is not a public address",
                hint="Save the page and ingest the file.",
            )
    return addresses[0]


def is_public(address: Address) -> bool:
    """Return whether ``address`` is reachable by everyone, as far as the address itself tells.

    IPv6 addresses that embed an IPv4 address (mapped, 6to4, Teredo, NAT64) are as public as that.
    """
    if isinstance(address, ipaddress.IPv6Address):
        embedded = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _NAT64:
            embedded.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if any(inner is not None and not is_public(inner) for inner in embedded):
            return False
        if address.ipv4_mapped is not None:
            return True
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast
