"""``dossier watch``: folders and feeds into the record, as they change."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli import exits, options

if TYPE_CHECKING:
    from api.watching.delivery import Delivered, Delivery
    from api.watching.feeds import WatchedFeed
    from api.watching.folders import Folder
    from index.errors import DossierError
    from index.models import Metadata
    from index.record.catalog import Catalog
    from qa.settings import Settings

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_LONGEST_PAUSE = 900.0
_FEED_SECONDS = 300.0
_UNSETTLED_SECONDS = 1.0
_MOST_WAITS = 30


@click.command()
@click.argument("what", metavar="FOLDER|FEED_URL...", nargs=-1, required=True)
@click.option(
    "--interval",
    type=click.FloatRange(min=0.1),
    help="Seconds from one look to the next; without it 10 for folders and 300 for feeds.",
)
@click.option("--once", is_flag=True, help="Look once, take in what there is, and end.")
@click.option(
    "--remove", is_flag=True, help="Remove the documents of files that are no longer there."
)
@click.option("--outlet", type=options.TEXT, help="Who published it; for feeds, instead of theirs.")
@click.option("--language", type=options.TEXT, metavar="CODE", help="ISO 639-1 code, such as en.")
@click.option("--collection", type=options.TEXT, help="Your own name for the group it belongs to.")
@options.allow_private
@options.data
def watch(
    *,
    what: tuple[str, ...],
    interval: float | None,
    once: bool,
    remove: bool,
    outlet: str | None,
    language: str | None,
    collection: str | None,
    allow_private: bool,
) -> None:
    """Watch folders and feeds, and take in what changes.

    Feeds are RSS or Atom. One line is printed for each document. A file is taken in once it was
    left alone for two seconds; hidden and temporary files are not. Entries of a feed are taken by
    their own texts, or by the pages that they lead to where DOSSIER_ALLOW_URL_INGEST is set. What
    fails is told and tried again, less and less often.

    It works beside a server: while one owns the data directory it does the work, as a job.
    """
    from api.watching.delivery import Delivery
    from index.load.metadata import read_fields

    settings = options.settings()
    stated = {"outlet": outlet, "language": language, "collection": collection}
    given = read_fields(stated, "the options")
    targets = [
        _Target(
            _feed(name, given, settings, allow_private=allow_private)
            if _ADDRESS.match(name)
            else _folder(name, given, remove=remove),
            interval or (_FEED_SECONDS if _ADDRESS.match(name) else 10.0),
        )
        for name in dict.fromkeys(what)
    ]
    with options.service(settings, write=False) as reader:
        delivery = Delivery(settings, reader, lambda: options.service(settings, write=True))
        catalog = reader.corpus.catalog
        if once:
            failed = [target.visit(catalog, delivery, patient=True) for target in targets]
            click.get_current_context().exit(exits.FAILURE if any(failed) else exits.OK)
        while True:
            for target in targets:
                if time.monotonic() >= target.next_at:
                    target.visit(catalog, delivery)
            time.sleep(max(0.0, min(t.next_at for t in targets) - time.monotonic()))


def _folder(name: str, given: Metadata, *, remove: bool) -> Folder:
    from api.watching.folders import Folder

    path = Path(name)
    if path.exists() and not path.is_dir():
        raise click.UsageError(f"{name} is no folder; `dossier ingest` takes files.")
    return Folder(path.absolute(), given, remove)


def _feed(name: str, given: Metadata, settings: Settings, *, allow_private: bool) -> WatchedFeed:
    from api.watching.feeds import FeedState, WatchedFeed

    return WatchedFeed(
        name,
        given,
        FeedState(settings.data),
        settings.max_document_bytes,
        pages=settings.allow_url_ingest,
        allow_private=allow_private,
    )


@dataclass
class _Target:
    """Something that is watched, and when it is looked at next."""

    watched: Folder | WatchedFeed
    interval: float
    next_at: float = 0.0
    failures: int = 0

    def visit(self, catalog: Catalog, delivery: Delivery, *, patient: bool = False) -> bool:
        """Look once and take in what there is; return whether something failed.

        Args:
            catalog: the record.
            delivery: takes documents in.
            patient: wait for files that are being written.
        """
        from index.errors import DossierError

        pause, failed = self.interval, False
        try:
            for _ in range(_MOST_WAITS):
                unsettled, refused = self._visit(catalog, delivery)
                failed = failed or refused
                pause = min(self.interval, _UNSETTLED_SECONDS) if unsettled else self.interval
                if not (patient and unsettled):
                    break
                time.sleep(_UNSETTLED_SECONDS)
            self.failures = 0
        except (DossierError, OSError) as error:
            self.failures += 1
            pause = min(
                self.interval * 2 ** min(self.failures, 20), max(_LONGEST_PAUSE, self.interval)
            )
            _say_failure(self.watched.name, error, None if patient else pause)
            failed = True
        self.next_at = time.monotonic() + pause
        return failed

    def _visit(self, catalog: Catalog, delivery: Delivery) -> tuple[int, bool]:
        look = self.watched.look(catalog)
        refused = False
        for delivered in delivery.deliver(look.origins, look.removed):
            self.watched.took(look, delivered)
            refused = refused or delivered.outcome == "rejected"
            _say(delivered)
        self.watched.done(look)
        return look.unsettled, refused


def _say(delivered: Delivered) -> None:
    """Print what became of a document; nothing if it is as it was."""
    from api.cli.ingest import location, shown
    from api.cli.render import count
    from qa.visible import one_line

    if delivered.outcome == "unchanged":
        return
    if delivered.problem is not None:
        reason = shown(delivered.source, delivered.problem["message"])
        click.echo(f"rejected {reason} ({one_line(delivered.problem['hint'])})")
        return
    line = f"{delivered.outcome} {one_line(location(delivered.source))}"
    click.echo(line + (f" ({count(delivered.passages, 'passage')})" if delivered.passages else ""))


def _say_failure(name: str, error: DossierError | OSError, pause: float | None) -> None:
    from api.cli.ingest import shown

    told = "" if pause is None else f"; next try in {pause:.0f} s"
    click.echo(f"error {shown(name, str(error))}{told}", err=True)
