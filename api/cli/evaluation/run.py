"""``dossier eval run``: every case asked, every answer scored."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli import exits, options, output

if TYPE_CHECKING:
    from eval.running.results import Run
    from eval.running.run import Judging, RunOptions
    from eval.scorers.base import Prices
    from eval.suites.opened import OpenedSuite
    from eval.thresholds import Thresholds
    from qa.settings import Settings

EMBEDDED = "embedded"
"""The name that stands for the embedded answerer among ``--model``."""


def _overrides(
    _ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, str]:
    found = {}
    for value in values:
        name, equals, content = value.partition("=")
        if not equals:
            raise click.BadParameter(f"{value!r} is not KEY=VALUE")
        found[name.strip().lower().removeprefix("dossier_")] = content
    return found


def _prices(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> Prices | None:
    from eval.scorers.base import Prices

    if value is None:
        return None
    try:
        prompt, completion = (float(part) for part in value.split(","))
    except ValueError:
        raise click.BadParameter("write two numbers, such as 0.15,0.60") from None
    if min(prompt, completion) < 0:
        raise click.BadParameter("a price is not below 0")
    return Prices(prompt, completion)


@click.command()
@click.option(
    "--suite",
    "--cases",
    "suite",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A file of cases about your documents, or a suite that brings its own: a benchmark or "
    "BEIR folder, a SQuAD file. Without it the sample's cases, asked of the sample.",
)
@click.option("--limit", type=click.IntRange(min=1), help="Only so many cases, from the start.")
@options.several("--filter", "filters", "FIELD=PATTERN", "Only cases such as type=conflict")
@click.option("--drafts", is_flag=True, help="Also ask drafted cases that nobody has confirmed.")
@click.option(
    "--repeat",
    "repeats",
    type=click.IntRange(min=1, max=100),
    default=1,
    show_default=True,
    help="Ask each case so many times.",
)
@options.several("--model", "models", "NAME", "Run with this model; `embedded` is the built-in one")
@click.option(
    "--set",
    "overrides",
    multiple=True,
    type=options.TEXT,
    callback=_overrides,
    metavar="KEY=VALUE",
    help="Run with this setting, such as top_passages=12; may be repeated.",
)
@click.option(
    "--concurrency",
    type=click.IntRange(min=1, max=256),
    default=2,
    show_default=True,
    help="Questions under way at once.",
)
@click.option("--fresh", is_flag=True, help="Ask every case anew, although its answer is kept.")
@click.option(
    "--judge", "judge_model", metavar="NAME", help="Have this model judge the answers as well."
)
@click.option(
    "--judge-repeats",
    type=click.IntRange(min=1, max=20),
    default=3,
    show_default=True,
    help="How often the judge is asked about each answer.",
)
@click.option(
    "--price",
    "prices",
    metavar="IN,OUT",
    callback=_prices,
    help="What a million tokens sent and received cost.",
)
@click.option(
    "--thresholds",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="TOML file with the least that metrics have to reach.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where the run is written; by default in the data directory under runs/.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the run as JSON and not the table.")
@options.data
def run(
    *,
    suite: Path | None,
    limit: int | None,
    filters: tuple[str, ...],
    drafts: bool,
    repeats: int,
    models: tuple[str, ...],
    overrides: dict[str, str],
    concurrency: int,
    fresh: bool,
    judge_model: str | None,
    judge_repeats: int,
    prices: Prices | None,
    thresholds: Path | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Ask every case, score the answers and print a table by layer.

    The whole run is written to a file. Answers are kept: a run that was stopped goes on where it
    was when the same command is given again, and only what changed is asked anew. With several
    --model each gets a run of its own, and the first is compared with the others.

    Exits 0 if every metric reaches its threshold, 1 if not.
    """
    from eval.running.cache import Cache
    from eval.running.run import RunOptions
    from eval.scorers import SCORERS
    from eval.scorers.plugins import load
    from eval.suites.opened import open_suite
    from eval.suites.selection import require_confirmed, select

    if out is not None and len(models) > 1:
        raise click.UsageError("--out names one file; leave it away with several --model")
    settings = [_settings(model, overrides) for model in models or (None,)]
    folder = settings[0].data / "runs"
    opened = open_suite(suite)
    opened = replace(opened, suite=select(opened.suite, filters, limit))
    if not drafts:
        require_confirmed(opened.suite)
    wanted = _thresholds(thresholds, sample=suite is None)
    scorers = (*SCORERS, *load())
    wanted.check(scorers)
    how = RunOptions(
        concurrency=concurrency,
        repeats=repeats,
        cache=Cache(folder / "cache"),
        fresh=fresh,
        scorers=scorers,
        judge=_judge(settings[0], judge_model, judge_repeats) if judge_model else None,
        prices=prices,
    )
    passed, runs = True, []
    for one in settings:
        runs.append(_run(one, opened, how, folder))
        path = out or _path(folder, runs[-1])
        passed &= _tell(runs[-1], path, wanted, as_json=as_json)
    if len(runs) > 1 and not as_json:
        _compare(runs)
    click.get_current_context().exit(exits.OK if passed else exits.FAILURE)


