"""``dossier eval history``: metrics over the runs there have been."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli import options
from api.cli.output import write, write_json

if TYPE_CHECKING:
    from eval.running.results import Run


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE OR FOLDER]...")
@click.option("--metric", type=options.TEXT, metavar="NAME", help="Every run of this one metric.")
@click.option(
    "--suite", type=options.TEXT, metavar="NAME", help="The suite; by default the latest run's."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON and not the table.")
@options.data
def history(paths: tuple[Path, ...], metric: str | None, suite: str | None, as_json: bool) -> None:
    """Show metrics over the runs of a suite, and what changed from one run to the next.

    Without a FILE the runs in the data directory are shown. Intervals are those of each run by
    itself; whether two runs differ is for `eval compare` to say, which is much sharper.
    """
    from eval.reports.history import history as history_of
    from eval.reports.history import history_text

    # A data directory without runs is none yet, and no path that was mistyped.
    kept = options.settings().data / "runs"
    runs = list(_runs(paths or ((kept,) if kept.is_dir() else ())))
    found = history_of(runs, suite=suite, metric=metric)
    if as_json:
        write_json(found.model_dump_json(indent=2))
    else:
        write(history_text(found))


def _runs(paths: tuple[Path, ...]) -> Iterator[tuple[str, Run]]:
    """Read the runs; what is none is left out of a folder, and an error if it was named."""
    from eval.errors import InvalidRun
    from eval.reports.history import read_outline
    from qa.visible import one_line

    for path in paths:
        if not path.is_dir():
            yield path.name, read_outline(path)
            continue
        for file in sorted(path.glob("*.json")):
            try:
                yield file.name, read_outline(file)
            except InvalidRun as error:
                click.echo(f"left out: {one_line(str(error))}", err=True)
