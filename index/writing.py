"""The statements that change the record, each within a transaction that the catalog holds.

Whatever comes or goes is noted in the log of changes in the same transaction; see
:mod:`index.following`.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from index import schema as t
from index.entries import Entry
from index.rows import passage_row, version_row


def set_fact(connection: Connection, name: str, value: str) -> None:
    """Note a fact about the record, replacing an earlier one."""
    row = sqlite_insert(t.facts).values(name=name, value=value)
    connection.execute(
        row.on_conflict_do_update(index_elements=["name"], set_={"value": row.excluded.value})
    )


def save_entry(connection: Connection, entry: Entry) -> None:
    """Record a document version as the current one, with its passages."""
    draft, document_id = entry.draft, entry.document_id
    row = {
        "id": document_id,
        "source": draft.source,
        "version": entry.version,
        "fingerprint": draft.fingerprint,
    }
    if entry.version == 1:
        connection.execute(insert(t.documents), row)
    else:
        drop_passages(connection, document_id)
        connection.execute(update(t.documents).where(t.documents.c.id == document_id), row)
    connection.execute(insert(t.versions), version_row(entry.document_id, entry.version, draft))
    rows = [passage_row(passage, draft.text) for passage in entry.passages]
    connection.execute(insert(t.passages), rows)
    c = t.passages.c
    keys = select(func.min(c.key), func.max(c.key)).where(
        c.document_id == document_id, c.version == entry.version
    )
    _log(connection, "add", *connection.execute(keys).one())


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
