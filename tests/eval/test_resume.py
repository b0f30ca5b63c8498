"""A run that is killed goes on where it was; what it writes is what it would have written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import texts

from eval.errors import UnwritableRun
from eval.running.asking import Asked
from eval.running.cache import Cache, key_for
from qa.service import build
from qa.settings import load_settings

CASES = 40


def write_cases(path: Path) -> None:
    """Write cases that take a moment each, so that a run can be stopped among them."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(CASES):
            case = {
                "id": f"case-{number}",
                "question": f"How many ships passed lock {number} of the canal?",
                "type": "single",
                "expected": [[f"{number + 100} ships"]],
                "documents": {"all_of": [f"lock-{number}.txt"]},
            }
            file.write(json.dumps(case) + "\n")


def make_data(data: Path) -> None:
    """Take in what the cases ask about."""
    service = build(load_settings(data=data), write=True)
    told = [
        texts.origin(f"lock-{n}.txt", f"Last year {n + 100} ships passed lock {n} of the canal.")
        for n in range(CASES)
    ]
    list(service.corpus.ingest(told, limit=10_000))
    service.close()


def command(data: Path, out: Path, *options: str) -> list[str]:
    cases = str(data.parent / "cases.jsonl")
    plain = ("--suite", cases, "--concurrency", "1", "--set", "answerer=embedded")
    code = "import sys; from api.cli import main; sys.argv[0] = 'dossier'; main()"
    where = ("--data", str(data), "--out", str(out))
    return [sys.executable, "-c", code, "eval", "run", *plain, *where, *options]


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DOSSIER_")}
    return kept | {"DOSSIER_EMBEDDING_THREADS": "1"}


def run_to_end(data: Path, out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command(data, out, *options),
        env=environment(),
        cwd=data.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return done


def stop(data: Path, out: Path, by: signal.Signals, when: Callable[[int], bool]) -> str:
    """Start a run, stop it once so many answers are kept, and return what it said."""
    with subprocess.Popen(
        command(data, out), env=environment(), cwd=data.parent, text=True, stderr=subprocess.PIPE
    ) as running:
        while not when(kept(data)):
            assert running.poll() is None, "it ended before it could be stopped"
            time.sleep(0.01)
        running.send_signal(by)
        _, said = running.communicate()
    assert not out.exists()
    return said or ""


def kept(data: Path) -> int:
    return len(list((data / "runs" / "cache").glob("*/*.json")))


def content(path: Path) -> str:
    whole = json.loads(path.read_text(encoding="utf-8"))
    del whole["measured"]
    return json.dumps(whole)


def test_a_killed_run_ends_like_one_that_was_left_alone(tmp_path: Path) -> None:
    alone, killed = tmp_path / "alone.json", tmp_path / "killed.json"
    write_cases(tmp_path / "cases.jsonl")
    make_data(tmp_path / "one")
    make_data(data := tmp_path / "two")
    run_to_end(tmp_path / "one", alone)
    stop(data, killed, signal.SIGKILL, lambda done: done >= 2)
    said = stop(data, killed, signal.SIGINT, lambda done: done >= 4)
    assert "the same command goes on where it stopped" in said
    reached = kept(data)
    assert reached < CASES
    done = run_to_end(data, killed)
    assert f"{reached} of {CASES} answers were kept from earlier runs" in done.stderr
    assert content(killed) == content(alone)
    # Nothing changed: nothing is asked.
    again = run_to_end(data, killed)
    assert f"{CASES} of {CASES} answers were kept" in again.stderr
    assert content(killed) == content(alone)


@pytest.mark.parametrize("damage", [b"", b"{", b'{"answer": 1}', b"\xff\xfe"])
def test_a_damaged_entry_is_asked_again(tmp_path: Path, damage: bytes) -> None:
    cache, key = Cache(tmp_path), key_for(question="Who?")
    path = tmp_path / key[:2] / f"{key}.json"
    path.parent.mkdir()
    path.write_bytes(damage)
    assert cache.get(key, Asked) is None


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    cache = Cache(tmp_path / "file")
    with pytest.raises(UnwritableRun, match="file"):
        cache.put(key_for(question="Who?"), Asked.model_construct())
