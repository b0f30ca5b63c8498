"""Question sets in published layouts, read as cases with documents of their own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from question_sets import (
    CORPUS,
    LIGHT,
    QUERIES,
    write_beir,
    write_benchmark,
    write_rows,
    write_squad,
)

from eval.cases import Case
from eval.errors import InvalidCases
from eval.running.run import run
from eval.suites.binding import Binding
from eval.suites.opened import OpenedSuite, open_suite
from eval.suites.selection import require_confirmed, select
from qa.service import Service, build
from qa.settings import Settings


def by_id(opened: OpenedSuite) -> dict[str, Case]:
    return {case.id: case for case in opened.suite.cases}


def settings(data: Path) -> Settings:
    return Settings(_env_file=None, data=data, answerer="embedded")  # type: ignore[call-arg]


@pytest.fixture(scope="module")
def benchmark(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_benchmark(tmp_path_factory.mktemp("sets") / "valley")


@pytest.fixture(scope="module")
def filled(benchmark: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service over the documents of the benchmark folder."""
    built = build(settings(tmp_path_factory.mktemp("own") / "data"), write=True)
    try:
        ingest(open_suite(benchmark), built)
        yield built
    finally:
        built.close()


def ingest(opened: OpenedSuite, into: Service) -> None:
    assert opened.ingest is not None
    opened.ingest(into.corpus)


