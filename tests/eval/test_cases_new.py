"""``eval cases new``: cases drafted from a dossier, for a person to confirm."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from scripted_endpoint import scripted_endpoint
from scripted_replies import Request, status, text
from texts import origin

from api.cli import cli
from eval.cases import Case, Suite, load
from eval.errors import InvalidCases
from eval.suites.check import check
from eval.suites.draft import draft
from eval.suites.drafting.phrasing import model_of, phrased
from eval.suites.opened import open_suite, read_suite
from eval.suites.selection import require_confirmed
from qa.errors import ModelError
from qa.service import Service, build
from qa.settings import Settings

MILL = (
    "About 240 workers were dismissed by the paper mill at Orrin in the spring. "
    "The new boiler of the Orrin mill was installed on 4 March 2021. "
    "Ingrid Vall opened a school for the children of the mill in Orrin.\n"
    "She paid for it herself. "
    "The town council of Orrin lent the mill 3 million crowns for a roof.\n"
)
RIVAL = "About 310 workers were dismissed by the paper mill at Orrin in the spring.\n"
PORT = (
    "The harbour of Dunmoor handled 4,200 containers in the first week after the storm. "
    "The lamp of the harbour of Dunmoor burns behind a 12-sided glass.\n"
    "Anna Brandt painted 14 boats for the fishermen of Dunmoor in 2019.\n"
)


def settings(data: Path, **changes: object) -> Settings:
    return Settings(_env_file=None, data=data, **{"answerer": "embedded", **changes})  # type: ignore[arg-type, call-arg]


@pytest.fixture(scope="module")
def valley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Four documents: two disagree, and one is a copy."""
    built = build(settings(tmp_path_factory.mktemp("valley") / "data"), write=True)
    day = date(2021, 5, 1)
    origins = [
        origin("mill.txt", MILL, outlet="Valley Post", published_at=day),
        origin("copy.txt", MILL, outlet="Orrin Echo", published_at=day),
        origin("rival.txt", RIVAL, outlet="Coast Courier"),
        origin("port.txt", PORT, title="Boats"),
    ]
    try:
        for _ in built.corpus.ingest(origins, limit=100_000):
            pass
        yield built
    finally:
        built.close()


@pytest.fixture
def dossier(
    valley: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object, **environment: str) -> Result:
        known = {"DOSSIER_DATA": str(valley.settings.data), **environment}
        return CliRunner().invoke(cli, [str(one) for one in arguments], env=known)

    return run


def test_single_drafts_ask_for_what_one_sentence_tells(valley: Service) -> None:
    drafts = {case.question: case for case in draft(valley.corpus, 20, ["single"])}
    assert set(drafts) >= {
        "When was the new boiler of the Orrin mill installed?",
        "Who opened a school for the children of the mill in Orrin?",
        "The town council of Orrin lent the mill how much money for a roof?",
        "The harbour of Dunmoor handled how many containers in the first week after the storm?",
    }
    boiler = drafts["When was the new boiler of the Orrin mill installed?"]
    assert boiler.tags == ("draft", "date")
    assert boiler.expected == (("4 March 2021",),)
    assert boiler.documents.any_of == ("copy.txt", "mill.txt")
    sentences = [quote.text for case in drafts.values() for quote in case.quotes]
    assert not any("herself" in sentence for sentence in sentences)  # it leans on another
    assert not any("dismissed" in sentence for sentence in sentences)  # another contradicts it


def test_a_sentence_that_no_rule_fits_gets_a_gap(valley: Service) -> None:
    (gap,) = (case for case in draft(valley.corpus, 20, ["single"]) if "gap" in case.tags)
    assert gap.question == (
        "According to Boats, what belongs in the gap: “The lamp of the harbour of Dunmoor burns "
        "behind a ___-sided glass.”"
    )
    assert gap.expected == (("12",),)


def test_conflict_drafts_show_both_figures(valley: Service) -> None:
    (case,) = draft(valley.corpus, 20, ["conflict"])
    assert case.question == (
        "How many workers were dismissed by the paper mill at Orrin in the spring?"
    )
    assert case.type == "conflict"
    assert sorted(case.differs) == [("240",), ("310",)]
    assert {frozenset(names) for names in case.documents.each_of} == {
        frozenset({"copy.txt", "mill.txt"}),
        frozenset({"rival.txt"}),
    }
    assert len(case.quotes) == 2


def test_unanswerable_drafts_name_what_is_nowhere(valley: Service) -> None:
    found = draft(valley.corpus, 3, ["unanswerable"])
    texts = " ".join(document.text for document in valley.corpus.documents())
    assert found
    for case in found:
        (term,) = case.absent
        assert term in case.question
        assert term not in texts
        assert case.group in {"mill.txt", "copy.txt", "rival.txt", "port.txt"}


def test_drafts_are_the_same_each_time_and_fit_their_documents(
    valley: Service, tmp_path: Path
) -> None:
    found = draft(valley.corpus, 8)
    assert found == draft(valley.corpus, 8)
    assert found != draft(valley.corpus, 8, seed=8)
    assert len({case.id for case in found}) == len(found) == 8
    assert {case.type for case in found} == {"single", "conflict", "unanswerable"}
    path = tmp_path / "drafts.jsonl"
    path.write_text("".join(f"{case.model_dump_json(exclude_defaults=True)}\n" for case in found))
    findings = [one for one in check(read_suite(path), valley.corpus) if one.severity != "note"]
    assert {(one.kind, one.severity) for one in findings} == {("draft", "warning")}
    assert len(findings) == 8
    with pytest.raises(InvalidCases, match="8 cases are drafts"):
        require_confirmed(open_suite(path).suite)
    suite = load(path)
    confirmed = tuple(case.model_copy(update={"tags": ()}) for case in suite.cases)
    require_confirmed(replace(suite, cases=confirmed))


