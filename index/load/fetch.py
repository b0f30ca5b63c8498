"""A document from an http or https address, without reaching where nobody pointed.

An address may be typed by one person and fetched by another's server, and a page may redirect
anywhere. So by default nothing is fetched from addresses that are not public: loopback, private
networks, link-local ones with their metadata services, and IPv6 forms that embed such addresses
(CWE-918, server-side request forgery).

What is guaranteed: at each hop the host is resolved once, every address it resolves to is checked,
and the connection goes to a checked address, so a name that resolves differently the next moment
changes nothing. Proxy settings and ``.netrc`` of the environment are not used, nor credentials in
the address. What is not: a public address that itself forwards to a private one is not seen
through, and a server that sends its headers byte by byte can stretch the timeout.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag, urlsplit

from index.errors import DocumentTooLarge, FetchFailed
from index.load.content import storable
from index.load.metadata import is_web_address
from index.load.origins import Origin
from index.models import Metadata

if TYPE_CHECKING:
    import httpx

MOST_REDIRECTS = 5
"""How many redirects are followed."""

_HEADERS = {
    "User-Agent": "dossier-qa",
    "Accept": "text/html, application/pdf, text/plain, text/markdown, */*;q=0.5",
    # Uncompressed on purpose: a few kilobytes of some encodings unpack to gigabytes.
    "Accept-Encoding": "identity",
}
_ZLIB_OR_GZIP = 32 + zlib.MAX_WBITS


def fetch(
    url: str, given: Metadata, *, limit: int, timeout: float, allow_private: bool = False
) -> Origin:
    """Return what is served at ``url``, with the address as its source and stated ``url``.

    Args:
        url: an http or https address; a fragment is cut off.
        given: metadata from flags; its ``url`` wins over the address.
        limit: most bytes to accept.
        timeout: seconds for the whole fetch, checked at each hop and after each piece received.
        allow_private: whether addresses that are not public may be reached.

    Raises:
        FetchFailed: if the address is refused, cannot be reached, or answers with an error.
        DocumentTooLarge: if more than ``limit`` bytes are served.
    """
    import httpx

    from index.load.transport import CheckedTransport

    source = urldefrag(url.strip()).url
    _require_plain(source)
    deadline = time.monotonic() + timeout
    try:
        with (
            httpx.Client(
                transport=CheckedTransport(deadline=deadline, allow_private=allow_private),
                headers=_HEADERS,
                follow_redirects=True,
                max_redirects=MOST_REDIRECTS,
                trust_env=False,
            ) as client,
            client.stream("GET", source) as response,
        ):
            _require_success(response, source)
            data = b"".join(_body(response, source, limit=limit, deadline=deadline))
            media_type = response.headers.get("content-type")
    except httpx.TimeoutException as error:
        raise FetchFailed(f"{source} was not there within {timeout:g} seconds") from error
    except httpx.TooManyRedirects as error:
        raise FetchFailed(f"{source} redirects more than {MOST_REDIRECTS} times") from error
    except (httpx.HTTPError, httpx.InvalidURL, zlib.error, ValueError) as error:
        raise FetchFailed(f"{source} cannot be fetched: {error or type(error).__name__}") from error
    return Origin(
        source=source,
        name=_name(source),
        given=given.over(Metadata(url=source)),
        data=data,
        size=len(data),
        media_type=media_type,
    )


def _require_plain(source: str) -> None:
    if not is_web_address(source):
        raise FetchFailed(
            f"{source!r} is not an http or https address", hint="Give a whole address, https://…"
        )
    parts = urlsplit(source)
    if parts.username is not None or parts.password is not None:
        raise FetchFailed(
            f"the address on {parts.hostname} carries a user name or password",
            hint="Addresses are recorded and shown: save the page and ingest the file.",
        )


def _require_success(response: httpx.Response, source: str) -> None:
    if not response.is_success:
        status = f"{response.status_code} {response.reason_phrase}".strip()
        raise FetchFailed(f"{source} answered with HTTP {status}")


def _body(response: httpx.Response, source: str, *, limit: int, deadline: float) -> Iterator[bytes]:
    """Yield the body in pieces, unpacked where a server packs unasked, never beyond ``limit``."""
    import httpx

    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding not in {"identity", "gzip", "x-gzip", "deflate", ""}:
        raise FetchFailed(f"{source} is served packed as {coding}, which was not asked for")
    unpack = None if coding in {"identity", ""} else zlib.decompressobj(_ZLIB_OR_GZIP)
    received = 0
    for packed in response.iter_raw():
        piece = unpack.decompress(packed, limit - received + 1) if unpack else packed
        received += len(piece)
        if received > limit:
            raise DocumentTooLarge(f"{source} serves more than {limit:,} bytes")
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout("the time is up", request=response.request)
        yield piece
    if unpack and not unpack.eof:
        raise FetchFailed(f"{source} broke off before its end")


def _name(source: str) -> str:
    """Return the last part of an address's path as a file name, or else the host."""
    parts = urlsplit(source)
    name = unquote(parts.path.rstrip("/").rpartition("/")[2])
    return storable(name) or parts.hostname or source
