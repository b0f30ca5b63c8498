"""A scripted OpenAI-compatible endpoint on loopback: real sockets, no keys, no surprises.

A test writes down what the endpoint shall reply, talks to it through the code under test, and looks
at what was asked::

    from scripted_endpoint import scripted_endpoint
    from scripted_replies import status, text

    with scripted_endpoint(status(429, headers={"Retry-After": "0"}), text("Yes. [1]")) as endpoint:
        settings = Settings(model="scripted", model_base_url=endpoint.base_url)
        ...
        assert len(endpoint.chats) == 2
        assert "evidence" in endpoint.chats[0].prompt

Chat replies are used one per request to ``/v1/chat/completions``; the last one repeats for as long
as requests come. A reply may also be a function of the request, where it depends on the prompt::

    scripted_endpoint(lambda request: text(f"Yes. [{number_of('Kursk', request.prompt)}]"))

:mod:`scripted_replies` has them all. A request that does not ask for a stream gets the same content
as one JSON completion.

``/v1/embeddings`` answers with deterministic unit vectors (``scripted_replies.vector``): the same
text always gets the same one, and texts that share words are near each other. Its replies are
scripted by ``embeddings=(...)`` out of ``vectors``, ``status``, ``html``, ``garbage`` and ``hang``.
``/v1/models`` lists ``models``, or gives ``models_reply``.

Leaving the ``with`` block ends every hanging reply at once.
"""

from __future__ import annotations

import base64
import json
import select
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from scripted_replies import Reply, Request, Script, Vectors, status, vector


