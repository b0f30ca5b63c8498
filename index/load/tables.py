"""One ``metadata.csv`` that describes the documents of a folder, a row for each.

The column ``file`` holds the path relative to the folder of the table; the other columns are
metadata fields. A table describes its own folder and everything below it, and the table nearest
to a document wins field by field, so a document's metadata do not depend on how it was named on
the command line.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from index.errors import DossierError, InvalidMetadata
from index.load.decoding import decode
from index.load.metadata import read_fields
from index.models import METADATA_FIELDS, Metadata

TABLE_NAME = "metadata.csv"
"""File name of a folder's table."""

_FILE_COLUMN = "file"
_TABLE_LIMIT = 50_000_000
_NOTHING = Metadata()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, not yet checked."""

    file: str
    """Path of the document, as written."""
    line: int
    """Line of the table on which the row ends, from 1."""
    values: Mapping[str, str]
    """Values by column."""
    surplus: bool = False
    """Whether the row has more cells than the table has columns."""


@dataclass(slots=True)
class Table:
    """A folder's table with its rows by relative path."""

    path: Path
    """Where the table lies."""
    rows: dict[str, list[Row]] = field(default_factory=dict)
    """Rows by normalised relative path; more than one for a path is a mistake."""
    unknown: tuple[str, ...] = ()
    """Columns that are neither ``file`` nor a metadata field."""
    broken: str | None = None
    """Why the table could not be read to its end, where it could not."""

    def metadata(self, document: Path) -> Metadata:
        """Return what the table states about ``document``; nothing if no row names it.

        Raises:
            InvalidMetadata: if the row that concerns the document cannot be used, or if the
                table breaks off before one was found.
        """
        rows = self.rows.get(self._name_of(document), [])
        if not rows:
            if self.broken:
                raise InvalidMetadata(f"{self.path}: {self.broken}")
            return Metadata()
        if len(rows) > 1:
            lines = " and ".join(str(row.line) for row in rows)
            raise InvalidMetadata(f"{self.path}: lines {lines} both describe {document.name}")
        row = rows[0]
        where = f"{self.path} line {row.line}"
        if self.unknown:
            columns = ", ".join(repr(name) for name in self.unknown)
            raise InvalidMetadata(
                f"{where} ({document.name}): unknown column {columns}",
                hint=f"Columns are {_FILE_COLUMN}, {', '.join(METADATA_FIELDS)}.",
            )
        if row.surplus:
            raise InvalidMetadata(
                f"{where} ({document.name}): more cells than columns",
                hint="Put quotation marks around values that contain the separator.",
            )
        return read_fields(row.values, f"{where} ({document.name})")

    def _name_of(self, document: Path) -> str:
        """Return the path under which a row would name ``document``."""
        if document.parent == self.path.parent and "\\" not in document.name:
            return unicodedata.normalize("NFC", document.name)
        return _key(document.relative_to(self.path.parent).as_posix())


class Tables:
    """The tables of the folders that were asked about, each read once."""

    def __init__(self) -> None:
        self._by_folder: dict[Path, Table | str | None] = {}
        self._above: tuple[Path | None, list[Table]] = (None, [])

    def complete(self, known: Metadata, document: Path) -> Metadata:
        """Return ``known`` with what the tables in the folders above state, nearest first.

        Args:
            known: what is stated elsewhere, which wins.
            document: absolute path.

        Raises:
            InvalidMetadata: if a row that concerns the document cannot be used.
        """
        folder = document.parent
        if self._above[0] != folder:  # documents come folder by folder
            tables = (self.of(above) for above in document.parents)
            self._above = folder, [table for table in tables if isinstance(table, Table)]
        for table in self._above[1]:
            stated = table.metadata(document)
            known = stated if known == _NOTHING else known.over(stated)
        return known

    def of(self, folder: Path) -> Table | str | None:
        """Return the table of ``folder``, the reason why its file is none, or ``None``."""
        if folder not in self._by_folder:
            self._by_folder[folder] = _read(folder / TABLE_NAME)
        return self._by_folder[folder]


def _read(path: Path) -> Table | str | None:
    """Return the table at ``path``; a reason if the file there is no table of ours."""
    try:
        if not path.is_file():
            return None
        if path.stat().st_size > _TABLE_LIMIT:
            return f"larger than {_TABLE_LIMIT:,} bytes"
        text = decode(path.read_bytes(), str(path))
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    except DossierError as error:
        return str(error)
    return _parse(path, text)


def _parse(path: Path, text: str) -> Table | str:
    lines = text.splitlines(keepends=True)
    header = lines[0] if lines else ""
    # Spreadsheets export with the separator of their locale.
    separator = next((mark for mark in ",;\t" if mark in header), ",")
    reader = csv.reader(lines, delimiter=separator)
    table = Table(path)
    try:
        columns = [cell.strip().lower() for cell in next(reader, [])]
        if _FILE_COLUMN not in columns:
            return f"it has no column {_FILE_COLUMN!r}"
        if len(set(columns)) < len(columns):
            table.broken = "two columns have the same name"
            return table
        named = {_FILE_COLUMN, *METADATA_FIELDS}
        table.unknown = tuple(name for name in columns if name not in named)
        for cells in reader:
            _add_row(table, columns, cells, reader.line_num)
    except csv.Error as error:
        table.broken = f"line {reader.line_num} cannot be read: {error}"
    return table


def _add_row(table: Table, columns: list[str], cells: list[str], line: int) -> None:
    values = dict(zip(columns, cells, strict=False))
    name = values.pop(_FILE_COLUMN, "").strip()
    surplus = any(cell.strip() for cell in cells[len(columns) :])
    if name or surplus or any(value.strip() for value in values.values()):
        table.rows.setdefault(_key(name), []).append(Row(name, line, values, surplus))


def _key(relative: str) -> str:
    """Return a relative path in one form, whatever system and spreadsheet wrote it."""
    posix = PurePosixPath(relative.replace("\\", "/"))
    return unicodedata.normalize("NFC", str(posix))