class TestBenchmark:
    """A folder with a corpus and queries."""

    def test_answers_become_facts_and_their_sentences_quotes(self, benchmark: Path) -> None:
        case = by_id(open_suite(benchmark))["built"]
        assert case.type == "single"
        assert case.expected == (("1904", "in 1904"),)
        assert case.documents.names == ("mill",)
        (quote,) = case.quotes
        assert quote.text == "The paper mill at Orrin was built in 1904 by Hedda Vall."
        assert case.group == "Orrin mill"

    def test_an_essay_is_not_expected_but_its_gold_sentence_is(self, benchmark: Path) -> None:
        case = by_id(open_suite(benchmark))["lamp"]
        assert case.expected == ()
        assert [quote.text for quote in case.quotes] == [LIGHT.splitlines()[1]]

    def test_values_that_contradict_each_other_have_to_be_shown(self, benchmark: Path) -> None:
        case = by_id(open_suite(benchmark))["workers"]
        assert case.type == "conflict"
        assert case.expected == (("240",),)
        assert case.differs == (("240",), ("310",))
        assert case.documents.requirements() == (
            frozenset({"mill"}),
            frozenset({"guide%2Fmill"}),
        )

    def test_several_documents_may_be_needed_where_no_answer_is_known(
        self, benchmark: Path
    ) -> None:
        case = by_id(open_suite(benchmark))["both"]
        assert (case.type, case.expected) == ("multi_source", ())
        assert case.documents.all_of == ("mill", "canal")

    def test_what_is_unanswerable_shares_the_group_of_what_it_nearly_asks(
        self, benchmark: Path
    ) -> None:
        case = by_id(open_suite(benchmark))["cost"]
        assert (case.type, case.group) == ("unanswerable", "Skerra light")

    def test_cases_that_share_an_article_are_one_group(self, benchmark: Path) -> None:
        cases = by_id(open_suite(benchmark))
        assert cases["both"].cluster == cases["built"].cluster
        assert cases["lamp"].cluster != cases["built"].cluster

    def test_rows_that_make_no_case_are_told(self, benchmark: Path) -> None:
        left_out = {
            one.place.rpartition(":")[2]: one.reason for one in open_suite(benchmark).left_out
        }
        assert set(left_out) == {"6", "7"}
        assert "claim" in left_out["6"]
        assert "no document" in left_out["7"]

    def test_copies_that_give_one_answer_need_only_one_of_them(self, tmp_path: Path) -> None:
        facts = [{"id": id_, "fact": value} for id_, value in (("a", "9"), ("b", "9"), ("c", "8"))]
        texts = [{"id": id_, "text": f"Text {id_} of the row of boats."} for id_ in "abcde"]
        rows = [
            {"id": "1", "question": "How many boats?", "type": "single", "answer": ["9"],
             "evidence": facts[:2]},
            {"id": "2", "question": "How many boats are there?", "type": "ambiguous",
             "answer": ["9", "8"], "evidence": [*facts, {"id": "d", "fact": "8"}]},
            {"id": "3", "question": "Boats lie in a row.", "type": "claim", "answer": None,
             "evidence": [{"id": "d"}, {"id": "e"}]},
        ]  # fmt: skip
        write_rows(tmp_path / "corpus.jsonl", texts)
        write_rows(tmp_path / "queries.jsonl", rows)
        cases = by_id(open_suite(tmp_path))
        assert cases["1"].documents.any_of == ("a", "b")
        assert cases["2"].documents.each_of == (("a", "b"), ("c", "d"))
        assert cases["2"].expected == (("9",), ("8",))
        assert (cases["2"].type, cases["2"].differs) == ("multi_source", ())
        assert cases["3"].documents.any_of == ("d", "e")
        assert len({case.cluster for case in cases.values()}) == 1  # 1 and 3 by way of 2

    def test_the_hash_follows_the_content(self, benchmark: Path, tmp_path: Path) -> None:
        same = write_benchmark(tmp_path / "valley")
        assert open_suite(same).suite.sha256 == open_suite(benchmark).suite.sha256
        write_rows(same / "corpus.jsonl.gz", [*CORPUS, {"id": "new", "text": "More."}])
        assert open_suite(same).suite.sha256 != open_suite(benchmark).suite.sha256

    def test_a_file_of_queries_chooses_those_alone(self, tmp_path: Path) -> None:
        folder = write_benchmark(tmp_path / "valley", ending=".jsonl")
        other = write_rows(folder / "queries-test.jsonl", [{**QUERIES[0], "id": "other"}])
        assert list(by_id(open_suite(other))) == ["other"]
        assert len(open_suite(folder).suite.cases) == 6

    @pytest.mark.parametrize(
        ("name", "content", "complaint"),
        [
            ("corpus.jsonl", b'{"id": "a", "text": "A."}\n{"id": ', "corpus.jsonl:2: "),
            ("corpus.jsonl", b'{"text": "A."}', "corpus.jsonl:1: id: Field required"),
            ("corpus.jsonl", b'{"id": "a", "text": "\xe9"}', "corpus.jsonl:1: not UTF-8"),
            ("queries.jsonl", b'{"id": "q", "question": 5.5, "evidence": 1}', "evidence"),
            ("queries.jsonl", b"", "none of its 0 rows"),
        ],
    )
    def test_a_bad_line_is_named(
        self, tmp_path: Path, name: str, content: bytes, complaint: str
    ) -> None:
        write_rows(tmp_path / "corpus.jsonl", CORPUS)
        write_rows(tmp_path / "queries.jsonl", QUERIES)
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InvalidCases) as caught:
            open_suite(tmp_path)
        assert complaint in str(caught.value)
        assert caught.value.hint

    def test_a_broken_archive_is_told(self, tmp_path: Path) -> None:
        folder = write_benchmark(tmp_path)
        packed = (folder / "corpus.jsonl.gz").read_bytes()
        for damaged in (packed[:-20], b"no archive"):
            (folder / "corpus.jsonl.gz").write_bytes(damaged)
            with pytest.raises(InvalidCases, match=r"corpus\.jsonl\.gz"):
                open_suite(folder)

    def test_claims_with_verdicts_are_no_questions(self, tmp_path: Path) -> None:
        write_rows(tmp_path / "corpus.jsonl", CORPUS)
        write_rows(tmp_path / "queries.jsonl", [QUERIES[5]])
        with pytest.raises(InvalidCases, match="claim to be judged") as caught:
            open_suite(tmp_path)
        assert caught.value.hint

    def test_an_id_must_not_come_twice(self, tmp_path: Path) -> None:
        write_rows(tmp_path / "corpus.jsonl", CORPUS)
        write_rows(tmp_path / "queries.jsonl", [QUERIES[0], QUERIES[0]])
        with pytest.raises(InvalidCases, match=r":2: id 'built' was used at .*:1"):
            open_suite(tmp_path)


def test_a_beir_folder_asks_for_one_of_the_relevant_documents(tmp_path: Path) -> None:
    folder = write_beir(tmp_path / "beir")
    opened = open_suite(folder)
    cases = by_id(opened)
    assert list(cases) == ["1"]
    assert cases["1"].documents.any_of == ("d1", "d2")
    assert [one.reason for one in opened.left_out] == ["no text of the corpus is relevant to it"]
    assert list(by_id(open_suite(folder / "qrels" / "train.tsv"))) == ["2"]
    (folder / "qrels" / "test.tsv").write_text("1\td1\t1\n2 d2 1\n")
    with pytest.raises(InvalidCases, match=r"test\.tsv:2: "):
        open_suite(folder)


def test_a_squad_file_gives_paragraphs_and_questions(tmp_path: Path) -> None:
    opened = open_suite(write_squad(tmp_path / "dev.json"))
    cases = by_id(opened)
    assert cases["q1"].expected == (("Hedda Vall",),)
    assert cases["q1"].documents.all_of == ("Orrin_mill-1",)
    assert cases["q1"].quotes[0].text.endswith("built in 1904 by Hedda Vall.")
    assert cases["q2"].type == "unanswerable"
    assert cases["q2"].cluster == cases["q1"].cluster == "Orrin mill"
    assert cases["q4"].cluster == "Skerra light"
    assert [one.place.rpartition(" ")[2] for one in opened.left_out] == ["q3"]
    assert opened.origins is not None
    assert len(opened.origins()) == 3
    (tmp_path / "dev.json").write_text('{"data": [{"title": "x"}]}')
    with pytest.raises(InvalidCases, match=r"data\.0\.paragraphs"):
        open_suite(tmp_path / "dev.json")


