"""The examples of docs/http.md, run as they stand against a real server."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from harbour import serving

from api import errors as http_errors
from api import problems
from index.errors import DossierError

GUIDE = Path(__file__).parents[3] / "docs" / "http.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def examples() -> list[tuple[str, str | None, str]]:
    """Each command with the kind and content of the block that follows it."""
    blocks = [(m[1], m[2], m.start(), m.end()) for m in BLOCK.finditer(GUIDE.read_text("utf-8"))]
    found = []
    for (kind, body, _, end), following in zip(blocks, [*blocks[1:], None], strict=True):
        if kind == "bash":
            near = following is not None and following[2] == end + 1 and following[0] != "bash"
            found.append((body, following[0] if near else None, following[1] if near else ""))
    return found


def fits(shown: Any, got: Any) -> bool:
    """Whether ``got`` is what is shown, which may leave members out and values open."""
    if shown == "…":
        return True
    if isinstance(shown, dict):
        return isinstance(got, dict) and all(k in got and fits(v, got[k]) for k, v in shown.items())
    if isinstance(shown, list):
        return (
            isinstance(got, list)
            and len(shown) == len(got)
            and all(fits(s, g) for s, g in zip(shown, got, strict=True))
        )
    return bool(shown == got)


@pytest.mark.skipif(shutil.which("curl") is None, reason="the examples are for curl")
def test_the_examples_work_as_they_stand(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    with serving(tmp_path / "data") as (client, _):
        environment = {**os.environ, "DOSSIER": str(client.base_url).rstrip("/"), "no_proxy": "*"}
        for command, kind, shown in examples():
            done = subprocess.run(
                ["bash", "-euc", command],
                cwd=tmp_path / "work",
                env=environment,
                capture_output=True,
                text=True,
                check=True,
                timeout=60,
            )
            if kind == "json":
                got = json.loads(done.stdout)
                assert fits(json.loads(shown), got), f"{command}\n{json.dumps(got, indent=1)}"
            elif kind == "text":
                assert done.stdout.strip() == shown.strip(), command


def test_there_are_examples_of_every_kind() -> None:
    kinds = [kind for _, kind, _ in examples()]
    assert kinds.count("json") >= 7
    assert kinds.count("text") >= 4


def test_the_table_of_codes_is_that_of_the_server() -> None:
    rows = re.findall(r"^\| (\d{3}) \| (.+) \|$", GUIDE.read_text("utf-8"), re.MULTILINE)
    listed = {
        code: int(status) for status, codes in rows for code in re.findall(r"`([a-z_]+)`", codes)
    }
    unclassed = {"invalid_request", "no_such_route", "method_not_allowed", "internal_error"}
    assert unclassed <= set(listed)
    for code in set(listed) - unclassed:
        kind = problems.kind_of(code)
        assert kind.code == code, f"there is no error {code}"
        assert problems.status_of(kind("")) == listed[code], code
    own = {
        kind.code
        for kind in vars(http_errors).values()
        if isinstance(kind, type)
        and issubclass(kind, DossierError)
        and kind.__module__ == http_errors.__name__
    }
    assert own <= set(listed)
