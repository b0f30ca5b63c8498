"""The command line over a small dossier of its own, shared by the tests that only read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from documents import write_minutes
from texts import write_three

from api.cli import cli
from index.embed.embedded import EmbeddedModel

Dossier = Callable[..., Result]
"""Runs ``dossier`` with arguments in this process; ``input`` is what stands on stdin."""

TABLE = """\
file,title,outlet,published_at
harbour.txt,Cranes back at work,Lindholm Post,2024-04-14
ferry.txt,,Varn Herald,2024-05-02
bridge.txt,Cracks in the bridge,Varn Herald,2024-06-20
"""


def keep_out(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    """Keep the settings and the .env of whoever runs the tests out of them."""
    for name in list(os.environ):
        if name.startswith("DOSSIER_") or name in {"NO_COLOR", "FORCE_COLOR"}:
            monkeypatch.delenv(name)
    monkeypatch.chdir(place)


@pytest.fixture(autouse=True, scope="session")
def _one_embedder() -> Iterator[None]:
    """Load the embedding model once and not for each command: it is the same for all."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("qa.service.EmbeddedModel", cache(EmbeddedModel))
        yield


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    keep_out(monkeypatch, tmp_path)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of documents: three texts with a table of metadata, and minutes of two pages."""
    place = write_three(tmp_path_factory.mktemp("documents"))
    (place / "metadata.csv").write_text(TABLE, encoding="utf-8")
    write_minutes(place / "minutes.pdf")
    return place


@pytest.fixture(scope="session")
def library(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that holds the folder; tests must leave it as it is."""
    data = tmp_path_factory.mktemp("library") / "data"
    with pytest.MonkeyPatch.context() as monkeypatch:
        keep_out(monkeypatch, folder)
        result = CliRunner().invoke(cli, ["ingest", str(folder), "--data", str(data)])
    assert result.exit_code == 0, result.output
    return data


@pytest.fixture
def own(library: Path, tmp_path: Path) -> Path:
    """A copy of the library that a test may change."""
    return Path(shutil.copytree(library, tmp_path / "own"))


@pytest.fixture
def dossier(library: Path) -> Dossier:
    """Run ``dossier`` on the library, or on the directory given as ``data``."""

    def run(
        *arguments: object,
        data: Path | None = None,
        input: str | bytes | None = None,  # noqa: A002  # as click's runner calls it
    ) -> Result:
        return CliRunner().invoke(
            cli,
            [str(argument) for argument in arguments],
            input=input,
            env={"DOSSIER_DATA": str(data or library)},
            prog_name="dossier",
        )

    return run
