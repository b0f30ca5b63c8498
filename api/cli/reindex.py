"""``dossier reindex``: the search indexes anew from the record."""

from __future__ import annotations

import click

from api.cli import options


@click.command()
@click.option(
    "--embed",
    is_flag=True,
    help="Embed again what has no vector of the configured embedder; needed after changing it.",
)
@options.data
def reindex(embed: bool) -> None:
    """Build the search indexes anew from the record.

    Vectors are kept in the record, so this takes seconds unless --embed has to make new ones.
    """
    from time import perf_counter

    from api.cli.progress import Bar
    from api.cli.render import count
    from index.intake.ingest import Embedded, Planned

    began = perf_counter()
    embedded = 0
    with (
        options.service(options.settings(), write=True) as service,
        Bar("embedding" if embed else "indexing", "passages") as bar,
    ):
        for event in service.corpus.reindex(embed=embed):
            if isinstance(event, Planned):
                bar.expect(event.documents)
            elif isinstance(event, Embedded):
                embedded += event.passages
                bar.reach(embedded, counted=embedded)
    words = f"{count(embedded, 'passage')} embedded, " if embed else ""
    click.echo(f"{words}indexes rebuilt in {perf_counter() - began:.1f} s")
