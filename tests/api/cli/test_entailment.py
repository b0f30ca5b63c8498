"""An entailment model of one's own in the check of the set-up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tiny_entailment import write_entailment


def test_doctor_tries_it(dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_entailment(tmp_path / "reader")
    monkeypatch.setenv("DOSSIER_ENTAILMENT", str(folder))
    well = dossier("doctor")
    assert well.exit_code == 0, well.output
    assert re.search(r"ok\s+entailment: reader@[0-9a-f]{12}", well.stdout)
    monkeypatch.setenv("DOSSIER_ENTAILMENT_FILE", "small.onnx")
    broken = dossier("doctor")
    assert broken.exit_code == 1
    assert re.search(r"FAILED\s+entailment: .*has no small\.onnx", broken.stdout)
    assert "DOSSIER_ENTAILMENT_FILE" in broken.stdout
