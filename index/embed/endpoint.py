"""Embeddings from an OpenAI-compatible endpoint (``POST /embeddings``).

Protocol: the OpenAI API reference, "Create embeddings". Results are put in order by their
``index``, since endpoints may return them in any order.

The ``openai`` client bounds each read, not the call: its retries, and the waits that an endpoint
asks for (up to two minutes each), come on top. Here one deadline covers them all.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit, urlunsplit

import numpy as np

from index.certificates import certificates
from index.embed import Vectors
from index.errors import EmbeddingEndpointFailed
from index.refusals import VENDOR_URL, Refusal, tidy
from index.text.tokens import count, prefix

if TYPE_CHECKING:
    from openai import OpenAI

BATCH = 64
"""Texts per request; well under the 2,048 that the vendor allows, so that a retry costs little."""
REQUEST_TOKENS = 16_384
"""Tokens per request, unless one text alone has more; local servers are started with such limits,
and a vendor's is far above."""
LONGEST_PAUSE = 30.0
"""Seconds to which the pause before another attempt grows, where the endpoint asks for none."""

_TOO_LARGE = re.compile(
    r"too (large|long|many)|context[_ ](length|size|window)|batch[_ ]size|max\w*[_ ]tokens"
    r"|at most \d+|(less|fewer) than \d+|exceed.{0,40}(token|length|size|batch)",
    re.IGNORECASE,
)
"""How OpenAI, vLLM, text-embeddings-inference, llama.cpp and others say that it was too much."""


class _TooLarge(Exception):
    """The endpoint refused a request for its size."""


