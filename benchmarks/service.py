"""The service under load, next to a stock llama-index service in the same run.

    python -m benchmarks.service [--work FOLDER] [--part rates|streams|burst] [--seconds 20]

Made news (`benchmarks/made_news.py`) of about 10,000 passages is taken in once and kept in FOLDER.
The service is `dossier serve` in a process of its own; the clients are another process and share
the cores with it, so that figures to quote are the ratios.

rates
    Requests per second and latency at 1, 8 and 32 clients: the embedded answerer with questions
    that are all different, with 32 questions that come again and again, and the stock service,
    which fills a prompt for a mock model out of the same passages and vectors.
streams
    300 streams at once from a scripted model of 20 tokens per second: whether all come to their
    end, what the service adds to the time to the first words, and what a stream takes in memory.
    Only whole checked sentences are sent on, so the first words of a model are its first sentence.
burst
    Five times the capacity for ten seconds: what is still served, and how soon the rest is refused.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import os
import random
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.load import Asked, Client, closed_loop, open_loop
from benchmarks.made_news import Article, articles, questions

DOCUMENTS, SEED = 2_500, 1
CLIENTS = (1, 8, 32)
STREAMS, TOKENS_PER_SECOND = 300, 20.0
ARRIVALS = 2.5
"""Streams begun per second, so that what searching costs does not drown what streaming costs."""
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("/tmp/dossier-service"))
    parser.add_argument("--part", choices=["rates", "streams", "burst"], action="append")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--streams", type=int, default=STREAMS)
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    options = parser.parse_args()
    made = list(articles(options.documents, SEED))
    prepare(options.work, made)
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} before the run")
    for part in options.part or ["rates", "streams", "burst"]:
        print(f"\n{part}")
        if part == "rates":
            rates(options.work, made, options.seconds)
        elif part == "streams":
            streams(options.work, made, options.streams)
        else:
            burst(options.work, made, options.seconds)


def prepare(work: Path, made: Sequence[Article]) -> None:
    """Write the documents and take them in, unless that was done before."""
    data, source = work / "data", work / "src"
    if (work / "ready").exists():
        return
    source.mkdir(parents=True, exist_ok=True)
    with (source / "metadata.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["file", "title", "outlet", "published_at"])
        for one in made:
            rows.writerow([one.name, one.title, one.outlet, one.published_at.isoformat()])
            (source / one.name).write_text(one.text, encoding="utf-8")
    began = time.monotonic()
    subprocess.run([*_dossier(), "ingest", str(source), "--data", str(data)], check=True)
    print(f"taken in within {time.monotonic() - began:.0f} s")
    (work / "ready").touch()


def _dossier() -> list[str]:
    return [sys.executable, "-c", "from api.cli import main; main()"]


@contextmanager
def ours(work: Path, **settings: object) -> Iterator[tuple[str, int]]:
    """Run `dossier serve` and yield its address and process."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("DOSSIER_")}
    given = {f"DOSSIER_{name.upper()}": str(value) for name, value in settings.items()}
    command = [*_dossier(), "serve", "--port", "0", "--data", str(work / "data")]
    command += ["--log-level", "warning"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=known | given) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r"http://\S+", line)
            assert found, line
            yield found[0], process.pid
        finally:
            process.terminate()


@contextmanager
def stock(work: Path) -> Iterator[tuple[str, int]]:
    """Run the stock service and yield its address and process."""
    port = 18_000 + os.getpid() % 1_000
    command = [sys.executable, "-m", "benchmarks.service_stock"]
    command += [str(work / "data"), str(work / "stock"), str(port)]
    with subprocess.Popen(command) as process:
        try:
            base = f"http://127.0.0.1:{port}"
            asyncio.run(_until_there(base))
            yield base, process.pid
        finally:
            process.terminate()


async def _until_there(base: str) -> None:
    until = time.monotonic() + 600
    while time.monotonic() < until:
        asked = await Client(base).post("/query", {"question": "Is anybody there?"})
        if asked.status == 200:
            return
        await asyncio.sleep(0.2)
    raise TimeoutError("the stock service did not start")


