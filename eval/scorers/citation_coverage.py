"""Citation: does every statement say where it is from?"""

from __future__ import annotations

from eval.scorers.base import Observation, Scorer


def _measure(observation: Observation) -> tuple[float | None, str | None]:
    statements = observation.answer.statements
    if not statements:
        return None, "nothing is stated"
    there = {citation.number for citation in observation.answer.citations}
    bare = [n for n, one in enumerate(statements, 1) if not there.intersection(one.citations)]
    return 1 - len(bare) / len(statements), f"statement {bare[0]} cites nothing" if bare else None


CITATION_COVERAGE = Scorer("citation_coverage", "citation", "share", _measure)
"""Share of the statements that have a citation which the answer lists."""
