"""``dossier search``: the passages that a question would be answered from."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from api.cli import options

if TYPE_CHECKING:
    from api.cli.render import Line
    from index.models import Hit
    from index.search import Retrieval
    from qa.models import Coverage, FilterSet


@click.command()
@click.argument("query", nargs=-1, required=True, type=options.TEXT)
@options.filters
@click.option(
    "--limit",
    type=click.IntRange(1, 50),
    default=8,
    show_default=True,
    help="Most passages to show.",
)
@click.option("--explain", is_flag=True, help="Show the score of each stage.")
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
    """Show the passages that fit QUERY best, with their scores.

    Scores can be compared within one search only. Exits 0 even if nothing is found.
    """
    from api.cli.display import Display
    from api.cli.render import searched
    from qa.errors import InvalidQuestion

    words = " ".join(query).strip()
    if not words:
        raise InvalidQuestion("there is nothing to search for")
    with options.service(options.settings(), write=False) as service:
        found = service.corpus.search(words, filters.to_filters(), limit=limit)
    if as_json:
        _write_json(found, filters)
        return
    display = Display(sys.stdout)
    for rank, hit in enumerate(found.hits, 1):
        display.lines(lines(rank, hit, explain=explain))
    display.lines(searched(coverage(found, filters)))


def lines(rank: int, hit: Hit, *, explain: bool) -> list[Line]:
    """Return a hit: where it stands, its scores, and its words."""
    from api.cli.render import document_name, place, visible

    known = hit.document.metadata
    page = hit.document.page_of(hit.passage.span.start)
    where = place(known.outlet, known.published_at, document_name(hit.document), page)
    scores = f"{hit.score:.3f}"
    if explain:
        stages = ", ".join(f"{name} {score:.3f}" for name, score in sorted(hit.scores.items()))
        scores += f" ({stages or 'no stage'})  {hit.passage.id}"
    return [
        [(f"{rank}.", "marker"), (f" {where}  ", "heading"), (scores, "dim")],
        [(visible(hit.text), "")],
        [],
    ]


def coverage(found: Retrieval, filters: FilterSet) -> Coverage:
    """Return what a search looked through."""
    from qa.models import Coverage

    return Coverage(
        documents=found.documents,
        passages=found.passages,
        outlets=found.outlets,
        earliest=found.earliest,
        latest=found.latest,
        filters=filters,
    )


def _write_json(found: Retrieval, filters: FilterSet) -> None:
    """Write the hits in the shape that HTTP has too."""
    from api.schemas import SearchHit, SearchReply

    hits = [SearchHit.of(hit) for hit in found.hits]
    reply = SearchReply(hits=hits, coverage=coverage(found, filters))
    click.echo(reply.model_dump_json(indent=2).encode())
