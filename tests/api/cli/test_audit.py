"""Recorded answers: listed, explained, replayed and held to their sources."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from scripted_endpoint import scripted_endpoint
from scripted_replies import Reply, garbage, length, status, text
from texts import write_three

from api.cli import cli

COST = "How much will the repairs of the Varn bridge cost?"
STRIKE = "When did the strike by crane drivers end?"
FERRY = "How many passengers did the ferry line carry?"

Ask = Callable[..., dict[str, Any]]
Run = Callable[..., Result]


@pytest.fixture(scope="session")
def recorded(library: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder of three documents, and a data directory that holds them."""
    folder = write_three(tmp_path_factory.mktemp("audited"))
    data = tmp_path_factory.mktemp("audit") / "data"
    result = CliRunner().invoke(cli, ["ingest", str(folder), "--data", str(data)])
    assert result.exit_code == 0, result.output
    return folder, data


@pytest.fixture
def place(recorded: tuple[Path, Path]) -> Path:
    """The folder as it was ingested; a test may change it."""
    return write_three(recorded[0])


@pytest.fixture
def run(dossier: Run, place: Path, recorded: tuple[Path, Path], tmp_path: Path) -> Run:
    """Run ``dossier`` on a record of the folder, which a test may change."""
    data = Path(shutil.copytree(recorded[1], tmp_path / "data"))

    def one(*arguments: object, **more: Any) -> Result:
        return dossier(*arguments, data=data, **more)

    return one


@pytest.fixture
def ask(run: Run) -> Ask:
    def one(question: str, *options: object) -> dict[str, Any]:
        result = run("ask", "--json", question, *options)
        assert result.exit_code in {0, 1, 3}, result.output
        answer: dict[str, Any] = json.loads(result.stdout)
        return answer

    return one


def change(run: Run, place: Path, name: str, old: str, new: str) -> None:
    path = place / name
    before = path.read_text(encoding="utf-8")
    assert old in before
    path.write_text(before.replace(old, new), encoding="utf-8")
    assert run("ingest", place).exit_code == 0


def affected(run: Run, *options: object) -> dict[str, dict[str, Any]]:
    """What ``affected`` says of each question, with its verdict held to the exit code."""
    result = run("affected", "--json", *options)
    found = {one["question"]: one for one in json.loads(result.stdout)}
    assert result.exit_code == int(any(one["affected"] for one in found.values()))
    return found