class TestModel:
    """Questions worded by a model."""

    WANTED = "How large was the loan of Orrin's town council for the roof of the mill?"

    def phrase(self, valley: Service, reply: object, tmp_path: Path) -> tuple[Case, Case]:
        (case,) = (one for one in draft(valley.corpus, 20, ["single"]) if "council" in one.question)
        with scripted_endpoint(reply) as endpoint:  # type: ignore[arg-type]
            given = settings(tmp_path, model="scripted", model_base_url=endpoint.base_url)
            (worded,) = asyncio.run(phrased([case], model_of(given)))
            assert case.quotes[0].text in endpoint.chats[0].prompt
        return case, worded

    def test_its_words_are_taken(self, valley: Service, tmp_path: Path) -> None:
        case, worded = self.phrase(valley, text(self.WANTED), tmp_path)
        assert worded.question == self.WANTED
        assert (worded.expected, worded.quotes, worded.id) == (case.expected, case.quotes, case.id)
        assert "draft" in worded.tags

    @pytest.mark.parametrize(
        "reply",
        [
            "Did the town council of Orrin lend the mill 3 million crowns?",
            "What did the town council of Orrin and Mayor Brandt lend the mill?",
            "What did the town council lend the Orrin mill in 1999?",
            "The town council of Orrin lent the mill money.",
            "Here is a question:\nWhat did the town council of Orrin lend the mill?",
            "How much?",
        ],
    )
    def test_what_tells_the_answer_or_makes_things_up_is_not(
        self, valley: Service, tmp_path: Path, reply: str
    ) -> None:
        case, worded = self.phrase(valley, text(reply), tmp_path)
        assert worded == case

    def test_a_model_that_cannot_be_asked_is_an_error(
        self, valley: Service, tmp_path: Path
    ) -> None:
        with pytest.raises(ModelError):
            self.phrase(valley, status(401), tmp_path)


class TestCommand:
    """The command line."""

    def test_drafts_are_written_to_a_new_file(
        self, dossier: Callable[..., Result], tmp_path: Path
    ) -> None:
        result = dossier("eval", "cases", "new", "--out", "drafts.jsonl", "--count", 5)
        assert result.exit_code == 0, result.output
        assert result.stdout == "drafts.jsonl: 5 drafts (3 single, 1 conflict, 1 unanswerable)\n"
        assert "eval cases check drafts.jsonl" in result.stderr
        suite: Suite = load(tmp_path / "drafts.jsonl")
        assert all("draft" in case.tags for case in suite.cases)
        again = dossier("eval", "cases", "new", "--out", "drafts.jsonl")
        assert again.exit_code == 2
        assert "there already" in again.stderr

    def test_kinds_can_be_chosen(self, dossier: Callable[..., Result], tmp_path: Path) -> None:
        result = dossier("eval", "cases", "new", "--out", "one.jsonl", "--kind", "conflict")
        assert result.exit_code == 0, result.output
        assert [case.type for case in load(tmp_path / "one.jsonl").cases] == ["conflict"]

    def test_a_configured_model_words_the_questions(
        self, dossier: Callable[..., Result], tmp_path: Path
    ) -> None:
        def reply(request: Request) -> object:
            town = "Orrin" if "Orrin" in request.prompt else "Dunmoor"
            return text(f"What do the papers tell of workers, mills, harbours and boats of {town}?")

        with scripted_endpoint(reply) as endpoint:  # type: ignore[arg-type]
            result = dossier(
                *("eval", "cases", "new", "--out", "m.jsonl", "--kind", "conflict"),
                DOSSIER_MODEL="scripted",
                DOSSIER_MODEL_BASE_URL=endpoint.base_url,
            )
        assert result.exit_code == 0, result.output
        (case,) = load(tmp_path / "m.jsonl").cases
        assert case.question.startswith("What do the papers tell of workers")

    def test_nothing_to_draft_from_is_told(
        self, dossier: Callable[..., Result], tmp_path: Path
    ) -> None:
        empty = str(tmp_path / "empty")
        result = dossier("eval", "cases", "new", "--out", "x.jsonl", DOSSIER_DATA=empty)
        assert result.exit_code == 1
        assert "nothing to draft from" in result.stderr
        assert not (tmp_path / "x.jsonl").exists()

    def test_a_place_that_cannot_be_written_is_told(self, dossier: Callable[..., Result]) -> None:
        result = dossier("eval", "cases", "new", "--out", "no/such/folder.jsonl")
        assert result.exit_code == 1
        assert "folder.jsonl" in result.stderr

    def test_the_schema_is_the_published_one(self, dossier: Callable[..., Result]) -> None:
        from importlib import resources

        result = dossier("eval", "cases", "schema")
        published = resources.files("eval") / "case.schema.json"
        assert result.stdout == published.read_text(encoding="utf-8")