def rates(work: Path, made: Sequence[Article], seconds: float) -> None:
    """Print requests per second and latencies of both services."""
    every = questions(made, min(10_000, len(made) * 4), 2)
    print(f"  {'':24}{'clients':>8}{'req/s':>8}{'p50 ms':>9}{'p99 ms':>9}{'cpu ms':>8}  statuses")
    # Each question is asked once in the whole run: nothing that is remembered of it helps.
    fresh = iter(every)
    found: dict[tuple[str, int], float] = {}
    with ours(work, answerer="embedded") as (base, pid):
        asyncio.run(closed_loop(base, "/v1/answers", _bodies(fresh, 8), clients=2, seconds=30))
        for clients in CLIENTS:
            bodies = _bodies(fresh, 100_000)
            found["ours", clients] = _rate(
                "dossier, all different", base, pid, clients, bodies=bodies, seconds=seconds
            )
        again = every[:32]
        for clients in CLIENTS:
            bodies = ({"question": again[i % len(again)]} for i in range(100_000))
            found["again", clients] = _rate(
                "dossier, 32 again", base, pid, clients, bodies=bodies, seconds=seconds
            )
    with stock(work) as (base, pid):
        asyncio.run(closed_loop(base, "/query", _bodies(fresh, 8), clients=2, seconds=30))
        for clients in CLIENTS:
            bodies = _bodies(iter(random.Random(3).sample(every, len(every))), 100_000)
            found["stock", clients] = _rate(
                "stock, all different", base, pid, clients, bodies=bodies, seconds=seconds
            )
    for name, kind in (("all different", "ours"), ("32 again", "again")):
        told = ", ".join(f"{found[kind, n] / found['stock', n]:.2f} at {n}" for n in CLIENTS)
        print(f"  rate against stock, {name}: {told}")


def _bodies(source: Iterator[str], count: int) -> Iterator[dict[str, str]]:
    for _, question in zip(range(count), source, strict=False):
        yield {"question": question}


def _rate(
    name: str, base: str, pid: int, clients: int, *, bodies: Iterator[Any], seconds: float
) -> float:
    path = "/query" if name.startswith("stock") else "/v1/answers"
    before, began = _cpu(pid), time.monotonic()
    done = asyncio.run(closed_loop(base, path, bodies, clients=clients, seconds=seconds))
    elapsed, spent = time.monotonic() - began, _cpu(pid) - before
    good = [one for one in done if one.status == 200]
    rate = len(good) / elapsed
    p50, p99 = _quantiles([one.seconds for one in good])
    statuses = dict(Counter(one.status for one in done))
    cpu = spent / max(len(good), 1) * 1000
    print(
        f"  {name:24}{clients:>8}{rate:>8.1f}"
        f"{p50 * 1000:>9.0f}{p99 * 1000:>9.0f}{cpu:>8.0f}  {statuses}",
        flush=True,
    )
    return rate


def _quantiles(values: Sequence[float]) -> tuple[float, float]:
    """Return the median and the 99th percentile."""
    if not values:
        return 0.0, 0.0
    ordered = sorted(values)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]


def _cpu(pid: int) -> float:
    """Return the processor seconds that a process has taken so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _memory(pid: int) -> float:
    """Return the resident memory of a process in kilobytes."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return float(found[1]) if found else 0.0


