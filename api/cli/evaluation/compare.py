"""``dossier eval compare``: is the candidate worse than the baseline?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli import exits, options
from api.cli.output import write, write_json

if TYPE_CHECKING:
    from eval.comparing.comparison import Comparison
    from eval.running.results import Run

INCONCLUSIVE = 3
"""Exit code where so many cases cannot tell."""

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("baseline", type=_FILE)
@click.argument("candidate", type=_FILE)
@click.option(
    "--policy",
    "policy_file",
    type=_FILE,
    metavar="FILE",
    help="TOML file that says how much worse each metric may be.",
)
@click.option("--html", type=_FILE, metavar="FILE", help="Write a page with every case to FILE.")
@click.option("--junit", type=_FILE, metavar="FILE", help="Write JUnit XML for a CI to FILE.")
@click.option(
    "--markdown", type=_FILE, metavar="FILE", help="Write Markdown for a pull request to FILE."
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print the comparison as JSON and not the table."
)
@options.data
def compare(
    *,
    baseline: Path,
    candidate: Path,
    policy_file: Path | None,
    html: Path | None,
    junit: Path | None,
    markdown: Path | None,
    as_json: bool,
) -> None:
    """Compare the run file CANDIDATE with the run file BASELINE, case by case.

    Each metric is compared over the cases that have a value in both runs. Without --policy the
    shipped one counts, which allows five points of a hundred for most metrics.

    Exits 0 if no gated metric is worse than allowed, 1 if one is or askings lost their answers, 2
    if the runs or the policy cannot be used, 3 if so many cases cannot tell.
    """
    from index.errors import DossierError

    context = click.get_current_context()
    try:
        found = _compare(baseline, candidate, policy_file, (html, junit, markdown))
    except DossierError as error:  # 1 would read as a regression
        if options.debugging(context):
            raise
        exits.report(error)
        context.exit(exits.USAGE)
    if as_json:
        from eval.comparing import files

        write_json(files.as_json(found), nl=False)
    else:
        from eval.reports.comparison_text import comparison_text

        write(comparison_text(found))
    codes = {"PASS": exits.OK, "REGRESSION": exits.FAILURE, "INCONCLUSIVE": INCONCLUSIVE}
    context.exit(codes[found.verdict])


def _compare(
    baseline: Path, candidate: Path, policy: Path | None, reports: tuple[Path | None, ...]
) -> Comparison:
    """Compare two run files and write the reports that are wanted."""
    from eval.comparing.compare import compare as compare_runs
    from eval.comparing.policy import default_policy, read_policy
    from eval.running.files import read

    runs = read(baseline), read(candidate)
    found = compare_runs(*runs, read_policy(policy) if policy else default_policy())
    _write(found, runs, *reports)
    return found


def _write(
    found: Comparison,
    runs: tuple[Run, Run],
    html: Path | None,
    junit: Path | None,
    markdown: Path | None,
) -> None:
    from eval.running.files import write_text

    if html is not None:
        from eval.reports.html import comparison_page

        write_text(comparison_page(found, *runs), html)
    if junit is not None:
        from eval.reports.junit import comparison_junit

        write_text(comparison_junit(found), junit)
    if markdown is not None:
        from eval.reports.comparison_markdown import comparison_markdown

        write_text(comparison_markdown(found), markdown)
