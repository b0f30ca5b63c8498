"""Runs on the real service over the sample documents."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.cases import Suite, load
from eval.errors import InvalidCases, UnwritableRun
from eval.running.files import write
from eval.running.results import Run
from eval.running.run import RunOptions, run
from eval.running.variants import run_suite
from eval.sample import cases_path, ingest_sample
from eval.suites.opened import open_suite
from eval.suites.selection import select
from qa.service import Service
from qa.settings import Settings


def sample(count: int) -> Suite:
    return select(load(cases_path(), name="sample"), limit=count)


def own_cases(path: Path, *cases: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
    return path


def question(**changes: object) -> dict[str, object]:
    return {
        "id": "articles",
        "question": "How many articles does the treaty have?",
        "type": "single",
        "expected": [["47"]],
        "documents": {"all_of": ["meridian-signing.txt"]},
    } | changes


def without_times(of: Run) -> str:
    return of.model_dump_json(exclude={"measured"})


def test_a_run_holds_answers_scores_and_what_they_rest_on(service: Service) -> None:
    progress: list[tuple[int, int]] = []
    suite = sample(6)
    done = asyncio.run(
        run(
            service,
            suite,
            RunOptions(concurrency=3),
            on_progress=lambda *step: progress.append(step),
        )
    )
    assert progress == [(n, 6) for n in range(1, 7)]
    assert [result.case for result in done.results] == list(suite.cases)
    assert (done.suite.name, done.suite.sha256, done.suite.cases) == ("sample", suite.sha256, 6)
    assert done.corpus.documents == 10
    assert done.measured.started_at <= done.measured.finished_at
    for result in done.results:
        assert result.answer is not None
        for citation in result.answer.citations:
            document = service.corpus.document(citation.document_id, citation.version)
            assert document.text[citation.start : citation.end] == citation.quote
    means = {figure.metric: figure.mean for figure in done.all_figures}
    assert means["citation_validity"] == 1.0
    assert means["retrieval_recall"] is not None
    assert means["retrieval_recall"] > 0.8
    assert means["latency"] is not None
    assert means["latency"] > 0


def test_the_same_inputs_give_the_same_run(service: Service) -> None:
    one = asyncio.run(run(service, sample(3), RunOptions(concurrency=1)))
    other = asyncio.run(run(service, sample(3), RunOptions(concurrency=3)))
    assert without_times(one) == without_times(other)


def test_a_run_tells_no_secrets(service: Service) -> None:
    told = Settings(
        _env_file=None,  # type: ignore[call-arg]
        data=service.settings.data,
        answerer="embedded",
        model_api_key="sk-very-secret",  # type: ignore[arg-type]
        model_base_url="http://someone:hunter2@127.0.0.1:9/v1?token=hunter3",
    )
    knowing = Service(told, service.corpus, service.answerer)
    text = asyncio.run(run(knowing, sample(1))).model_dump_json()
    for secret in ("very-secret", "hunter2", "hunter3", str(told.data)):
        assert secret not in text
    assert "http://127.0.0.1:9/v1" in text


def test_the_fingerprint_follows_the_documents(service: Service) -> None:
    before = asyncio.run(run(service, sample(1))).corpus
    notes = next(d for d in service.corpus.documents() if d.name == "roundtable-notes.txt")
    service.corpus.remove(notes.id)
    try:
        after = asyncio.run(run(service, sample(1))).corpus
    finally:
        ingest_sample(service.corpus)
    again = asyncio.run(run(service, sample(1))).corpus
    assert (before.documents, after.documents) == (10, 9)
    assert before.fingerprint != after.fingerprint
    assert before == again


def test_a_question_that_fails_leaves_the_others_alone(service: Service, tmp_path: Path) -> None:
    long = question(id="long", question="why " * 2_000)
    path = own_cases(tmp_path / "mine.jsonl", long, question())
    done = asyncio.run(run(service, load(path)))
    broken, good = done.results
    assert done.errors == 1
    assert broken.answer is None
    assert broken.error is not None
    assert broken.error.code == "invalid_question"
    assert all(score.value is None and score.reason for score in broken.scores)
    assert good.error is None
    assert {figure.n for figure in done.figures if figure.metric == "fact_recall"} == {1}


def test_filters_by_file_name_reach_the_search(service: Service, tmp_path: Path) -> None:
    filtered = question(filters={"documents": ["caspian-preview.eml"]})
    done = asyncio.run(run(service, load(own_cases(tmp_path / "mine.jsonl", filtered))))
    (result,) = done.results
    preview = next(d for d in service.corpus.documents() if d.name == "caspian-preview.eml")
    assert {passage.document_id for passage in result.passages} == {preview.id}
    assert result.answer is not None
    assert {citation.document_id for citation in result.answer.citations} <= {preview.id}


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"documents": {"all_of": ["nowhere.txt"]}}, "'articles': no document .* 'nowhere.txt'"),
        ({"filters": {"documents": ["signing.txt"]}}, "no document .* 'signing.txt'"),
        (
            {"quotes": [{"documents": ["meridian-signing.txt"], "text": "46 articles"}]},
            "meridian-signing.txt does not contain '46 articles'",
        ),
        (
            {
                "type": "unanswerable",
                "expected": [],
                "documents": {},
                "absent": ["PETERSBURG", "kursk"],
            },
            "harbour-.*.txt contains 'kursk'",
        ),
    ],
)
def test_cases_that_do_not_fit_the_corpus_stop_the_run_at_once(
    service: Service, tmp_path: Path, changes: dict[str, object], complaint: str
) -> None:
    suite = load(own_cases(tmp_path / "mine.jsonl", question(**changes)))
    steps: list[int] = []
    with pytest.raises(InvalidCases, match=complaint):
        asyncio.run(run(service, suite, on_progress=lambda done, _: steps.append(done)))
    assert steps == []


def test_the_run_file_is_whole_and_reads_back(service: Service, tmp_path: Path) -> None:
    done = asyncio.run(run(service, sample(2)))
    path = tmp_path / "runs" / "first.json"
    write(done, path)
    assert Run.model_validate_json(path.read_text(encoding="utf-8")) == done
    write(done, path)
    assert [file.name for file in path.parent.iterdir()] == ["first.json"]


def test_a_run_file_that_cannot_be_written_is_named(service: Service, tmp_path: Path) -> None:
    done = asyncio.run(run(service, sample(1)))
    folder = tmp_path / "taken"
    (folder / "inside").mkdir(parents=True)
    with pytest.raises(UnwritableRun, match="taken"):
        write(done, folder)
    assert [file.name for file in tmp_path.iterdir()] == ["taken"]
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(UnwritableRun, match=r"file/run\.json"):
        write(done, tmp_path / "file" / "run.json")


def test_the_sample_suite_leaves_the_users_data_alone(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data=tmp_path / "data", answerer="embedded")  # type: ignore[call-arg]
    opened = open_suite(None)
    opened = replace(opened, suite=select(opened.suite, limit=2))
    done = asyncio.run(run_suite(settings, opened))
    assert (done.suite.name, len(done.results), done.errors) == ("sample", 2, 0)
    assert not settings.data.exists()


def test_own_cases_run_on_own_documents(service: Service, tmp_path: Path) -> None:
    path = own_cases(tmp_path / "mine.jsonl", question(), question(id="again"))
    opened = open_suite(path)
    opened = replace(opened, suite=select(opened.suite, limit=1))
    done = asyncio.run(run_suite(service.settings, opened))
    assert (done.suite.name, done.suite.cases) == ("mine", 1)
    assert done.corpus.documents == 10
