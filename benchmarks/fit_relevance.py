"""Fit the weights of ``qa/relevance.py`` and show how well they tell answers from silence.

    python -m benchmarks.fit_relevance --shared ../shared --work /tmp/dossier-fit

For each question the product's own retrieval runs as it is, with the documents that hold the
answer taken out, so that the corpus is silent, and, where it has a name or a year, with that
exchanged for another, a near miss. Questions marked unanswerable are silent as they are. A sentence is right if it shares most of its words with a gold sentence or holds the gold
answer. The weights come from logistic regression with a small ridge, by Newton's method, classes
weighted alike; half of the questions fit, the other half is reported.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np

from benchmarks.sets import RememberingModel, Row, open_corpus, read
from index.corpus import Corpus
from index.models import Hit
from qa.compose import EvidenceSentence
from qa.evidence import measured
from qa.features import Features
from qa.figures import figures
from qa.words import content_stems, names

SETS = {"clapnq": 318, "squadshift_newwiki": 250}
NAMES = [field.name for field in fields(Features)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--work", type=Path, required=True)
    options = parser.parse_args()
    x, y, group = _collect(options.shared, options.work)
    fitting = group % 2 == 0  # of a question all runs or none
    weights = fit(x[fitting], y[fitting])
    print(f"{len(y)} sentences of {len(set(group))} question runs, {y.mean():.3f} right")
    print("BIAS", round(weights[0], 2))
    for name, weight in zip(NAMES, weights[1:], strict=True):
        print(f'    "{name}": {weight:.2f},')
    report(x[~fitting], y[~fitting], group[~fitting], weights)


def _collect(shared: Path, work: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows: list[list[float]] = []
    labels: list[int] = []
    groups: list[int] = []
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
                    groups.append(number * 1000 + at)
                number += 1
            if at % 50 == 49:
                print(name, at + 1, flush=True)
                corpus.embedder.save()
        corpus.embedder.save()
        corpus.close()
    return np.array(rows), np.array(labels), np.array(groups)


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


def fit(x: np.ndarray, y: np.ndarray, *, ridge: float = 1.0, rounds: int = 30) -> np.ndarray:
    """Return bias and weights of a logistic model, classes weighted alike."""
    a = np.hstack([np.ones((len(x), 1)), x])
    share = np.where(y == 1, 0.5 / y.mean(), 0.5 / (1 - y.mean()))
    w = np.zeros(a.shape[1])
    penalty = ridge * np.eye(a.shape[1])
    penalty[0, 0] = 0.0
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-a @ w))
        gradient = a.T @ (share * (p - y)) + penalty @ w
        hessian = (a * (share * p * (1 - p))[:, None]).T @ a + penalty
        w -= np.linalg.solve(hessian, gradient)
    return w


def report(x: np.ndarray, y: np.ndarray, group: np.ndarray, w: np.ndarray) -> None:
    """Print how well the best sentence of a question tells answerable from silent."""
    p = 1 / (1 + np.exp(-(w[0] + x @ w[1:])))
    best: dict[int, tuple[float, int]] = {}
    answerable: dict[int, int] = {}
    for value, label, number in zip(p, y, group, strict=True):
        answerable[number] = answerable.get(number, 0) | int(label)
        if value > best.get(number, (-1.0, 0))[0]:
            best[number] = (float(value), int(label))
    top = np.array([best[n][0] for n in best])
    right = np.array([best[n][1] for n in best])
    can = np.array([answerable[n] for n in best])
    print(f"best sentence right where one is there: {right[can == 1].mean():.3f}")
    print(f"answerable or silent, AUROC: {auroc(top, can):.3f}")
    for threshold in np.arange(0.3, 0.96, 0.05):
        kept = top >= threshold
        print(
            f"threshold {threshold:.2f}: answers {kept[can == 1].mean():.3f} of the answerable, "
            f"refuses {(~kept)[can == 0].mean():.3f} of the silent"
        )


def auroc(scores: np.ndarray, labels: np.ndarray) -> float:
    """Return the area under the ROC curve, by the rank sum (Mann & Whitney 1947)."""
    order = scores.argsort()
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    positive = labels == 1
    n, m = positive.sum(), (~positive).sum()
    return float((ranks[positive].sum() - n * (n + 1) / 2) / (n * m))


if __name__ == "__main__":
    main()
