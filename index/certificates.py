"""The certificates that connections are checked against, read once in a process."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ssl import SSLContext


@lru_cache
def certificates(*, environment: bool = True) -> SSLContext:
    """Return what TLS connections of httpx are checked with.

    To read the certificates takes httpx some 20 ms, for every client anew and even if the address
    is no TLS one, which is more than a call to a model on this machine needs to begin.

    Args:
        environment: whether ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` say where to find them.
    """
    import httpx

    return httpx.create_ssl_context(trust_env=environment)
