"""Fit the weights of ``qa/short/span_weights.py``: which phrase of a sentence is the short answer.

    python -m benchmarks.fit_spans --shared ../shared --work /tmp/dossier-retrieval

For each question the product searches the whole corpus as it always does; the phrases of the
sentences likeliest to answer compete with each other. The model is a softmax over all of them, on
the facts of :mod:`qa.short.span_features` and the log-odds of the sentence's relevance; right is a
phrase equal to a gold answer as SQuAD compares them, or the nearest one where none is equal.
Questions about half of the articles fit; the articles of the other half never show up in fitting.
Facts that hold for few questions are left out.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.sets import RememberingModel, Row, open_corpus, read
from benchmarks.squad import f1, normalised
from index.corpus import Corpus
from qa.compose import EvidenceSentence
from qa.evidence import gather, weights_of
from qa.search.chains import with_steps
from qa.search.searching import Searcher
from qa.short.short_answer import log_odds, looked_at
from qa.short.span_features import facts
from qa.short.spans import phrases_worth, scene_of
from qa.short.wanted import read as read_question

Array = Any

LEAST, LEAST_OFTEN = 15, 200
"""Questions that a fact must hold for: on the right phrase, or on any."""
NEAR = 0.6
"""F1 from which the nearest phrase stands in for an answer that no phrase equals."""
RIDGE = 1.0
"""Strength of the pull towards 0; 0.3 and 4 did no better."""
STEPS, RATE = 110, 0.3
"""Steps of Adam over all questions at once, and how far each goes."""
RELEVANCE = "relevance of the sentence"


@dataclass(frozen=True)
class Case:
    """The phrases that compete for one question."""

    row: Array
    """For each fact that holds: which phrase it holds for."""
    name: Array
    """Which fact it is."""
    value: Array
    """Its value."""
    likeness: Array
    """F1 of each phrase with the nearest gold answer; 1 where they are equal."""
    sentence: Array
    """Which sentence each phrase stands in."""


def main() -> None:
    """Collect, fit, report, print the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--set", default="squadshift_newwiki")
    parser.add_argument("--limit", type=int, default=10_000, help="most questions")
    options = parser.parse_args()
    corpus = open_corpus(options.shared, options.set, options.work)
    assert isinstance(corpus.embedder, RememberingModel)
    rows = [q for q in read(options.shared, options.set, "queries-dev") if q["answer"]]
    searched = ((row, *_searched(row["question"], corpus)) for row in rows[: options.limit])
    report(searched)
    corpus.embedder.save()
    corpus.close()


def _searched(text: str, corpus: Corpus) -> tuple[Sequence[EvidenceSentence], dict[str, float]]:
    found = Searcher(corpus).search(text, limit=8, with_model=False)
    evidence = gather(text, found.hits, corpus)
    return with_steps(text, found, evidence, corpus)[0], weights_of(text, corpus)


def report(
    searched: Iterable[tuple[Row, Sequence[EvidenceSentence], dict[str, float]]],
) -> None:
    """Fit on one half of the articles, report on both, print the weights."""
    names: dict[str, int] = {}
    halves: tuple[list[Case], list[Case]] = ([], [])
    for row, evidence, weights in searched:
        case = _case(row, evidence, weights, names)
        if case is not None:
            halves[held_out(row)].append(case)
    fitting, held = halves
    kept = _frequent(fitting, names)
    weights_of_facts = fit([_only(case, kept) for case in fitting], len(kept))
    for title, cases in (("fitted half", fitting), ("held half", held)):
        scored = [(_scores(_only(case, kept), weights_of_facts), case) for case in cases]
        best = [case.likeness[scores.argmax()] for scores, case in scored]
        exact = np.mean([value == 1 for value in best])
        there = np.mean([case.likeness.max() == 1 for case in cases])
        print(f"# {title}: {len(cases)} questions with sentences, exact {exact:.3f}, ", end="")
        print(f"F1 {np.mean(best):.3f}; among the phrases {there:.3f}")
    kept_names = [name for name in names if names[name] in kept]
    _print(kept_names, weights_of_facts, [_only(case, kept) for case in fitting])


def held_out(row: Row) -> bool:
    """Return whether a question belongs to the half that is reported, by its article."""
    article = row["evidence"][0]["id"].rsplit("-", 1)[0]
    return bool(hashlib.sha256(article.encode()).digest()[0] % 2)


