"""Vectors of sentences in the record, beside those of passages.

They are kept as one byte per number with one scale per sentence: a quarter of the room that they
would take otherwise, and cosines change by less than .005. They are read for the few passages
that a search looks at closely, never all at once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from sqlalchemy import Connection, Engine, and_, delete, exists
from sqlalchemy.dialects.sqlite import insert

from index.embed import Vectors
from index.models import Passage
from index.record import schema as t
from index.record.candidates import Candidate
from index.record.rows import ask

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


class Near(NamedTuple):
    """The sentence vectors of some passages, one below the other."""

    rows: dict[int, range]
    """Which rows of the matrix are a passage's, by its key."""
    matrix: Vectors
    """A vector for each sentence."""


NOTHING_NEAR = Near({}, np.empty((0, 0), np.float32))
"""No sentence vectors."""


def cut_of(passage: Passage) -> str:
    """Return a short hash of where the sentences of a passage begin and end within it.

    The same words may be cut differently: by the rules of another language, or with another
    heading marked.
    """
    return _cut(passage.span.start, ((s.span.start, s.span.end) for s in passage.sentences))


def _cut(at: int, spans: Iterable[tuple[int, int]]) -> str:
    ends = ",".join([f"{start - at}-{end - at}" for start, end in spans])
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


def read_sentences(engine: Engine, embedder: str, passages: Sequence[Candidate]) -> Near:
    """Return the sentence vectors of those passages that have any."""
    cuts = {p.key: _cut(p.start, ((s, e) for s, e, _ in p.sentences)) for p in passages}
    found = ask(engine, _OF_PASSAGES, json.dumps(list(cuts)), embedder) if cuts else []
    rows: dict[int, range] = {}
    vectors: list[tuple[bytes, int]] = []
    at = 0
    for key, cut, count, packed in found:
        if cut == cuts[key]:
            rows[key] = range(at, at + count)
            vectors.append((packed, count))
            at += count
    return Near(rows, _unpacked(vectors))


def pack(matrix: Vectors) -> bytes:
    """Return the scales (float32, little endian) of the rows and then the rows as bytes."""
    scales = np.maximum(np.abs(matrix).max(axis=1), 1e-12).astype("<f4") / np.float32(127)
    rows = np.rint(matrix / scales[:, None]).astype(np.int8)
    packed: bytes = scales.astype("<f4").tobytes() + rows.tobytes()
    return packed


def unpack(data: bytes, count: int) -> Vectors:
    """Return what :func:`pack` was given, as nearly as it was kept."""
    return _unpacked([(data, count)])


def _unpacked(packed: Sequence[tuple[bytes, int]]) -> Vectors:
    """Return the rows of several packed matrices as one; each comes with the number of its rows."""
    if not packed:
        return np.empty((0, 0), np.float32)
    scales = np.frombuffer(b"".join([data[: 4 * count] for data, count in packed]), "<f4")
    numbers = b"".join([data[4 * count :] for data, count in packed])
    rows = np.frombuffer(numbers, np.int8).reshape(len(scales), -1)
    matrix: Vectors = rows.astype(np.float32) * scales[:, None]
    return matrix
