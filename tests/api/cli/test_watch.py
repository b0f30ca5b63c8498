"""``dossier watch``: folders and feeds, alone and beside a server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from harbour import at_endpoint, serving
from load_samples import PARAGRAPHS, Reply, page, serve
from scripted_endpoint import scripted_endpoint

from index.ownership import Ownership

LONG_AGO = 1_700_000_000

ENTRY = """<item><title>{title}</title><link>{link}</link><guid>{key}</guid>
<pubDate>Mon, 03 Mar 2025 23:30:00 -0500</pubDate><description>{text}</description></item>"""
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour Herald</title>{entries}
</channel></rss>"""


def feed(*entries: tuple[str, str, str], **headers: str) -> Reply:
    told = "".join(
        ENTRY.format(title=title, link=link, key=link, text=text) for title, link, text in entries
    )
    given = {"Content-Type": "application/rss+xml", **headers}
    return Reply(FEED.format(entries=told).encode(), headers=given)


@pytest.fixture(autouse=True)
def _no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take files in that were written just now, but for a test or two about that."""
    monkeypatch.setattr("api.watching.folders.SETTLED_SECONDS", -1.0)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder to watch, with an endpoint that embeds quickly."""
    with scripted_endpoint() as endpoint:
        for name, value in at_endpoint(endpoint.base_url).items():
            monkeypatch.setenv(f"DOSSIER_{name.upper()}", value)
        folder = tmp_path / "watched"
        folder.mkdir()
        yield folder


def names(dossier, data: Path) -> list[str]:
    listed = json.loads(dossier("sources", "--json", data=data).stdout)
    return sorted(document["source"].rpartition("/")[2] for document in listed)


