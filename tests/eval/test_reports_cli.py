"""``dossier eval report`` over run files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from report_runs import baseline, candidate

from api.cli import cli
from eval.running.files import write


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    paths = tmp_path / "one.json", tmp_path / "two.json"
    write(baseline(), paths[0])
    write(candidate(), paths[1])
    return paths


def dossier(*args: object) -> Result:
    return CliRunner().invoke(cli, ["eval", "report", *map(str, args)])


def test_a_run_is_printed_and_written_in_every_form(files: tuple[Path, Path]) -> None:
    made = [files[0].with_name(name) for name in ("page.html", "junit.xml", "run.md")]
    done = dossier(files[0], "--html", made[0], "--junit", made[1], "--markdown", made[2])
    assert done.exit_code == 0, done.output
    assert "fact_recall" in done.stdout
    starts = [path.read_text("utf-8").split("\n")[0] for path in made]
    assert starts == [
        "<!doctype html>",
        '<?xml version="1.0" encoding="UTF-8"?>',
        "## Measured: first on hand-made",
    ]
    assert done.stderr.count("written to") == 3


def test_two_runs_are_compared(files: tuple[Path, Path]) -> None:
    made = [files[0].with_name(name) for name in ("page.html", "junit.xml", "run.md")]
    policy = files[0].with_name("policy.toml")
    policy.write_text("[metrics.fact_recall]\nmargin = 0.05\n", encoding="utf-8")
    done = dossier(
        *(*files, "--policy", policy, "--html", made[0], "--junit", made[1], "--markdown", made[2])
    )
    assert done.exit_code == 0, done.output  # a report tells the verdict and is no gate
    assert "REGRESSION" in done.stdout
    assert "<h1" in made[0].read_text("utf-8")
    assert "Regression" in made[0].read_text("utf-8")
    assert '<testsuites name="second against first"' in made[1].read_text("utf-8")
    assert "REGRESSION" in made[2].read_text("utf-8")


def test_json_is_the_run_or_the_comparison(files: tuple[Path, Path]) -> None:
    assert json.loads(dossier(files[0], "--json").stdout)["name"] == "first"
    policy = files[0].with_name("policy.toml")
    policy.write_text("[metrics.fact_recall]\n", encoding="utf-8")
    done = dossier(*files, "--json", "--policy", policy)
    assert json.loads(done.stdout)["verdict"] == "REGRESSION"


def test_thresholds_decide_on_a_run(files: tuple[Path, Path]) -> None:
    wanted = files[0].with_name("wanted.toml")
    wanted.write_text("[minimum]\nfact_recall = 0.5\n", encoding="utf-8")
    page = files[0].with_name("page.html")
    dossier(files[1], "--thresholds", wanted, "--html", page)
    assert "Failed" in page.read_text("utf-8")
    dossier(files[0], "--thresholds", wanted, "--html", page)
    assert "Passed" in page.read_text("utf-8")


@pytest.mark.parametrize("wrong", [("--policy",), ("second", "--thresholds")])
def test_options_that_do_not_fit_are_refused(
    files: tuple[Path, Path], wrong: tuple[str, ...]
) -> None:
    more = [files[1] if part == "second" else part for part in wrong]
    assert dossier(files[0], *more, files[1]).exit_code == 2


def test_what_is_no_run_is_an_error_in_two_lines(tmp_path: Path) -> None:
    done = dossier(tmp_path / "none.json")
    assert done.exit_code == 2
    assert done.stderr.startswith("error: ")
    assert "hint: " in done.stderr
