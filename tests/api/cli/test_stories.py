"""dossier sources --stories."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import wire


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that holds the wire story in five outlets and a report of another's own."""
    from click.testing import CliRunner

    from api.cli import cli

    place = tmp_path_factory.mktemp("newsroom")
    table = ["file,title,outlet,published_at"]
    for origin in [*wire.outlets(), wire.independent()]:
        (place / origin.name).write_bytes(origin.read(10_000))
        known = origin.given
        table.append(f"{origin.name},{known.title},{known.outlet},{known.published_at}")
    (place / "metadata.csv").write_text("\n".join(table) + "\n", encoding="utf-8")
    result = CliRunner().invoke(cli, ["ingest", str(place), "--data", str(place / "data")])
    assert result.exit_code == 0, result.output
    return place / "data"


def test_copies_stand_below_the_first_with_what_they_add(dossier, newsroom: Path) -> None:
    lines = dossier("sources", "--stories", data=newsroom).stdout.splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("first"))
    assert lines[first - 1].endswith(" (5 documents)")
    assert "2024-05-03" in lines[first]
    assert sum(line.startswith("copy") for line in lines) == 4
    of_varn = next(n for n, line in enumerate(lines) if "means for Varn" in line)
    assert lines[of_varn].endswith("of it in the first, adds 2 sentences)")
    assert lines[of_varn + 1].startswith("     + In Varn, ferry captains")
    assert lines[of_varn + 2].startswith("     + The town council")
    assert "Own Report" not in "\n".join(lines)


def test_as_json_they_are_those_of_http(dossier, newsroom: Path) -> None:
    (story,) = json.loads(dossier("sources", "--stories", "--json", data=newsroom).stdout)
    assert story["documents"] == 5
    assert story["first_seen"] == "2024-05-03"
    assert story["id"] == story["canonical"]["id"]
    added = {copy["document"]["outlet"]: copy["added"] for copy in story["copies"]}
    assert added["varn"] == 2
    assert added["herald"] == 0


def test_filters_hold_for_stories(dossier, newsroom: Path) -> None:
    result = dossier("sources", "--stories", "--outlet", "varn", data=newsroom)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "copy" in result.stderr
    none = dossier("sources", "--stories", "--json", "--outlet", "varn", data=newsroom)
    assert json.loads(none.stdout) == []
