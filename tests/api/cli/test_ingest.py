"""Documents into the record by command."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest
from texts import BRIDGE, FERRY, HARBOUR, write_three
from webpage import serving_page


def listed(dossier, data: Path) -> list[dict[str, object]]:
    return json.loads(dossier("sources", "--json", data=data).stdout)


def test_a_folder_is_taken_in_and_an_unchanged_one_costs_nothing(dossier, tmp_path: Path) -> None:
    data, folder = tmp_path / "data", tmp_path / "folder"
    folder.mkdir()
    write_three(folder)
    first = dossier("ingest", folder, data=data)
    assert first.exit_code == 0
    assert first.stdout.startswith("3 added, 0 changed, 0 unchanged, 0 rejected; ")
    assert "passages/s)" in first.stdout
    assert first.stderr == ""

    (folder / "ferry.txt").write_text(FERRY + "A third ship joins in June.\n", encoding="utf-8")
    second = dossier("ingest", folder, data=data)
    assert second.stdout.startswith("0 added, 1 changed, 2 unchanged, 0 rejected; ")
    assert {d["version"] for d in listed(dossier, data)} == {1, 2}


def test_what_cannot_be_read_is_told_and_the_rest_is_done(dossier, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "good.txt").write_text(HARBOUR, encoding="utf-8")
    (folder / "empty.txt").touch()
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and no more obj")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    missing = tmp_path / "miss\x1b[31ming.txt"
    result = dossier("ingest", folder, missing, data=tmp_path / "data")
    assert result.exit_code == 1
    assert result.stdout.startswith("1 added, 0 changed, 0 unchanged, 3 rejected, 1 skipped; ")
    told = result.stderr.splitlines()
    for name in ("empty.txt", "broken.pdf", "miss<U+001B>[31ming.txt"):
        (line,) = [line for line in told if name in line]
        assert line.startswith("rejected ")
        assert line.endswith(")")  # the hint
    assert [line for line in told if line.startswith("skipped ") and "photo.jpg" in line]
    assert len(told) == 4


def test_flags_describe_a_document(dossier, tmp_path: Path) -> None:
    file = tmp_path / "bridge.txt"
    file.write_text(BRIDGE, encoding="utf-8")
    flags = {
        "title": "Cracks",
        "outlet": "Varn Herald",
        "author": "A. Berg",
        "published_at": "2024-06-20",
        "url": "https://herald.example/cracks",
        "language": "en",
    }
    options = [
        part for name, value in flags.items() for part in (f"--{name.replace('_', '-')}", value)
    ]
    assert dossier("ingest", file, *options, data=tmp_path / "data").exit_code == 0
    (document,) = listed(dossier, tmp_path / "data")
    assert {name: document[name] for name in flags} == flags
    assert document["inferred"] == []


@pytest.mark.parametrize(
    ("flag", "value"),
    [("--url", "not an address"), ("--language", "the usual one"), ("--published-at", "yesterday")],
)
def test_a_flag_that_does_not_fit_is_told(dossier, tmp_path: Path, flag: str, value: str) -> None:
    file = tmp_path / "bridge.txt"
    file.write_text(BRIDGE, encoding="utf-8")
    result = dossier("ingest", file, flag, value, data=tmp_path / "data")
    assert result.exit_code == 2
    assert value in result.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("flag", "value"), [("--title", "Cracks"), ("--url", "https://a.example/")]
)
def test_a_title_describes_one_document_only(dossier, folder, tmp_path, flag, value) -> None:
    result = dossier("ingest", folder, flag, value, data=tmp_path / "data")
    assert result.exit_code == 2
    assert flag in result.stderr


def test_stdin_is_a_document(dossier, tmp_path: Path) -> None:
    data = tmp_path / "data"
    for text in (BRIDGE, HARBOUR, BRIDGE):
        assert dossier("ingest", "-", input=text, data=data).exit_code == 0
    # Another text is another document, the same text is the same one.
    assert len(listed(dossier, data)) == 2

    page = "<html><title>Two ferries</title><body><p>Two ferries sail.</p></body></html>"
    named = ["ingest", "-", "--name", "ferries.html"]
    assert dossier(*named, input=page, data=data).exit_code == 0
    again = dossier(*named, input=page.replace("Two", "Three"), data=data)
    assert again.stdout.startswith("0 added, 1 changed")
    (found,) = [d for d in listed(dossier, data) if d["source"] == "stdin:ferries.html"]
    assert found["title"] == "Three ferries"
    assert found["media_type"] == "text/html"


def test_an_empty_stdin_is_rejected(dossier, tmp_path: Path) -> None:
    result = dossier("ingest", "-", input="", data=tmp_path / "data")
    assert result.exit_code == 1
    assert "is empty" in result.stderr


def test_a_name_without_stdin_is_a_mistake(dossier, folder: Path, tmp_path: Path) -> None:
    result = dossier("ingest", folder, "--name", "x.txt", data=tmp_path / "data")
    assert result.exit_code == 2
    assert "stdin" in result.stderr


def test_a_web_page_is_a_document_and_a_missing_one_is_told(dossier, tmp_path: Path) -> None:
    page = (
        b"<html><title>Night ferry</title><body><p>The night ferry sails at ten.</p></body></html>"
    )
    with serving_page("/ferry.html", page) as base:
        here, gone = f"{base}/ferry.html", f"{base}/gone.html"
        result = dossier("ingest", gone, here, "--allow-private", data=tmp_path / "data")
        refused = dossier("ingest", here, data=tmp_path / "data")
    assert result.exit_code == 1
    assert result.stdout.startswith("1 added, 0 changed, 0 unchanged, 1 rejected; ")
    assert gone in result.stderr
    assert refused.exit_code == 1
    assert "not a public address" in refused.stderr
    assert "--allow-private" in refused.stderr
    (document,) = listed(dossier, tmp_path / "data")
    assert (document["source"], document["url"]) == (here, here)


def test_two_writers_get_a_clear_error(dossier, folder: Path, own: Path) -> None:
    from index.ownership import Ownership

    ownership = Ownership.take(own)
    try:
        result = dossier("ingest", folder, data=own)
        # Reading goes on beside the owner.
        assert dossier("sources", data=own).exit_code == 0
    finally:
        ownership.release()
    assert result.exit_code == 1
    assert str(own) in result.stderr
    assert "--data" in result.stderr


def test_an_interrupted_ingest_can_be_taken_up_again(dossier, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    write_three(folder)
    from index.intake.reading import document_id

    def interrupted(source: str) -> str:
        if source.endswith("ferry.txt"):
            signal.raise_signal(signal.SIGINT)
        return document_id(source)

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("index.intake.ingest.document_id", interrupted)
        stopped = dossier("ingest", folder, data=tmp_path / "data")
    assert stopped.exit_code == 130
    assert stopped.stderr.splitlines() == [
        "0 done and safe; run the same again to go on",
        "interrupted",
    ]
    again = dossier("ingest", folder, data=tmp_path / "data")
    assert again.stdout.startswith("3 added, ")
