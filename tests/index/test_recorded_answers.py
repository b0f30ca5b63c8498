"""Answers in the record of an earlier version, and what they cite."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from earlier import DOCUMENT, TEXT, WITHIN, write_0002

from index.errors import NotFound
from index.record.catalog import Catalog

MIGRATE = """
import sys
from pathlib import Path
from index.record.catalog import Catalog

Catalog(Path(sys.argv[1])).migrate()
"""


def opened(directory: Path) -> Catalog:
    catalog = Catalog(directory / "record.sqlite")
    if not catalog.is_current:
        catalog.migrate()
    return catalog


def cited(directory: Path) -> list[tuple[object, ...]]:
    with sqlite3.connect(directory / "record.sqlite") as record:
        rows = record.execute("select answer_id, document_id, sha256 from citations").fetchall()
    record.close()
    return rows


def is_being_written(directory: Path) -> bool:
    record = sqlite3.connect(directory / "record.sqlite", timeout=0, isolation_level=None)
    try:
        record.execute("begin immediate")
        record.execute("rollback")
    except sqlite3.OperationalError:
        return True
    finally:
        record.close()
    return False


def test_answers_recorded_before_are_known_by_what_they_cite(tmp_path: Path) -> None:
    write_0002(tmp_path / "data", answers=600)
    catalog = opened(tmp_path / "data")
    assert sorted(cited(tmp_path / "data")) == sorted(
        (f"a-{n}", DOCUMENT, "5" * 64) for n in range(600)
    )
    assert list(catalog.answers.outdated()) == []
    assert catalog.answers.manifest("a-3") is None
    assert '"a-3"' in catalog.answers.body("a-3")
    with pytest.raises(NotFound):
        catalog.answers.body("a-nothing")
    catalog.remove(DOCUMENT)
    found = list(catalog.answers.outdated())
    assert [one.answer_id for one in found] == sorted(f"a-{n}" for n in range(600))
    start = TEXT.index(WITHIN)
    for one in found:
        (place,) = one.cited
        assert (place.number, place.version, place.current) == (1, 1, None)
        assert (place.span.start, place.span.end) == (start, start + len(WITHIN))
    catalog.close()


def test_words_that_are_not_in_the_version_they_name_are_looked_at(tmp_path: Path) -> None:
    """Such a document was removed, and another text came in under its name."""
    write_0002(tmp_path / "data")
    with sqlite3.connect(tmp_path / "data" / "record.sqlite") as record:
        record.execute("update versions set text = replace(text, '214', '215')")
    record.close()
    catalog = opened(tmp_path / "data")
    assert cited(tmp_path / "data") == [("a-0", DOCUMENT, None)]
    (found,) = catalog.answers.outdated()
    assert found.answer_id == "a-0"
    catalog.close()


def test_kill_9_while_the_record_is_migrated(tmp_path: Path) -> None:
    data = tmp_path / "data"
    write_0002(data, answers=1_000)
    child = subprocess.Popen([sys.executable, "-c", MIGRATE, str(data / "record.sqlite")])
    while child.poll() is None and not is_being_written(data):
        time.sleep(0.001)
    child.kill()
    assert child.wait(30) == -signal.SIGKILL
    with sqlite3.connect(data / "record.sqlite") as record:
        (revision,) = record.execute("select version_num from alembic_version").fetchone()
    record.close()
    assert revision == "0002", "it was killed before the end"
    catalog = opened(data)
    assert catalog.is_current
    assert len(cited(data)) == 1_000
    assert catalog.integrity() is None
    catalog.close()
