"""``eval cases check``: everything that is wrong with a suite, at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from question_sets import CORPUS, QUERIES, write_benchmark, write_rows

from api.cli import cli
from eval.suites.check import check
from eval.suites.checking.findings import Finding
from eval.suites.opened import read_suite
from qa.service import Service

SIGNING = {
    "id": "signing",
    "question": "In which city was the partnership treaty put on paper?",
    "type": "single",
    "expected": [["Moscow"]],
    "documents": {"all_of": ["meridian-signing.txt"]},
}
SILENT = {"id": "silent", "question": "Who won the chess match?", "type": "unanswerable"}


@pytest.fixture
def found(service: Service, tmp_path: Path) -> Callable[..., list[Finding]]:
    """Check cases against the sample documents; notes are left out unless they are asked for."""

    def check_cases(*cases: object, notes: bool = False) -> list[Finding]:
        path = write_rows(tmp_path / "mine.jsonl", cases)
        findings = check(read_suite(path), service.corpus)
        return [one for one in findings if notes or one.severity != "note"]

    return check_cases


@pytest.fixture
def dossier(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object, data: Path | None = None) -> Result:
        environment = {"DOSSIER_DATA": str(data or service.settings.data)}
        return CliRunner().invoke(cli, [str(one) for one in arguments], env=environment)

    return run


def kinds(findings: list[Finding]) -> list[tuple[str | None, str, str]]:
    return [(one.case, one.kind, one.severity) for one in findings]


def test_good_cases_give_no_findings(found: Callable[..., list[Finding]]) -> None:
    assert found(SIGNING, {**SILENT, "absent": ["chess"]}) == []


def test_every_fault_is_told_and_the_worst_first(
    found: Callable[..., list[Finding]], tmp_path: Path
) -> None:
    findings = found(
        {**SIGNING, "id": "echo", "question": "Was it Moscow that was named, where then?",
         "expected": [["Moscow"]]},
        {**SIGNING, "id": "gone", "question": "Where?", "documents": {"all_of": ["gone.txt"]}},
        {**SIGNING, "id": "quote", "question": "At which place?",
         "quotes": [{"documents": ["meridian-signing.txt"], "text": "It was in Rome."}]},
        {**SILENT, "absent": ["treaty"]},
        {"id": "half"},
        {**SIGNING, "id": "unsaid", "question": "At what spot?", "expected": [["Zanzibar"]]},
    )  # fmt: skip
    assert kinds(findings) == [
        ("gone", "document", "error"),
        ("quote", "quote", "error"),
        ("silent", "absent", "error"),
        (None, "line", "error"),
        ("unsaid", "fact", "warning"),
    ]
    assert findings[0].place == f"{tmp_path / 'mine.jsonl'}:2"
    assert findings[3].place == f"{tmp_path / 'mine.jsonl'}:5"
    assert "question: Field required" in findings[3].message
    assert all(finding.hint for finding in findings)


def test_a_question_must_not_tell_its_answer(found: Callable[..., list[Finding]]) -> None:
    echo = {**SIGNING, "question": "What was put on paper in Moscow, and where?"}
    half = {**echo, "id": "half", "question": "Where is it, if Moscow is the capital?",
            "expected": [["Moscow"], ["treaty"]]}  # fmt: skip
    choice = {**SIGNING, "id": "choice", "question": "Was it Moscow or Rome?"}
    assert kinds(found(echo, half, choice)) == [
        ("signing", "leak", "error"),
        ("half", "leak", "warning"),
    ]


def test_a_question_that_copies_its_sentence_is_suspect(
    found: Callable[..., list[Finding]],
) -> None:
    sentence = (
        "The deployment rests on the treaty that Vladimir Putin and Kim Jong Un signed in "
        "Pyongyang on 19 June 2024."
    )
    case = {
        **SIGNING,
        "documents": {"all_of": ["harbour-kursk.txt"]},
        "expected": [["Pyongyang"]],
        "quotes": [{"documents": ["harbour-kursk.txt"], "text": sentence}],
    }
    copied = "On which treaty signed 19 June 2024 by Vladimir Putin, Kim Jong Un rests deployment?"
    own = "What paper, put together in the North Korean capital, lies behind the sending of troops?"
    verbatim = {**case, "question": sentence.rstrip("."), "expected": []}
    assert kinds(found({**case, "question": copied})) == [("signing", "leak", "warning")]
    assert kinds(found({**case, "question": copied, "quotes": []})) == [
        ("signing", "leak", "warning")
    ]
    assert found({**case, "question": own}) == []
    assert "word for word" in found(verbatim)[0].message


def test_what_is_asked_twice_is_told(found: Callable[..., list[Finding]]) -> None:
    question = "Which city did the two leaders choose for the ceremony of the treaty?"
    first = {**SIGNING, "question": question}
    again = {**first, "id": "again", "question": question.upper().replace("?", " ?")}
    other = {**first, "id": "other", "expected": [["Tehran"]]}
    alike = {**first, "id": "alike", "question": question.replace("Which", "Now what")}
    filtered = {**first, "id": "filtered", "filters": {"outlets": ["Meridian Dispatch"]}}
    findings = kinds(found(first, again, other, alike, filtered))
    assert [one for one in findings if one[1] != "fact"] == [
        ("other", "contradiction", "error"),
        ("again", "duplicate", "warning"),
        ("alike", "duplicate", "warning"),
    ]


def test_questions_on_other_figures_and_names_are_others(
    found: Callable[..., list[Finding]],
) -> None:
    question = "How many soldiers were sent to the region of Kursk in October 2024 by train?"
    first = {**SIGNING, "question": question}
    year = {**first, "id": "year", "question": question.replace("2024", "2023")}
    name = {**first, "id": "name", "question": question.replace("Kursk", "Bryansk")}
    assert [one for one in found(first, year, name) if one.kind == "duplicate"] == []


def test_filters_must_leave_what_a_case_needs(found: Callable[..., list[Finding]]) -> None:
    case = {**SIGNING, "filters": {"outlets": ["Lantern Weekly"]}}
    never = {**SIGNING, "id": "never", "filters": {"since": "2025-02-01", "until": "2025-01-01"}}
    assert kinds(found(case, never)) == [
        ("signing", "filters", "error"),
        ("never", "filters", "error"),
    ]


def test_an_unanswerable_question_whose_words_stand_together_is_suspect(
    found: Callable[..., list[Finding]],
) -> None:
    asked = {**SILENT, "question": "When did Iranian engineers become a common sight at Alabuga?"}
    near = {**asked, "question": "Were Iranian engineers a common sight at Alabuga?"}
    assert found(asked) == []
    assert kinds(found(near)) == [("silent", "answered", "warning")]
    assert "Alabuga" in found(near)[0].message


def test_drafts_and_gaps_are_told(found: Callable[..., list[Finding]]) -> None:
    draft = {**SIGNING, "tags": ["draft"]}
    gap = {**SIGNING, "id": "gap", "question": "What belongs in the gap: “It was in ___ then.”"}
    assert kinds(found(draft, gap)) == [
        ("signing", "draft", "warning"),
        ("gap", "draft", "warning"),
    ]


def test_notes_tell_what_a_suite_cannot_show(found: Callable[..., list[Finding]]) -> None:
    notes = found({**SIGNING, "expected": []}, SILENT, notes=True)
    assert [one.kind for one in notes] == ["scoring", "scoring", "few", "few"]
    assert notes[0].message.startswith("1 case")
    assert "type single" in notes[2].message


def test_the_documents_of_a_suite_are_read_without_a_corpus(tmp_path: Path) -> None:
    folder = write_benchmark(tmp_path / "valley")
    findings = check(read_suite(folder))
    assert [one for one in findings if one.severity == "error"] == []
    assert {"row", "scoring"} <= {one.kind for one in findings}
    broken = [{**QUERIES[0], "answer": ["in the year dot"]}]
    write_rows(folder / "queries-dev.jsonl.gz", broken)
    write_rows(folder / "corpus.jsonl.gz", CORPUS)
    (finding,) = (one for one in check(read_suite(folder)) if one.severity == "warning")
    assert (finding.kind, finding.case) == ("fact", "built")


class TestCommand:
    """The command line."""

    def test_errors_are_code_1_and_each_hint_stands_once(
        self, dossier: Callable[..., Result], tmp_path: Path
    ) -> None:
        gone = {**SIGNING, "documents": {"all_of": ["gone.txt"]}}
        path = write_rows(tmp_path / "a.jsonl", [gone, {**gone, "id": "b", "question": "Where?"}])
        result = dossier("eval", "cases", "check", path)
        assert result.exit_code == 1, result.output
        lines = result.stdout.splitlines()
        assert lines[0] == (
            f"error: {path}:1 signing: no document of the corpus is called 'gone.txt'"
        )
        assert sum("dossier sources" in line for line in lines) == 1
        assert lines[-1].startswith("a: 2 cases, 2 errors, 0 warnings, ")

    def test_json_has_it_all(self, dossier: Callable[..., Result], tmp_path: Path) -> None:
        path = write_rows(tmp_path / "a.jsonl", [SIGNING])
        result = dossier("eval", "cases", "check", path, "--json")
        assert result.exit_code == 0, result.output
        shown = json.loads(result.stdout)
        assert (shown["suite"], shown["cases"]) == ("a", 1)
        assert [one["kind"] for one in shown["findings"]] == ["few"]

    def test_without_documents_the_wording_is_checked(
        self, dossier: Callable[..., Result], tmp_path: Path
    ) -> None:
        path = write_rows(tmp_path / "a.jsonl", [SIGNING])
        result = dossier("eval", "cases", "check", path, data=tmp_path / "none")
        assert result.exit_code == 0
        assert "nothing was compared" in result.stdout
        assert not (tmp_path / "none").exists()

    def test_what_cannot_be_used_is_code_2(
        self, dossier: Callable[..., Result], tmp_path: Path
    ) -> None:
        result = dossier("eval", "cases", "check", tmp_path / "none.jsonl")
        assert result.exit_code == 2
        assert "none.jsonl" in result.stderr

    def test_the_sample_has_no_errors(self, dossier: Callable[..., Result]) -> None:
        result = dossier("eval", "cases", "check")
        assert result.exit_code == 0, result.output
        assert ", 0 errors, " in result.stdout