class Model:
    """A scripted model: statements at a steady pace, each stream with a clock of its own.

    Args:
        tokens: how many tokens a stream has.
        pace: tokens per second.
    """

    def __init__(self, tokens: int, pace: float) -> None:
        self.tokens, self.pace = tokens, pace
        self.called: dict[str, float] = {}
        """When the call for each question came in."""
        self.told: dict[str, float] = {}
        """When the first sentence was out, with its number and the line feed behind it."""
        self.open = self.most = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                size = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
                body = json.loads(await reader.readexactly(int(size[1]))) if size else {}
                await self._stream(body, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _stream(self, body: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        prompt = body["messages"][1]["content"]
        question = prompt.partition("Question: ")[2].partition("\n")[0]
        self.called[question] = time.monotonic()
        self.open += 1
        self.most = max(self.most, self.open)
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        start, words = time.monotonic(), self._words(prompt)
        for number in range(self.tokens):
            await asyncio.sleep(start + number / self.pace - time.monotonic())
            word = words[number % len(words)]
            _event(writer, {"content": word}, None)
            if word.endswith("]\n"):
                self.told.setdefault(question, time.monotonic())
        _event(writer, {}, "stop")
        writer.write(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")
        self.open -= 1

    def _words(self, prompt: str) -> list[str]:
        """Return the tokens of the statements: sentences of the evidence with their numbers."""
        lines = re.findall(r"^\[(\d+)\] (.+)$", prompt, re.MULTILINE)
        text = "".join(f"{line} [{number}]\n" for number, line in lines)
        return re.findall(r"\S+\s?", text)


def _event(writer: asyncio.StreamWriter, delta: dict[str, str], finish: str | None) -> None:
    data = {
        "id": "c",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "scripted",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }
    event = b"data: " + json.dumps(data).encode() + b"\n\n"
    writer.write(b"%x\r\n%s\r\n" % (len(event), event))


def streams(work: Path, made: Sequence[Article], count: int) -> None:
    """Print what became of many streams at once."""
    asyncio.run(_streams(work, made, count))


async def _streams(work: Path, made: Sequence[Article], count: int) -> None:
    # The first stream is still open when the last one has begun.
    model = Model(int((count / ARRIVALS + 15) * TOKENS_PER_SECOND), TOKENS_PER_SECOND)
    server = await asyncio.start_server(model.serve, "127.0.0.1", 0, limit=2**20)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    known = questions(made, 2 * count, 4)
    wanted = known[:count]
    settings = {
        "answerer": "model",
        "model": "scripted",
        "model_base_url": url,
        "model_output": "plain",
        "model_timeout": 600,
        "max_concurrent_answers": count + 10,
    }
    with ours(work, **settings) as (base, pid):
        # As many other questions, a few at a time: what is remembered of documents is no stream's.
        others = [{"question": one, "answerer": "embedded"} for one in known[count:]]
        await closed_loop(base, "/v1/answers", iter(others), clients=2, seconds=120)
        before, spent, most = _memory(pid), _cpu(pid), [0.0]
        began = time.monotonic()

        async def watch() -> None:
            while True:
                most[0] = max(most[0], _memory(pid))
                await asyncio.sleep(0.5)

        watching = asyncio.create_task(watch())
        done = await open_loop(
            base,
            "/v1/answers",
            [{"question": question} for question in wanted],
            rate=ARRIVALS,
            accept="text/event-stream",
            look_for=b"event: statement",
        )
        elapsed, spent = time.monotonic() - began, _cpu(pid) - spent
        watching.cancel()
    server.close()
    whole = [one for one in done if one.status == 200 and b"event: answer" in one.body]
    print(f"  {len(whole)} of {count} complete, {model.most} open at once, {elapsed:.0f} s")
    print(
        f"  statuses {dict(Counter(one.status for one in done))}, cpu of the server {spent:.0f} s"
    )
    searched, passed = [], []
    for question, one in zip(wanted, done, strict=True):
        if question in model.called and question in model.told and one.first is not None:
            searched.append(model.called[question] - one.began)
            passed.append(max(0.0, one.first - model.told[question]))
    for name, values in (
        ("search and prompt, until the model is called", searched),
        ("from the model's first sentence to the client", passed),
        ("both: added to the first words", [a + b for a, b in zip(searched, passed, strict=True)]),
    ):
        p50, p99 = _quantiles(values)
        print(f"  {name:46} p50 {p50 * 1000:5.0f} ms, p99 {p99 * 1000:5.0f} ms")
    print(f"  memory {before / 1024:.0f} MB before, {most[0] / 1024:.0f} MB at most: ", end="")
    print(f"{(most[0] - before) / max(model.most, 1):.0f} kB a stream")


def burst(work: Path, made: Sequence[Article], seconds: float) -> None:
    """Print what is served of five times the capacity, in three rounds of both."""
    fresh = iter(questions(made, min(10_000, len(made) * 4), 5))
    shares: list[float] = []
    refused: list[Asked] = []
    with ours(work, answerer="embedded", max_concurrent_answers=8) as (base, pid):
        asyncio.run(closed_loop(base, "/v1/answers", _bodies(fresh, 24), clients=2, seconds=30))
        for _ in range(3):  # no two questions cost the same, and no two moments of a machine
            bodies = _bodies(fresh, 100_000)
            capacity = _rate("capacity", base, pid, 8, bodies=bodies, seconds=seconds)
            sent = [*_bodies(fresh, int(capacity * 5 * 10))]
            began = time.monotonic()
            done = asyncio.run(open_loop(base, "/v1/answers", sent, rate=capacity * 5))
            elapsed = time.monotonic() - began
            good = sum(one.status == 200 for one in done)
            rest = Counter(one.status for one in done if one.status not in (200, 429, 503))
            refused += [one for one in done if one.status in (429, 503)]
            shares.append(good / elapsed / capacity)
            print(
                f"  of {len(sent)} sent in 10 s {good} served within {elapsed:.1f} s, "
                f"{shares[-1]:.0%} of capacity; neither served nor refused: {dict(rest)}"
            )
    p50, p99 = _quantiles([one.seconds for one in refused])
    told = sum("retry-after" in one.headers for one in refused)
    print(f"  served on the whole {statistics.fmean(shares):.0%} of capacity")
    print(f"  refused after p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms; ", end="")
    print(f"Retry-After in {told} of {len(refused)}")


if __name__ == "__main__":
    main()
