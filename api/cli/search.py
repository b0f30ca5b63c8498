"""``dossier search``: the passages that a question would be answered from."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from api.cli import options
from api.cli.output import write_json

if TYPE_CHECKING:
    from api.cli.render import Line
    from index.models import Hit
    from qa.models import Coverage
    from qa.question import FilterSet
    from qa.search.searching import Found


@click.command()
@click.argument("query", nargs=-1, required=True, type=options.TEXT)
@options.filters
@options.dates
@click.option(
    "--limit",
    type=click.IntRange(1, 50),
    default=8,
    show_default=True,
    help="Most passages to show.",
)
@click.option(
    "--explain", is_flag=True, help="Show the score of each stage, and every search made."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@options.data
def search(
    *,
    query: tuple[str, ...],
    limit: int,
    explain: bool,
    as_json: bool,
    filters: FilterSet,
) -> None:
    """Show the passages that an answer to QUERY is made from.

    A comparison is searched for by side, and names that the first search found may be searched for
    too. Scores can be compared for one QUERY only. Exits 0 even if nothing is found.
    """
    from api.cli.display import Display
    from api.cli.render import searched
    from qa.errors import InvalidQuestion
    from qa.when.timing import read

    words = " ".join(query).strip()
    if not words:
        raise InvalidQuestion("there is nothing to search for")
    with options.service(options.settings(), write=False) as service:
        service.corpus.validate(filters.to_filters())
        reading = read(words, filters)
        reading.require_days()
        found = service.search(reading.query, reading.filters.to_filters(), limit=limit)
    coverage = reading.coverage(found.retrieval)
    if as_json:
        _write_json(found, coverage)
        return
    display = Display(sys.stdout)
    for rank, hit in enumerate(found.hits, 1):
        display.lines(lines(rank, hit, explain=explain))
    if explain:
        display.lines(told(found))
    display.lines(searched(coverage))


def lines(rank: int, hit: Hit, *, explain: bool) -> list[Line]:
    """Return a hit: where it stands, its scores, and its words."""
    from api.cli.render import count, document_name, place
    from qa.visible import visible

    known = hit.document.metadata
    page = hit.document.page_of(hit.passage.span.start)
    where = place(known.outlet, known.published_at, document_name(hit.document), page)
    scores = f"{hit.score:.3f}"
    if explain:
        stages = ", ".join(f"{name} {score:.3f}" for name, score in sorted(hit.scores.items()))
        scores += f" ({stages or 'no stage'})  {hit.passage.id}"
    if hit.copies:
        scores += f"  also in {count(len(hit.copies), 'other document')}"
    return [
        [(f"{rank}.", "marker"), (f" {where}  ", "heading"), (scores, "dim")],
        [(visible(hit.text), "")],
        [],
    ]


def told(found: Found) -> list[Line]:
    """Return the searches that were made, each with the documents that it brought first."""
    from api.cli.render import count, document_name
    from qa.visible import one_line

    names = {hit.document.id: document_name(hit.document) for hit in found.hits}
    shown: list[Line] = [[("Searches", "heading")]]
    for number, step in enumerate(found.steps, 1):
        brought = count(len(step.documents), "document")
        if number > 1 and step.documents:
            brought += ": " + "; ".join(names[document] for document in step.documents)
        words = f" {one_line(step.query)}  ({one_line(step.why)}) "
        shown.append([(f"{number}.", "marker"), (words, ""), (brought, "dim")])
    return [*shown, []]


def _write_json(found: Found, coverage: Coverage) -> None:
    """Write the hits in the shape that HTTP has too."""
    from api.schemas import SearchHit, SearchReply

    hits = [SearchHit.of(hit) for hit in found.hits]
    reply = SearchReply(hits=hits, steps=found.steps, coverage=coverage)
    write_json(reply.model_dump_json(indent=2))
