"""The progress bar on a terminal."""

from __future__ import annotations

import sys

from made_answers import Terminal

from api.cli.progress import Bar


def test_a_terminal_sees_how_far_it_is_and_how_fast(monkeypatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with Bar("ingesting", "passages") as bar:
        bar.expect(200)
        bar.reach(50, counted=1_500)
        bar.reach(40, counted=1_500)
        bar.display.words("rejected empty.txt")
    shown = terminal.getvalue()
    assert "ingesting" in shown
    assert "25%" in shown
    assert "1,500 passages, " in shown
    assert "/s" in shown
    assert "rejected empty.txt\n" in shown


def test_elsewhere_it_is_silent(capsys) -> None:
    with Bar("ingesting", "passages") as bar:
        bar.expect(200)
        bar.reach(50, counted=1_500)
    assert capsys.readouterr() == ("", "")
