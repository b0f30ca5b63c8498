"""Answer: how much does it tell beyond what was strictly asked?"""

from __future__ import annotations

from eval.normalise import normalise
from eval.scorers.base import Observation, Scorer
from eval.scorers.wordings import share_stated


def _measure(observation: Observation) -> tuple[float | None, str | None]:
    if not observation.case.nuggets:
        return None, "the case has no nuggets"
    return share_stated(observation, observation.case.nuggets, normalise)


NUGGET_RECALL = Scorer("nugget_recall", "answer", "share", _measure)
"""Share of the case's nuggets that the answer's sentences contain, after normalisation.

Nuggets: E. M. Voorhees, "Overview of the TREC 2003 question answering track", TREC 2003; here they
are found by their wordings, not by an assessor.
"""
