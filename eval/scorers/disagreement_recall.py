"""Disagreement: where documents give different values, does the answer set them side by side?"""

from __future__ import annotations

from collections.abc import Sequence

from eval.normalise import contains, normalise
from eval.scorers.base import Observation, Scorer
from qa.models import Disagreement


def _measure(observation: Observation) -> tuple[float | None, str | None]:
    expected = observation.case.differs
    if not expected:
        return None, "no differing values are expected"
    there = {citation.number for citation in observation.answer.citations}
    shown = [_shown(one, expected, there) for one in observation.answer.disagreements]
    best = max(shown, default=0)
    if best == len(expected):
        return 1.0, None
    reason = f"{best} of {len(expected)} values in one disagreement"
    return best / len(expected), reason if shown else "no disagreement is shown"


def _shown(disagreement: Disagreement, expected: Sequence[Sequence[str]], there: set[int]) -> int:
    """Return how many of the expected values are among the cited ones of a disagreement."""
    given = [normalise(v.text) for v in disagreement.values if there.intersection(v.citations)]
    wanted = [[normalise(wording) for wording in value] for value in expected]
    fits = [
        [n for n, text in enumerate(given) if any(contains(text, w) for w in wordings)]
        for wordings in wanted
    ]
    return _matched(fits, frozenset())


def _matched(fits: Sequence[Sequence[int]], taken: frozenset[int]) -> int:
    """Return how many can be paired with one each: one value that names two shows no difference."""
    if not fits:
        return 0
    first, rest = fits[0], fits[1:]
    paired = [1 + _matched(rest, taken | {n}) for n in first if n not in taken]
    return max([_matched(rest, taken), *paired])


DISAGREEMENT_RECALL = Scorer("disagreement_recall", "disagreement", "share", _measure)
"""Largest share of the case's differing values that one disagreement of the answer shows, each as
a value of its own with a citation; 1 needs all of them in one.

There is no precision beside it: a difference that the case does not list may be a true one, and a
scorer cannot tell.
"""