def _settings(model: str | None, overrides: dict[str, str]) -> Settings:
    from qa.errors import InvalidSetting
    from qa.settings import Settings

    for name in overrides:
        if name not in Settings.model_fields or name == "data":
            raise InvalidSetting(
                f"--set {name}: there is no such setting to vary",
                hint="`.env.example` lists the settings; write them without DOSSIER_.",
            )
    if model == EMBEDDED:
        return options.settings(**{"answerer": "embedded", **overrides})
    if model is not None:
        return options.settings(**{"answerer": "model", "model": model, **overrides})
    return options.settings(**overrides)


def _thresholds(path: Path | None, *, sample: bool) -> Thresholds:
    from eval.thresholds import SAMPLE, Thresholds, read

    if path is not None:
        return read(path)
    return SAMPLE if sample else Thresholds(minimum={})


def _judge(settings: Settings, model: str, repeats: int) -> Judging:
    import asyncio

    from eval.judging.judge import Judge

    made = Judge(
        model,
        base_url=settings.model_base_url,
        api_key=settings.model_api_key.get_secret_value(),
        votes=repeats,
        timeout=settings.model_timeout,
    )
    asyncio.run(made.probe())
    return made


def _run(settings: Settings, opened: OpenedSuite, how: RunOptions, folder: Path) -> Run:
    """Run the suite with a bar; tell what to do if it is stopped."""
    import asyncio

    from api.cli.progress import Bar
    from eval.running.variants import run_suite

    with Bar("asking", "cases") as bar:

        def on_progress(done: int, total: int) -> None:
            bar.expect(total)
            bar.reach(done, counted=done)

        running = run_suite(
            settings, opened, how, corpora=folder / "corpora", on_progress=on_progress
        )
        try:
            return asyncio.run(running)
        except KeyboardInterrupt:
            click.echo("answers are kept: the same command goes on where it stopped", err=True)
            raise


def _path(folder: Path, run: Run) -> Path:
    name = re.sub(r"[^\w.-]+", "-", run.name).strip("-.")[:60]
    return folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{name or 'run'}.json"


def _tell(run: Run, path: Path, wanted: Thresholds, *, as_json: bool) -> bool:
    """Write and print a run; return whether it is good enough."""
    from eval.reports.run_table import table
    from eval.running.files import write
    from eval.thresholds import judge

    write(run, path)
    verdict = judge(run, wanted)
    if as_json:
        output.write_json(run.model_dump_json(indent=2))
    else:
        output.write(table(run, verdict))
    kept = sum(clock.cached for clock in run.measured.cases.values())
    if kept:
        click.echo(f"{kept} of {len(run.results)} answers were kept from earlier runs", err=True)
    output.write(f"run written to {path}", err=True)
    return verdict.passed


def _compare(runs: Sequence[Run]) -> None:
    """Print how each further run compares with the first."""
    from eval.comparing.compare import compare
    from eval.comparing.policy import default_policy
    from eval.reports.comparison_text import comparison_text

    for candidate in runs[1:]:
        click.echo()
        output.write(comparison_text(compare(runs[0], candidate, default_policy())))
