"""Sides and confidence of an answer on the command line."""

from __future__ import annotations

from pathlib import Path

from differing import REPORTS


def test_both_sides_are_told_with_outlet_and_day(dossier, tmp_path: Path) -> None:
    data = tmp_path / "differing"
    for name, outlet, day, text in REPORTS[:2]:
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
        given = ("--outlet", outlet, "--published-at", day.isoformat())
        assert dossier("ingest", tmp_path / f"{name}.txt", *given, data=data).exit_code == 0
    shown = dossier("ask", "How many workers joined the march through Ostby?", data=data).stdout
    assert "Sources differ (figures): How many workers joined the march through Ostby\n" in shown
    assert "About 1,100 — Ostby Courier, 2024-05-06 [" in shown
    assert "Some 700 — Coast Radio, 2024-05-07 [" in shown
    assert "(1 independent source)" in shown
    assert "Confidence low: one source says it; sources differ (figures)" in shown
