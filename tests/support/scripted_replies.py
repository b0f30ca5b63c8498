"""The replies that a scripted endpoint can give; see :mod:`scripted_endpoint`.

Each function makes one :class:`Reply`. They cover what real endpoints were seen to do: whole
answers, streams that end early in four ways, refusals, error statuses, web pages, silence, and
embeddings that are out of order, too few, of the wrong length or not numbers.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

DIMENSIONS = 32


@dataclass(frozen=True)
class Request:
    """A request as it arrived."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def prompt(self) -> str:
        """The contents of all messages of a chat request, one after the other."""
        return "\n\n".join(str(message["content"]) for message in self.body["messages"])


@dataclass(frozen=True)
class Reply:
    """One scripted reply; made by the functions below, not by hand."""

    code: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    content_type: str = "application/json"
    deltas: tuple[dict[str, Any], ...] | None = None
    finish: str | None = "stop"
    done: bool = True
    usage: tuple[int, int] | None = (11, 7)
    split: int | None = None
    pause: float = 0.0
    hang: float = 0.0
    drop: bool = False
    error: dict[str, Any] | None = None
    choices: bool = True
    vectors: Vectors | None = None


@dataclass(frozen=True)
class Vectors:
    """How an embeddings reply deviates from a good one."""

    dimensions: int = DIMENSIONS
    reverse: bool = False
    missing: int = 0
    poison: float | None = None


Script = Reply | Callable[[Request], Reply]


def text(
    content: str,
    *,
    chunk: int = 7,
    split: int | None = None,
    usage: tuple[int, int] | None = (11, 7),
    finish: str | None = "stop",
) -> Reply:
    """A whole answer.

    Args:
        content: What the model says.
        chunk: Characters per delta.
        split: If given, the bytes of the stream are sent in pieces of this size, so that deltas,
            lines and UTF-8 sequences arrive torn apart.
        usage: Prompt and completion tokens of the last chunk; ``None`` sends none.
        finish: The ``finish_reason``.
    """
    pieces = [content[i : i + chunk] for i in range(0, len(content), chunk)]
    deltas = tuple({"content": piece} for piece in pieces)
    return Reply(
        deltas=({"role": "assistant", "content": ""}, *deltas),
        split=split,
        usage=usage,
        finish=finish,
    )


def cut(content: str) -> Reply:
    """A stream that ends cleanly in the middle: no finish reason, no ``[DONE]``, no error."""
    return Reply(deltas=text(content).deltas, finish=None, done=False, usage=None)


def reset(content: str) -> Reply:
    """A stream whose connection is lost in the middle."""
    return Reply(deltas=text(content).deltas, finish=None, done=False, usage=None, drop=True)


def no_finish(content: str) -> Reply:
    """A stream that says ``[DONE]`` but never gives a finish reason."""
    return Reply(deltas=text(content).deltas, finish=None)


def length(content: str) -> Reply:
    """An answer that hit the token limit."""
    return text(content, finish="length")


def content_filter(content: str = "") -> Reply:
    """An answer that the endpoint's filter stopped."""
    return text(content, finish="content_filter")


def refusal(words: str) -> Reply:
    """A refusal in the field that is made for it."""
    return Reply(deltas=({"role": "assistant", "content": None}, {"refusal": words}))


def empty_choices() -> Reply:
    """Chunks that hold no choice at all."""
    return Reply(deltas=({}, {}), choices=False)


def stream_error(content: str, message: str = "out of memory") -> Reply:
    """An error object in the middle of the stream."""
    return Reply(
        deltas=text(content).deltas,
        finish=None,
        done=False,
        error={"message": message, "code": 500},
    )


def html(code: int = 200) -> Reply:
    """A web page where an API answer should be, as from a wrong address or a captive portal."""
    page = b"<!doctype html><html><body><h1>It works!</h1></body></html>"
    return Reply(code=code, body=page, content_type="text/html")


def garbage(
    body: bytes = b"\x00\xff\xfe not json", content_type: str = "text/event-stream"
) -> Reply:
    """Any bytes, with status 200."""
    return Reply(body=body, content_type=content_type)


def status(
    code: int,
    message: str = "scripted failure",
    *,
    headers: dict[str, str] | None = None,
    error_code: str | None = None,
    param: str | None = None,
) -> Reply:
    """An error in the shape that such endpoints use."""
    error = {"message": message, "type": "scripted", "param": param, "code": error_code}
    return Reply(code=code, headers=headers or {}, body=json.dumps({"error": error}).encode())


def hang(seconds: float = 60.0) -> Reply:
    """No answer at all for so long, or until the endpoint closes."""
    return Reply(hang=seconds)


def drip(content: str, pause: float, *, chunk: int = 1) -> Reply:
    """An answer that comes slowly, with a pause before each delta: no read ever times out."""
    return Reply(deltas=text(content, chunk=chunk).deltas, pause=pause)


def vectors(
    *,
    dimensions: int = DIMENSIONS,
    reverse: bool = False,
    missing: int = 0,
    poison: float | None = None,
    pause: float = 0.0,
) -> Reply:
    """An embeddings reply.

    Args:
        dimensions: Length of each vector.
        reverse: Whether the items come in reverse order (their ``index`` stays right).
        missing: How many items are left out at the end.
        poison: If given, the first component of every vector, such as ``math.nan``.
        pause: Seconds before each eighth of the body: it comes slowly, and no read times out.
    """
    return Reply(vectors=Vectors(dimensions, reverse, missing, poison), pause=pause)


def vector(words: str, dimensions: int = DIMENSIONS) -> list[float]:
    """Return the unit vector that the endpoint gives for ``words``."""
    sums = [0.0] * dimensions
    for word in re.findall(r"\w+", words.casefold()) or [words]:
        digest = hashlib.sha256(word.encode()).digest()
        for place in range(3):
            slot = int.from_bytes(digest[4 * place : 4 * place + 3]) % dimensions
            sums[slot] += 1.0 if digest[4 * place + 3] % 2 else -1.0
    norm = math.sqrt(sum(value * value for value in sums))
    if norm == 0:
        sums[0], norm = 1.0, 1.0
    return [value / norm for value in sums]


def number_of(words: str, request: Request) -> int:
    """Return the number under which a sentence stands in the prompt."""
    found = re.search(rf"^\[(\d+)\] .*{words}", request.prompt, re.MULTILINE)
    assert found, request.prompt
    return int(found[1])
