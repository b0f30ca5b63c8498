"""``dossier backup``: a copy of the record, while it is in use."""

from __future__ import annotations

from pathlib import Path

import click

from api.cli import options


@click.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@options.data
def backup(path: Path) -> None:
    """Copy the record to the file PATH; a server may go on meanwhile.

    The record is all that has to be kept: documents, vectors, answers and keys. To restore, put the
    file into an empty data directory as record.sqlite; the search indexes are built from it.
    """
    from index.record.backup import copy_record
    from qa.visible import visible

    size = copy_record(options.settings().data, path)
    click.echo(f"{visible(str(path))} holds the record, {size / 1e6:,.1f} MB")
