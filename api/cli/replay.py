"""``dossier replay``: a recorded question answered again, and what is different."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from api.cli import exits, options
from api.cli.output import write_json

if TYPE_CHECKING:
    from api.cli.render import Line
    from qa.audit.replay import Change, Difference, Replay


@click.command()
@click.argument("answer_id", metavar="ID", type=options.TEXT)
@click.option(
    "--recorded",
    is_flag=True,
    help="Put the answer together from what was recorded with it; no model is called.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@options.data
def replay(answer_id: str, recorded: bool, as_json: bool) -> None:
    """Ask the question of a recorded answer again and compare.

    The question is asked as it was understood then, with its filters and its answerer, of the
    documents and with the settings of now. With --recorded nothing is searched: the sentences that
    were offered then, and the model's replies, take the same way through the checks again.

    Exits 0 if the answer is identical, and 1 if it is different or could not be made. What it
    depends on and has changed since is named in both cases. The new answer is not recorded.
    """
    import asyncio

    from api.cli.display import Display

    with options.service(options.settings(), write=False) as service:
        made = asyncio.run(service.replay(answer_id, recorded=recorded))
    if as_json:
        write_json(made.model_dump_json(indent=2))
    else:
        Display(sys.stdout).lines(lines(made))
    click.get_current_context().exit(exits.OK if made.identical else exits.FAILURE)


def lines(made: Replay) -> Iterator[Line]:
    """Yield a replay for a person: the verdict, the differences, and what changed since."""
    from api.cli.render import count

    said = count(len(made.answer.statements), "statement")
    cited = count(len(made.answer.citations), "citation")
    if made.identical:
        yield [("identical", "good"), (f": {made.answer.status}, {said}, {cited}", "")]
    else:
        yield [("different", "warning"), (f": now {made.answer.status}, {said}, {cited}", "")]
    for difference in made.differences:
        yield from _difference(difference)
    if made.changes:
        yield [("Since then:", "heading")]
        yield from map(_change, made.changes)


def _difference(given: Difference) -> Iterator[Line]:
    from qa.visible import visible

    where = f" {given.name}" if given.name else ""
    where += f" [statement {given.statement + 1}]" if given.statement is not None else ""
    yield [(given.kind.replace("_", " "), "heading"), (where, "dim")]
    for mark, words, style in (("- ", given.was, "error"), ("+ ", given.now, "good")):
        for line in (words or "").splitlines():
            yield [(f"  {mark}", style), (visible(line), "")]


def _change(given: Change) -> Line:
    from qa.visible import one_line

    kind, _, what = given.kind.partition("_")
    name = given.name if given.name != given.kind else ""
    words = " ".join(filter(None, (kind, name, what)))
    values = [one_line(value) for value in (given.was, given.now) if value is not None]
    told = f": {' → '.join(values)}" if values else ""
    return [("  ", ""), (one_line(words), ""), (told, "dim")]
