"""The client of a model's endpoint: settings of ours only, connections for one call."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from index.certificates import certificates
from index.refusals import VENDOR_URL, without_credentials
from qa.errors import ModelUnauthorized, ModelUnreachable

if TYPE_CHECKING:
    from openai import AsyncOpenAI


@contextlib.asynccontextmanager
async def opened(address: str, api_key: str, seconds: float) -> AsyncIterator[AsyncOpenAI]:
    """Open a client and close it with all of its connections.

    Nothing is taken from the environment but proxies and certificates. The transport is that of
    aiohttp, for which a token of a stream takes half the work that it takes with httpx.

    Args:
        address: where the endpoint is, with a user and a password if it wants them.
        api_key: the key for it; empty for none.
        seconds: how long a read may take.

    Raises:
        ModelUnauthorized: if the vendor's own endpoint would be called without a key.
        ModelUnreachable: if the address is none.
    """
    # A second, off the event loop. The client trips over a half of httpx, which it finds while
    # another thread imports that for Chroma.
    for needed in ("httpx", "openai"):
        await asyncio.to_thread(import_module, needed)
    from openai import AsyncOpenAI, DefaultAioHttpClient

    shown = without_credentials(address)
    if shown == VENDOR_URL and not api_key:
        raise ModelUnauthorized(f"no key is set for {shown}", hint="Set DOSSIER_MODEL_API_KEY.")
    try:
        plain, user = _signed_in(address)
        client = AsyncOpenAI(
            api_key=api_key or "none",  # the client insists on one
            base_url=plain,
            timeout=seconds,
            max_retries=0,
            http_client=DefaultAioHttpClient(verify=certificates(), auth=user),
        )
    except Exception as error:  # what makes an address unusable is up to the HTTP library
        raise ModelUnreachable(f"{shown!r} is not a usable address: {error}") from error
    client.organization = client.project = None  # else taken from the environment
    try:
        yield client
    finally:
        await client.close()


def _signed_in(address: str) -> tuple[str, tuple[str, str] | None]:
    """Return an address without the user in it, and the user with the password.

    They go in place of the key (RFC 7617); the transport takes no address that holds them.
    """
    parts = urlsplit(address)
    if parts.username is None and parts.password is None:
        return address, None
    plain = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return plain, (unquote(parts.username or ""), unquote(parts.password or ""))
