"""What the house promises about itself: layers, locks, no network, light start."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*command: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        command, capture_output=True, text=True, check=False, cwd=ROOT, **options
    )


def test_imports_point_downwards_only() -> None:
    done = run(str(Path(sys.executable).with_name("lint-imports")), "--no-cache")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "module", ["index.corpus", "qa.service", "eval.running.variants", "api.app"]
)
def test_nothing_is_contacted_at_import(module: str) -> None:
    # Refusing to make a socket is stricter than refusing to connect: asyncio's own pair aside,
    # nothing may even try.
    script = f"""
import socket
def refuse(*args, **kwargs):
    raise AssertionError("a socket was made at import")
socket.socket.connect = refuse
socket.getaddrinfo = refuse
import {module}
"""
    done = run(sys.executable, "-c", script)
    assert done.returncode == 0, done.stderr


def test_no_heavy_library_is_imported_with_the_packages() -> None:
    heavy = ("chromadb", "llama_index", "onnxruntime", "tantivy", "openai", "trafilatura", "pypdf")
    heavy += ("prometheus_client", "opentelemetry.sdk", "schemathesis")
    script = (
        "import sys, qa.service, eval.running.variants, api.app\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = run(sys.executable, "-c", script)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_locks_hold_versions_and_hashes_and_no_addresses(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    pinned = re.findall(r"^[a-z0-9][\w.\[\],-]*==[^\s;]+", text, re.MULTILINE)
    assert len(pinned) > 50
    for block in re.split(r"\n(?=[a-z0-9])", text):
        if "==" in block.split("\n")[0]:
            assert "--hash=sha256:" in block, block[:80]


def test_every_direct_dependency_is_locked() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = {
        re.split(r"[\[=]", line)[0].lower().replace("_", "-")
        for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
        if "==" in line and not line.startswith(" ")
    }
    for requirement in project["dependencies"]:
        name = re.split(r"[\[<>=! ]", requirement)[0].lower()
        assert name in locked, requirement


def test_the_record_is_at_the_newest_migration() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from index.record import schema

    config = Config()
    config.set_main_option("script_location", str(ROOT / "index" / "record" / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == schema.REVISION


def test_migrations_make_the_tables_that_the_code_uses(tmp_path: Path) -> None:
    from sqlalchemy import inspect

    from index.record import schema
    from index.record.catalog import Catalog
    from index.record.rows import make_engine

    catalog = Catalog(tmp_path / "record.sqlite")
    catalog.migrate()
    catalog.close()
    engine = make_engine(tmp_path / "record.sqlite")
    found = inspect(engine)
    assert set(found.get_table_names()) == {*schema.metadata.tables, "alembic_version"}
    for table in schema.metadata.tables.values():
        columns = {column["name"] for column in found.get_columns(table.name)}
        assert columns == {column.name for column in table.columns}, table.name
    engine.dispose()


def test_embedding_leaves_no_trace_in_the_home_folder(tmp_path: Path) -> None:
    # Sockets of native code cannot be refused from Python; what such code keeps on disk about the
    # user (an identifier, a queue of reports) can be seen.
    script = "from index.embed.embedded import EmbeddedModel; EmbeddedModel().embed_query('pier')"
    done = run(
        sys.executable,
        "-c",
        script,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.rglob("*")) == []
