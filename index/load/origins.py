"""What there is to read: files and folders become origins, each with its given metadata."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import DocumentTooLarge, DossierError, EmptyDocument, UnreadableFile
from index.load.content import storable
from index.load.formats import (
    EXTENSIONS,
    SNIFFED_BYTES,
    extension,
    looks_binary,
    sniff,
    unsupported,
)
from index.load.metadata import SIDECAR_SUFFIX, read_sidecar, sidecar_names
from index.load.tables import TABLE_NAME, Table, Tables
from index.models import Metadata

SETTLED_SECONDS = 2.0
"""How long a file must have been left alone before its times are trusted: some file systems count
in steps of two seconds (git's "racy" files have the same cause)."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Something to read, not yet read."""

    source: str
    """``file:///abs/path``, ``https://…``, ``stdin:NAME`` or ``upload:NAME``."""
    name: str
    """File name, used to recognise the format."""
    given: Metadata = field(default_factory=Metadata)
    """From flags over sidecar over folder table; none of it is inferred."""
    path: Path | None = None
    """Where to read it from, unless ``data`` is there."""
    data: bytes | None = None
    """The content, where it is already at hand."""
    size: int = 0
    """Size in bytes as far as known, for progress only."""
    media_type: str | None = None
    """As stated by a server or uploader."""
    served: bool = False
    """Whether a web server stated it, whatever the source."""
    problem: DossierError | None = None
    """Why it cannot be ingested, where that is known already; raised by :meth:`read`."""
    state: str | None = None
    """Size, times and number of the file as it was found; see :func:`state_of`."""

    def read(self, limit: int) -> bytes:
        """Return the content.

        Args:
            limit: most bytes to accept.

        Raises:
            DossierError: the ``problem``, if there is one.
            UnreadableFile: if it is not there, is no regular file or may not be read.
            DocumentTooLarge: if it has more than ``limit`` bytes.
            EmptyDocument: if it has none.
        """
        return self.read_with_state(limit)[0]

    def read_with_state(self, limit: int) -> tuple[bytes, str | None]:
        """Return the content and the state of the file that it was read from.

        The state is ``None`` where a later change could leave it as it is: for what is no file,
        for a file that changed while it was read, and for one that was changed so shortly before
        that another change might be given the same time.

        Raises:
            DossierError: what :meth:`read` raises.
        """
        if self.problem is not None:
            raise self.problem
        data, state = (self.data, None) if self.data is not None else self._read_file(limit)
        if len(data) > limit:
            size = max(len(data), self.size)
            raise DocumentTooLarge(f"{self._shown} has {size:,} bytes, the limit is {limit:,}")
        if not data:
            raise EmptyDocument(f"{self._shown} is empty")
        return data, state

    @property
    def _shown(self) -> str:
        return _readable(self.path if self.path is not None else self.name)

    def _read_file(self, limit: int) -> tuple[bytes, str | None]:
        if self.path is None:
            raise UnreadableFile(f"{self.source}: there is nothing to read")
        began = time.time()
        try:
            _require_file(self.path, self.path.stat().st_mode)
            # Between the check and here a pipe may have taken the file's place: never wait for it.
            descriptor = os.open(self.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
            with os.fdopen(descriptor, "rb") as file:
                status = os.fstat(file.fileno())
                _require_file(self.path, status.st_mode)
                # As much as there is: a buffer for the limit would be made for every small file.
                data = file.read(min(status.st_size, limit) + 1)
                grown = len(data) > status.st_size
                if grown:
                    data += file.read(limit + 1 - len(data))
                after = os.fstat(file.fileno())
            settled = max(status.st_mtime, status.st_ctime) < began - SETTLED_SECONDS
            state = state_of(status)
            return data, state if settled and state == state_of(after) else None
        except (OSError, ValueError) as error:
            raise _unreadable(self.path, error) from error


def state_of(status: os.stat_result) -> str:
    """Return what changes whenever a file does: its size, its times, and its number.

    The time of the last change to the file's entry (``ctime``) counts too where the system keeps
    it: it cannot be set, so it tells of a copy that was given an old time of modification.
    """
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}"


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something in a folder that is not taken as a document."""

    source: str
    """Where it lies."""
    reason: str
    """Why it is left out."""


def find(paths: Sequence[Path], given: Metadata) -> list[Origin | Skipped]:
    """Return what is to be read under ``paths``: files as they are, folders with all below.

    In folders, hidden files and metadata files are passed over, other kinds than those that can
    be read are reported as :class:`Skipped`, and links to folders are not followed. Whatever is
    wrong with one path, its sidecar or its row in a ``metadata.csv`` becomes the ``problem`` of
    that one origin. A file is listed once, however often it was named.

    Args:
        paths: files and folders, in the order in which they were named.
        given: metadata from flags, for every document found.

    Returns:
        Origins and skipped files, sorted by path within each folder.
    """
    tables = Tables()
    found: dict[str, Origin | Skipped] = {}
    for path in paths:
        for item in _under(Path(path), given, tables):
            earlier = found.get(item.source)
            if earlier is None or (isinstance(earlier, Skipped) and isinstance(item, Origin)):
                found[item.source] = item
    return list(found.values())


def _under(path: Path, given: Metadata, tables: Tables) -> Iterator[Origin | Skipped]:
    place = Path(os.path.realpath(path.parent), path.name) if path.name else path.resolve()
    try:
        status = place.stat()
        if stat.S_ISDIR(status.st_mode):
            yield from _walk(Path(os.path.realpath(place)), given, tables)
            return
        _require_file(place, status.st_mode)
        if extension(place.name) not in EXTENSIONS and not _reads_as_document(place):
            raise unsupported(_readable(place.name))
    except (OSError, ValueError) as error:
        yield _origin(place, given, problem=_unreadable(path, error))
    except DossierError as error:
        yield _origin(place, given, problem=error)
    else:
        yield _described(place, given, tables, status)


def _walk(root: Path, given: Metadata, tables: Tables) -> Iterator[Origin | Skipped]:
    """Yield what lies in a folder, then what lies in the folders below, each sorted by name."""
    pending = [root]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            yield _origin(folder, given, problem=_unreadable(folder, error))
            continue
        visible = [entry for entry in entries if not entry.name.startswith(".")]
        sidecars = {entry.name for entry in visible if entry.name.endswith(SIDECAR_SUFFIX)}
        described = {
            own.name
            for entry in (visible if sidecars else ())
            for own in sidecar_names(Path(entry.name))
        }
        below: list[Path] = []
        for entry in visible:
            place = folder / entry.name
            if entry.is_dir(follow_symlinks=False):
                below.append(place)
            elif entry.name == TABLE_NAME:
                names = {entry.name for entry in entries}
                yield from _unused_rows(place, tables.of(folder), names)
            elif entry.name in sidecars:
                if entry.name not in described:
                    yield Skipped(_address(place), "it describes no file in its folder")
            else:
                yield _taken(place, entry, given, tables, alone=not sidecars)
        pending.extend(reversed(below))


def _taken(
    place: Path, entry: os.DirEntry[str], given: Metadata, tables: Tables, *, alone: bool
) -> Origin | Skipped:
    """Return an entry of a folder as an origin if its kind can be read."""
    suffix = extension(place.name)
    if suffix and suffix not in EXTENSIONS:
        return Skipped(_address(place), f".{suffix} files cannot be read")
    reason = None
    try:
        status = entry.stat()
        if stat.S_ISDIR(status.st_mode):
            reason = "links to folders are not followed"
        elif not stat.S_ISREG(status.st_mode):
            reason = "it is not a regular file"
        elif not suffix and sniff(_head(place)) is None:
            reason = "its name has no extension; name the file itself to read it"
    except OSError as error:
        return _origin(place, given, problem=_unreadable(place, error))
    if reason:
        return Skipped(_address(place), reason)
    # The folder's own path is free of links.
    source = None if entry.is_symlink() else place.as_uri()
    return _described(place, given, tables, status, source=source, alone=alone)


def _described(
    place: Path,
    given: Metadata,
    tables: Tables,
    status: os.stat_result,
    *,
    source: str | None = None,
    alone: bool = False,
) -> Origin:
    """Return a file as an origin with its given metadata, or with what is wrong about them.

    Args:
        place: the file.
        given: metadata from flags.
        tables: the folders' tables.
        status: of the file.
        source: its address, where that is known.
        alone: whether its folder is known to hold no sidecar.
    """
    known = given
    try:
        if not alone:
            known = known.over(read_sidecar(place))
        known = tables.complete(known, place)
    except DossierError as error:
        return _origin(place, given, problem=error)
    return _origin(place, known, source=source, status=status)


def _origin(
    place: Path,
    given: Metadata,
    *,
    source: str | None = None,
    status: os.stat_result | None = None,
    problem: DossierError | None = None,
) -> Origin:
    return Origin(
        source=source or _address(place),
        name=_readable(place.name),
        given=given,
        path=place,
        size=status.st_size if status else 0,
        problem=problem,
        state=state_of(status) if status else None,
    )


def _unused_rows(path: Path, table: Table | str | None, names: set[str]) -> Iterator[Skipped]:
    """Report a table that is none of ours, and rows for files that are not there."""
    if isinstance(table, str):
        yield Skipped(_address(path), f"not used for metadata: {table}")
    elif table is not None:
        for row in (row for rows in table.rows.values() for row in rows):
            if row.file in names:
                continue
            if not row.file or not os.path.lexists(path.parent / row.file):
                file = _readable(row.file) or "no file"
                yield Skipped(
                    f"{_address(path)}#line={row.line}", f"there is no file {file!r} here"
                )


def _reads_as_document(place: Path) -> bool:
    head = _head(place)
    return sniff(head) is not None or (not extension(place.name) and not looks_binary(head))


def _head(place: Path) -> bytes:
    with place.open("rb") as file:
        return file.read(SNIFFED_BYTES)


def _require_file(path: Path, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise UnreadableFile(
            f"{_readable(path)} is a folder, not a file",
            hint="Ingest the folder by its path, or name a file in it.",
        )
    if not stat.S_ISREG(mode):
        raise UnreadableFile(
            f"{_readable(path)} is not a regular file", hint="Copy what it holds into a file."
        )


def _unreadable(path: Path, error: OSError | ValueError) -> UnreadableFile:
    reason = getattr(error, "strerror", None) or str(error)
    return UnreadableFile(f"{_readable(path)} cannot be read: {reason.lower()}")


def _address(place: Path) -> str:
    """Return the address of a file: that of the file itself where ``place`` is a link to it."""
    try:
        return Path(os.path.realpath(place)).as_uri()
    except (OSError, ValueError):
        return place.as_uri()


def _readable(name: Path | str) -> str:
    """Return a file name without the half characters that stand for bytes outside UTF-8."""
    return storable(str(name))
