"""Collections, languages and the day to look from, on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from texts import BRIDGE, FERRY, HARBOUR

COST = "How much will the repairs of the Varn bridge cost"


@pytest.fixture(scope="module")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with documents of two collections, a third of none, in two languages."""
    from click.testing import CliRunner

    from api.cli import cli

    place = tmp_path_factory.mktemp("shelves")
    data = str(place / "data")
    for text, name, flags in (
        (HARBOUR, "harbour", ["--collection", "Ports", "--published-at", "2024-04-14"]),
        (FERRY, "ferry", ["--collection", "Ports", "--language", "en-GB"]),
        (BRIDGE, "bridge", ["--published-at", "2024-06-20", "--language", "de"]),
    ):
        (place / f"{name}.txt").write_text(text, encoding="utf-8")
        file = str(place / f"{name}.txt")
        done = CliRunner().invoke(cli, ["ingest", file, "--data", data, *flags])
        assert done.exit_code == 0, done.output
    return Path(data)


def names(dossier, data: Path, *flags: str) -> list[str]:
    rows = [line.split("\t") for line in dossier("sources", *flags, data=data).stdout.splitlines()]
    return sorted(row[4] for row in rows)


def test_sources_shows_and_filters_collections_languages_and_days(dossier, shelves: Path) -> None:
    rows = [line.split("\t") for line in dossier("sources", data=shelves).stdout.splitlines()]
    assert {row[4]: row[5] for row in rows} == {
        "harbour.txt": "Ports",
        "ferry.txt": "Ports",
        "bridge.txt": "",
    }
    listed = json.loads(dossier("sources", "--json", data=shelves).stdout)
    assert {one["name"]: one["collection"] for one in listed}["bridge.txt"] is None
    ferry = next(one["id"] for one in listed if one["name"] == "ferry.txt")
    assert "collection:   Ports" in dossier("sources", "show", ferry, data=shelves).stdout
    assert names(dossier, shelves, "--collection", "ports") == ["ferry.txt", "harbour.txt"]
    assert names(dossier, shelves, "--language", "EN") == ["ferry.txt"]
    assert names(dossier, shelves, "--language", "en", "--language", "de") == [
        "bridge.txt",
        "ferry.txt",
    ]
    assert names(dossier, shelves, "--as-of", "2024-06-19") == ["harbour.txt"]
    assert names(dossier, shelves, "--collection", "ports", "--language", "de") == []
    for impossible in (
        ["--language", "english"],
        ["--since", "2025-01-02", "--as-of", "2025-01-01"],
    ):
        assert dossier("sources", *impossible, data=shelves).exit_code == 2


def test_another_collection_on_ingest_is_a_new_version(dossier, tmp_path: Path) -> None:
    file, data = tmp_path / "ferry.txt", tmp_path / "data"
    file.write_text(FERRY, encoding="utf-8")
    done = [
        dossier("ingest", file, *flags, data=data).stdout.partition(";")[0]
        for flags in ([], ["--collection", "Ports"], ["--collection", "Ports"])
    ]
    assert done == [
        "1 added, 0 changed, 0 unchanged, 0 rejected",
        "0 added, 1 changed, 0 unchanged, 0 rejected",
        "0 added, 0 changed, 1 unchanged, 0 rejected",
    ]


def test_an_unknown_collection_is_code_2_with_those_that_exist(dossier, shelves: Path) -> None:
    result = dossier("ask", f"{COST}?", "--collection", "Roads", data=shelves)
    assert result.exit_code == 2
    assert "'Roads'" in result.stderr
    assert "Collections here: Ports." in result.stderr


def test_last_month_is_counted_back_from_as_of(dossier, shelves: Path) -> None:
    told = dossier(
        "ask", f"{COST}, according to last month's papers?", "--as-of", "2024-07-05", data=shelves
    )
    assert told.exit_code == 0, told.output
    assert told.stdout.startswith(
        "‘last month’ was read as 2024-06-01 to 2024-06-30 (as_of 2024-07-05)"
    )
    assert "18 million crowns" in told.stdout
    too_late = dossier("ask", f"{COST}, from last month on?", "--as-of", "2024-09-05", data=shelves)
    assert too_late.exit_code == 3
    assert "Filters: since=2024-08-01 as_of=2024-09-05." in too_late.stdout


def test_an_expression_without_a_told_day_is_left_and_noted(dossier, shelves: Path) -> None:
    result = dossier("ask", f"{COST} since last month?", data=shelves)
    assert "‘since last month’ was not resolved: no date was told (as_of)." in result.stdout
    assert "18 million crowns" in result.stdout


def test_events_are_told_by_name(dossier, shelves: Path) -> None:
    ask = ("ask", "--json", f"{COST} before the summer solstice?")
    told = dossier(*ask, "--date", "summer solstice=2024-06-21", data=shelves)
    coverage = json.loads(told.stdout)["coverage"]
    assert coverage["filters"]["until"] == "2024-06-20"
    assert coverage["dates"][0]["text"] == "before the summer solstice"
    assert coverage["dates"][0]["told"] == "summer solstice = 2024-06-21"
    assert coverage["notes"] == []
    for wrong in ("summer solstice", "=2024-06-21", "summer=June"):
        refused = dossier(*ask, "--date", wrong, data=shelves)
        assert refused.exit_code == 2
        assert "not the day of an event" in refused.stderr


def test_days_that_leave_none_are_code_2(dossier, shelves: Path) -> None:
    result = dossier(
        "ask", f"{COST} last week?", "--as-of", "2024-07-05", "--until", "2024-01-01", data=shelves
    )
    assert result.exit_code == 2
    assert "‘last week’" in result.stderr


def test_search_understands_the_same(dossier, shelves: Path) -> None:
    flags = ("--as-of", "2024-07-05", "--collection", "ports")
    shown = dossier("search", "strike in the past three months", *flags, data=shelves).stdout
    assert "12 April" in shown
    assert "Filters: collection=ports since=2024-04-05 as_of=2024-07-05" in shown.splitlines()
    assert "‘in the past three months’ was read as 2024-04-05 to 2024-07-05" in shown
    reply = json.loads(dossier("search", "--json", "strike last week", *flags, data=shelves).stdout)
    assert reply["hits"] == []
    assert reply["coverage"]["filters"]["since"] == "2024-06-24"
    unresolved = dossier("search", "strike last week", data=shelves).stdout
    assert "‘last week’ was not resolved" in unresolved
