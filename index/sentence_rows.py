"""Vectors of sentences in the record, beside those of passages.

They are kept as one byte per number with one scale per sentence: a fifth of the room that they
would take otherwise, and cosines change by less than .005. They are read for the few passages
that a search looks at closely, never all at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from sqlalchemy import Connection, Engine, and_, delete, exists, select
from sqlalchemy.dialects.sqlite import insert

from index import schema as t
from index.embed import Vectors


def save_sentences(connection: Connection, embedder: str, vectors: Mapping[str, Vectors]) -> None:
    """Record the sentence vectors of passages by content hash; what is there stays as it is."""
    rows = [
        {"embedder": embedder, "content": content, "rows": len(matrix), "vectors": pack(matrix)}
        for content, matrix in vectors.items()
        if len(matrix)
    ]
    if rows:
        connection.execute(insert(t.sentences).on_conflict_do_nothing(), rows)


def drop_unused(connection: Connection) -> None:
    """Forget sentence vectors of passages whose own vector is gone."""
    c, v = t.sentences.c, t.vectors.c
    whole = exists().where(and_(v.embedder == c.embedder, v.content == c.content))
    connection.execute(delete(t.sentences).where(~whole))


def read_sentences(engine: Engine, embedder: str, keys: Sequence[int]) -> dict[int, Vectors]:
    """Return the sentence vectors of those passages that have any, one row per sentence."""
    p, c = t.passages.c, t.sentences.c
    query = (
        select(p.key, c.rows, c.vectors)
        .join(t.sentences, and_(c.content == p.content, c.embedder == embedder))
        .where(p.key.in_(keys))
    )
    with engine.connect() as connection:
        return {row.key: unpack(row.vectors, row.rows) for row in connection.execute(query)}


def pack(matrix: Vectors) -> bytes:
    """Return the scales (float32, little endian) of the rows and then the rows as bytes."""
    scales = np.maximum(np.abs(matrix).max(axis=1), 1e-12).astype("<f4") / np.float32(127)
    rows = np.rint(matrix / scales[:, None]).astype(np.int8)
    packed: bytes = scales.astype("<f4").tobytes() + rows.tobytes()
    return packed


def unpack(data: bytes, count: int) -> Vectors:
    """Return what :func:`pack` was given, as nearly as it was kept."""
    scales = np.frombuffer(data, "<f4", count)
    rows = np.frombuffer(data, np.int8, offset=4 * count).reshape(count, -1)
    matrix: Vectors = rows.astype(np.float32) * scales[:, None]
    return matrix