def states(found: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    return {
        question: [cited["state"] for cited in one["citations"]] for question, one in found.items()
    }


class TestAnswers:
    """What was asked before, and what an answer was made from."""

    def test_the_newest_come_first_and_no_more_than_wanted(self, run: Run, ask: Ask) -> None:
        assert run("answers").stdout == ""
        given = [ask(question) for question in (COST, STRIKE, "Who runs the penguin colony?")]
        rows = [line.split("\t") for line in run("answers").stdout.splitlines()]
        assert [row[0] for row in rows] == [answer["id"] for answer in reversed(given)]
        assert rows[0][2:] == ["not_in_documents", "embedded", "Who runs the penguin colony?"]
        (only,) = json.loads(run("answers", "--limit", 1, "--json").stdout)
        assert only["id"] == given[-1]["id"]
        assert only["citations"] == 0

    def test_an_answer_is_shown_as_it_was_given(self, run: Run, ask: Ask, place: Path) -> None:
        answer = ask(COST)
        assert json.loads(run("answers", "show", answer["id"], "--json").stdout) == answer
        change(run, place, "bridge.txt", "18 million", "19 million")
        assert run("sources", "remove", answer["citations"][0]["document_id"], "--yes")
        shown = run("answers", "show", answer["id"]).stdout
        assert COST in shown
        assert "18 million" in shown
        assert "19 million" not in shown
        assert f"{answer['citations'][0]['document_id']} (removed)" in shown

    def test_the_thread_of_a_conversation_is_in_the_record(self, run: Run) -> None:
        assert run("chat", input=f"{COST}\nAnd when are they finished?\n").exit_code == 0
        second, first = [line.split("\t")[0] for line in run("answers").stdout.splitlines()]
        shown = run("answers", "show", second).stdout
        assert f"after: {COST}  {first}" in shown
        manifest = json.loads(run("answers", "show", second, "--manifest", "--json").stdout)
        (turn,) = manifest["question"]["history"]
        assert turn == {"question": COST, "standalone": COST, "answer": first}
        assert run("replay", second).exit_code == 0

    def test_the_manifest_names_what_the_answer_was_made_from(self, run: Run, ask: Ask) -> None:
        answer = ask(COST)
        manifest = json.loads(run("answers", "show", answer["id"], "--manifest", "--json").stdout)
        (citation,) = answer["citations"]
        document = citation["document_id"]
        seen = {one["id"]: one for one in manifest["documents"]}
        shown = json.loads(run("sources", "show", document, "--json").stdout)
        assert seen[document]["sha256"] == shown["sha256"]
        places = [
            (one["document_id"], one["version"], one["start"], one["end"])
            for one in manifest["sentences"]
        ]
        assert (document, 1, citation["start"], citation["end"]) in places
        best = manifest["passages"][0]
        assert best["document_id"] == document
        assert best["score"] >= manifest["passages"][1]["score"]
        assert manifest["settings"]["top_passages"] == 8
        assert manifest["embedder"].startswith("bge-small")
        assert manifest["last_change"] == 3
        told = run("answers", "show", answer["id"], "--manifest").stdout
        assert manifest["settings_sha256"] in told
        assert f"document:     {document} version 1" in told

    def test_what_is_not_there_is_told(self, run: Run) -> None:
        for command in (("answers", "show"), ("replay",)):
            result = run(*command, "a-nothing")
            assert result.exit_code == 1
            assert "there is no answer a-nothing" in result.stderr


class TestReplay:
    """The same question again: identical, or different with the reasons."""

    def test_another_process_gives_the_identical_answer(
        self, run: Run, ask: Ask, tmp_path: Path
    ) -> None:
        answer = ask(COST)
        listed = run("answers").stdout
        done = subprocess.run(
            [Path(sys.executable).with_name("dossier"), "replay", answer["id"]],
            env={**os.environ, "DOSSIER_DATA": str(tmp_path / "data"), "PYTHONHASHSEED": "7"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout == "identical: answered, 1 statement, 1 citation\n"
        assert run("replay", answer["id"], "--recorded").stdout == done.stdout
        assert run("answers").stdout == listed, "a replay is not recorded"

    def test_a_record_that_was_tampered_with_is_found_out(
        self, run: Run, ask: Ask, tmp_path: Path
    ) -> None:
        answer = ask(COST)
        (citation,) = answer["citations"]
        citation |= {"start": citation["start"] - 1, "quote": " " + citation["quote"]}
        answer["statements"][0] |= {"support": "partial", "reason": "so it was said"}
        answer["missing"] = ["how long it takes"]
        with sqlite3.connect(tmp_path / "data" / "record.sqlite") as record:
            record.execute("update answers set body = ?", (json.dumps(answer),))
            (manifest,) = record.execute("select manifest from answers").fetchone()
            changed = json.loads(manifest) | {"software": "0.0.1", "embedder": "another"}
            changed["settings"]["no_longer"] = True
            record.execute("update answers set manifest = ?", (json.dumps(changed),))
        record.close()
        replayed = json.loads(run("replay", answer["id"], "--json", "--recorded").stdout)
        named = {(one["kind"], one["name"]) for one in replayed["differences"]}
        assert named == {("support", None), ("citations", None), ("field", "missing")}
        kinds = {one["kind"]: (one["was"], one["now"]) for one in replayed["changes"]}
        assert kinds["software"][0] == "0.0.1"
        assert kinds["embedder"][0] == "another"
        assert kinds["setting"] == ("True", None)
        shown = run("replay", answer["id"], "--recorded").stdout
        assert "  - partial: so it was said" in shown
        assert "setting no_longer: True" in shown

    def test_a_document_that_changed_makes_a_difference_and_is_named(
        self, run: Run, ask: Ask, place: Path
    ) -> None:
        answer = ask(COST)
        document = answer["citations"][0]["document_id"]
        change(run, place, "bridge.txt", "18 million", "19 million")
        result = run("replay", answer["id"])
        assert result.exit_code == 1
        assert "  - Repairs will cost 18 million crowns" in result.stdout
        assert "  + Repairs will cost 19 million crowns" in result.stdout
        assert f"document {document} changed: version 1 → version 2" in result.stdout
        again = run("replay", answer["id"], "--recorded", "--json")
        assert again.exit_code == 0
        replayed = json.loads(again.stdout)
        assert replayed["identical"]
        assert replayed["answer"]["citations"] == answer["citations"]
        assert {"document_changed"} == {change["kind"] for change in replayed["changes"]}

    def test_a_citation_of_the_same_words_elsewhere_is_a_difference(
        self, run: Run, ask: Ask, place: Path
    ) -> None:
        answer = ask(COST)
        change(run, place, "bridge.txt", "Engineers", "Two engineers")
        replayed = json.loads(run("replay", answer["id"], "--json").stdout)
        (difference,) = replayed["differences"]
        assert difference["kind"] == "citations"
        assert "version 1" in difference["was"]
        assert "version 2" in difference["now"]
        assert not replayed["identical"]

    def test_a_setting_that_matters_is_named(
        self, run: Run, ask: Ask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answer = ask("What is known of the Varn bridge and of the repairs of the Varn bridge?")
        assert len(answer["statements"]) > 1
        monkeypatch.setenv("DOSSIER_MAX_STATEMENTS", "1")
        for options in ((), ("--recorded",)):
            result = run("replay", answer["id"], *options)
            assert result.exit_code == 1
            assert "statement dropped" in result.stdout
            assert "setting max_statements: 4 → 1" in result.stdout

    def test_what_was_removed_is_named_and_the_rest_is_put_together(
        self, run: Run, ask: Ask
    ) -> None:
        answer, other = ask(COST), ask(FERRY)
        document = other["citations"][0]["document_id"]
        assert run("sources", "remove", document, "--yes").exit_code == 0
        result = run("replay", answer["id"], "--recorded")
        assert result.exit_code == 0, result.output
        assert f"document {document} removed: version 1" in result.stdout
        gone = run("replay", other["id"], "--recorded")
        assert gone.exit_code == 1
        assert "statement dropped [statement 1]" in gone.stdout

    def test_an_unanswered_question_is_replayed_too(self, run: Run, ask: Ask) -> None:
        answer = ask("Who runs the penguin colony?")
        for options in ((), ("--recorded",)):
            assert run("replay", answer["id"], *options).exit_code == 0


class TestModel:
    """Answers of a model: its replies are in the record and can be read again."""

    REPLY = "The repairs will cost 18 million crowns. [1][2]\nThey end in October. [2]"

    def configure(self, monkeypatch: pytest.MonkeyPatch, base_url: str, **more: str) -> None:
        given = {"MODEL": "scripted", "MODEL_BASE_URL": base_url, "MODEL_TIMEOUT": "20", **more}
        for name, value in given.items():
            monkeypatch.setenv(f"DOSSIER_{name}", value)

    def test_the_recorded_reply_takes_the_same_way_without_an_endpoint(
        self, run: Run, ask: Ask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with scripted_endpoint(text(self.REPLY)) as endpoint:
            self.configure(monkeypatch, endpoint.base_url)
            answer = ask(COST)
            sent = len(endpoint.chats)
        assert answer["statements"]
        monkeypatch.delenv("DOSSIER_MODEL")
        assert run("replay", answer["id"], "--recorded").exit_code == 0
        manifest = json.loads(run("answers", "show", answer["id"], "--manifest", "--json").stdout)
        assert len(manifest["calls"]) == sent
        assert manifest["calls"][-1]["reply"] == self.REPLY
        assert len(manifest["calls"][-1]["prompt_sha256"]) == 64
        asked_anew = run("replay", answer["id"])
        assert asked_anew.exit_code == 1
        assert "DOSSIER_MODEL" in asked_anew.stderr

    def test_another_reply_is_another_answer(
        self, run: Run, ask: Ask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with scripted_endpoint(text(self.REPLY)) as endpoint:
            self.configure(monkeypatch, endpoint.base_url)
            answer = ask(COST)
            assert run("replay", answer["id"]).exit_code == 0
        with scripted_endpoint(text("Cracks were found in two pillars. [1]")) as endpoint:
            self.configure(monkeypatch, endpoint.base_url)
            result = run("replay", answer["id"])
        assert result.exit_code == 1
        assert "setting model_base_url: " in result.stdout
        assert "Cracks were found" in result.stdout

    def test_another_state_of_the_endpoint_is_named(
        self, run: Run, ask: Ask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def reply(state: str) -> Reply:
            delta = {"index": 0, "delta": {"content": self.REPLY}, "finish_reason": "stop"}
            chunk = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m-1"}
            chunk |= {"choices": [delta], "system_fingerprint": state}
            return garbage(f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n".encode())

        with scripted_endpoint(reply("fp-1"), reply("fp-2")) as endpoint:
            self.configure(monkeypatch, endpoint.base_url, MODEL_OUTPUT="plain")
            answer = ask(COST)
            result = run("replay", answer["id"])
        assert result.exit_code == 0, result.output
        assert "served call 1: m-1 fp-1 → m-1 fp-2" in result.stdout

    def test_a_reply_that_broke_off_breaks_off_again(
        self, run: Run, ask: Ask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with scripted_endpoint(length(self.REPLY)) as endpoint:
            self.configure(monkeypatch, endpoint.base_url)
            answer = ask(COST)
        assert answer["status"] == "incomplete"
        result = run("replay", answer["id"], "--recorded")
        assert result.exit_code == 0, result.output
        assert result.stdout.startswith("identical: incomplete")

    def test_a_reply_behind_a_refused_form_is_found_again(
        self, run: Run, ask: Ask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refused = status(400, "response_format is not supported", param="response_format")
        with scripted_endpoint(refused, text(self.REPLY)) as endpoint:
            self.configure(monkeypatch, endpoint.base_url, MODEL_OUTPUT="auto")
            answer = ask(COST)
        assert len(answer["statements"]) == 2
        assert run("replay", answer["id"], "--recorded").exit_code == 0

    def test_numbers_are_not_read_where_their_sentences_are_gone(
        self, run: Run, ask: Ask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with scripted_endpoint(text(self.REPLY)) as endpoint:
            self.configure(monkeypatch, endpoint.base_url)
            answer = ask(COST)
        gone = answer["citations"][0]["document_id"]
        assert run("sources", "remove", gone, "--yes").exit_code == 0
        result = run("replay", answer["id"], "--recorded")
        assert result.exit_code == 1
        assert f"{gone} version 1" in result.stderr

    def test_a_manifest_holds_no_secret(
        self, run: Run, ask: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        with scripted_endpoint(text(self.REPLY)) as endpoint:
            address = endpoint.base_url.replace("http://", "http://someone:wicket-77@")
            self.configure(monkeypatch, address, MODEL_API_KEY="wicket-78")
            monkeypatch.setenv("DOSSIER_EMBEDDING_BASE_URL", "http://h.example/v1?key=wicket-79#a")
            monkeypatch.setenv("DOSSIER_EMBEDDING_API_KEY", "wicket-80")
            answer = ask(COST)
            manifest = run("answers", "show", answer["id"], "--manifest", "--json").stdout
        settings = json.loads(manifest)["settings"]
        assert settings["model_base_url"] == endpoint.base_url
        assert settings["embedding_base_url"] == "http://h.example/v1"
        assert run("ask", COST).exit_code == 1, "the endpoint is gone"
        for path in (tmp_path / "data").rglob("*"):
            if path.is_file():
                assert b"wicket" not in path.read_bytes(), path


class TestAffected:
    """Which answers rest on words that changed."""

    def test_nothing_changed(self, run: Run, ask: Ask) -> None:
        ask(COST)
        result = run("affected")
        assert result.exit_code == 0
        assert result.stdout == "0 recorded answers are affected.\n"

    def test_changed_words_are_shown_as_they_are_now(self, run: Run, ask: Ask, place: Path) -> None:
        answer = ask(COST)
        ask(FERRY)
        change(run, place, "bridge.txt", "18 million", "19 million")
        found = affected(run)
        assert states(found) == {COST: ["changed"]}
        (cited,) = found[COST]["citations"]
        assert cited["quote"] == answer["citations"][0]["quote"]
        assert cited["told"] == "‘18’ is now ‘19’"
        now = cited["closest"]
        assert now["version"] == cited["current"] == 2
        stored = run("sources", "show", cited["document_id"], "--text").stdout
        assert stored[now["start"] : now["end"]] == now["quote"]
        assert "19 million" in now["quote"]
        shown = run("affected").stdout
        assert "[1] changed: ‘18’ is now ‘19’" in shown
        assert now["quote"] in shown

    def test_words_that_moved_affect_nothing(self, run: Run, ask: Ask, place: Path) -> None:
        answer = ask(COST)
        change(run, place, "bridge.txt", "Engineers", "Update of the day.\n\nEngineers")
        found = affected(run)
        assert states(found) == {COST: ["moved"]}
        (cited,) = found[COST]["citations"]
        stored = run("sources", "show", cited["document_id"], "--text").stdout
        assert stored[cited["start"] : cited["end"]] == answer["citations"][0]["quote"]
        result = run("affected")
        assert result.exit_code == 0
        assert "(1 moved)" in result.stdout

    def test_words_before_a_change_stand_where_they_stood(
        self, run: Run, ask: Ask, place: Path
    ) -> None:
        ask(FERRY)
        change(run, place, "ferry.txt", "Tomas Brandt", "Ida Brandt")
        assert states(affected(run)) == {FERRY: ["same"]}

    def test_words_that_are_only_told_of_are_not_there_any_more(
        self, run: Run, ask: Ask, place: Path
    ) -> None:
        ask(FERRY)
        first = (place / "ferry.txt").read_text(encoding="utf-8").partition(". ")[0]
        change(run, place, "ferry.txt", first, f"It is wrong that {first} by sea")
        found = affected(run)
        assert states(found) == {FERRY: ["changed"]}
        (cited,) = found[FERRY]["citations"]
        assert "It is wrong that" in cited["closest"]["quote"]

    def test_words_that_are_gone_or_whose_document_is(
        self, run: Run, ask: Ask, place: Path
    ) -> None:
        ask(COST)
        ferry = ask(FERRY)["citations"][0]["document_id"]
        (place / "bridge.txt").write_text("This page is no longer available here.\n")
        assert run("ingest", place).exit_code == 0
        assert run("sources", "remove", ferry, "--yes").exit_code == 0
        found = affected(run)
        assert states(found) == {COST: ["withdrawn"], FERRY: ["withdrawn"]}
        assert found[COST]["citations"][0]["closest"] is None
        assert found[FERRY]["citations"][0]["current"] is None
        assert states(affected(run, "--document", ferry)) == {FERRY: ["withdrawn"]}
        assert affected(run, "--since", "2999-01-01") == {}
        assert states(affected(run, "--since", "2001-01-01")) == states(found)

    def test_a_document_that_was_removed_may_come_back(
        self, run: Run, ask: Ask, place: Path
    ) -> None:
        bridge = ask(COST)["citations"][0]["document_id"]
        assert run("sources", "remove", bridge, "--yes").exit_code == 0
        change(run, place, "bridge.txt", "18 million", "19 million")
        (cited,) = affected(run)[COST]["citations"]
        assert (cited["version"], cited["current"], cited["state"]) == (1, 1, "changed")
        assert run("sources", "remove", bridge, "--yes").exit_code == 0
        change(run, place, "bridge.txt", "19 million", "18 million")
        assert affected(run) == {}

    def test_a_change_that_was_taken_back_affects_nothing(
        self, run: Run, ask: Ask, place: Path
    ) -> None:
        ask(COST)
        change(run, place, "bridge.txt", "18 million", "19 million")
        assert affected(run)[COST]["affected"]
        change(run, place, "bridge.txt", "19 million", "18 million")
        assert affected(run) == {}
