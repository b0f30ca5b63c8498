"""A copy of the record while it is written to, and the way back from it."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from pathlib import Path

import texts

from index.corpus import Corpus
from index.embed.embedded import EmbeddedModel

COST = "How much will the repairs of the Varn bridge cost?"


def test_a_copy_restores_everything(dossier, own: Path, tmp_path: Path) -> None:
    before = dossier("ask", COST, data=own).stdout
    copy = tmp_path / "copies" / "record of today"
    made = dossier("backup", copy, data=own)
    assert made.exit_code == 0, made.output
    assert str(copy) in made.stdout
    assert [file.name for file in copy.parent.iterdir()] == [copy.name]
    assert copy.stat().st_mode & 0o077 == 0
    shutil.rmtree(own)
    own.mkdir()
    shutil.copy(copy, own / "record.sqlite")
    assert dossier("ask", COST, data=own).stdout == before
    assert dossier("doctor", data=own).exit_code == 0


def test_a_copy_is_of_one_moment_while_others_write(dossier, own: Path, tmp_path: Path) -> None:
    owner = Corpus.open(own, EmbeddedModel(threads=1), write=True)
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            text = f"Pier {number % 7} was closed {number} times.\n"
            list(owner.ingest([texts.origin(f"{number % 7}.txt", text)], limit=10**6))

    writing = threading.Thread(target=write)
    writing.start()
    try:
        for number in range(3):
            copy = tmp_path / f"copy {number}"
            assert dossier("backup", copy, data=own).exit_code == 0
            record = sqlite3.connect(copy)
            assert record.execute("pragma integrity_check").fetchone() == ("ok",)
            halves = """select count(*) from documents d where not exists (select 1 from passages p
                        where p.document_id = d.id and p.version = d.version)"""
            assert record.execute(halves).fetchone() == (0,)
            record.close()
    finally:
        stop.set()
        writing.join(30)
        owner.close()


def test_what_cannot_be_copied_is_told(dossier, own: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("mine")
    assert dossier("backup", there, data=own).exit_code == 1
    assert there.read_text() == "mine"
    missing = dossier("backup", tmp_path / "new", data=tmp_path / "nothing")
    assert missing.exit_code == 1
    assert "nothing" in missing.stderr
    pages = (own / "record.sqlite").read_bytes()
    (own / "record.sqlite").write_bytes(pages[:40_960] + b"\xff" * (len(pages) - 40_960))
    broken = dossier("backup", tmp_path / "new", data=own)
    assert broken.exit_code == 1
    assert "is damaged" in broken.stderr
    assert "backup" in broken.stderr
    assert not (tmp_path / "new").exists()
