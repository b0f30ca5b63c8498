"""Requests that no decent client would send, byte by byte, without end."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

ROUTES = [
    ("POST", "/v1/answers", {"question": "How long is the bridge?"}),
    ("POST", "/v1/search", {"query": "bridge"}),
    ("POST", "/v1/documents", {"text": "It is open.", "name": "a.txt"}),
    (
        "POST",
        "/v1/chat/completions",
        {"model": "dossier", "messages": [{"role": "user", "content": "When?"}]},
    ),
    ("POST", "/v1/responses", {"model": "dossier", "input": "When?"}),
    ("POST", "/v1/answers/a-0/replay", {"recorded": True}),
    ("GET", "/v1/documents", None),
    ("GET", "/v1/documents/d-0", None),
    ("GET", "/v1/documents/d-0/text", None),
    ("DELETE", "/v1/documents/d-0", None),
    ("GET", "/v1/answers", None),
    ("GET", "/v1/answers/affected", None),
    ("GET", "/v1/answers/a-0", None),
    ("GET", "/v1/stories", None),
    ("GET", "/readyz", None),
    ("GET", "/metrics", None),
]

NAMES = [
    b"../../../etc/passwd",
    b"..\\..\\boot.ini",
    b"a\x00b.txt",
    b"con",
    b"%2e%2e%2f%2e%2e%2f",
    b"x" * 5_000,
    "\u202etxt.exe".encode(),
    b"\xff\xfe\xfd",
    b'a"; filename="b',
    b"a\r\nX-Injected: 1",
    b".",
    b"",
    b"-rf",
    b"<script>",
]
VALUES: list[Any] = [
    None, True, 0, -1, 10**400, 1.5, "", " ", "\u0000", "\ud800", "x" * 100_000, [], {}, [[]],
    {"a": {"a": {"a": {}}}}, "0000-00-00", "9999-99-99", "2024-02-30", "null", "NaN", "'; drop --",
    ["x"] * 2_000, "\u202e", "\x1b[2J", "🐦" * 500, float("nan"), float("inf"),
]  # fmt: skip
HEADERS = [
    b"Accept", b"Accept-Encoding", b"Authorization", b"Content-Type", b"Cookie", b"Expect",
    b"Forwarded",
    b"If-Match", b"If-None-Match", b"Idempotency-Key", b"Last-Event-ID", b"Origin", b"Range",
    b"Sec-Fetch-Site", b"Traceparent", b"Upgrade", b"X-Forwarded-For", b"X-Request-ID",
    b"X-HTTP-Method-Override",
]  # fmt: skip


def bad_request(chance: random.Random, port: int) -> bytes:
    """Return the bytes of a request with one thing or several wrong with it."""
    method, path, body = chance.choice(ROUTES)
    kind = chance.choice([_of_body, _of_body, _of_path, _of_headers, _of_form, _of_shape])
    return kind(chance, method, path, body, b"127.0.0.1:%d" % port)


def request(
    method: str, path: bytes, host: bytes, headers: list[tuple[bytes, bytes]], body: bytes = b""
) -> bytes:
    lines = [method.encode() + b" " + path + b" HTTP/1.1", b"Host: " + host, b"Connection: close"]
    lines += [name + b": " + value for name, value in headers]
    if body:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _noise(chance: random.Random, most: int = 200) -> bytes:
    return chance.randbytes(chance.randrange(most))


def _line(data: bytes) -> bytes:
    return data.replace(b"\r", b"").replace(b"\n", b"").replace(b" ", b"+")


def _of_body(chance: random.Random, method: str, path: str, body: Any, host: bytes) -> bytes:
    """A body that is not JSON, or JSON of another shape."""
    broken: list[Callable[[], bytes]] = [
        lambda: _noise(chance, 2_000),
        lambda: json.dumps(chance.choice(VALUES)).encode("utf-8", "surrogatepass"),
        lambda: b"[" * chance.choice([10, 1_000, 200_000]),
        lambda: b'{"a":' * 50_000,
        lambda: json.dumps(body).encode()[: chance.randrange(1, 40)],
        lambda: b"\xef\xbb\xbf" + json.dumps(body).encode(),
        lambda: json.dumps(body).encode("utf-16"),
        lambda: b'{"question": ' + b"9" * 5_000 + b"}",
        lambda: b"x" * 1_100_000,
    ]
    if isinstance(body, dict) and chance.random() < 0.6:
        bent = dict(body)
        for _ in range(chance.randrange(1, 3)):
            name = chance.choice([*bent, "filters", "history", "limit", "answerer", "x", "\u0000"])
            bent[name] = chance.choice(VALUES)
            if name == "filters" and chance.random() < 0.7:
                bent[name] = {
                    chance.choice(
                        ["since", "until", "as_of", "outlets", "documents", "dates", "z"]
                    ): chance.choice(VALUES)
                }
        data = json.dumps(bent).encode("utf-8", "surrogatepass")
    else:
        data = chance.choice(broken)()
    kind = chance.choice(
        [b"application/json"] * 6 + [b"text/plain", b"application/xml", _line(_noise(chance))]
    )
    return request(method, path.encode(), host, [(b"Content-Type", kind)], data)


def _of_path(chance: random.Random, method: str, path: str, body: Any, host: bytes) -> bytes:
    """An address that is no address, or leads out of where it should."""
    bent = chance.choice(
        [
            path.encode() + b"?" + _line(_noise(chance)),
            path.encode() + b"/" + _line(_noise(chance)),
            path.encode().replace(b"-0", b"-" + _line(chance.choice(NAMES))),
            path.encode() + b"?" + b"&".join(b"outlet=%d" % n for n in range(60)),
            path.encode() + b"?limit=" + chance.choice([b"-1", b"x", b"9" * 400, b"", b"%00"]),
            path.encode() + b"?after=" + _line(_noise(chance, 60)).hex().encode(),
            path.encode() + b"?since=" + chance.choice([b"0", b"now", b"2024-13-01", b"%F0%9F"]),
            b"/" + b"x" * chance.choice([100, 20_000, 70_000]),
            b"/%" + _line(_noise(chance, 5)),
            b"*",
            b"http://evil.example/v1/documents",
            b"//evil.example/",
        ]
    )
    data = json.dumps(body).encode() if body else b""
    return request(method, bent, host, [(b"Content-Type", b"application/json")], data)


def _of_headers(chance: random.Random, method: str, path: str, body: Any, host: bytes) -> bytes:
    """Headers that say what they should not."""
    value: list[Callable[[], bytes]] = [
        lambda: _line(_noise(chance)),
        lambda: chance.choice(NAMES).replace(b"\r\n", b""),
        lambda: b"x" * 10_000,
        lambda: b'"' * chance.randrange(1, 2_000),
        lambda: b"text/html;q=" + b"9" * 200,
        lambda: b",".join([b'W/"a"'] * 2_000),
        lambda: b"bytes=0-,-1,5-2",
        lambda: b"00-" + b"0" * 32 + b"-zz-01",
        lambda: b"Bearer dsk_" + b"x" * 43,
    ]
    headers = [(b"Content-Type", b"application/json")] if body else []
    for _ in range(chance.randrange(1, 4)):
        name = chance.choice([*HEADERS, _line(_noise(chance, 20)).replace(b":", b"") or b"X"])
        headers.append((name, chance.choice(value)()))
    if chance.random() < 0.1:
        host = chance.choice([b"evil.example", b"", b"[", _line(_noise(chance, 20))])
    if chance.random() < 0.05:
        headers += [(b"X-%d" % n, b"y") for n in range(400)]
    data = json.dumps(body).encode() if body else b""
    return request(method, path.encode(), host, headers, data)


def _of_form(chance: random.Random, method: str, path: str, body: Any, host: bytes) -> bytes:
    """A form with files that are none, under names that are worse."""
    boundary = b"xyz"
    parts = []
    for _ in range(chance.choice([1, 1, 2, 5, 150])):
        name = chance.choice(
            [b"file", b"file", b"title", b"published_at", _line(_noise(chance, 30))]
        )
        file = b'; filename="' + chance.choice(NAMES) + b'"' if chance.random() < 0.7 else b""
        kind = chance.choice(
            [b"text/plain", b"application/pdf", b"application/x-dvi", _line(_noise(chance, 20))]
        )
        head = (
            b'Content-Disposition: form-data; name="'
            + name
            + b'"'
            + file
            + b"\r\nContent-Type: "
            + kind
        )
        words = chance.choice(
            [
                _noise(chance, 500),
                b"",
                b"%PDF-1.7\n" + _noise(chance),
                b"PK\x03\x04" + _noise(chance),
            ]
        )
        parts.append(b"--" + boundary + b"\r\n" + head + b"\r\n\r\n" + words + b"\r\n")
    data = b"".join(parts) + chance.choice([b"--xyz--\r\n", b"--xyz", b""])
    if chance.random() < 0.2:
        data = data[: chance.randrange(len(data))]
    said = chance.choice(
        [b"; boundary=xyz"] * 6 + [b"", b"; boundary=", b"; boundary=" + b"z" * 300]
    )
    return request(
        "POST",
        b"/v1/documents",
        host,
        [(b"Content-Type", b"multipart/form-data" + said)],
        data or b"x",
    )


def _of_shape(chance: random.Random, method: str, path: str, body: Any, host: bytes) -> bytes:
    """Something that is hardly HTTP."""
    data = json.dumps(body or {}).encode()
    start = method.encode() + b" " + path.encode()
    rest = b"\r\nHost: " + host + b"\r\nConnection: close\r\n"
    return chance.choice(
        [
            start + b" HTTP/1.1" + rest + b"Content-Length: 99999\r\n\r\n" + data,
            start + b" HTTP/1.1" + rest + b"Content-Length: -1\r\n\r\n" + data,
            start + b" HTTP/1.1" + rest + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n" + data,
            start + b" HTTP/1.1" + rest + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
            start
            + b" HTTP/1.1"
            + rest
            + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            start
            + b" HTTP/1.1"
            + rest
            + b"Transfer-Encoding: gzip, chunked\r\nContent-Length: 5\r\n\r\n",
            start + b" HTTP/9.9" + rest + b"\r\n",
            start + b"\r\n\r\n",
            b"BREW " + path.encode() + b" HTTP/1.1" + rest + b"\r\n",
            b"TRACE " + path.encode() + b" HTTP/1.1" + rest + b"\r\n",
            b"CONNECT evil.example:443 HTTP/1.1" + rest + b"\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"GET "
            + path.encode()
            + b" HTTP/1.1"
            + rest
            + b"Upgrade: websocket\r\nConnection: upgrade\r\n\r\n",
            _noise(chance, 1_000) + b"\r\n\r\n",
            request(
                method,
                path.encode(),
                host,
                [(b"Expect", b"100-continue"), (b"Content-Type", b"application/json")],
                data,
            ),
        ]
    )
