"""A document from an http or https address, without reaching where nobody pointed.

An address may be typed by one person and fetched by another's server, and a page may redirect
anywhere. So by default nothing is fetched from addresses that are not public: loopback, private
networks, link-local ones with their metadata services, and IPv6 forms that embed such addresses
(CWE-918, server-side request forgery).

What is guaranteed: at each hop the host is resolved once, every address it resolves to is checked,
and the connection goes to a checked address, so a name that resolves differently the next moment
changes nothing. At the deadline connections are cut. Proxy settings and ``.netrc`` of the
environment are not used, nor credentials in the address. What is not: a public address that itself
forwards to a private one is not seen through.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag, urlsplit

from index.errors import AddressRefused, DocumentTooLarge, FetchFailed
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


@dataclass(frozen=True, slots=True)
class Download:
    """What was served."""

    data: bytes
    """The body."""
    media_type: str | None
    """As the server states it."""
    etag: str | None = None
    """By which the server recognises this state of it."""
    last_modified: str | None = None
    """When it was changed, in the server's words."""


def fetch(
    url: str, given: Metadata, *, limit: int, timeout: float, allow_private: bool = False
) -> Origin:
    """Return what is served at ``url``, with the address as its source and stated ``url``.

    Args:
        url: an http or https address; a fragment is cut off.
        given: metadata from flags; its ``url`` wins over the address.
        limit: most bytes to accept.
        timeout: seconds for the whole fetch.
        allow_private: whether addresses that are not public may be reached.

    Raises:
        DossierError: what :func:`download` raises.
    """
    source = urldefrag(url.strip()).url
    found = download(source, limit=limit, timeout=timeout, allow_private=allow_private)
    assert found  # nothing was known before
    return Origin(
        source=source,
        name=_name(source),
        given=given.over(Metadata(url=source)),
        data=found.data,
        size=len(found.data),
        media_type=found.media_type,
    )


def download(
    source: str,
    *,
    limit: int,
    timeout: float,
    allow_private: bool = False,
    known: Download | None = None,
) -> Download | None:
    """Return what is served at an address, ``None`` if it is still what is ``known``.

    Args:
        source: an http or https address.
        limit: most bytes to accept.
        timeout: seconds for the whole of it.
        allow_private: whether addresses that are not public may be reached.
        known: what was served before.

    Raises:
        AddressRefused: if it is no web address, or leads to where it may not.
        FetchFailed: if it cannot be reached, or answers with an error.
        DocumentTooLarge: if more than ``limit`` bytes are served.
    """
    import httpx

    from index.load.transport import CheckedTransport

    require_plain(source)
    deadline = time.monotonic() + timeout
    try:
        with (
            httpx.Client(
                transport=CheckedTransport(deadline=deadline, allow_private=allow_private),
                headers=_HEADERS | _conditions(known),
                follow_redirects=True,
                max_redirects=MOST_REDIRECTS,
                trust_env=False,
            ) as client,
            client.stream("GET", source) as response,
        ):
            if known is not None and response.status_code == httpx.codes.NOT_MODIFIED:
                return None
            _require_success(response, source)
            data = b"".join(_body(response, source, limit=limit, deadline=deadline))
            return Download(
                data,
                response.headers.get("content-type"),
                response.headers.get("etag"),
                response.headers.get("last-modified"),
            )
    except httpx.TimeoutException as error:
        raise FetchFailed(f"{source} was not there within {timeout:g} seconds") from error
    except httpx.TooManyRedirects as error:
        raise FetchFailed(f"{source} redirects more than {MOST_REDIRECTS} times") from error
    except (httpx.HTTPError, httpx.InvalidURL, zlib.error, ValueError) as error:
        if time.monotonic() >= deadline:
            raise FetchFailed(f"{source} was not there within {timeout:g} seconds") from error
        raise FetchFailed(f"{source} cannot be fetched: {error or type(error).__name__}") from error


def _conditions(known: Download | None) -> dict[str, str]:
    """Return the headers by which a server tells that nothing changed (RFC 9110, section 13)."""
    if known is None:
        return {}
    given = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in given.items() if value}


def require_plain(source: str) -> None:
    """Refuse what is no web address, or says more than where something is.

    Raises:
        AddressRefused: without repeating a password.
    """
    if not is_web_address(source):
        raise AddressRefused(
            f"{source!r} is not an http or https address", hint="Give a whole address, https://…"
        )
    parts = urlsplit(source)
    if parts.username is not None or parts.password is not None:
        raise AddressRefused(
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
        yield piece
    if time.monotonic() > deadline:  # what was cut then may look like the end
        raise httpx.ReadTimeout("the time is up", request=response.request)
    if unpack and not unpack.eof:
        raise FetchFailed(f"{source} broke off before its end")


def _name(source: str) -> str:
    """Return the last part of an address's path as a file name, or else the host."""
    parts = urlsplit(source)
    name = unquote(parts.path.rstrip("/").rpartition("/")[2])
    return storable(name) or parts.hostname or source
