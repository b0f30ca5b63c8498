"""The statements that change the record, each within a transaction that the catalog holds.

Whatever comes or goes is noted in the log of changes in the same transaction; see
:mod:`index.derived.following`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from index.embed import Vectors
from index.errors import DimensionChanged
from index.record import schema as t
from index.record.entries import Entry
from index.record.rows import pack, passage_row, version_row

NUMBER = 4
"""Bytes of one number of a vector."""


def set_fact(connection: Connection, name: str, value: str) -> None:
    """Note a fact about the record, replacing an earlier one."""
    row = sqlite_insert(t.facts).values(name=name, value=value)
    connection.execute(
        row.on_conflict_do_update(index_elements=["name"], set_={"value": row.excluded.value})
    )


def check_dimension(connection: Connection, embedder: str, length: int) -> None:
    """Refuse vectors of a length that those of ``embedder`` in the record do not have.

    Raises:
        DimensionChanged: if they have another one.
    """
    known = _dimension(connection, embedder)
    if known not in (None, length):
        raise DimensionChanged(
            f"the documents have vectors of {known} numbers, {embedder} now gives {length}"
        )


def _dimension(connection: Connection, embedder: str) -> int | None:
    c = t.vectors.c
    size = connection.scalar(select(func.length(c.vector)).where(c.embedder == embedder).limit(1))
    return size // NUMBER if size else None


def set_aside(connection: Connection, embedder: str) -> None:
    """Give the vectors of ``embedder`` another name, so that new ones can take their place.

    From then on the record counts as embedded by that other name, so that nothing is searched
    before all of it has new vectors. Where it belongs to another embedder anyway, they are only
    what an unfinished change left behind, and go.
    """
    facts = t.facts.c
    used = connection.scalar(select(facts.value).where(facts.name == "embedder"))
    if used != embedder:
        connection.execute(delete(t.vectors).where(t.vectors.c.embedder == embedder))
        return
    other = f"{embedder} ({_dimension(connection, embedder)} numbers)"
    c = t.vectors.c
    connection.execute(delete(t.vectors).where(c.embedder == other))
    connection.execute(update(t.vectors).where(c.embedder == embedder).values(embedder=other))
    set_fact(connection, "embedder", other)


def save_vectors(connection: Connection, embedder: str, vectors: Mapping[str, Vectors]) -> None:
    """Record vectors by content hash; those that are there already stay as they are.

    Raises:
        DimensionChanged: if they have another length than those of ``embedder`` that are there.
    """
    by_length: dict[int, list[Mapping[str, object]]] = {}
    for content, vector in vectors.items():
        row = {"embedder": embedder, "content": content, "vector": pack(vector)}
        by_length.setdefault(len(vector), []).append(row)
    for length, rows in by_length.items():  # mostly one
        check_dimension(connection, embedder, length)
        connection.execute(sqlite_insert(t.vectors).on_conflict_do_nothing(), rows)


def save_entries(connection: Connection, entries: Sequence[Entry]) -> None:
    """Record document versions as the current ones, with their passages.

    All rows of one table go in together: a statement for each would take longer than the rows.
    """
    new = [_document_row(entry) for entry in entries if entry.version == 1]
    if new:
        connection.execute(insert(t.documents), new)
    for entry in entries:
        if entry.version > 1:
            drop_passages(connection, entry.document_id)
            here = t.documents.c.id == entry.document_id
            connection.execute(update(t.documents).where(here), _document_row(entry))
    versions = [version_row(e.document_id, e.version, e.draft) for e in entries]
    key = _last_key(connection)
    passages: list[Mapping[str, object]] = []
    changes: list[Mapping[str, object]] = []
    for entry in entries:
        rows = [passage_row(passage, entry.draft.text) for passage in entry.passages]
        passages += ({**row, "key": key + at} for at, row in enumerate(rows, 1))
        if rows:
            changes.append({"action": "add", "first_key": key + 1, "last_key": key + len(rows)})
        key += len(rows)
    for table, together in ((t.versions, versions), (t.passages, passages), (t.changes, changes)):
        if together:
            connection.execute(insert(table), together)


def _document_row(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.document_id,
        "source": entry.draft.source,
        "version": entry.version,
        "fingerprint": entry.draft.fingerprint,
        "seen": entry.seen,
    }


def _last_key(connection: Connection) -> int:
    """Return the highest key that a passage ever had, which SQLite remembers."""
    last = "select seq from sqlite_sequence where name = 'passages'"
    return connection.exec_driver_sql(last).scalar() or 0


def drop_passages(connection: Connection, document_id: str) -> None:
    """Take out the passages of a document; its versions stay."""
    c = t.passages.c
    keys = select(func.min(c.key), func.max(c.key)).where(c.document_id == document_id)
    first, last = connection.execute(keys).one()
    if first is not None:
        connection.execute(delete(t.passages).where(c.document_id == document_id))
        _log(connection, "remove", first, last)


def _log(connection: Connection, action: str, first: int, last: int) -> None:
    row = {"action": action, "first_key": first, "last_key": last}
    connection.execute(insert(t.changes), row)
