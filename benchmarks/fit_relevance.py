"""Fit the weights of ``qa/relevance.py`` and show how well they tell answers from silence.

    python -m benchmarks.fit_relevance --shared ../shared --work /tmp/dossier-fit

For each question the product's own retrieval runs as it is, with the documents that hold the
answer taken out, so that the corpus is silent, and, where it has a name or a year, with that
exchanged for another, a near miss. Questions marked unanswerable are silent as they are. A
sentence is right if it shares most of its words with a gold sentence or holds the gold answer.

Two logistic regressions, by Newton's method, classes weighted alike: the first ranks the sentences
of the answerable runs; the second, which is the one that is kept, tells the answerable runs from
the silent ones by the features of the sentence ranked first. Its ridge pulls towards ``PRIOR``: the
questions of these sets are mostly in lower case and ask for few figures, so that they alone would
not teach that a missing name or figure matters. Half of the questions fit, the other half is
reported; the weights to keep are then fitted on all.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.sets import RememberingModel, Row, open_corpus, read
from index.corpus import Corpus
from index.models import Hit
from qa.compose import EvidenceSentence
from qa.evidence import measured
from qa.features import Features
from qa.text.figures import figures
from qa.text.words import content_stems, names

SETS = {"clapnq": 318, "squadshift_newwiki": 250}
Array = Any
NAMES = [field.name for field in fields(Features)]


PRIOR = {
    "name_missing": -1.0,
    "name_missing_near": -2.0,
    "figure_missing": -1.0,
    "figure_missing_near": -1.5,
    "value_missing": -3.0,
    "kind_missing": -1.5,
    "unit_missing": -0.5,
    "is_question": -2.0,
}
"""Weights that the ridge pulls towards; the others are pulled, weakly, towards 0."""
PULL = 30.0
"""Strength of that pull; 10 and 100 gave the same figures within .01."""


def main() -> None:
    """Collect, fit, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--work", type=Path, required=True)
    options = parser.parse_args()
    x, y, run, question = _collect(options.shared, options.work)
    answerable = np.zeros(run.max() + 1, int)
    np.maximum.at(answerable, run, y)
    half = np.zeros(run.max() + 1, bool)
    half[run] = question % 2 == 0  # all runs of a question, or none
    ranker = fit(x[half[run] & (answerable[run] == 1)], y[half[run] & (answerable[run] == 1)])
    first = _best(ranker[0] + x @ ranker[1:], run)
    prior, pull = np.zeros(len(NAMES) + 1), np.ones(len(NAMES) + 1)
    pull[0] = 0.0
    for name, weight in PRIOR.items():
        prior[NAMES.index(name) + 1], pull[NAMES.index(name) + 1] = weight, PULL
    print(f"{len(y)} sentences of {len(answerable)} runs, {answerable.mean():.2f} answerable")
    held = fit(x[first][half], answerable[half], prior=prior, pull=pull)
    report("held half", held, (x, y, run), answerable, ~half)
    weights = fit(x[first], answerable, prior=prior, pull=pull)
    report("all, as kept", weights, (x, y, run), answerable, half | ~half)
    print("BIAS", round(weights[0], 2))
    for name, weight in zip(NAMES, weights[1:], strict=True):
        print(f'    "{name}": {weight:.2f},')


def _best(scores: Array, run: Array) -> Array:
    """Return the row of the highest score of each run."""
    best = np.zeros(run.max() + 1, int)
    order = np.argsort(scores, kind="stable")
    best[run[order]] = order
    return best


