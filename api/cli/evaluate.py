"""``dossier eval``: how good the answers are."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from api.cli import exits, options


@click.group("eval")
@options.data
def evaluate() -> None:
    """Measure how good the answers are."""


@evaluate.command()
@click.option(
    "--cases",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Your cases, asked of your documents; without it the sample's, asked of the sample.",
)
@click.option("--limit", type=click.IntRange(min=1), help="Only so many cases, from the start.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where the run is written; by default in the data directory under runs/.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the run as JSON and not the table.")
@options.data
def run(cases: Path | None, limit: int | None, out: Path | None, as_json: bool) -> None:
    """Ask every case, score the answers and print a table by layer.

    The whole run is written to a file. Exits 0 if every metric reaches its threshold, 1 if not.
    """
    import asyncio

    from api.cli.progress import Bar
    from eval.report import table
    from eval.run import write
    from eval.suite import run_suite
    from eval.thresholds import judge

    settings = options.settings()
    path = out or settings.data / "runs" / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}.json"
    with Bar("asking", "cases") as bar:

        def on_progress(done: int, total: int) -> None:
            bar.expect(total)
            bar.reach(done, counted=done)

        result = asyncio.run(
            run_suite(settings, cases=cases, limit=limit, concurrency=2, on_progress=on_progress)
        )
    write(result, path)
    verdict = judge(result)
    if as_json:
        click.echo(result.model_dump_json(indent=2).encode())
    else:
        click.echo(table(result, verdict))
    click.echo(f"run written to {path}", err=True)
    click.get_current_context().exit(exits.OK if verdict.passed else exits.FAILURE)