class _Passing(Exception):
    """An attempt that failed in a way that may pass."""

    def __init__(self, reason: str, *, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


@dataclass
class EndpointEmbedder:
    """An embedding model behind an OpenAI-compatible endpoint; safe to share by threads."""

    model: str
    """Name of the model at the endpoint."""
    base_url: str = ""
    """Base URL; empty means the vendor's own."""
    api_key: str = ""
    """Key; local endpoints mostly need none."""
    _: KW_ONLY
    dimensions: int = 0
    """Length of vector to ask for; 0 leaves it to the model."""
    query_prefix: str = ""
    """Words that the model wants before a question."""
    passage_prefix: str = ""
    """Words that the model wants before a passage."""
    max_tokens: int = 8191
    """Longest text in tokens of ``cl100k_base``, prefix included; a longer one is cut there."""
    timeout: float = 120.0
    """Seconds after which a request is given up, retries included."""
    retries: int = 4
    """How often a passing failure is tried again."""
    pause: float = 0.5
    """Seconds before the first retry, doubled each time, where the endpoint asks for none."""
    runtime_seconds: float = field(default=0.0, init=False)
    """Seconds spent waiting for the endpoint so far."""
    _client: OpenAI | None = field(default=None, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _dimension: int = field(default=0, init=False, repr=False)
    _most: int = field(default=BATCH, init=False, repr=False)

    def __post_init__(self) -> None:
        self._dimension = self.dimensions

    @property
    def identity(self) -> str:
        """Name of the space: endpoint, model, and whatever else changes its vectors.

        The longest text is none of that: a text that is cut has the vector of what is left, in the
        same space.
        """
        name = f"endpoint:{self.model}@{_address(self.base_url)}"
        more = {
            "dimensions": str(self.dimensions or ""),
            "query_prefix": self.query_prefix,
            "passage_prefix": self.passage_prefix,
        }
        given = "&".join(f"{key}={quote(value)}" for key, value in more.items() if value)
        return f"{name}?{given}" if given else name

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text, in the order given.

        Raises:
            EmbeddingEndpointFailed: if the endpoint is unreachable, refuses, does not answer in
                time, or returns vectors that are too few, of different lengths, zero or not finite.
        """
        parts = [self._embed(batch) for batch in self._batches(texts)]
        return np.concatenate(parts) if parts else np.empty((0, self._dimension), np.float32)

    def embed_query(self, text: str) -> Vectors:
        """Return the unit vector of a question.

        Raises:
            EmbeddingEndpointFailed: as for passages.
        """
        vector: Vectors = self._embed([prefix(self.query_prefix + text, self.max_tokens)])[0]
        return vector

    def _batches(self, texts: Sequence[str]) -> Iterator[list[str]]:
        """Put the texts together up to the limits of a request."""
        batch: list[str] = []
        size = 0
        for text in texts:
            cut = prefix(self.passage_prefix + text, self.max_tokens)
            length = count(cut)
            if batch and (len(batch) >= self._most or size + length > REQUEST_TOKENS):
                yield batch
                batch, size = [], 0
            batch.append(cut)
            size += length
        if batch:
            yield batch

    def _embed(self, texts: list[str]) -> Vectors:
        """Return the vectors of one batch, in halves where the endpoint does not take it whole."""
        began = time.perf_counter()
        try:
            return self._vectors(self._request(texts), len(texts))
        except _TooLarge as refusal:
            if len(texts) == 1:
                raise EmbeddingEndpointFailed(
                    f"the embeddings endpoint does not take a text of {count(texts[0])} tokens: "
                    f"{refusal}",
                    hint=f"Set DOSSIER_EMBEDDING_MAX_TOKENS (now {self.max_tokens}) lower.",
                ) from refusal
        finally:
            self.runtime_seconds += time.perf_counter() - began
        middle = (len(texts) + 1) // 2
        halves = np.concatenate([self._embed(texts[:middle]), self._embed(texts[middle:])])
        self._most = min(self._most, middle)  # what was learned once holds for the batches to come
        return halves

    def _request(self, texts: list[str]) -> bytes:
        """Send a batch until it is answered, within the deadline; return the body."""
        deadline = time.monotonic() + self.timeout
        attempt = 0
        while True:
            try:
                return self._attempt(texts, deadline)
            except _Passing as failure:
                wait = failure.wait
                if wait is None:
                    wait = min(self.pause * 2**attempt, LONGEST_PAUSE)
                if attempt >= self.retries:
                    raise self._failed(str(failure)) from failure
                if time.monotonic() + wait >= deadline:
                    asked = f" and asks to wait {failure.wait:.0f} s" if failure.wait else ""
                    reason = f"{failure}{asked}; a request may take {self.timeout:g} s"
                    raise self._failed(reason) from failure
            time.sleep(wait)
            attempt += 1

    def _attempt(self, texts: list[str], deadline: float) -> bytes:
        """Send a batch once.

        Raises:
            _Passing: if it failed and may succeed a little later.
            _TooLarge: if it was refused for its size.
        """
        import openai

        parameters: dict[str, Any] = {"dimensions": self.dimensions} if self.dimensions else {}
        # An attempt that hangs must leave time for another.
        left = max(min(deadline - time.monotonic(), self.timeout / 2), 0.001)
        try:
            with self._opened().embeddings.with_streaming_response.create(
                model=self.model,
                input=texts,
                encoding_format="float",
                timeout=left,
                **parameters,
            ) as response:
                return _read(response.iter_bytes(), deadline)
        except openai.APIStatusError as error:
            answer = error.response
            refusal = Refusal(answer.status_code, answer.headers, error.body, self.api_key)
            words = f"status {refusal.status} {refusal.words}".strip()
            if refusal.status == 413 or (
                refusal.status in (400, 422, 500)
                and _TOO_LARGE.search(f"{refusal.code} {refusal.words}")
            ):
                raise _TooLarge(words) from error
            if refusal.is_passing:
                raise _Passing(words, wait=refusal.retry_after(datetime.now(UTC))) from error
            raise self._failed(words) from error
        except openai.APIConnectionError as error:  # a timeout is one too
            raise _Passing(tidy(error.__cause__ or error, self.api_key)) from error
        except (openai.OpenAIError, ValueError, TypeError) as error:
            raise self._failed(tidy(error, self.api_key)) from error

    def _opened(self) -> OpenAI:
        # The client trips over a half of httpx, which it finds while another thread imports that.
        import httpx  # noqa: F401
        import openai

        with self._lock:
            if self._client is None:
                if not (self.base_url or self.api_key):
                    raise self._failed(f"no key is set for {VENDOR_URL}")
                try:
                    self._client = openai.OpenAI(
                        api_key=self.api_key or "none",  # the client insists on one
                        base_url=self.base_url or VENDOR_URL,
                        max_retries=0,
                        http_client=openai.DefaultHttpxClient(verify=certificates()),
                    )
                except Exception as error:  # what is no address is up to the HTTP library
                    raise self._failed(f"{self.base_url!r}: {error}") from error
                # Else taken from the environment.
                self._client.organization = self._client.project = None
            return self._client

    def _vectors(self, body: bytes, texts: int) -> Vectors:
        try:
            rows = {item["index"]: item["embedding"] for item in json.loads(body)["data"]}
            matrix = np.array([rows[i] for i in range(texts)], np.float32)
        except (KeyError, TypeError, ValueError) as error:
            raise self._failed(f"it did not return {texts} vectors of one length") from error
        lengths = np.linalg.norm(matrix, axis=-1, keepdims=True) if matrix.ndim == 2 else None
        if lengths is None or not np.isfinite(matrix).all() or not lengths.all():
            raise self._failed("it returned unusable vectors")
        found = matrix.shape[1]
        if self.dimensions not in (0, found):
            raise EmbeddingEndpointFailed(
                f"the embeddings endpoint was asked for vectors of {self.dimensions} dimensions "
                f"and returned {found}",
                hint="Leave DOSSIER_EMBEDDING_DIMENSIONS empty: this model does not shorten them.",
            )
        if self._dimension not in (0, found):
            raise EmbeddingEndpointFailed(
                f"the embeddings endpoint returned {found} dimensions after {self._dimension}",
                hint="It has another model now: set it back, or start Dossier anew and run "
                "`dossier reindex --embed`.",
            )
        self._dimension = found
        unit: Vectors = matrix / lengths
        return unit

    def _failed(self, reason: str) -> EmbeddingEndpointFailed:
        return EmbeddingEndpointFailed(f"the embeddings endpoint failed: {reason}")


def _read(pieces: Iterator[bytes], deadline: float) -> bytes:
    """Put a body together, not longer than until the deadline.

    Raises:
        _Passing: if it does not come whole in time.
    """
    body = bytearray()
    while time.monotonic() < deadline:
        try:
            piece = next(pieces, None)
        except Exception as error:  # those of the HTTP library below the client
            raise _Passing(f"the connection was lost: {tidy(error)}") from error
        if piece is None:
            return bytes(body)
        body += piece
    raise _Passing("its answer takes too long")


def _address(base_url: str) -> str:
    """Return a base URL as part of a name that is stored and shown: without a password."""
    if not base_url:
        return "default"
    try:
        parts = urlsplit(base_url.rstrip("/"))
    except ValueError:  # no address at all, which the first request will tell
        return base_url
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