def _collect(shared: Path, work: Path) -> tuple[Array, Array, Array, Array]:
    rows: list[list[float]] = []
    labels: list[int] = []
    runs: list[int] = []
    asked: list[int] = []
    number = 0
    for name, limit in SETS.items():
        corpus = open_corpus(shared, name, work)
        assert isinstance(corpus.embedder, RememberingModel)
        questions = read(shared, name, "queries-dev")
        chosen = questions[:: max(1, len(questions) // limit)][:limit]
        for at, question in enumerate(chosen):
            other = chosen[(at + 7) % len(chosen)]
            for text, hits, silent in _runs(corpus, question, other):
                for sentence, features in measured(text, hits, corpus):
                    rows.append(features.row())
                    labels.append(int(not silent and _is_right(sentence, question)))
                    runs.append(number)
                    asked.append(at)
                number += 1
            if at % 50 == 49:
                print(name, at + 1, flush=True)
                corpus.embedder.save()
        corpus.embedder.save()
        corpus.close()
    return np.array(rows), np.array(labels), np.array(runs), np.array(asked)


def _runs(corpus: Corpus, question: Row, other: Row) -> Iterator[tuple[str, Sequence[Hit], bool]]:
    """Yield the runs of a question: as it is, with the answer taken out, and as a near miss."""
    text = question["question"]
    found = corpus.search(text, limit=20).hits
    gold = {f"upload:{evidence['id']}" for evidence in question["evidence"]}
    yield text, found[:8], False
    yield text, [hit for hit in found if hit.document.source not in gold][:8], True
    missed = _near_miss(text, other["question"])
    if missed:
        yield missed, corpus.search(missed, limit=8).hits, True


def _near_miss(text: str, other: str) -> str | None:
    """Return the question with a name or year exchanged, so that nothing answers it any more."""
    for figure in figures(text):
        if figure.kind == "year":
            return text[: figure.start] + str(figure.year - 37) + text[figure.end :]
    mine, theirs = names(text), names(other)
    if mine and theirs and not set(mine) & set(theirs):
        return text.replace(mine[-1], theirs[-1])
    return None


def _is_right(sentence: EvidenceSentence, question: Row) -> bool:
    if question["type"] == "unanswerable":
        return False
    quote, source = sentence.quote, sentence.document.source
    stems = set(content_stems(quote))
    for evidence in question["evidence"]:
        facts = evidence["fact"]
        if f"upload:{evidence['id']}" != source or not facts:
            continue
        if isinstance(facts, str):
            if " ".join(facts.split()) in " ".join(quote.split()):
                return True
            continue
        for fact in facts:
            gold = set(content_stems(fact))
            if stems and len(stems & gold) >= 0.7 * min(len(stems), len(gold)):
                return True
    return False


def fit(x: Array, y: Array, *, prior: Array | None = None, pull: Array | None = None) -> Array:
    """Return bias and weights of a logistic model with a ridge, classes weighted alike."""
    a = np.hstack([np.ones((len(x), 1)), x])
    share = np.where(y == 1, 0.5 / y.mean(), 0.5 / (1 - y.mean()))
    center = np.zeros(a.shape[1]) if prior is None else prior
    ridge = np.diag(np.r_[0.0, np.ones(x.shape[1])] if pull is None else pull)
    w = center.copy()
    for _ in range(40):
        p = 1 / (1 + np.exp(-a @ w))
        gradient = a.T @ (share * (p - y)) + ridge @ (w - center)
        hessian = (a * (share * p * (1 - p))[:, None]).T @ a + ridge
        w = w - np.linalg.solve(hessian, gradient)
    return w


def report(
    title: str, w: Array, data: tuple[Array, Array, Array], answerable: Array, kept: Array
) -> None:
    """Print how well the best sentence of a run tells answerable from silent."""
    x, y, run = data
    p = 1 / (1 + np.exp(-(w[0] + x @ w[1:])))
    best = _best(p, run)
    top, can = p[best][kept], answerable[kept] == 1
    print(f"{title}: right sentence first {y[best][kept][can].mean():.3f}, ", end="")
    print(f"answerable or silent AUROC {auroc(top, can.astype(int)):.3f}")
    for threshold in (0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7):
        answers, refuses = (top >= threshold)[can].mean(), (top < threshold)[~can].mean()
        print(f"  threshold {threshold:.2f}: answers {answers:.3f}, refuses {refuses:.3f}")


def auroc(scores: Array, labels: Array) -> float:
    """Return the area under the ROC curve, by the rank sum (Mann & Whitney 1947)."""
    order = scores.argsort()
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    positive = labels == 1
    n, m = positive.sum(), (~positive).sum()
    return float((ranks[positive].sum() - n * (n + 1) / 2) / (n * m))


if __name__ == "__main__":
    main()
