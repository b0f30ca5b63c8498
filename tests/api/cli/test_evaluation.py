"""``dossier eval`` as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from scripted_endpoint import scripted_endpoint
from scripted_replies import text

from api.cli import cli

CASES = """\
{"id": "a", "question": "How many articles does the treaty have?", "type": "single", \
"expected": [["47"]], "documents": {"all_of": ["meridian-signing.txt"]}, "tags": ["treaty"]}
{"id": "b", "question": "What is the rate of capital gains tax in Portugal?", \
"type": "unanswerable", "absent": ["Portugal"]}
"""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


def invoke(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--data", str(data), "eval", *arguments])


def test_a_run_prints_a_table_and_leaves_its_file(data: Path) -> None:
    done = invoke(data, "run", "--limit", "2", "--set", "answerer=embedded")
    assert done.exit_code in (0, 1), done.output
    assert "retrieval_recall" in done.stdout
    assert "Not measured: " in done.stdout
    (written,) = (data / "runs").glob("*.json")
    assert f"run written to {written}" in done.stderr
    assert json.loads(written.read_text("utf-8"))["format"] == "dossier-run/1"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--set", "answerer"], "not KEY=VALUE"),
        (["--set", "colour=red"], "no such setting"),
        (["--set", "data=elsewhere"], "no such setting"),
        (["--set", "top_passages=0"], "TOP_PASSAGES"),
        (["--filter", "colour=red"], "is not a filter"),
        (["--filter", "id=nothing-*"], "no case of sample meets id=nothing-*"),
        (["--suite", "nowhere.jsonl"], "nowhere.jsonl"),
        (["--price", "cheap"], "two numbers"),
        (["--thresholds", "nowhere.toml"], "nowhere.toml"),
        (["--model", "a", "--model", "b", "--out", "x.json"], "--out names one file"),
    ],
)
def test_what_does_not_fit_is_told_before_the_first_question(
    data: Path, arguments: list[str], complaint: str
) -> None:
    done = invoke(data, "run", *arguments)
    assert done.exit_code == 2, done.output
    assert complaint in done.stderr
    assert not (data / "runs").exists()


def test_models_are_run_side_by_side_and_compared(data: Path, tmp_path: Path) -> None:
    cases = tmp_path / "mine.jsonl"
    cases.write_text(CASES, encoding="utf-8")
    from eval.sample import documents_dir

    ingested = CliRunner().invoke(cli, ["--data", str(data), "ingest", str(documents_dir())])
    assert ingested.exit_code == 0, ingested.output
    reply = text("Not in the form that was asked for.")
    with scripted_endpoint(reply) as endpoint:
        same = ("--suite", str(cases), "--set", f"model_base_url={endpoint.base_url}")
        done = invoke(data, "run", *same, "--model", "embedded", "--model", "scripted")
        asked = len(endpoint.chats)
    assert done.exit_code in (0, 1), done.output
    assert asked >= 2
    names = sorted(path.name.partition("Z-")[2] for path in (data / "runs").glob("*.json"))
    assert names == ["embedded.json", "scripted.json"]
    assert "answerer: embedded -> model" in done.stdout
    again = invoke(data, "run", *same, "--model", "embedded")
    assert "2 of 2 answers were kept from earlier runs" in again.stderr


def test_a_judge_that_is_not_there_is_told_at_once(data: Path) -> None:
    done = invoke(
        data,
        *("run", "--limit", "1", "--judge", "nobody"),
        *("--set", "model_base_url=http://127.0.0.1:9/v1", "--set", "answerer=embedded"),
    )
    assert done.exit_code == 1
    assert "127.0.0.1:9" in done.stderr


DRAFT = """\
{"id": "d", "question": "How many articles does the treaty have?", "type": "single", \
"expected": [["47"]], "documents": {"all_of": ["meridian-signing.txt"]}, "tags": ["draft"]}
"""


def test_drafts_are_not_asked_before_they_are_confirmed(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "drafted.jsonl"
    path.write_text(DRAFT, encoding="utf-8")
    done = invoke(data, "run", "--suite", str(path))
    assert done.exit_code == 2
    assert "--drafts" in done.stderr


def test_a_judge_is_held_against_peoples_labels(data: Path, tmp_path: Path) -> None:
    with scripted_endpoint(text('{"score": 1, "reason": "All of it stands there."}')) as endpoint:
        judged = invoke(
            data,
            *("run", "--limit", "3", "--judge", "scripted", "--judge-repeats", "2"),
            *("--set", f"model_base_url={endpoint.base_url}", "--set", "answerer=embedded"),
            *("--out", "judged.json"),
        )
    assert judged.exit_code in (0, 1), judged.output
    assert "judge_faithful" in judged.stdout
    assert json.loads((tmp_path / "judged.json").read_text("utf-8"))["judge"]["votes"] == 2
    labels = tmp_path / "labels.jsonl"
    labels.write_text('{"case": "term", "aspect": "faithful", "label": 0}\n', encoding="utf-8")
    told = invoke(data, "agreement", "judged.json", str(labels))
    assert told.exit_code == 0, told.output
    assert told.stdout.splitlines()[1].split()[:3] == ["faithful", "1", "0.000"]
