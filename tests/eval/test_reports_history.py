"""A metric over runs, read from run files."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from made_runs import run_of
from report_runs import ATTACK, right, wrong

from api.cli import cli
from eval.errors import InvalidRun
from eval.reports.history import history, history_text, read_outline, sparkline
from eval.running.files import write
from eval.running.results import Measured, Run, SuiteIdentity


def at(day: int, run: Run, **changes: object) -> Run:
    """Return a run that was begun on a day of January."""
    begun = datetime(2025, 1, day, tzinfo=UTC)
    measured: Measured = run.measured.model_copy(update={"started_at": begun})
    return run.model_copy(update={"measured": measured, **changes})


GOOD = at(1, run_of(right("a"), right("b"), name="first", settings={"top_passages": 8}))
WORSE = at(2, run_of(right("a"), wrong("b"), name="second", settings={"top_passages": 2}))
BACK = at(3, run_of(right("a"), right("b"), name="third", settings={"top_passages": 8}), code="1+1")
OTHER = at(4, run_of(right("a"), suite=SuiteIdentity(name="other", sha256="ef" * 32, cases=1)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "runs"
    for name, run in (("z", GOOD), ("y", WORSE), ("x", BACK)):
        write(run, place / f"{name}.json")
    return place


def dossier(*args: object) -> Result:
    return CliRunner().invoke(cli, ["eval", "history", *map(str, args)])


def test_runs_stand_in_the_order_of_time_with_what_changed_between_them() -> None:
    found = history([("x", BACK), ("z", GOOD), ("y", WORSE)], metric="fact_recall")
    assert [entry.name for entry in found.entries] == ["first", "second", "third"]
    means = [figure and figure.mean for figure in found.figures("fact_recall")]
    assert means == [1.0, 0.5, 1.0]
    changed = [
        [(part.name, part.baseline, part.candidate) for part in entry.changed]
        for entry in found.entries
    ]
    assert changed == [
        [],
        [("top_passages", "8", "2")],
        [("code", "0.0.0+0", "1+1"), ("top_passages", "2", "8")],
    ]


def test_the_latest_suite_is_shown_unless_another_is_named() -> None:
    runs = [("a", GOOD), ("b", OTHER)]
    assert [entry.name for entry in history(runs).entries] == ["hand-made"]
    assert [entry.name for entry in history(runs, suite="hand-made").entries] == ["first"]
    with pytest.raises(InvalidRun, match="no run of a suite 'none'"):
        history(runs, suite="none")


def test_an_outline_tells_the_same_as_the_run_without_its_cases(tmp_path: Path) -> None:
    write(WORSE, tmp_path / "run.json")
    outline = read_outline(tmp_path / "run.json")
    assert outline.results == ()
    assert outline.all_figures == WORSE.all_figures
    assert outline.settings == WORSE.settings


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 7, "measured": {}}', "\x00"])
def test_what_is_no_run_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content, encoding="utf-8")
    with pytest.raises(InvalidRun, match=r"run\.json"):
        read_outline(tmp_path / "run.json")


def test_one_metric_is_shown_run_by_run_with_its_interval(folder: Path) -> None:
    done = dossier(folder, "--metric", "fact_recall")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[2] == "  fact_recall  █▁█"
    second = next(line for line in lines if "second" in line)
    assert second.split()[3:6] == ["2", "0.500", "0.095–0.905"]
    bar = second.split()[6]
    assert bar[len(bar) // 2] == "●"
    assert lines[lines.index(second) + 1] == "      changed setting top_passages: 8 -> 2"


def test_without_a_metric_each_is_a_line(folder: Path) -> None:
    lines = dossier(folder).stdout.splitlines()
    (row,) = [line for line in lines if line.startswith("  fact_recall ")]
    assert row.split() == ["fact_recall", "1.000", "1.000", "█▁█", "0.342–1.000"]
    (quiet,) = [line for line in lines if line.startswith("  citation_validity ")]
    assert "▁" not in quiet  # nothing moved


def test_a_folder_may_hold_other_files_but_a_named_file_must_be_a_run(folder: Path) -> None:
    (folder / "note.json").write_text("{}", encoding="utf-8")
    done = dossier(folder)
    assert done.exit_code == 0
    assert "left out:" in done.stderr
    assert "note.json" in done.stderr
    assert dossier(folder / "note.json").exit_code == 2


def test_runs_of_the_data_directory_are_the_default(tmp_path: Path, folder: Path) -> None:
    assert "3 runs" in dossier("--data", folder.parent).stdout
    nothing = dossier("--data", tmp_path / "none")
    assert nothing.exit_code == 2
    assert "there is no run yet" in nothing.stderr
    assert not (tmp_path / "none").exists()


def test_an_unknown_metric_is_an_error_that_names_the_known_ones(folder: Path) -> None:
    done = dossier(folder, "--metric", "accuracy")
    assert done.exit_code == 2
    assert "fact_recall" in done.stderr


def test_json_holds_figures_and_changes(folder: Path) -> None:
    found = json.loads(dossier(folder, "--metric", "fact_recall", "--json").stdout)
    assert [entry["figures"][0]["mean"] for entry in found["entries"]] == [1.0, 0.5, 1.0]
    assert found["entries"][1]["changed"][0]["name"] == "top_passages"


def test_names_cannot_drive_a_terminal() -> None:
    text = history_text(history([("a", at(1, run_of(right("a"), name=ATTACK)))]))
    assert "\x1b" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize(
    ("values", "least", "drawn"),
    [
        ((0.0, 0.5, 1.0), 0.0, "▁▅█"),
        ((0.80, 0.81), 0.1, "▄▅"),
        ((0.3, None, 0.3), 0.0, "▄·▄"),
        ((None,), 0.0, "·"),
        ((), 0.0, ""),
    ],
)
def test_a_sparkline_makes_no_story_of_noise(
    values: tuple[float | None, ...], least: float, drawn: str
) -> None:
    assert sparkline(values, least=least) == drawn
