"""``dossier eval cases``: cases checked, drafted from a dossier, and described."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli import exits, options
from api.cli.output import write, write_json

if TYPE_CHECKING:
    from api.cli.display import Display
    from eval.cases import Case
    from eval.suites.checking.findings import Finding
    from eval.suites.checking.library import Shelf
    from eval.suites.opened import OpenedSuite
    from qa.settings import Settings

SORTS = ("single", "conflict", "unanswerable")
"""What can be drafted, as ``eval.suites.draft`` has it."""

_STYLES = {"error": "error", "warning": "warning", "note": "dim"}


@click.group()
@options.data
def cases() -> None:
    """Check, draft and describe the cases of an evaluation."""


@cases.command()
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@options.data
def check(path: Path | None, as_json: bool) -> None:
    """Check the suite at PATH, or the sample, against its documents.

    A file of cases is compared with the documents of the data directory, any other suite with those
    that it brings. Everything that is wrong is told, errors first.

    Exits 0 without errors, 1 with any, 2 if the suite cannot be used at all.
    """
    from eval.suites.check import check as findings_of
    from eval.suites.opened import read_suite

    opened = read_suite(path)
    with _shelf(opened) as shelf:
        findings = findings_of(opened, shelf)
    if as_json:
        _print_json(opened, findings)
    else:
        _print(opened, findings)
    failed = any(finding.severity == "error" for finding in findings)
    click.get_current_context().exit(exits.FAILURE if failed else exits.OK)


@cases.command()
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="Where the drafts are written; the file must not exist.",
)
@click.option(
    "--count",
    type=click.IntRange(min=1, max=10_000),
    default=20,
    show_default=True,
    help="How many cases are wanted.",
)
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(SORTS),
    help="Only cases of this type; may be repeated.",
)
@click.option(
    "--seed",
    type=int,
    default=7,
    show_default=True,
    help="Another number takes other documents and sentences.",
)
@options.answerer
@options.data
def new(out: Path, count: int, kinds: Sequence[str], seed: int, answerer: str | None) -> None:
    """Draft cases from the documents, for you to read, correct and confirm.

    Questions are made by rule out of single sentences; with a configured model, it words them. All
    drafts have the tag `draft`: `eval run` does not ask them until you take it away.
    """
    from eval.suites.draft import draft

    if out.exists():
        raise click.UsageError(f"{out} is there already; name another file")
    given = {"answerer": answerer} if answerer else {}
    settings = options.settings(**given)
    with options.service(settings, write=False) as service:
        wanted = [sort for sort in SORTS if not kinds or sort in kinds]
        found = draft(service.corpus, count, wanted, seed=seed)  # type: ignore[arg-type]
    if not found:
        exits.message(
            "the documents give nothing to draft from",
            "`dossier sources` lists what there is; or write cases by hand.",
        )
        click.get_current_context().exit(exits.FAILURE)
    found = _phrased(found, settings)
    _write(found, out)
    kinds_found = Counter(case.type for case in found)
    listed = ", ".join(f"{number} {kind}" for kind, number in kinds_found.items())
    write(f"{out}: {len(found)} drafts ({listed})")
    click.echo(
        "Read each, word it as a person would ask, and take its tag `draft` away; then\n"
        f"  dossier eval cases check {out}",
        err=True,
    )


@cases.command()
def schema() -> None:
    """Print the JSON schema of a case."""
    from eval.cases import schema as published

    click.echo(published(), nl=False)


@contextmanager
def _shelf(opened: OpenedSuite) -> Iterator[Shelf | None]:
    """Open the user's documents if the suite is about them and there are any."""
    settings = options.settings()
    if opened.origins is not None or not (settings.data / "record.sqlite").exists():
        yield None
        return
    with options.service(settings, write=False) as service:
        yield service.corpus if service.corpus.documents(limit=1) else None


def _print_json(opened: OpenedSuite, findings: Sequence[Finding]) -> None:
    import json

    shown = {
        "suite": opened.suite.name,
        "sha256": opened.suite.sha256,
        "cases": len(opened.suite.cases),
        "findings": [finding.model_dump() for finding in findings],
    }
    write_json(json.dumps(shown, ensure_ascii=False, indent=2))


def _print(opened: OpenedSuite, findings: Sequence[Finding]) -> None:
    import sys

    from api.cli.display import Display
    from api.cli.render import count

    display = Display(sys.stdout)
    hints: set[str] = set()
    for finding in findings:
        _print_one(display, finding, hints)
    number = Counter(finding.severity for finding in findings)
    told = [count(number[severity], severity) for severity in ("error", "warning", "note")]
    size = count(len(opened.suite.cases), "case")
    display.words(f"{opened.suite.name}: {size}, {', '.join(told)}", "heading")


def _print_one(display: Display, finding: Finding, hints: set[str]) -> None:
    """Write a finding; each hint once."""
    from qa.visible import one_line

    where = " ".join(part for part in (finding.place, finding.case) if part)
    place = f"{one_line(where)}: " if where else ""
    style = _STYLES[finding.severity]
    display.line(
        [(f"{finding.severity}: ", style), (place, "dim"), (one_line(finding.message), "")]
    )
    if finding.hint and finding.hint not in hints:
        hints.add(finding.hint)
        display.line([(f"  {one_line(finding.hint)}", "dim")])


def _phrased(found: tuple[Case, ...], settings: Settings) -> tuple[Case, ...]:
    """Have the model word the questions if the settings say that a model answers."""
    if settings.answerer == "embedded" or not (settings.model or settings.answerer == "model"):
        return found
    import asyncio

    from eval.suites.drafting.phrasing import model_of, phrased

    return asyncio.run(phrased(found, model_of(settings)))


def _write(found: Sequence[Case], path: Path) -> None:
    """Write cases to a new file.

    Raises:
        UnwritableCases: if it cannot be written.
    """
    from eval.errors import UnwritableCases

    lines = (case.model_dump_json(exclude_defaults=True) for case in found)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
    except OSError as error:
        raise UnwritableCases(f"{path}: {error.strerror or error}") from error
