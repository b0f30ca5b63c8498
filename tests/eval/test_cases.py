from __future__ import annotations

import hashlib
import json
from importlib import resources
from pathlib import Path

import pytest

from eval.cases import Case, load, schema
from eval.errors import InvalidCases

GOOD = {
    "id": "one",
    "question": "How long is the canal?",
    "type": "single",
    "expected": [["40 kilometres", "40 km"]],
    "documents": {"all_of": ["canal.txt"]},
}


def write(path: Path, *cases: object) -> Path:
    lines = [case if isinstance(case, str) else json.dumps(case) for case in cases]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_cases_are_read_in_order_with_the_hash_of_their_file(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.jsonl", GOOD, "", {**GOOD, "id": "two", "tags": ["figure"]})
    suite = load(path)
    assert [case.id for case in suite.cases] == ["one", "two"]
    assert suite.cases[0].expected == (("40 kilometres", "40 km"),)
    assert suite.cases[1].tags == ("figure",)
    assert (suite.name, load(path, name="other").name) == ("mine", "other")
    assert suite.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_any_of_and_all_of_make_requirements() -> None:
    case = Case.model_validate({**GOOD, "documents": {"all_of": ["a", "b"], "any_of": ["c", "d"]}})
    assert case.documents.requirements() == (
        frozenset({"a"}),
        frozenset({"b"}),
        frozenset({"c", "d"}),
    )


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "EOF"),
        ("[]", "object"),
        ({**GOOD, "answer": "40"}, "answer: extra"),
        ({**GOOD, "type": "hard"}, "type: "),
        ({**GOOD, "question": "  "}, "question: "),
        ({**GOOD, "expected": [[]]}, "expected.0: "),
        ({**GOOD, "documents": {}}, "needs the documents"),
        ({**GOOD, "absent": ["lock"]}, "absent terms belong"),
        ({**GOOD, "type": "unanswerable"}, "expects no facts"),
        ({**GOOD, "quotes": [{"documents": [], "text": "40"}]}, "quotes.0.documents: "),
        ({**GOOD, "id": "one"}, "id 'one' was used in line 1"),
    ],
)
def test_a_bad_line_is_named_with_its_number(tmp_path: Path, line: object, complaint: str) -> None:
    path = write(tmp_path / "mine.jsonl", GOOD, "", line)
    with pytest.raises(InvalidCases) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}:3: ")
    assert complaint.casefold() in str(caught.value).casefold()
    assert caught.value.hint


def test_files_that_hold_no_cases_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidCases, match=r"missing\.jsonl: No such file"):
        load(tmp_path / "missing.jsonl")
    with pytest.raises(InvalidCases, match="no case in it"):
        load(write(tmp_path / "empty.jsonl", "", " "))
    latin = tmp_path / "latin.jsonl"
    latin.write_bytes(json.dumps(GOOD).encode() + b"\n\xe9\n")
    with pytest.raises(InvalidCases, match=r"latin\.jsonl:2: not UTF-8"):
        load(latin)


def test_the_published_schema_is_that_of_the_model() -> None:
    published = resources.files("eval") / "case.schema.json"
    command = "python -c 'from eval.cases import schema; print(schema(), end=\"\")'"
    assert published.read_text(encoding="utf-8") == schema(), f"write it anew: {command}"
