"""Documents that a client names by their address, fetched by the server where that is allowed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote, urldefrag

from api.errors import UrlIngestOff
from api.upload_names import shortened
from index.errors import AddressRefused, DossierError
from index.load.origins import Origin

if TYPE_CHECKING:
    from index.models import Metadata
    from qa.settings import Settings

SECONDS = 30.0
"""How long an address may take."""
AT_ONCE = 4
"""Addresses that are fetched at the same time."""


def link(url: str, given: Metadata) -> Origin:
    """Return what is to be fetched from ``url``.

    It is known by its address as an upload is by its name: within its collection. Two collections
    may have the same page without touching each other's.

    Raises:
        AddressRefused: if it is no web address, or carries a user name or password.
    """
    from index.load.fetch import require_plain

    address = urldefrag(url.strip()).url
    require_plain(address)
    name = quote(address, safe="!$&'()*+,;=:@?#[]~")
    origin = Origin(source=f"upload:{shortened(name)}", name=address, given=given)
    return replace(origin, given=replace(given, url=address))


def is_link(origin: Origin) -> bool:
    """Return whether something that was sent is an address that is yet to be fetched."""
    return origin.data is None and origin.path is None and origin.problem is None


class Fetcher:
    """Fetches what clients name.

    Args:
        settings: whether that is done at all, and the largest document.
    """

    def __init__(self, settings: Settings) -> None:
        self._allowed = settings.allow_url_ingest
        self._limit = settings.max_document_bytes
        self._places = asyncio.Semaphore(AT_ONCE)

    def require_allowed(self) -> None:
        """Refuse to fetch where that is not allowed.

        Raises:
            UrlIngestOff: if it is not.
        """
        if not self._allowed:
            raise UrlIngestOff("this server fetches no addresses")

    async def fetch(self, origin: Origin) -> Origin:
        """Return ``origin`` with what is served at its address, or with why that cannot be had.

        What the error says tells nothing of the network that the server is in.
        """
        try:
            self.require_allowed()  # it may have been, when a job was made
            async with self._places:
                return await asyncio.to_thread(self._fetch, origin)
        except AddressRefused:
            told = f"{origin.given.url} does not lead to a public address"
            return replace(origin, problem=AddressRefused(told))
        except DossierError as error:
            return replace(origin, problem=error)

    def _fetch(self, origin: Origin) -> Origin:
        from index.load.fetch import fetch

        found = fetch(origin.given.url or "", origin.given, limit=self._limit, timeout=SECONDS)
        return replace(
            origin,
            name=found.name,
            data=found.data,
            size=found.size,
            media_type=found.media_type,
            served=True,
        )
