"""A record as an earlier version of Dossier left it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config

import index
from index.record.rows import make_engine

WITHIN = "The lighthouse of Osby has 214 steps."
DOCUMENT = "d-1fe0b50a7209"
"""What an upload called ``osby`` is called in the record."""
TEXT = f"A report on lighthouses.\n\n{WITHIN} Its keeper is Ida Holm.\n"


def write_0002(directory: Path, *, answers: int = 1) -> None:
    """Make a record of revision 0002 with one document and answers ``a-0``, ``a-1``… that cite it.

    One answer more, ``a-odd``, has a body that nobody can read.
    """
    directory.mkdir(parents=True)
    path = directory / "record.sqlite"
    config = Config()
    config.set_main_option(
        "script_location", str(Path(index.__file__).parent / "record" / "migrations")
    )
    engine = make_engine(path)
    with engine.execution_options(write=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
    engine.dispose()
    with sqlite3.connect(path) as record:
        record.execute("insert into documents values (?, 'upload:osby', 1, 'f')", (DOCUMENT,))
        record.execute(
            "insert into versions (document_id, version, text, media_type, inferred, sha256, pages,"
            " noise, headings, ingested_at) values (?, 1, ?, 'text/plain', '[]', ?, '[]',"
            " '[]', '[]', '2025-01-01 00:00:00.000000')",
            (DOCUMENT, TEXT, "5" * 64),
        )
        bodies = [(f"a-{n}", json.dumps(body(f"a-{n}"))) for n in range(answers)]
        record.executemany(
            "insert into answers values (?, '2025-01-02 10:00:00.000000', ?)",
            [*bodies, ("a-odd", "{")],
        )
    record.close()


def body(name: str) -> dict[str, object]:
    """Return an answer as that version wrote it."""
    start = TEXT.index(WITHIN)
    question = "How many steps has the lighthouse of Osby?"
    cited = {
        "number": 1,
        "document_id": DOCUMENT,
        "version": 1,
        "quote": WITHIN,
        "start": start,
        "end": start + len(WITHIN),
    }
    stated = {
        "text": WITHIN,
        "start": 0,
        "end": len(WITHIN),
        "support": "supported",
        "citations": [1],
    }
    return {
        "id": name,
        "question": question,
        "standalone": question,
        "status": "answered",
        "text": f"{WITHIN} [1]",
        "statements": [stated],
        "citations": [cited],
        "coverage": {"documents": 1, "passages": 1},
        "answerer": "embedded",
        "created_at": "2025-01-02T10:00:00Z",
    }
