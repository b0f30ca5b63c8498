"""Reindexing, checking, evaluating, and the reference of it all."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from scripted_endpoint import scripted_endpoint

from api.cli.reference import reference

COST = "How much will the repairs of the Varn bridge cost?"
ROOT = Path(__file__).parents[3]


def test_reindex_brings_lost_indexes_back(dossier, own: Path) -> None:
    before = dossier("search", COST, data=own).stdout
    shutil.rmtree(own / "keywords")
    shutil.rmtree(own / "vectors", ignore_errors=True)  # small corpora have none
    result = dossier("reindex", data=own)
    assert result.exit_code == 0
    assert result.stdout.startswith("indexes rebuilt in ")
    assert dossier("search", COST, data=own).stdout == before


def test_reindex_embeds_for_another_embedder(dossier, own: Path, monkeypatch) -> None:
    with scripted_endpoint() as endpoint:
        monkeypatch.setenv("DOSSIER_EMBEDDER", "endpoint")
        monkeypatch.setenv("DOSSIER_EMBEDDING_MODEL", "scripted")
        monkeypatch.setenv("DOSSIER_EMBEDDING_BASE_URL", endpoint.base_url)
        refused = dossier("ask", COST, data=own)
        assert refused.exit_code == 1
        assert "dossier reindex --embed" in refused.stderr
        result = dossier("reindex", "--embed", data=own)
        assert result.exit_code == 0, result.output
        assert " passages embedded, indexes rebuilt in " in result.stdout
        assert not result.stdout.startswith("0 ")
        assert dossier("search", COST, data=own).exit_code == 0


class TestDoctor:
    """What is in order and what is not."""

    def test_all_is_well(self, dossier, library: Path) -> None:
        result = dossier("doctor")
        assert result.exit_code == 0, result.output
        assert all(line.startswith(("ok ", " ")) for line in result.stdout.splitlines())
        for name in ("settings", "record", "embedder", "keyword index", "vector index", "model"):
            assert f"  {name}: " in result.stdout
        assert str(library) in result.stdout

    def test_a_model_that_is_not_there(self, dossier, monkeypatch) -> None:
        monkeypatch.setenv("DOSSIER_MODEL", "scripted")
        monkeypatch.setenv("DOSSIER_MODEL_BASE_URL", "http://127.0.0.1:9/v1")
        monkeypatch.setenv("DOSSIER_MODEL_TIMEOUT", "5")
        result = dossier("doctor")
        assert result.exit_code == 1
        (line,) = [line for line in result.stdout.splitlines() if line.startswith("FAILED")]
        assert "model" in line
        assert "DOSSIER_MODEL_BASE_URL" in result.stdout

    def test_a_directory_that_does_not_open(self, dossier, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("x")
        result = dossier("doctor", "--json", data=tmp_path / "file" / "data")
        assert result.exit_code == 1
        checks = {check["name"]: check for check in json.loads(result.stdout)}
        assert not checks["data directory"]["ok"]
        assert checks["data directory"]["hint"]

    def test_a_damaged_index_is_mended_and_told(self, dossier, own: Path) -> None:
        for file in (own / "keywords").glob("*.term"):
            file.write_bytes(b"")
        result = dossier("doctor", data=own)
        assert result.exit_code == 0, result.output
        assert "keyword index: up to change" in result.stdout
        assert "built anew since" in result.stdout

    def test_a_damaged_record_is_told_with_the_way_back(self, dossier, own: Path) -> None:
        record = own / "record.sqlite"
        pages = record.read_bytes()
        middle = len(pages) // 2
        record.write_bytes(pages[:middle] + bytes(8192) + pages[middle + 8192 :])
        result = dossier("doctor", data=own)
        assert result.exit_code == 1
        (line,) = [line for line in result.stdout.splitlines() if line.startswith("FAILED")]
        assert "record" in line
        assert "backup" in result.stdout


class TestEval:
    """``eval run``: the table, the file and the verdict."""

    @pytest.fixture
    def cases(self, tmp_path: Path) -> Path:
        case = {
            "id": "bridge-cost",
            "question": COST,
            "type": "single",
            "expected": [["18 million crowns"]],
            "documents": {"all_of": ["bridge.txt"]},
        }
        path = tmp_path / "cases.jsonl"
        path.write_text(json.dumps(case) + "\n", encoding="utf-8")
        return path

    def test_own_cases_on_own_documents(self, dossier, cases: Path, tmp_path: Path) -> None:
        out = tmp_path / "run.json"
        result = dossier("eval", "run", "--cases", cases, "--out", out)
        assert result.exit_code == 0, result.output
        assert "citation_validity" in result.stdout
        assert "PASSED" in result.stdout
        assert str(out) in result.stderr
        assert json.loads(out.read_text())["results"][0]["answer"]["status"] == "answered"

    def test_a_run_below_the_thresholds_is_code_1(self, dossier, cases: Path, own: Path) -> None:
        wrong = cases.read_text().replace("18 million crowns", "19 million crowns")
        cases.write_text(wrong, encoding="utf-8")
        least = cases.with_name("least.toml")
        least.write_text("[minimum]\nfact_recall = 0.5\n", encoding="utf-8")
        given = ("--cases", cases, "--thresholds", least)
        result = dossier("eval", "run", *given, "--json", data=own)
        assert result.exit_code == 1
        shown = json.loads(result.stdout)
        (written,) = (own / "runs").glob("*.json")
        assert json.loads(written.read_text()) == shown

    def test_the_sample_needs_no_documents(self, dossier, tmp_path: Path) -> None:
        out = tmp_path / "run.json"
        result = dossier("eval", "run", "--limit", 1, "--out", out, data=tmp_path / "none")
        assert result.exit_code in {0, 1}
        assert "Suite sample: 1 case" in result.stdout
        assert out.exists()
        assert [path.name for path in (tmp_path / "none").iterdir()] == ["runs"]

    def test_cases_that_cannot_be_used_are_told(self, dossier, tmp_path: Path) -> None:
        result = dossier("eval", "run", "--cases", tmp_path / "missing.jsonl")
        assert result.exit_code == 2
        assert "missing.jsonl" in result.stderr


def test_the_reference_is_up_to_date() -> None:
    written = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert written == reference(), "run `python -m api.cli.reference > docs/cli.md`"
    assert "## `dossier sources remove`" in written
