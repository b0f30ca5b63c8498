"""``dossier affected``: recorded answers whose cited words changed or are gone."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from api.cli import exits, options
from api.cli.output import write_json

if TYPE_CHECKING:
    from datetime import date

    from api.cli.render import Line
    from qa.audit.affected import AffectedAnswer, CitedNow

_STYLES = {"changed": "warning", "withdrawn": "error"}


@click.command()
@options.several("--document", "documents", "ID", "Only citations of this document")
@options.day("--since", "Only answers recorded on this day (UTC) or after.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@options.data
def affected(documents: tuple[str, ...], since: date | None, as_json: bool) -> None:
    """List recorded answers whose cited words changed or went.

    Looked at are citations of documents that have another version now, or were removed. Words that
    still stand in the current version, at the same or another place, affect nothing; such answers
    are told in one line. Of changed words the closest sentence now is shown.

    Exits 0 if no answer is affected, and 1 if any is.
    """
    from api.cli.display import Display

    with options.service(options.settings(), write=False) as service:
        found = list(service.affected(documents=documents, since=since))
    if as_json:
        click.echo("[", nl=False)
        for number, one in enumerate(found):
            write_json(f"{',' if number else ''}\n  {one.model_dump_json()}", nl=False)
        click.echo("\n]" if found else "]")
    else:
        Display(sys.stdout).lines(lines(found))
    worse = any(one.affected for one in found)
    click.get_current_context().exit(exits.FAILURE if worse else exits.OK)


def lines(found: list[AffectedAnswer]) -> Iterator[Line]:
    """Yield the answers for a person: first those that are affected, then the others."""
    from api.cli.render import count
    from qa.visible import one_line

    hit = [one for one in found if one.affected]
    for one in hit:
        yield _heading(one)
        for cited in one.citations:
            yield from _citation(cited)
        yield []
    for one in found:
        if not one.affected:
            states = Counter(cited.state for cited in one.citations)
            told = ", ".join(f"{number} {state}" for state, number in sorted(states.items()))
            yield [(f"{one.id}  ", "dim"), (one_line(one.question), ""), (f"  ({told})", "dim")]
    verb = "is" if len(hit) == 1 else "are"
    fine = len(found) - len(hit)
    further = f"; of {count(fine, 'other')} the words stand in the current version" if fine else ""
    yield [(f"{count(len(hit), 'recorded answer')} {verb} affected{further}.", "")]


def _heading(one: AffectedAnswer) -> Line:
    from qa.visible import one_line

    when = one.created_at.strftime("%Y-%m-%d")
    return [(f"{one.id}  ", "dim"), (one_line(one.question), "heading"), (f"  ({when})", "dim")]


def _citation(cited: CitedNow) -> Iterator[Line]:
    from qa.visible import one_line, visible

    versions = f"{cited.document_id} version {cited.version}"
    versions += f" → {cited.current}" if cited.current else ""
    told = f"{cited.state}: {one_line(cited.told)}"
    style = _STYLES.get(cited.state, "good")
    yield [(f"[{cited.number}] ", "marker"), (told, style), (f" ({versions})", "dim")]
    yield [("    was “", "dim"), (visible(cited.quote), "quote"), ("”", "dim")]
    if cited.closest:
        yield [("    now “", "dim"), (visible(cited.closest.quote), "quote"), ("”", "dim")]
