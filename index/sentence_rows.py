"""Vectors of sentences in the record, beside those of passages.

They are kept as one byte per number with one scale per sentence: a quarter of the room that they
would take otherwise, and cosines change by less than .005. They are read for the few passages
that a search looks at closely, never all at once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from sqlalchemy import Connection, Engine, and_, delete, exists
from sqlalchemy.dialects.sqlite import insert

from index import schema as t
from index.embed import Vectors
from index.models import Passage
from index.rows import ask

_OF_PASSAGES = """
    select p.key, s.cut, s.rows, s.vectors
    from json_each(?) as wanted
    cross join passages as p on p.key = wanted.value
    join sentences as s on s.content = p.content and s.embedder = ?
"""

_OF_CONTENTS = """
    select s.content, s.cut
    from json_each(?) as wanted
    join sentences as s on s.content = wanted.value and s.embedder = ?
"""


class Cut(NamedTuple):
    """A passage's content and how it is cut into sentences."""

    content: str
    """Hash of what is embedded for it."""
    cut: str
    """See :func:`cut_of`; empty where sentences do not matter."""


def cut_of(passage: Passage) -> str:
    """Return a short hash of where the sentences of a passage begin and end within it.

    The same words may be cut differently: by the rules of another language, or with another
    heading marked.
    """
    start = passage.span.start
    ends = ",".join(f"{s.span.start - start}-{s.span.end - start}" for s in passage.sentences)
    return hashlib.sha256(ends.encode()).hexdigest()[:16]


def save_sentences(connection: Connection, embedder: str, vectors: Mapping[Cut, Vectors]) -> None:
    """Record the sentence vectors of passages; what is there stays as it is."""
    rows = [
        {"embedder": embedder, **key._asdict(), "rows": len(matrix), "vectors": pack(matrix)}
        for key, matrix in vectors.items()
        if len(matrix)
    ]
    if rows:
        connection.execute(insert(t.sentences).on_conflict_do_nothing(), rows)


def drop_unused(connection: Connection) -> None:
    """Forget sentence vectors of passages whose own vector is gone."""
    c, v = t.sentences.c, t.vectors.c
    whole = exists().where(and_(v.embedder == c.embedder, v.content == c.content))
    connection.execute(delete(t.sentences).where(~whole))


def known_cuts(engine: Engine, embedder: str, contents: Sequence[str]) -> set[Cut]:
    """Return the cuts of these contents that have sentence vectors of this embedder."""
    found = ask(engine, _OF_CONTENTS, json.dumps(contents), embedder) if contents else []
    return {Cut(content, cut) for content, cut in found}


def read_sentences(
    engine: Engine, embedder: str, passages: Sequence[Passage]
) -> dict[int, Vectors]:
    """Return the sentence vectors of those passages that have any, one row per sentence."""
    cuts = {passage.key: cut_of(passage) for passage in passages}
    found = ask(engine, _OF_PASSAGES, json.dumps(list(cuts)), embedder) if cuts else []
    return {key: unpack(vectors, rows) for key, cut, rows, vectors in found if cut == cuts[key]}


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
