"""One question, one answer: forms, exit codes, stdin and filters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from scripted_endpoint import scripted_endpoint
from scripted_replies import cut, status, text
from texts import BRIDGE

from qa.models import Answer

BRIDGE_QUESTION = "How much will the repairs of the Varn bridge cost?"
BRIDGE_QUOTE = "Repairs will cost 18 million crowns and should be finished by October."


def test_an_answer_shows_sentence_marker_and_quotation(dossier) -> None:
    result = dossier("ask", BRIDGE_QUESTION)
    assert result.exit_code == 0
    assert result.stderr == ""
    answer, _, citations = result.stdout.partition("\n\n")
    assert "18 million crowns" in answer
    assert "[1]" in answer
    assert "Varn Herald, 2024-06-20, Cracks in the bridge" in citations
    assert f"“{BRIDGE_QUOTE}”" in citations
    assert "\x1b" not in result.output


def test_a_page_and_a_file_name_are_shown(dossier) -> None:
    result = dossier("ask", "How did the council vote on the night ferry?")
    assert result.exit_code == 0
    assert "minutes.pdf, page 2" in result.stdout


def test_a_question_needs_no_quotation_marks(dossier) -> None:
    one = json.loads(dossier("ask", "--json", BRIDGE_QUESTION).stdout)
    words = json.loads(dossier("ask", "--json", *BRIDGE_QUESTION.split()).stdout)
    assert one["question"] == words["question"] == BRIDGE_QUESTION
    assert one["text"] == words["text"]


def test_an_answer_that_breaks_off_is_code_1(dossier, monkeypatch) -> None:
    with scripted_endpoint(cut("The repairs will cost 18 million crowns [1]. They")) as endpoint:
        monkeypatch.setenv("DOSSIER_MODEL", "scripted")
        monkeypatch.setenv("DOSSIER_MODEL_BASE_URL", endpoint.base_url)
        result = dossier("ask", BRIDGE_QUESTION)
    assert result.exit_code == 1
    assert "18 million crowns. [1]" in result.stdout
    assert "[incomplete: " in result.stdout
    assert result.stderr.startswith("error: the answer is incomplete: ")


def test_silence_is_code_3_and_says_what_was_searched(dossier) -> None:
    result = dossier("ask", "Which opera did Verdi write in Cairo?", "--outlet", "Varn Herald")
    assert result.exit_code == 3
    assert "do not say" in result.stdout
    assert "2 documents" in result.stdout
    assert 'Filters: outlet="Varn Herald"' in result.stdout
    assert "“" not in result.stdout


def test_an_empty_record_says_what_to_do(dossier, tmp_path: Path) -> None:
    result = dossier("ask", "Anything?", data=tmp_path / "new")
    assert result.exit_code == 3
    assert "dossier ingest" in result.stdout


def test_json_is_the_answer(dossier) -> None:
    result = dossier("ask", "--json", BRIDGE_QUESTION)
    assert result.exit_code == 0
    answer = Answer.model_validate_json(result.stdout)
    stored = dossier("sources", "show", answer.citations[0].document_id, "--text").stdout_bytes
    for citation in answer.citations:
        assert stored.decode()[citation.start : citation.end] == citation.quote


def test_jsonl_is_the_events(dossier) -> None:
    result = dossier("ask", "--jsonl", BRIDGE_QUESTION)
    events = [json.loads(line) for line in result.stdout.splitlines()]
    kinds = [event["type"] for event in events]
    assert kinds[:3] == ["started", "retrieved", "statement"]
    assert kinds[-1] == "answer"
    added = "".join(event["text"] for event in events if event["type"] == "statement")
    assert added == events[-1]["answer"]["text"]


def test_json_and_jsonl_exclude_each_other(dossier) -> None:
    assert dossier("ask", "--json", "--jsonl", "x").exit_code == 2


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_the_question_may_come_from_stdin(dossier, arguments: list[str]) -> None:
    result = dossier(
        "ask", "--json", *arguments, input=b"\xef\xbb\xbf" + BRIDGE_QUESTION.encode() + b"\n"
    )
    assert result.exit_code == 0
    assert json.loads(result.stdout)["question"] == BRIDGE_QUESTION


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [([""], None), (["  "], None), ([], b""), ([], b"\xff\xfe\x00"), (["x" * 100_000], None)],
)
def test_a_question_that_is_none_is_code_2(dossier, arguments, stdin) -> None:
    result = dossier("ask", *arguments, input=stdin)
    assert result.exit_code == 2
    assert result.stderr.startswith("error: the question ")
    assert not result.stdout


def test_a_dash_among_words_is_a_mistake(dossier) -> None:
    result = dossier("ask", "what", "-")
    assert result.exit_code == 2
    assert "--context -" in result.stderr


def test_filters_restrict(dossier) -> None:
    asked = ["ask", "--json", "How many passengers did the ferry line carry?"]
    everything = json.loads(dossier(*asked).stdout)
    assert everything["coverage"]["documents"] == 4
    late = json.loads(dossier(*asked, "--since", "2024-05-01", "--until", "2024-05-31").stdout)
    assert late["coverage"]["documents"] == 1
    (ferry,) = {c["document_id"] for c in late["citations"]}
    only = json.loads(dossier(*asked, "--document", ferry).stdout)
    assert only["coverage"]["filters"]["documents"] == [ferry]
    assert {c["document_id"] for c in only["citations"]} == {ferry}


@pytest.mark.parametrize(
    "filters",
    [
        ["--outlet", "No Such Paper"],
        ["--document", "d-000000000000"],
        ["--since", "2024-02-01", "--until", "2024-01-01"],
    ],
)
def test_impossible_filters_are_code_2(dossier, filters: list[str]) -> None:
    result = dossier("ask", BRIDGE_QUESTION, *filters)
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 2


class TestContext:
    """A question answered from a text that is not in the record."""

    def test_stdin(self, dossier, library: Path, monkeypatch, tmp_path: Path) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        question = "How many ships has the Anholt line?"
        note = "The Anholt line has six ships. It was founded in 1911."
        result = dossier("ask", question, "--context", "-", input=note)
        assert result.exit_code == 0
        assert "[1] stdin\n" in result.stdout
        assert "“The Anholt line has six ships.”" in result.stdout
        assert not list(tmp_path.glob("dossier-*"))
        assert dossier("ask", question).exit_code == 3

    def test_the_record_is_left_out(self, dossier) -> None:
        result = dossier("ask", BRIDGE_QUESTION, "--context", "-", input="Ducks swim on the pond.")
        assert result.exit_code == 3
        assert "1 document " in result.stdout

    def test_a_file(self, dossier, tmp_path: Path) -> None:
        (tmp_path / "note.txt").write_text(BRIDGE, encoding="utf-8")
        result = dossier("ask", BRIDGE_QUESTION, "--context", "note.txt", data=tmp_path / "none")
        assert result.exit_code == 0
        assert "note.txt" in result.stdout
        assert not (tmp_path / "none").exists()

    @pytest.mark.parametrize("context", ["-", "missing.txt", "."])
    def test_nothing_to_read_is_an_error(self, dossier, context: str) -> None:
        result = dossier("ask", "What now?", "--context", context, input="")
        assert result.exit_code == 1
        assert result.stderr.startswith("error: ")

    def test_stdin_cannot_be_both(self, dossier) -> None:
        for question in ([], ["-"]):
            assert dossier("ask", *question, "--context", "-", input="x").exit_code == 2


def test_stdin_is_not_read_unasked(library: Path) -> None:
    reading, writing = os.pipe()
    try:
        os.write(writing, b"The Anholt line has six ships.\n")
        done = subprocess.run(  # the pipe stays open: whoever reads it waits for ever
            [sys.executable, "-c", "from api.cli import main; main()", "ask", BRIDGE_QUESTION],
            stdin=reading,
            env={**os.environ, "DOSSIER_DATA": str(library)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        os.close(reading)
        os.close(writing)
    assert done.returncode == 0
    assert "18 million" in done.stdout
    assert done.stderr == "note: stdin was not read; --context - answers from the text there\n"


class TestModel:
    """The model answerer, with a scripted endpoint."""

    @pytest.fixture(autouse=True)
    def _configured(self, monkeypatch) -> None:
        monkeypatch.setenv("DOSSIER_MODEL", "scripted")

    def test_what_the_words_do_not_bear_out_is_marked(self, dossier, monkeypatch) -> None:
        reply = text("The repairs will cost 18 million crowns [1]. Everybody is delighted.")
        with scripted_endpoint(reply) as endpoint:
            monkeypatch.setenv("DOSSIER_MODEL_BASE_URL", endpoint.base_url)
            result = dossier("ask", BRIDGE_QUESTION, "--answerer", "model")
        assert result.exit_code == 0
        (line,) = [line for line in result.stdout.splitlines() if "delighted" in line]
        assert "[unsupported: " in line

    def test_a_failing_endpoint_is_code_1(self, dossier, monkeypatch) -> None:
        with scripted_endpoint(status(401)) as endpoint:
            monkeypatch.setenv("DOSSIER_MODEL_BASE_URL", endpoint.base_url)
            result = dossier("ask", "--jsonl", BRIDGE_QUESTION)
            embedded = dossier("ask", BRIDGE_QUESTION, "--answerer", "embedded")
        assert result.exit_code == 1
        assert "DOSSIER_MODEL_API_KEY" in result.stderr
        assert json.loads(result.stdout.splitlines()[-1])["code"] == "model_unauthorized"
        assert embedded.exit_code == 0


def test_a_model_that_is_not_configured_is_told(dossier) -> None:
    result = dossier("ask", BRIDGE_QUESTION, "--answerer", "model")
    assert result.exit_code == 1
    assert "DOSSIER_MODEL" in result.stderr