def test_a_first_version_squad_file_says_nothing_of_impossible(tmp_path: Path) -> None:
    qas = [{"id": "a", "question": "Who?", "answers": [{"text": "Vall", "answer_start": 0}]}]
    paragraphs = [{"context": "Vall built it.", "qas": qas}]
    path = tmp_path / "train.json"
    path.write_text(
        json.dumps({"version": "1.1", "data": [{"title": "", "paragraphs": paragraphs}]})
    )
    assert by_id(open_suite(path))["a"].documents.all_of == ("article-1",)


def test_a_folder_of_something_else_is_no_suite(tmp_path: Path) -> None:
    with pytest.raises(InvalidCases, match=r"no corpus\.jsonl") as caught:
        open_suite(tmp_path)
    assert caught.value.hint
    with pytest.raises(InvalidCases, match="No such file"):
        open_suite(tmp_path / "queries.jsonl")


class TestDocuments:
    """The documents of a suite in a corpus."""

    def test_they_have_their_names_and_metadata(self, filled: Service, benchmark: Path) -> None:
        documents = {document.name: document for document in filled.corpus.documents()}
        assert set(documents) == {"mill", "guide%2Fmill", "light", "canal"}
        assert documents["mill"].source == "suite:valley/mill"
        assert documents["mill"].metadata.title == "Orrin mill"
        assert documents["mill"].metadata.outlet == "Valley Post"
        assert documents["light"].metadata.published_at == date(2021, 5, 3)
        assert documents["canal"].text.endswith("It froze in 1947.")
        binding = Binding(open_suite(benchmark).suite, filled.corpus)
        for case in open_suite(benchmark).suite.cases:
            assert all(len(ids) == 1 for ids in binding.ids(case).values())

    def test_a_suite_is_asked_and_scored(self, filled: Service, benchmark: Path) -> None:
        suite = select(open_suite(benchmark).suite, ["id=built|both|cost"])
        result = asyncio.run(run(filled, suite))
        figures = {figure.metric: figure for figure in result.figures}
        assert figures["fact_recall"].n == 1  # of the others no fact is known
        assert figures["retrieval_recall"].n == 2
        assert figures["retrieval_recall"].mean == 1

    def test_unchanged_they_cost_nothing_and_changed_they_follow(
        self, tmp_path: Path, benchmark: Path
    ) -> None:
        service = build(settings(tmp_path / "data"), write=True)
        try:
            ingest(open_suite(benchmark), service)
            before = service.corpus.catalog.last_change
            ingest(open_suite(benchmark), service)
            assert service.corpus.catalog.last_change == before
            changed = [{**CORPUS[0], "text": "The mill burnt down."}, *CORPUS[2:]]
            folder = write_benchmark(tmp_path / "valley")
            write_rows(folder / "corpus.jsonl.gz", changed)
            write_rows(folder / "queries-dev.jsonl.gz", QUERIES[1:2])
            ingest(open_suite(folder), service)
            documents = {document.name: document for document in service.corpus.documents()}
            assert set(documents) == {"mill", "light", "canal"}
            assert documents["mill"].version == 2
            assert documents["light"].version == 1
        finally:
            service.close()

    def test_what_no_text_holds_is_taken_out(self, tmp_path: Path) -> None:
        text = "A lamp\0of brass. It burns."
        write_rows(tmp_path / "corpus.jsonl", [{"id": "a", "text": text}])
        fact = {"id": "a", "fact": "brass", "start": text.index("brass")}
        row = {"id": "1", "question": "Of what?", "answer": ["brass"], "evidence": [fact]}
        write_rows(tmp_path / "queries.jsonl", [row])
        opened = open_suite(tmp_path)
        assert opened.origins is not None
        assert opened.origins()[0].data == b"A lamp of brass. It burns."
        assert opened.suite.cases[0].quotes[0].text == "A lamp of brass."


def test_drafts_are_not_asked_unawares() -> None:
    opened = open_suite(None)
    require_confirmed(opened.suite)
    draft = opened.suite.cases[0].model_copy(update={"tags": ("draft",)})
    with pytest.raises(InvalidCases, match="1 case is a draft") as caught:
        require_confirmed(replace(opened.suite, cases=(draft, *opened.suite.cases[1:])))
    assert "--drafts" in str(caught.value.hint)
