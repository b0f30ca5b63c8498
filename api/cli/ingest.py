"""``dossier ingest``: documents into the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import click

from api.cli import exits, options

if TYPE_CHECKING:
    from api.cli.material import Material
    from api.cli.render import Line
    from index.intake.ingest import Finished, IngestEvent, Rejected
    from qa.settings import Settings

_BYTES_PER_PASSAGE = 800
"""First guess at the size of a passage: some 200 tokens of plain text."""


@click.command()
@click.argument("what", metavar="PATH|URL|-...", nargs=-1, required=True)
@click.option("--title", type=options.TEXT, help="Title; for a single document.")
@click.option("--outlet", type=options.TEXT, help="Who published it: newspaper, agency, institute.")
@click.option("--author", type=options.TEXT, help="Who wrote it.")
@options.day("--published-at", "Day of publication.")
@click.option("--url", type=options.TEXT, help="Where it was published; for a single document.")
@click.option("--language", type=options.TEXT, metavar="CODE", help="ISO 639-1 code, such as en.")
@click.option("--collection", type=options.TEXT, help="Your own name for the group it belongs to.")
@click.option(
    "--name",
    type=options.TEXT,
    help="File name for the text on stdin: it tells the format, and which document it is.",
)
@click.option(
    "--reread",
    is_flag=True,
    help="Read every file, also one whose size and times say that it is unchanged.",
)
@options.allow_private
@options.data
def ingest(
    *,
    what: tuple[str, ...],
    title: str | None,
    outlet: str | None,
    author: str | None,
    published_at: date | None,
    url: str | None,
    language: str | None,
    collection: str | None,
    name: str | None,
    reread: bool,
    allow_private: bool,
) -> None:
    """Take files, folders, web pages or stdin into the record.

    Reads txt, md, html, pdf, docx and eml. Metadata given here wins over what a sidecar
    (NAME.meta.json), a folder's metadata.csv or the document itself says. Unchanged documents cost
    nothing, changed ones become a new version. What cannot be read is reported and does not stop
    the rest; the exit code is then 1.
    """
    if name is not None and "-" not in what:
        raise click.UsageError("--name goes with - (stdin).")
    stated = {
        "title": title,
        "outlet": outlet,
        "author": author,
        "published_at": published_at.isoformat() if published_at else None,
        "url": url,
        "language": language,
        "collection": collection,
    }
    from api.cli.material import collect
    from index.load.metadata import read_fields

    settings = options.settings()
    material = collect(
        what,
        read_fields(stated, "the options"),
        stdin_name=name,
        limit=settings.max_document_bytes,
        allow_private=allow_private,
    )
    number = len(material.origins)
    if number > 1 and (title or url):
        flag = "--title" if title else "--url"
        raise click.UsageError(f"{flag} describes one document, here are {number}.")
    rejected = _run(settings, material, reread=reread)
    click.get_current_context().exit(exits.FAILURE if rejected else exits.OK)


def _run(settings: Settings, material: Material, *, reread: bool) -> int:
    """Ingest, show what happens, and return how many documents were rejected."""
    from api.cli.progress import Bar
    from index.intake.ingest import Finished, Planned, Rejected

    progress = _Progress()
    with (
        options.service(settings, write=True) as service,
        Bar("ingesting", "passages") as bar,
    ):
        try:
            events = service.corpus.ingest(
                material.origins, limit=settings.max_document_bytes, reread=reread
            )
            for event in events:
                progress.take(event)
                bar.reach(progress.done, counted=progress.embedded)
                if isinstance(event, Planned):
                    bar.expect(event.bytes)
                elif isinstance(event, Rejected):
                    bar.display.line(_rejected(event))
                elif isinstance(event, Finished):
                    finished = event
        except KeyboardInterrupt:
            click.echo(
                f"{progress.recorded:,} done and safe; run the same again to go on", err=True
            )
            raise
    for one in material.skipped:
        click.echo(f"skipped {shown(one.source, one.reason)}", err=True)
    click.echo(_summary(finished, len(material.skipped)))
    return finished.rejected


@dataclass
class _Progress:
    """How many bytes are done.

    Documents are committed in batches. While one is embedded its bytes are estimated from its
    passages, or the bar would stand still for minutes.
    """

    recorded: int = 0
    embedded: int = 0
    bytes: int = 0
    settled: int = 0
    settled_bytes: int = 0

    def take(self, event: IngestEvent) -> None:
        from index.intake.ingest import Embedded, Ingested, Rejected

        if isinstance(event, Embedded):
            self.embedded += event.passages
        elif isinstance(event, Ingested | Rejected):
            self.bytes += event.bytes
            if isinstance(event, Ingested):
                self.recorded += 1
            if isinstance(event, Ingested) and event.passages:
                self.settled += event.passages
                self.settled_bytes += event.bytes

    @property
    def done(self) -> float:
        known = self.settled_bytes / self.settled if self.settled else _BYTES_PER_PASSAGE
        return self.bytes + max(0, self.embedded - self.settled) * known


def _rejected(event: Rejected) -> Line:
    """Return one line about a document that could not be ingested, with what to do about it."""
    from qa.visible import one_line

    reason = shown(event.source, str(event.error))
    return [("rejected", "error"), (f" {reason} ({one_line(event.error.hint)})", "")]


def shown(source: str, reason: str) -> str:
    """Return a reason with its source before it, unless it names the source itself."""
    from qa.visible import one_line

    place, reason = one_line(location(source)), one_line(reason)
    return reason if place in reason else f"{place}: {reason}"


def location(source: str) -> str:
    """Return a source as a person would write it: a path for a file, else the source."""
    from urllib.parse import unquote, urlsplit

    return unquote(urlsplit(source).path) if source.startswith("file:") else source


def _summary(finished: Finished, skipped: int) -> str:
    from api.cli.render import count

    rate = finished.passages / max(finished.seconds, 1e-6)
    words = f"{finished.added:,} added, {finished.changed:,} changed, "
    words += f"{finished.unchanged:,} unchanged, {finished.rejected:,} rejected"
    words += f", {skipped:,} skipped" if skipped else ""
    words += f"; {count(finished.passages, 'passage')} in {finished.seconds:.1f} s"
    return words + (f" ({rate:,.1f} passages/s)" if finished.passages else "")