def _case(
    row: Row, evidence: Sequence[EvidenceSentence], weights: dict[str, float], names: dict[str, int]
) -> Case | None:
    wanted = read_question(row["question"], weights)
    golds = [normalised(answer) for answer in row["answer"]]
    found: list[tuple[int, int, float]] = []
    likeness: list[float] = []
    places: list[int] = []
    for number, sentence in enumerate(looked_at(evidence)):
        scene = scene_of(wanted, sentence)
        for phrase in phrases_worth(scene):
            told = {**facts(scene, phrase), RELEVANCE: log_odds(sentence.relevance)}
            for name, value in told.items():
                found.append((len(likeness), names.setdefault(name, len(names)), value))
            words = normalised(scene.reading.text[phrase.start : phrase.end])
            likeness.append(1.0 if words in golds else max(f1(words, gold) for gold in golds))
            places.append(number)
    if not likeness:
        return None
    row_of, name_of, value_of = (np.array(column) for column in zip(*found, strict=True))
    return Case(row_of, name_of, value_of, np.array(likeness), np.array(places))


def _frequent(cases: Sequence[Case], names: dict[str, int]) -> dict[int, int]:
    """Return the facts to keep, with their new numbers."""
    counts, often = np.zeros(len(names), int), np.zeros(len(names), int)
    for case in cases:
        right = case.likeness >= max(NEAR, case.likeness.max() - 1e-9)
        counts[np.unique(case.name[right[case.row]])] += 1
        often[np.unique(case.name)] += 1
    enough = (counts >= LEAST) | (often >= LEAST_OFTEN)
    return {int(old): new for new, old in enumerate(np.flatnonzero(enough))}


def _only(case: Case, kept: dict[int, int]) -> Case:
    places = [at for at, name in enumerate(case.name) if int(name) in kept]
    names = np.array([kept[int(case.name[at])] for at in places], int)
    return Case(case.row[places], names, case.value[places], case.likeness, case.sentence)


def _scores(case: Case, weights: Array) -> Array:
    return np.bincount(case.row, case.value * weights[case.name], len(case.likeness))


def fit(cases: Sequence[Case], facts_known: int) -> Array:
    """Return the weights that make the right phrases likeliest among those of their question."""
    targets = [_targets(case) for case in cases]
    cases = [case for case, target in zip(cases, targets, strict=True) if target is not None]
    right = np.concatenate([target for target in targets if target is not None])
    sizes = np.array([len(case.likeness) for case in cases])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    of = np.repeat(np.arange(len(cases)), sizes)
    row = np.concatenate([case.row + start for case, start in zip(cases, starts, strict=True)])
    name = np.concatenate([case.name for case in cases])
    value = np.concatenate([case.value for case in cases])
    weights: Array = np.zeros(facts_known)
    mean, square = weights.copy(), weights.copy()
    for step in range(1, STEPS + 1):
        scores = np.bincount(row, value * weights[name], len(of))
        shares = np.exp(scores - np.maximum.reduceat(scores, starts)[of])
        among = shares / np.add.reduceat(shares, starts)[of]
        among_right: Array = shares * right
        among_right /= np.add.reduceat(among_right, starts)[of]
        slope = np.bincount(name, value * (among - among_right)[row], facts_known)
        slope = (slope + RIDGE * weights) / len(cases)
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
        rate = RATE if step < 0.6 * STEPS else 0.3 * RATE
        weights -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return weights


def _targets(case: Case) -> Array | None:
    """Return which phrases are right, 1 or 0; ``None`` if none comes near."""
    best = case.likeness.max()
    return (case.likeness >= best - 1e-9).astype(float) if best >= NEAR else None


def _print(names: Sequence[str], weights: Array, cases: Sequence[Case]) -> None:
    """Print what ``qa/short/span_weights.py`` holds: how scores become odds, then the weights."""
    apart = list(names).index(RELEVANCE)
    own = weights.copy()
    own[apart] = 0.0
    scores: list[float] = []
    right: list[bool] = []
    for case in cases:
        inside = _scores(case, own)
        for number in np.unique(case.sentence):
            places = np.flatnonzero(case.sentence == number)
            best = places[inside[places].argmax()]
            scores.append(inside[best])
            right.append(case.likeness[best] >= 0.5)
    slope, intercept = _line(np.array(scores), np.array(right, float))
    print(f"SLOPE, INTERCEPT = {slope:.3f}, {intercept:.2f}")
    print(f"RELEVANCE = {weights[apart]:.2f}")
    for name, weight in sorted(zip(names, weights, strict=True)):
        if name != RELEVANCE:
            print(f'    "{name}": {weight:.2f},')


def _line(x: Array, y: Array) -> tuple[float, float]:
    """Return slope and intercept of a logistic regression of ``y`` on ``x``, by Newton's method."""
    rows = np.stack([x, np.ones_like(x)], axis=1)
    found = np.zeros(2)
    for _ in range(25):
        p = 1 / (1 + np.exp(-rows @ found))
        step = np.linalg.solve((rows * (p * (1 - p))[:, None]).T @ rows, rows.T @ (y - p))
        found += step
    return float(found[0]), float(found[1])


if __name__ == "__main__":
    main()
