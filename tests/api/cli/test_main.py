"""The command line as a whole: starting, help, exit codes and errors."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import COMMANDS, cli

HEAVY = {
    *("chromadb", "tantivy", "sqlalchemy", "alembic", "onnxruntime", "numpy", "llama_index"),
    *("pydantic", "pydantic_settings", "openai", "httpx", "fastapi", "uvicorn", "rich"),
    *("prompt_toolkit", "trafilatura", "pypdf", "docx", "tokenizers", "asyncio"),
}


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["serve", "--help"]])
def test_help_loads_nothing_that_weighs(arguments: list[str]) -> None:
    program = (
        "import sys, json\n"
        "from api.cli import cli\n"
        "try:\n"
        f"    cli({arguments!r})\n"
        "except SystemExit:\n"
        "    print('\\n' + json.dumps(sorted(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.startswith("Usage:")
    assert not HEAVY & set(json.loads(done.stdout.splitlines()[-1]))


def test_help_lists_every_command_with_a_whole_sentence(dossier) -> None:
    result = dossier("--help")
    assert result.exit_code == 0
    listed = result.stdout.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    assert [line.split()[0] for line in listed] == list(COMMANDS)
    assert all(line.endswith(".") and not line.endswith("...") for line in listed)


def test_version(dossier) -> None:
    result = dossier("--version")
    assert result.exit_code == 0
    name, version = result.stdout.split()
    assert name == "dossier"
    assert version[0].isdigit()


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["ask", "--outlet"],
        ["ask", "x", "--since", "2024-13-01"],
        ["ask", "x", "--answerer", "oracle"],
        ["search"],
        ["ingest"],
        ["sources", "show"],
    ],
)
def test_a_wrong_command_line_is_told_with_exit_code_2(dossier, arguments: list[str]) -> None:
    result = dossier(*arguments)
    assert result.exit_code == 2
    assert "Error: " in result.stderr
    assert not result.stdout


def test_an_argument_that_is_not_text_is_told(dossier) -> None:
    result = dossier("ask", "what\udcff")
    assert result.exit_code == 2
    assert "not text" in result.stderr


def test_an_error_names_the_thing_and_what_to_do(dossier, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no directory")
    result = dossier("sources", data=tmp_path / "file" / "data")
    assert result.exit_code == 1
    error, hint = result.stderr.splitlines()
    assert error.startswith("error: ")
    assert str(tmp_path / "file" / "data") in error
    assert hint.startswith("hint: ")
    assert not result.stdout


def test_a_wrong_setting_is_told_with_exit_code_2(dossier, monkeypatch) -> None:
    monkeypatch.setenv("DOSSIER_TOP_PASSAGES", "many")
    result = dossier("ask", "anything?")
    assert result.exit_code == 2
    assert "DOSSIER_TOP_PASSAGES" in result.stderr


def test_a_fault_is_one_line_and_its_traceback_on_demand(dossier, monkeypatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by design")

    monkeypatch.setattr("qa.service.build", broken)
    result = dossier("sources")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: unexpected ZeroDivisionError: by design\nhint: ")
    assert "--debug" in result.stderr
    for arguments in (["--debug", "sources"], ["sources", "--debug"]):
        assert isinstance(dossier(*arguments).exception, ZeroDivisionError)


def test_an_interrupt_ends_with_130(dossier, monkeypatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("qa.service.build", interrupted)
    result = dossier("sources")
    assert result.exit_code == 130
    assert result.stderr == "interrupted\n"


def test_data_counts_wherever_it_stands(dossier, library: Path, tmp_path: Path) -> None:
    for arguments in (["--data", library, "sources"], ["sources", "--data", library]):
        result = dossier(*arguments, data=tmp_path / "empty")
        assert result.exit_code == 0
        assert len(result.stdout.splitlines()) == 4


def test_a_reader_that_goes_away_is_no_fault(library: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "from api.cli import main; main()", "sources", "--data", library],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_a_terminal_of_another_encoding_gets_escapes(library: Path) -> None:
    question = "How much will the repairs of the Varn bridge cost?"
    result = CliRunner(charset="ascii").invoke(cli, ["ask", question, "--data", str(library)])
    assert result.exit_code == 0, result.output
    assert rb"\u201cRepairs will cost" in result.stdout_bytes
    as_json = CliRunner(charset="ascii").invoke(cli, ["sources", "--json", "--data", str(library)])
    assert len(json.loads(as_json.stdout_bytes)) == 4