def test_a_folder_is_taken_in_and_followed(dossier, here: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"

    def look(*more: str) -> tuple[int, list[str]]:
        result = dossier("watch", here, "--once", *more, data=data)
        return result.exit_code, sorted(result.stdout.splitlines())

    (here / "below").mkdir()
    (here / "tide.txt").write_text("High water comes twice a day.")
    (here / "below" / "pier.md").write_text("# Pier\n\nIt is wet.\n")
    (here / "tide.meta.json").write_text('{"title": "Tides"}')
    for passing in ("~$tide.docx", ".tide.txt.swp", "tide.txt~", "#tide.txt#", "a.txt.part"):
        (here / passing).write_text("half a text")
    (here / "~$note.txt").write_text("half a text")
    assert look() == (
        0,
        [f"added {here}/below/pier.md (1 passage)", f"added {here}/tide.txt (1 passage)"],
    )
    assert look() == (0, [])
    (here / "tide.txt").write_text("High water comes twice a day. It is blue.")
    (here / "broken.pdf").write_text("no pdf")
    code, lines = look()
    assert code == 1
    assert lines[0] == f"changed {here}/tide.txt (1 passage)"
    assert lines[1].startswith(f"rejected {here}/broken.pdf")
    (here / "broken.pdf").unlink()
    (here / "below" / "pier.md").unlink()
    assert look() == (0, [])
    assert look("--remove") == (0, [f"removed {here}/below/pier.md"])
    assert names(dossier, data) == ["tide.txt"]


def test_an_empty_or_missing_folder_removes_nothing(dossier, here: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    file = here / "tide.txt"
    file.write_text("High water comes twice a day.")
    assert dossier("watch", here, "--once", data=data).exit_code == 0
    file.unlink()
    emptied = dossier("watch", here, "--once", "--remove", data=data)
    assert emptied.exit_code == 1
    assert "is empty" in emptied.stderr
    here.rmdir()
    missing = dossier("watch", here, "--once", "--remove", data=data)
    assert "is not there" in missing.stderr
    assert names(dossier, data) == ["tide.txt"]


def test_what_is_given_holds_for_all(dossier, here: Path, tmp_path: Path) -> None:
    (here / "tide.txt").write_text("High water comes twice a day.")
    given = ("--collection", "sea", "--outlet", "Harbour Office", "--language", "en")
    assert dossier("watch", here, "--once", *given, data=tmp_path / "data").exit_code == 0
    (found,) = json.loads(dossier("sources", "--json", data=tmp_path / "data").stdout)
    assert [found[name] for name in ("collection", "outlet", "language")] == [
        "sea",
        "Harbour Office",
        "en",
    ]


def test_what_cannot_be_watched_is_told(dossier, here: Path, tmp_path: Path) -> None:
    file = here / "tide.txt"
    file.write_text("High water.")
    result = dossier("watch", file, "--once", data=tmp_path / "data")
    assert result.exit_code == 2
    assert "dossier ingest" in result.stderr


def test_the_entries_of_a_feed_are_documents(dossier, here: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    replies = {
        "/feed": feed(
            ("Lock opens", "/lock", "&lt;p&gt;The new lock was opened.&lt;/p&gt;"),
            ("Pier closes", "/pier", "The pier is closed for good."),
            ETag='"1"',
        )
    }
    with serve(replies) as (base, seen):

        def look(*more: str) -> list[str]:
            given = ("--once", "--allow-private", *more)
            result = dossier("watch", f"{base}/feed", *given, data=data)
            assert result.exit_code == 0, result.output
            return result.stdout.splitlines()

        assert look() == [f"added {base}/pier (1 passage)", f"added {base}/lock (1 passage)"]
        listed = json.loads(dossier("sources", "--json", data=data).stdout)
        (lock,) = (one for one in listed if one["source"].endswith("/lock"))
        assert (lock["title"], lock["outlet"]) == ("Lock opens", "Harbour Herald")
        assert (lock["url"], lock["published_at"]) == (f"{base}/lock", "2025-03-03")
        assert dossier("sources", "show", lock["id"], data=data).exit_code == 0
        assert look() == []
        assert seen[-1][1]["If-None-Match"] == '"1"'
        replies["/feed"] = Reply(status=304)
        assert look() == []
        replies["/feed"] = feed(("Pier closes", "/pier", "The pier is open again."), ETag='"2"')
        assert look() == [f"changed {base}/pier (1 passage)"]
        assert {path for path, _ in seen} == {"/feed"}
    # Without the flag a server on this machine is none that may be reached.
    refused = dossier("watch", f"{base}/feed", "--once", data=data)
    assert refused.exit_code == 1
    assert "not a public address" in refused.stderr


def test_pages_of_a_feed_are_fetched_where_that_is_allowed(
    dossier, here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOSSIER_ALLOW_URL_INGEST", "true")
    data = tmp_path / "data"
    html = Reply(page(*PARAGRAPHS).encode(), headers={"Content-Type": "text/html"})
    replies = {"/lock": html, "/feed": feed(("Lock", "/lock", "Short."), ("Gone", "/gone", "-"))}
    with serve(replies) as (base, seen):
        given = ("watch", f"{base}/feed", "--once", "--allow-private")
        first = dossier(*given, data=data)
        assert first.exit_code == 1
        assert f"added {base}/lock (1 passage)" in first.stdout
        assert f"rejected {base}/gone answered with HTTP 404" in first.stdout
        replies["/gone"] = html
        assert dossier(*given, data=data).stdout == f"added {base}/gone (1 passage)\n"
        assert [path for path, _ in seen].count("/lock") == 1


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>No feed</body></html>",
        b"not xml",
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss>&b;</rss>',
        b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel>&a;</channel></rss>',
        b"<rss>" + b"<a>" * 20_000,
    ],
)
def test_what_is_no_feed_is_told(dossier, here: Path, tmp_path: Path, body: bytes) -> None:
    with serve({"/feed": Reply(body)}) as (base, _):
        result = dossier(
            "watch", f"{base}/feed", "--once", "--allow-private", data=tmp_path / "data"
        )
    assert result.exit_code == 1
    assert "feed" in result.stderr
    assert "root:" not in result.stderr


@contextmanager
def watching(
    data: Path, environment: dict[str, str], *what: object
) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", "from api.cli import main; main()", "watch", *map(str, what)]
    process = subprocess.Popen(
        [*command, "--data", str(data), "--interval", "0.2"],
        stdout=subprocess.PIPE,
        text=True,
        env=environment | {"PYTHONUNBUFFERED": "1"},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=20)


def next_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().rstrip("\n")


def test_beside_another_owner_it_waits(dossier, here: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    (here / "tide.txt").write_text("High water comes twice a day.")
    assert dossier("sources", data=data).exit_code == 0
    ownership = Ownership.take(data)
    try:
        result = dossier("watch", here, "--once", data=data)
    finally:
        ownership.release()
    assert result.exit_code == 1
    assert "is in use by" in result.stderr
    assert dossier("watch", here, "--once", data=data).stdout.startswith("added ")


@pytest.mark.soak
def test_it_works_beside_a_server_and_after_it(here: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    environment = dict(os.environ)
    at = {name: os.environ[f"DOSSIER_{name.upper()}"] for name in at_endpoint("")}
    tide = here / "tide.txt"
    with ExitStack() as both:
        with serving(data, **at) as (client, _):
            process = both.enter_context(watching(data, environment, here, "--remove"))
            tide.write_text("High water comes twice a day.")
            (here / "other.txt").write_text("It stays.")
            lines = {next_line(process), next_line(process)}
            assert f"added {tide} (1 passage)" in lines
            documents = client.get("/v1/documents").json()["documents"]
            assert {one["source"] for one in documents} == {
                tide.as_uri(),
                (here / "other.txt").as_uri(),
            }
            tide.unlink()
            assert next_line(process) == f"removed {tide}"
            job, *_ = client.get("/v1/jobs").json()["jobs"]
            assert job["counts"]["removed"] == 1
        tide.write_text("Low water too.")
        assert next_line(process) == f"added {tide} (1 passage)"
