"""A feed that is watched: its entries are documents, by their own texts or by their pages."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.watching.folders import Look
from index.errors import DossierError
from index.load.feeds import FeedEntry, read_feed
from index.load.fetch import Download, download, fetch
from index.load.origins import Origin
from index.models import Metadata

if TYPE_CHECKING:
    from api.watching.delivery import Delivered
    from index.record.catalog import Catalog

SECONDS = 30.0
"""How long a feed, or a page that it names, may take."""
STATE = "feeds.json"
"""The file in the data directory that tells what of each feed was taken in. It only saves work:
what is taken in again is found unchanged."""


class FeedState:
    """What is known of feeds from before.

    Args:
        directory: the data directory.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / STATE

    def of(self, url: str) -> Mapping[str, Any]:
        """Return what is known of a feed."""
        known = self._read().get(url)
        return known if isinstance(known, dict) else {}

    def keep(self, url: str, known: Mapping[str, Any]) -> None:
        """Note what is known of a feed now."""
        beside = self._path.with_suffix(f".{os.getpid()}")
        beside.write_text(json.dumps(self._read() | {url: known}), encoding="utf-8")
        beside.replace(self._path)

    def _read(self) -> dict[str, Any]:
        with suppress(OSError, ValueError):
            found = json.loads(self._path.read_text(encoding="utf-8"))
            if isinstance(found, dict):
                return found
        return {}


@dataclass
class WatchedFeed:
    """A feed that is watched."""

    url: str
    """Where it is."""
    given: Metadata
    """What holds for all of it."""
    state: FeedState
    """What of it was taken in."""
    limit: int
    """Largest feed and page, in bytes."""
    pages: bool = False
    """Whether the pages that entries lead to are fetched; otherwise their own texts are taken."""
    allow_private: bool = False
    """Whether addresses that are not public are fetched."""
    _known: dict[str, Any] = field(default_factory=dict, init=False)
    _asked: dict[str, list[tuple[str, str]]] = field(default_factory=dict, init=False)

    @property
    def name(self) -> str:
        """What it is called."""
        return self.url

    def look(self, _catalog: Catalog) -> Look:
        """Return what is new or changed.

        Raises:
            DossierError: if the feed cannot be fetched or read.
        """
        known = self.state.of(self.url)
        before = known.get("entries")
        entries: dict[str, str] = before if isinstance(before, dict) else {}
        served = Download(b"", None, known.get("etag"), known.get("last_modified"))
        found = download(
            self.url,
            limit=self.limit,
            timeout=SECONDS,
            allow_private=self.allow_private,
            known=served if known.get("pages") == self.pages else None,
        )
        self._asked.clear()
        if found is None:
            self._known = dict(known)
            return Look()
        feed = read_feed(found.data, self.url)
        now = {entry.id: _digest(entry, pages=self.pages) for entry in feed.entries}
        self._known = {
            "etag": found.etag,
            "last_modified": found.last_modified,
            "pages": self.pages,
            "entries": {key: mark for key, mark in entries.items() if key in now},
        }
        look = Look()
        for entry in reversed(feed.entries):  # oldest first, as they came
            if entries.get(entry.id) == now[entry.id]:
                continue
            origin = self._origin(entry, feed.title)
            if origin is not None:
                look.origins.append(origin)
                self._asked.setdefault(origin.source, []).append((entry.id, now[entry.id]))
        return look

    def took(self, _look: Look, delivered: Delivered) -> None:
        """Remember what was taken in, and what cannot be until its feed says otherwise."""
        problem = delivered.problem or {}
        if problem.get("code") != "fetch_failed":
            self._known.get("entries", {}).update(self._asked.pop(delivered.source, ()))

    def done(self, _look: Look) -> None:
        """Keep what is known of it now, for the next time and for another process."""
        if self._asked:  # some are to be tried again, for which the feed has to be had again
            self._known |= {"etag": None, "last_modified": None}
        self.state.keep(self.url, self._known)

    def _origin(self, entry: FeedEntry, outlet: str | None) -> Origin | None:
        """Return an entry as a document; ``None`` if it has no text and no page may be fetched."""
        stated = Metadata(
            title=entry.title,
            outlet=outlet,
            author=entry.author,
            published_at=entry.published_at,
            url=entry.link,
        )
        given = self.given.over(stated)
        source = entry.link or f"{self.url}#{entry.id}"
        if self.pages and entry.link is not None:
            return self._page(entry.link, source, given)
        if not entry.page:
            return None
        data = entry.page.encode()
        return Origin(
            source=source,
            name=entry.title or entry.id,
            given=given,
            data=data,
            size=len(data),
            media_type="text/html; charset=utf-8",
        )

    def _page(self, link: str, source: str, given: Metadata) -> Origin:
        try:
            found = fetch(
                link, given, limit=self.limit, timeout=SECONDS, allow_private=self.allow_private
            )
        except DossierError as error:
            return Origin(source=source, name=link, given=given, problem=error)
        return replace(found, source=source)


def _digest(entry: FeedEntry, *, pages: bool) -> str:
    told = [entry.link, entry.title, entry.author, str(entry.published_at), entry.page, pages]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
