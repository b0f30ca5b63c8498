"""What the README shows works as shown."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder in which the README's relative paths exist."""
    (tmp_path / "eval").symlink_to(ROOT / "eval")
    return tmp_path


def test_the_commands_do_what_is_said(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from api.cli import cli

    monkeypatch.chdir(checkout)
    monkeypatch.setenv("DOSSIER_DATA", str(checkout / "data"))
    (commands,) = blocks("console")
    shown = [line.removeprefix("$ dossier ") for line in commands.splitlines()]
    assert len(shown) >= 6
    for line in shown:
        done = CliRunner().invoke(cli, shlex.split(line))
        allowed = {0, 3} if line.startswith("ask") else {0}
        assert done.exit_code in allowed, f"{line}: {done.output}"
    answered = CliRunner().invoke(cli, ["ask", "When was the treaty signed?"])
    assert answered.exit_code == 0
    assert "17 January" in answered.output


def test_the_python_snippet_runs(checkout: Path) -> None:
    (snippet,) = blocks("python")
    done = subprocess.run(
        [sys.executable, "-c", snippet], cwd=checkout, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Ingested(" in done.stdout


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make ([a-z-]+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