class _Server(ThreadingHTTPServer):
    """A server that says nothing of clients that leave, which is theirs to do."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell of errors, except of a connection that is gone."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Endpoint:
    """A running endpoint: where it is, and what it was asked."""

    def __init__(
        self,
        replies: Sequence[Script],
        embeddings: Sequence[Script],
        models: Sequence[str],
        models_reply: Reply | None,
    ) -> None:
        self.models = tuple(models)
        self.models_reply = models_reply
        self.requests: list[Request] = []
        self.left: list[float] = []
        """When clients were seen to be gone before they had their reply, by ``time.monotonic``."""
        self.closing = threading.Event()
        self._scripts = {"chat": list(replies), "embeddings": list(embeddings)}
        self._lock = threading.Lock()
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.daemon_threads = True
        self.server.block_on_close = False
        self.server.endpoint = self  # type: ignore[attr-defined]

    @property
    def base_url(self) -> str:
        """What to set as the base URL."""
        return f"http://127.0.0.1:{self.server.server_address[1]}/v1"

    @property
    def chats(self) -> list[Request]:
        """The chat requests so far."""
        return [r for r in self.requests if r.path.endswith("/chat/completions")]

    @property
    def embedded(self) -> list[Request]:
        """The embeddings requests so far."""
        return [r for r in self.requests if r.path.endswith("/embeddings")]

    def next_reply(self, kind: str, request: Request) -> Reply:
        """Take the next reply of a script; the last one stays."""
        with self._lock:
            script = self._scripts[kind]
            if not script:
                return status(500, f"nothing is scripted for {request.path}")
            reply = script.pop(0) if len(script) > 1 else script[0]
        return reply(request) if callable(reply) else reply


@contextmanager
def scripted_endpoint(
    *replies: Script,
    embeddings: Sequence[Script] = (Reply(vectors=Vectors()),),
    models: Sequence[str] = ("scripted",),
    models_reply: Reply | None = None,
) -> Iterator[Endpoint]:
    """Run an endpoint on a free port for the length of the block."""
    endpoint = Endpoint(replies, embeddings, models, models_reply)
    thread = threading.Thread(
        target=endpoint.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
    )
    thread.start()
    try:
        yield endpoint
    finally:
        endpoint.closing.set()
        endpoint.server.shutdown()
        endpoint.server.server_close()
        thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *args: object) -> None:
        """Stay silent."""

    @property
    def endpoint(self) -> Endpoint:
        return self.server.endpoint  # type: ignore[attr-defined,no-any-return]

    def do_GET(self) -> None:
        request = self._record({})
        if not request.path.endswith("/models"):
            self._send(status(404, f"no such path: {request.path}"), request)
        elif self.endpoint.models_reply is not None:
            self._send(self.endpoint.models_reply, request)
        else:
            data = [{"id": name, "object": "model"} for name in self.endpoint.models]
            self._send_bytes(Reply(body=json.dumps({"object": "list", "data": data}).encode()))

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            body = json.loads(raw)
        except ValueError:
            body = {}
        request = self._record(body)
        if request.path.endswith("/chat/completions"):
            self._send(self.endpoint.next_reply("chat", request), request)
        elif request.path.endswith("/embeddings"):
            self._send(self.endpoint.next_reply("embeddings", request), request)
        else:
            self._send(status(404, f"no such path: {request.path}"), request)

    def _record(self, body: dict[str, Any]) -> Request:
        request = Request(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        self.endpoint.requests.append(request)
        return request

    def _send(self, reply: Reply, request: Request) -> None:
        try:
            if reply.hang:
                self._waits(reply.hang)
                self.close_connection = True
            elif reply.vectors is not None:
                self._send_vectors(reply, reply.vectors, request)
            elif reply.deltas is None:
                self._send_bytes(reply)
            elif request.body.get("stream"):
                self._send_stream(reply, request)
            else:
                self._send_completion(reply, request)
        except OSError:  # the client went away, which some tests want
            self.endpoint.left.append(time.monotonic())
            self.close_connection = True

    def _waits(self, seconds: float) -> bool:
        """Wait; return whether the endpoint ends. A client that goes away is an error at once."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self.endpoint.closing.wait(min(left, 0.02)):
                return True
            readable = select.select([self.connection], [], [], 0)[0]
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                raise ConnectionAbortedError
        return False

    def _send_bytes(self, reply: Reply) -> None:
        self.send_response(reply.code)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        size = max(1, len(reply.body) // 8) if reply.pause else max(1, len(reply.body))
        for start in range(0, len(reply.body), size):
            if reply.pause and self._waits(reply.pause):
                self.close_connection = True
                return
            self.wfile.write(reply.body[start : start + size])

    def _send_vectors(self, reply: Reply, shape: Vectors, request: Request) -> None:
        given = request.body["input"]
        texts = [given] if isinstance(given, str) else given
        data = []
        for number, words in enumerate(texts[: len(texts) - shape.missing]):
            values: Any = vector(str(words), shape.dimensions)
            if shape.poison is not None:
                values[0] = shape.poison
            if request.body.get("encoding_format") == "base64":
                values = base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode()
            data.append({"object": "embedding", "index": number, "embedding": values})
        if shape.reverse:
            data.reverse()
        body = {
            "object": "list",
            "model": request.body.get("model"),
            "data": data,
            "usage": {"prompt_tokens": len(texts), "total_tokens": len(texts)},
        }
        self._send_bytes(Reply(body=json.dumps(body).encode(), pause=reply.pause))

    def _send_completion(self, reply: Reply, request: Request) -> None:
        merged: dict[str, Any] = {"role": "assistant", "content": ""}
        for delta in reply.deltas or ():
            merged["content"] += delta.get("content") or ""
            merged["refusal"] = delta.get("refusal", merged.get("refusal"))
        choice = {"index": 0, "message": merged, "finish_reason": reply.finish}
        body = self._chunk(request, "chat.completion") | {
            "choices": [choice] if reply.choices else []
        }
        self._send_bytes(Reply(body=json.dumps(body).encode()))

    def _send_stream(self, reply: Reply, request: Request) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for event in self._events(reply, request):
            if reply.pause and self._waits(reply.pause):
                self.close_connection = True
                return
            size = reply.split or len(event)
            for start in range(0, len(event), size):
                piece = event[start : start + size]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        if reply.drop:  # no closing chunk: the client sees a broken connection
            self.close_connection = True
        else:
            self.wfile.write(b"0\r\n\r\n")

    def _events(self, reply: Reply, request: Request) -> Iterator[bytes]:
        def event(data: dict[str, Any]) -> bytes:
            return b"data: " + json.dumps(data, ensure_ascii=False).encode() + b"\n\n"

        head = self._chunk(request, "chat.completion.chunk")
        for delta in reply.deltas or ():
            choice = {"index": 0, "delta": delta, "finish_reason": None}
            yield event(head | {"choices": [choice] if reply.choices else []})
        if reply.error is not None:
            yield event({"error": reply.error})
        if reply.finish is not None and reply.choices:
            yield event(
                head | {"choices": [{"index": 0, "delta": {}, "finish_reason": reply.finish}]}
            )
        options = request.body.get("stream_options") or {}
        if reply.usage is not None and options.get("include_usage"):
            prompt, completion = reply.usage
            usage = {
                "prompt_tokens": prompt,
                "completion_tokens": completion,
                "total_tokens": prompt + completion,
            }
            yield event(head | {"choices": [], "usage": usage})
        if reply.done:
            yield b"data: [DONE]\n\n"

    def _chunk(self, request: Request, kind: str) -> dict[str, Any]:
        return {
            "id": "chatcmpl-scripted",
            "object": kind,
            "created": 1,
            "model": request.body.get("model", "scripted"),
        }
