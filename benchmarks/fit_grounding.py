"""Fit the weights of ``qa/checking/likelihood.py`` on WiCE's dev split; show what they are worth.

    python -m benchmarks.fit_grounding --shared ../shared

Every claim is taken in three ways: against its supporting sentences, against the five sentences of
its article that cover it best, and against its whole article (:mod:`benchmarks.grounding`). One
logistic regression with a ridge serves all three. Features that the set has few cases of (denials,
reversals, hedges) are pulled strongly towards ``PRIOR``.

What is reported is held out: five folds of claims, several times over, each fold scored by weights
that were fitted on the others, beside plain word overlap, with the difference and its 95 percent
interval by a bootstrap over claims.
"""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.fit_relevance import auroc, fit
from benchmarks.grounding import Case, overlap, settings
from qa.checking.likelihood import Measures, measure
from qa.grounding import examine

NAMES = [field.name for field in fields(Measures)]
PRIOR = {"denied": -2.0, "reversed": -2.0, "hedged": -0.7, "misquoted": -0.5, "misnamed": -0.3}
"""Weights that are held to, because claims out of an encyclopaedia seldom show them."""
PULL, HELD = 30.0, 1e4
"""Strength of the ridge on the other features, once scaled alike, and on those of ``PRIOR``."""
FOLDS, ROUNDS, SAMPLES = 5, 4, 1000
Array = Any


def main() -> None:
    """Measure, fit, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    options = parser.parse_args()
    groups = settings(options.shared / "benchmarks" / "wice")
    cases = [case for group in groups.values() for case in group]
    which = np.concatenate([np.full(len(g), i) for i, g in enumerate(groups.values())])
    claims = {claim: i for i, claim in enumerate(sorted({case.claim for case in cases}))}
    claim = np.array([claims[case.claim] for case in cases])
    x = np.array([_features(case) for case in cases])
    y = np.array([int(case.label == "supported") for case in cases])
    plain = np.array([overlap(case) for case in cases])
    held = _held_out(x, y, claim)
    for i, name in enumerate(groups):
        _report(name, held[which == i], plain[which == i], y[which == i])
    weights = fit_scaled(x, y)
    print(f"\nBIAS = {weights[0]:.2f}")
    for name, weight in zip(NAMES, weights[1:], strict=True):
        print(f'    "{name}": {weight:.2f},')


def _features(case: Case) -> list[float]:
    examined = examine(case.claim, case.quotes)
    return measure(examined.words, examined.findings).row()


def fit_scaled(x: Array, y: Array) -> Array:
    """Return bias and weights, fitted on features of mean 0 and deviation 1 and scaled back."""
    mean, deviation = x.mean(0), x.std(0)
    deviation = np.where(deviation > 0, deviation, 1.0)
    prior, pull = np.zeros(len(NAMES) + 1), np.full(len(NAMES) + 1, PULL)
    pull[0] = 0.0
    for name, weight in PRIOR.items():
        at = NAMES.index(name)
        prior[at + 1], pull[at + 1] = weight * deviation[at], HELD
    scaled = fit((x - mean) / deviation, y, prior=prior, pull=pull)
    weights = scaled[1:] / deviation
    return np.r_[scaled[0] - weights @ mean, weights]


def _held_out(x: Array, y: Array, claim: Array) -> Array:
    """Return the mean over rounds of the held-out rank of each case within its fold."""
    total = np.zeros(len(y))
    for number in range(ROUNDS):
        fold = np.random.default_rng(number).integers(0, FOLDS, claim.max() + 1)[claim]
        for k in range(FOLDS):
            weights = fit_scaled(x[fold != k], y[fold != k])
            total[fold == k] += weights[0] + x[fold == k] @ weights[1:]
    return total / ROUNDS


def _report(name: str, held: Array, plain: Array, y: Array) -> None:
    rng = np.random.default_rng(0)
    gains = []
    for _ in range(SAMPLES):
        at = rng.integers(0, len(y), len(y))
        gains.append(auroc(held[at], y[at]) - auroc(plain[at], y[at]))
    low, high = np.quantile(gains, [0.025, 0.975])
    ours, theirs = auroc(held, y), auroc(plain, y)
    print(
        f"{name}: {len(y)} claims, AUROC held out {ours:.3f}, word overlap {theirs:.3f}, ", end=""
    )
    print(f"ahead by {ours - theirs:+.3f} [{low:+.3f}, {high:+.3f}]")


if __name__ == "__main__":
    main()
