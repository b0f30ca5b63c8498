"""Planted regressions: each is found, and named in the layer where it was planted and no other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from planted import careful, careless, planted_suite, talkative
from scripted_endpoint import scripted_endpoint
from scripted_replies import Reply, Request

from eval.comparing.compare import compare
from eval.comparing.comparison import Comparison
from eval.comparing.policy import default_policy
from eval.running.results import Run
from eval.running.run import RunOptions
from eval.running.variants import run_suite
from qa.settings import Settings

# Many runs of what other tests cover; to measure them takes half as long again.
pytestmark = pytest.mark.no_cover

Chat = Callable[[Request], Reply]


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("planted") / "corpora"


def asked(corpora: Path, chat: Chat, *, poor_embedder: bool = False, **changes: object) -> Run:
    with scripted_endpoint(chat) as endpoint:
        if poor_embedder:  # the scripted vectors know which words texts share, and no meaning
            changes |= {
                "embedder": "endpoint",
                "embedding_model": "poor",
                "embedding_base_url": endpoint.base_url,
            }
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            data=corpora / "none",
            answerer="model",
            model="scripted",
            model_base_url=endpoint.base_url,
            model_output="plain",
            repair="off",  # which would find the source of most statements that come without
            **changes,  # type: ignore[arg-type]
        )
        return asyncio.run(
            run_suite(settings, planted_suite(), RunOptions(concurrency=2), corpora=corpora)
        )


@pytest.fixture(scope="module")
def baseline(corpora: Path) -> Run:
    return asked(corpora, careful())


def compared(baseline: Run, candidate: Run) -> Comparison:
    assert candidate.errors == 0
    return compare(baseline, candidate, default_policy())


def verdicts(comparison: Comparison) -> set[str]:
    return {one.metric for one in comparison.changes if one.verdict == "regression"}


def test_the_baseline_answers_all_that_it_can(baseline: Run) -> None:
    means = {figure.metric: figure.mean for figure in baseline.all_figures}
    for metric in (
        "retrieval_recall",
        "answer_rate",
        "abstention_recall",
        "fact_recall",
        "citation_support",
    ):
        assert means[metric] == 1.0


def test_nothing_changed_is_no_regression(corpora: Path, baseline: Run) -> None:
    comparison = compared(baseline, asked(corpora, careful()))
    assert comparison.verdict == "PASS"
    assert comparison.blames == ()
    assert comparison.flips == ()


@pytest.mark.parametrize("change", ["embedder", "keywords"])
def test_worse_retrieval_is_blamed_on_retrieval(corpora: Path, baseline: Run, change: str) -> None:
    if change == "embedder":
        candidate = asked(corpora, careful(), poor_embedder=True)
    else:
        candidate = asked(corpora, careful(), search_with="vectors")
    comparison = compared(baseline, candidate)
    assert comparison.verdict == "REGRESSION"
    assert "retrieval_recall" in verdicts(comparison)
    assert [blame.layer for blame in comparison.blames] == ["retrieval"]
    worse = [flip.tags for flip in comparison.flips if flip.direction == "worse"]
    assert worse.count(("sense" if change == "embedder" else "code",)) > len(worse) / 2


def test_dropped_citations_are_blamed_on_citation(corpora: Path, baseline: Run) -> None:
    comparison = compared(baseline, asked(corpora, careless()))
    assert comparison.verdict == "REGRESSION"
    assert {"citation_coverage", "right_document"} <= verdicts(comparison)
    assert "fact_recall" not in verdicts(comparison)
    assert [blame.layer for blame in comparison.blames] == ["citation"]


def test_invention_is_blamed_on_abstention(corpora: Path, baseline: Run) -> None:
    comparison = compared(baseline, asked(corpora, talkative()))
    assert comparison.verdict == "REGRESSION"
    assert verdicts(comparison) == {"abstention_recall"}
    assert [blame.layer for blame in comparison.blames] == ["abstention"]
