"""A cross-encoder of one's own: in searches, in answers, in the check of the set-up."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tiny_cross_encoder import write_cross_encoder

QUESTION = "How many passengers did the ferry carry, and what will the bridge repairs cost?"


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model that knows of ferries only."""
    folder = write_cross_encoder(tmp_path / "ferries", {"ferry": 5.0, "bridge": -5.0})
    monkeypatch.setenv("DOSSIER_RERANKER", str(folder))
    return folder


def first_hit(text: str) -> str:
    return next(line for line in text.splitlines() if line.startswith("1."))


def test_search_shows_the_score_that_decided(dossier, model: Path, monkeypatch) -> None:
    found = dossier("search", "--explain", QUESTION)
    assert found.exit_code == 0, found.output
    stages = re.findall(r"close [\d.]+, .*dense [\d.]+, .*\brerank (-?[\d.]+)", found.stdout)
    scores = [float(score) for score in stages]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == 5.0
    assert scores[-1] == -5.0
    as_json = json.loads(dossier("search", "--json", QUESTION).stdout)
    assert as_json["hits"][0]["scores"]["rerank"] == 5.0
    monkeypatch.delenv("DOSSIER_RERANKER")
    plain = dossier("search", "--explain", QUESTION).stdout
    assert "rerank" not in plain
    assert first_hit(plain).split("(")[0] != first_hit(found.stdout).split("(")[0]


def test_an_answer_says_which_one_was_used(dossier, model: Path, monkeypatch) -> None:
    answer = json.loads(dossier("ask", "--json", QUESTION).stdout)
    assert re.fullmatch(r"ferries@[0-9a-f]{12}", answer["reranker"])
    assert "310,000" in answer["text"]
    monkeypatch.delenv("DOSSIER_RERANKER")
    assert json.loads(dossier("ask", "--json", QUESTION).stdout)["reranker"] is None


def test_fewer_candidates_leave_the_rest_as_it_was(dossier, model: Path, monkeypatch) -> None:
    monkeypatch.setenv("DOSSIER_RERANKER_CANDIDATES", "1")
    hits = json.loads(dossier("search", "--json", QUESTION).stdout)["hits"]
    assert ["rerank" in hit["scores"] for hit in hits] == [True, *[False] * (len(hits) - 1)]


def test_doctor_tries_it(dossier, model: Path) -> None:
    well = dossier("doctor")
    assert well.exit_code == 0, well.output
    assert re.search(r"ok\s+reranker: ferries@", well.stdout)
    (model / "tokenizer.json").unlink()
    broken = dossier("doctor")
    assert broken.exit_code == 1
    assert re.search(r"FAILED\s+reranker: .*has no tokenizer\.json", broken.stdout)


def test_one_that_cannot_be_used_is_an_error(dossier, model: Path, monkeypatch) -> None:
    monkeypatch.setenv("DOSSIER_RERANKER", str(model / "elsewhere"))
    failed = dossier("ask", QUESTION)
    assert failed.exit_code == 1
    assert f"there is no folder {model / 'elsewhere'}" in failed.stderr
    assert "model.onnx" in failed.stderr
    monkeypatch.setenv("DOSSIER_RERANKER", str(model))
    monkeypatch.setenv("DOSSIER_RERANKER_FILE", "small.onnx")
    assert "has no small.onnx" in dossier("ask", QUESTION).stderr
