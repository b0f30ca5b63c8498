"""CLAPNQ: what is answered, what is refused, and whether the right sentences are chosen.

    python -m benchmarks.answers --shared ../shared --work /tmp/dossier-retrieval

All documents of the set are one dossier, and the embedded answerer answers each question as it is
shipped. Of the answerable questions the sentences that people marked are known: sentence F1
compares an answer's sentences with them, 0 for a refusal. Beside it stand two baselines on the same
search, which never refuse: the first sentence of the best passage, and the three likeliest
sentences. The curve shows what other thresholds would answer and refuse. Intervals are 95 %
bootstrap intervals.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.answering import Answered, answered, answerer_of
from benchmarks.sets import RememberingModel, Row, open_corpus, read
from eval.statistics.intervals import bootstrap
from index.corpus import Corpus
from qa.relevance import THRESHOLD
from qa.text.words import content_stems

SAME = 0.7
"""Sentences that share so much of their words (Jaccard) are the same: spacing differs."""

THRESHOLDS = (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7)


@dataclass(frozen=True)
class Result:
    """What became of one question."""

    answerable: bool
    """Whether the documents answer it, by the set."""
    answered: bool
    """Whether it was answered."""
    best: float
    """Probability of the likeliest sentence."""
    ours: float
    """Sentence F1 of the answer."""
    first: float
    """That of the first sentence of the best passage."""
    three: float
    """That of the three likeliest sentences."""
    sentences: int
    """How many sentences the answer has."""


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=10_000, help="most questions")
    options = parser.parse_args()
    corpus = open_corpus(options.shared, "clapnq", options.work)
    assert isinstance(corpus.embedder, RememberingModel)
    rows = read(options.shared, "clapnq", "queries-dev")[: options.limit]
    results = asyncio.run(_results(corpus, rows))
    corpus.embedder.save()
    corpus.close()
    _show(results)


async def _results(corpus: Corpus, rows: Sequence[Row]) -> list[Result]:
    answerer = answerer_of(corpus)
    return [judged(row, await answered(answerer, row["question"])) for row in rows]


def judged(row: Row, given: Answered) -> Result:
    """Return what became of a question."""
    gold = [fact for evidence in row["evidence"] for fact in evidence["fact"]]
    likeliest = sorted(given.evidence, key=lambda sentence: -sentence.relevance)
    top = given.found.hits[0]
    first = [s.span.cut(top.document.text) for s in top.passage.sentences if s.evidence][:1]
    return Result(
        answerable=row["type"] == "answerable",
        answered=bool(given.answer.statements),
        best=likeliest[0].relevance if likeliest else 0.0,
        ours=sentence_f1([citation.quote for citation in given.answer.citations], gold),
        first=sentence_f1(first, gold),
        three=sentence_f1([sentence.quote for sentence in likeliest[:3]], gold),
        sentences=len(given.answer.statements),
    )


def sentence_f1(given: Sequence[str], gold: Sequence[str]) -> float:
    """Return the F1 of sentences against the gold ones, each counted once."""
    words = [set(content_stems(sentence)) for sentence in given]
    wanted = [set(content_stems(sentence)) for sentence in gold]
    hit = sum(any(_same(one, other) for other in wanted) for one in words)
    met = sum(any(_same(one, other) for other in words) for one in wanted)
    if not hit or not met:
        return 0.0
    precision, recall = hit / len(words), met / len(wanted)
    return 2 * precision * recall / (precision + recall)


def _same(one: set[str], other: set[str]) -> bool:
    return len(one & other) >= SAME * max(len(one | other), 1)


def _show(results: Sequence[Result]) -> None:
    yes = [result for result in results if result.answerable]
    no = [result for result in results if not result.answerable]
    print(f"{len(yes)} answerable, {len(no)} unanswerable questions; threshold {THRESHOLD}")
    _line("answerable answered", [result.answered for result in yes])
    _line("unanswerable answered", [result.answered for result in no])
    _line("sentence F1, ours", [result.ours for result in yes])
    _line("sentence F1, ours, answered", [result.ours for result in yes if result.answered])
    _line("sentence F1, first of best passage", [result.first for result in yes])
    _line("sentence F1, three likeliest", [result.three for result in yes])
    _line("ours - three likeliest, paired", [result.ours - result.three for result in yes])
    _line("sentences of an answer", [result.sentences for result in yes if result.answered])
    pairs = [(a.best > b.best) + 0.5 * (a.best == b.best) for a in yes for b in no]
    print(f"AUROC of the likeliest sentence {np.mean(pairs):.3f}")
    print("threshold  answerable answered  unanswerable answered")
    for threshold in THRESHOLDS:
        shares = [np.mean([r.best >= threshold for r in part]) for part in (yes, no)]
        print(f"{threshold:9.2f} {shares[0]:20.3f} {shares[1]:22.3f}")


def _line(name: str, values: Sequence[float]) -> None:
    low, high = bootstrap([float(value) for value in values])
    print(f"{name:36} {np.mean(values):6.3f} [{low:.3f}, {high:.3f}]")


if __name__ == "__main__":
    main()
