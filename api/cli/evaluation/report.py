"""``dossier eval report``: a run or a comparison as a page, for a CI, or for a pull request."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli import options
from api.cli.output import write, write_json

if TYPE_CHECKING:
    from eval.running.results import Run

Reports = dict[str, Callable[[], str]]
"""What makes each kind of report."""

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("run", type=_FILE)
@click.argument("candidate", type=_FILE, required=False)
@click.option("--html", type=_FILE, metavar="FILE", help="Write a page with every case to FILE.")
@click.option("--junit", type=_FILE, metavar="FILE", help="Write JUnit XML for a CI to FILE.")
@click.option(
    "--markdown", type=_FILE, metavar="FILE", help="Write Markdown for a pull request to FILE."
)
@click.option(
    "--thresholds",
    type=_FILE,
    metavar="FILE",
    help="TOML file with the least that metrics of a run have to reach.",
)
@click.option(
    "--policy",
    type=_FILE,
    metavar="FILE",
    help="TOML file that says how much worse each metric of CANDIDATE may be.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON and not the table.")
@options.data
def report(
    *,
    run: Path,
    candidate: Path | None,
    html: Path | None,
    junit: Path | None,
    markdown: Path | None,
    thresholds: Path | None,
    policy: Path | None,
    as_json: bool,
) -> None:
    """Tell what the run file RUN holds, or how the run file CANDIDATE compares with it.

    Nothing is asked again. The verdict stands in the report, not in the exit code: `eval run` and
    `eval compare` are the gates.
    """
    from eval.running.files import read, write_text

    first = read(run)
    if candidate is None:
        if policy is not None:
            raise click.UsageError("--policy is about two runs")
        printed, made = _of_one(first, thresholds, as_json=as_json)
    else:
        if thresholds is not None:
            raise click.UsageError("--thresholds is about one run")
        printed, made = _of_two(first, read(candidate), policy, as_json=as_json)
    for kind, path in (("html", html), ("junit", junit), ("markdown", markdown)):
        if path is not None:
            write_text(made[kind](), path)
            write(f"{kind} written to {path}", err=True)
    (write_json if as_json else write)(printed)


def _of_one(run: Run, thresholds: Path | None, *, as_json: bool) -> tuple[str, Reports]:
    """Return what is printed of a run, and what makes its reports."""
    from eval.reports.html import run_page
    from eval.reports.junit import run_junit
    from eval.reports.markdown import run_markdown
    from eval.reports.run_table import table
    from eval.thresholds import SAMPLE, Thresholds, judge, read

    if thresholds is not None:
        wanted = read(thresholds)
    else:
        from eval.cases import load
        from eval.sample import cases_path

        shipped = load(cases_path()).sha256 == run.suite.sha256
        wanted = SAMPLE if shipped else Thresholds(minimum={})
    verdict = judge(run, wanted)
    return run.model_dump_json(indent=2) if as_json else table(run, verdict), {
        "html": lambda: run_page(run, verdict),
        "junit": lambda: run_junit(run, verdict),
        "markdown": lambda: run_markdown(run, verdict),
    }


def _of_two(
    baseline: Run, candidate: Run, policy: Path | None, *, as_json: bool
) -> tuple[str, Reports]:
    """Return what is printed of a comparison, and what makes its reports."""
    from eval.comparing.compare import compare
    from eval.comparing.files import as_json as comparison_json
    from eval.comparing.policy import default_policy, read_policy
    from eval.reports.comparison_markdown import comparison_markdown
    from eval.reports.comparison_text import comparison_text
    from eval.reports.html import comparison_page
    from eval.reports.junit import comparison_junit

    found = compare(baseline, candidate, read_policy(policy) if policy else default_policy())
    printed = comparison_json(found).rstrip() if as_json else comparison_text(found)
    return printed, {
        "html": lambda: comparison_page(found, baseline, candidate),
        "junit": lambda: comparison_junit(found),
        "markdown": lambda: comparison_markdown(found),
    }
