"""Which collections document versions belong to, and their words, asked of the record itself.

Two different ways lead to what may be shown: a search is held to some collections before it begins
(:mod:`index.derived.scope`), and what goes out is looked up here again, by the documents that it
names.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from index.models import DEFAULT_COLLECTION
from index.record.rows import ask

if TYPE_CHECKING:
    from sqlalchemy import Engine

Place = tuple[str, int | None]
"""A document and a version of it; ``None`` stands for the current one."""

# The index holds all that is asked: no text is read, so that it takes no longer where a document is
# than where there is none.
_COLLECTIONS = f"""
    select wanted.key, coalesce(v.collection, '{DEFAULT_COLLECTION}')
    from json_each(?) as wanted
    join documents as d on d.id = json_extract(wanted.value, '$[0]')
    join versions as v indexed by versions_belonging
      on v.document_id = d.id
      and v.version = coalesce(json_extract(wanted.value, '$[1]'), d.version)
"""  # noqa: S608  # a constant
_WORDS = """
    select wanted.key, substr(v.text, json_extract(wanted.value, '$[2]') + 1,
                              json_extract(wanted.value, '$[3]'))
    from json_each(?) as wanted
    join versions as v
      on v.document_id = json_extract(wanted.value, '$[0]')
      and v.version = json_extract(wanted.value, '$[1]')
"""


def collections_of(engine: Engine, places: Iterable[Place]) -> dict[Place, str]:
    """Return the collection of each document version that is there."""
    wanted = list(dict.fromkeys(places))
    found = ask(engine, _COLLECTIONS, json.dumps(wanted))
    return {wanted[at]: collection for at, collection in found}


def words_at(engine: Engine, spans: Sequence[tuple[str, int, int, int]]) -> list[str | None]:
    """Return the words at places of document versions, ``None`` where the version is not there.

    Args:
        engine: the record.
        spans: document, version, first code point and one past the last.
    """
    places = [(name, version, start, end - start) for name, version, start, end in spans]
    found = dict(ask(engine, _WORDS, json.dumps(places)))
    return [found.get(at) for at in range(len(places))]
