"""What docs/evaluation.md shows and lists is so."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import cli
from eval.cases import Case
from eval.comparing.policy import default_policy
from eval.running.figures import PRECISION
from eval.scorers import SCORERS

GUIDE = (Path(__file__).parents[2] / "docs" / "evaluation.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def commands(block: str) -> list[list[str]]:
    lines = block.replace("\\\n", " ").splitlines()
    found = (re.search(r"\bdossier (.*)$", line) for line in lines)
    parts = (re.split(r"\s#|\|\|", match[1])[0] for match in found if match)
    return [shlex.split(part) for part in parts]


def test_every_command_has_the_options_that_are_shown() -> None:
    shown = [
        line for kind in ("sh", "console", "yaml") for one in blocks(kind) for line in commands(one)
    ]
    assert len(shown) > 12
    for line in shown:
        if line[0] == "ingest":
            continue
        done = CliRunner().invoke(cli, [*line, "--help"])
        assert done.exit_code == 0, f"{line}: {done.output}"


def test_the_worked_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DOSSIER_DATA", str(tmp_path / "data"))
    (example,) = blocks("console")
    base, short, comparing = commands(example)
    for line in (base, short):  # the first cases are enough to see that it works
        done = CliRunner().invoke(cli, [*line, "--filter", "id=troops-in-kursk|trade-2024|term"])
        assert done.exit_code in {0, 1}, done.output
    compared = CliRunner().invoke(cli, comparing)
    assert compared.exit_code in {1, 3}, compared.output
    output = next(block for block in blocks("text") if block.startswith("Baseline"))
    for line in output.splitlines()[:3]:
        assert line.replace("80 cases", "3 cases") in compared.output
    metrics = set(re.findall(r"^  (\w+) +\d", compared.output, re.MULTILINE))
    assert metrics - {"latency", "retrieve_seconds"} <= set(re.findall(r"\w+", output))


def test_every_metric_is_explained() -> None:
    explained = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\|.*$", GUIDE, re.MULTILINE))))
    assert {PRECISION, *(scorer.metric for scorer in SCORERS)} <= explained
    assert set(default_policy().metrics) <= explained


def test_every_option_of_a_run_is_explained() -> None:
    run = cli.get_command(None, "eval").get_command(None, "run")  # type: ignore[union-attr, arg-type]
    told = " ".join(GUIDE.split())
    for option in run.params:  # type: ignore[union-attr]
        if not getattr(option, "hidden", False) and option.name not in {"as_json", "data"}:
            assert any(name in told for name in option.opts), option.opts


def test_the_case_that_is_shown_is_one() -> None:
    (shown,) = (block for block in blocks("json") if "question" in block)
    assert Case.model_validate(json.loads(shown)).answerable
