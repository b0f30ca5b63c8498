from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result
from made_pairs import good, wrong
from made_runs import run_of

from api.cli import cli
from eval.comparing import files as comparisons
from eval.running import files


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Run files of a baseline and of candidates."""
    cases = {
        "baseline": [good(n) for n in range(30)],
        "same": [good(n) for n in range(30)],
        "worse": [wrong(n) if n < 15 else good(n) for n in range(30)],
        "perhaps": [wrong(n) if n < 2 else good(n) for n in range(30)],
        "other": [good(n) for n in range(50, 60)],
    }
    folder = tmp_path_factory.mktemp("runs")
    paths = {name: folder / f"{name}.json" for name in cases}
    for name, seen in cases.items():
        files.write(run_of(*seen, name=name), paths[name])
    return paths


def compare(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["eval", "compare", *map(str, arguments)], prog_name="dossier")


@pytest.mark.parametrize(
    ("candidate", "code", "verdict"),
    [("same", 0, "PASS"), ("worse", 1, "REGRESSION"), ("perhaps", 3, "INCONCLUSIVE")],
)
def test_the_exit_code_tells_the_verdict(
    made: dict[str, Path], candidate: str, code: int, verdict: str
) -> None:
    result = compare(made["baseline"], made[candidate])
    assert result.exit_code == code
    assert f"{verdict} on 30 paired cases" in result.stdout
    assert result.stderr == ""


def test_a_policy_decides(made: dict[str, Path], tmp_path: Path) -> None:
    policy = tmp_path / "lenient.toml"
    policy.write_text("[metrics.fact_recall]\nmargin = 0.9\n")
    result = compare(made["baseline"], made["worse"], "--policy", policy)
    assert result.exit_code == 0
    assert "policy lenient.toml" in result.stdout


def test_what_cannot_be_compared_is_usage_and_no_regression(
    made: dict[str, Path], tmp_path: Path
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text("[metrics.speling]\n")
    cases = tmp_path / "cases.jsonl"
    cases.write_text("{}")
    wanted = [
        ((made["baseline"], tmp_path / "nowhere.json"), "nowhere.json"),
        ((made["baseline"], cases), "cases.jsonl"),
        ((made["baseline"], made["other"]), "no case in common"),
        ((made["baseline"], made["same"], "--policy", policy), "no run has speling"),
        ((made["baseline"], made["same"], "--markdown", made["same"] / "x.md"), "x.md"),
        ((made["baseline"],), "CANDIDATE"),
    ]
    for arguments, said in wanted:
        result = compare(*arguments)
        assert result.exit_code == 2, said
        assert said in result.stderr
        assert result.stdout == ""


def test_the_comparison_comes_as_json_the_same_each_time(
    made: dict[str, Path], tmp_path: Path
) -> None:
    one, other = (compare(made["baseline"], made["worse"], "--json") for _ in range(2))
    assert one.exit_code == 1
    assert one.stdout == other.stdout
    assert json.loads(one.stdout)["format"] == "dossier-comparison/1"
    path = tmp_path / "comparison.json"
    path.write_text(one.stdout)
    assert comparisons.read(path).verdict == "REGRESSION"


def test_reports_are_written_whatever_the_verdict(made: dict[str, Path], tmp_path: Path) -> None:
    out = {kind: tmp_path / "out" / f"comparison.{kind}" for kind in ("html", "xml", "md")}
    result = compare(
        *(made["baseline"], made["worse"], "--html", out["html"], "--junit", out["xml"]),
        *("--markdown", out["md"]),
    )
    assert result.exit_code == 1
    assert out["md"].read_text("utf-8").startswith("## REGRESSION: worse against baseline")
    assert ElementTree.parse(out["xml"]).getroot().tag == "testsuites"
    assert out["html"].read_text("utf-8").lstrip().lower().startswith("<!doctype html")
