"""A folder that is watched, by looking at it from time to time."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

from index.errors import UnreadableFile
from index.load import find, stamp
from index.load.origins import SETTLED_SECONDS, Origin

if TYPE_CHECKING:
    from api.watching.delivery import Delivered
    from index.models import Metadata
    from index.record.catalog import Catalog

# What programs leave beside a file while they write it; hidden files are passed over anyway.
_PASSING = re.compile(
    r"~\$.*|.*~|#.*#|.*\.(?:tmp|temp|part|partial|crdownload|download|swp|swx)", re.I
)


@dataclass
class Folder:
    """A folder that is watched; what of it is recorded is all that is remembered of it."""

    path: Path
    """The folder."""
    given: Metadata
    """What holds for all in it."""
    remove: bool = False
    """Whether documents are removed whose files are gone."""
    _refused: dict[str, str | None] = field(default_factory=dict, init=False)

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self.path)

    def look(self, catalog: Catalog) -> Look:
        """Return what is new, changed or gone.

        Raises:
            UnreadableFile: if the folder is not there, or empty all of a sudden.
        """
        if not self.path.is_dir():
            raise UnreadableFile(f"{self.path} is not there", hint="Is it mounted?")
        found = [one for one in find([self.path], self.given) if isinstance(one, Origin)]
        origins = [one for one in found if not _PASSING.fullmatch(one.name)]
        known = catalog.known(one.source for one in origins)
        look = Look()
        for one in origins:
            there = known.get(one.source)
            mark = stamp(one.state, one.given) if one.state else None
            if there is not None and there.seen is not None and there.seen == mark:
                continue
            if one.source in self._refused and self._refused[one.source] == mark:
                continue
            if one.problem is None and not _settled(one):
                look.unsettled += 1
                continue
            look.origins.append(one)
            look.marks[one.source] = mark
        if self.remove:
            recorded = catalog.sources_under(_prefix(self.path))
            look.removed = [source for source in recorded if not os.path.lexists(_path(source))]
            if recorded and not found:
                told = f"{self.path} is empty: {len(recorded)} documents of it are recorded"
                hint = (
                    "Nothing is removed, as it may not be mounted; `dossier sources remove` does."
                )
                raise UnreadableFile(told, hint=hint)
        return look

    def took(self, look: Look, delivered: Delivered) -> None:
        """Remember what could not be taken in, which is not tried again until it changes."""
        if delivered.outcome == "rejected":
            self._refused[delivered.source] = look.marks.get(delivered.source)
        else:
            self._refused.pop(delivered.source, None)

    def done(self, _look: Look) -> None:
        """Note that all was delivered; there is nothing to keep."""


@dataclass
class Look:
    """What was found by looking once."""

    origins: list[Origin] = field(default_factory=list)
    """What is new or changed."""
    removed: list[str] = field(default_factory=list)
    """Sources that are gone."""
    unsettled: int = 0
    """Files that may be being written just now."""
    marks: dict[str, str | None] = field(default_factory=dict)
    """How each file looked."""


def _settled(origin: Origin) -> bool:
    """Return whether a file was left alone for a while, so that it is whole."""
    if origin.path is None:
        return True
    try:
        status = origin.path.stat()
    except OSError:
        return False
    return max(status.st_mtime, status.st_ctime) < time.time() - SETTLED_SECONDS


def _prefix(path: Path) -> str:
    """Return how the sources of the files in a folder begin."""
    return path.resolve().as_uri().rstrip("/") + "/"


def _path(source: str) -> Path:
    """Return the path of the file that is recorded as ``source``."""
    return Path(url2pathname(urlsplit(source).path))
