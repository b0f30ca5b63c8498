"""Answer: is the short answer the expected fact, and nothing else?"""

from __future__ import annotations

import re

from eval.normalise import normalise
from eval.scorers.base import Observation, Scorer

_ARTICLE = re.compile(r"\b(?:a|an|the)\b")
_EDGE = " .,;:!?\"'()[]"


def _measure(observation: Observation) -> tuple[float | None, str | None]:
    facts = observation.case.expected
    if len(facts) != 1:
        return None, "not exactly one fact is expected"
    given = observation.answer.short
    if given is None:
        return None, "no short answer was given"
    if _bare(given.text) in {_bare(wording) for wording in facts[0]}:
        return 1.0, None
    return 0.0, f"given: {given.text}; expected: {facts[0][0]}"


def _bare(text: str) -> str:
    return " ".join(_ARTICLE.sub(" ", normalise(text)).split()).strip(_EDGE)


SHORT_ANSWER = Scorer("short_answer", "answer", "share", _measure)
"""1 if the short answer equals an accepted wording, normalised and without articles, otherwise 0:
the exact match of P. Rajpurkar et al., "SQuAD: 100,000+ questions for machine comprehension of
text", EMNLP 2016.

Only of cases that expect one fact. Where no short answer was given there is no score: not every
question wants one, and none is given where sources differ. The number of cases behind the figure
tells how often one was.
"""
