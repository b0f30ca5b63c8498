"""Pairing: the cases that two runs have in common, and the values that they have in both."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from eval.cases import Case
from eval.comparing.comparison import Unpaired
from eval.errors import Incomparable
from eval.running.results import MetricIdentity, Result, Run
from eval.scorers.base import LAYERS

_LABELS = {"tags", "group", "absent"}
"""Fields of a case that change neither what is asked nor what is expected."""

Values = dict[str, float | None]
"""Value of a metric by case id."""


@dataclass(frozen=True, slots=True)
class Column:
    """A metric over the cases that have a value in both runs."""

    cases: tuple[Case, ...]
    """These cases, in the suite's order."""
    baseline: tuple[float, ...]
    """Their values in the baseline."""
    candidate: tuple[float, ...]
    """Their values in the candidate."""
    unpaired: tuple[str, ...]
    """Ids of the cases that have a value in one run only, sorted."""

    @property
    def clusters(self) -> tuple[str, ...]:
        """Return the cluster of each case."""
        return tuple(case.cluster for case in self.cases)


@dataclass(frozen=True)
class Pairs:
    """Two runs, case by case."""

    baseline: Run
    """The run that is compared with."""
    candidate: Run
    """The run that is judged."""
    cases: tuple[Case, ...]
    """The common cases as the baseline has them, in its order."""
    unpaired: tuple[Unpaired, ...]
    """The cases that are not compared."""

    @cached_property
    def metrics(self) -> tuple[MetricIdentity, ...]:
        """The metrics of either run by layer, in the order of tables."""
        found = {one.metric: one for run in (self.candidate, self.baseline) for one in run.metrics}
        return tuple(sorted(found.values(), key=lambda one: LAYERS.index(one.layer)))

    @cached_property
    def values(self) -> dict[str, tuple[Values, Values]]:
        """The values of each metric by case, in the baseline and in the candidate."""
        return {
            one.metric: (self.baseline.values(one.metric), self.candidate.values(one.metric))
            for one in self.metrics
        }

    @cached_property
    def results(self) -> tuple[dict[str, list[Result]], dict[str, list[Result]]]:
        """The askings of each case in order, in the baseline and in the candidate."""
        return _by_case(self.baseline), _by_case(self.candidate)

    def column(self, metric: str, among: Collection[str] | None = None) -> Column:
        """Return a metric over the common cases, or over those of them whose ids are ``among``."""
        before, after = self.values[metric]
        cases, one, other, unpaired = [], [], [], []
        for case in self.cases:
            if among is not None and case.id not in among:
                continue
            was, now = before.get(case.id), after.get(case.id)
            if was is not None and now is not None:
                cases.append(case)
                one.append(was)
                other.append(now)
            elif was is not None or now is not None:
                unpaired.append(case.id)
        return Column(tuple(cases), tuple(one), tuple(other), tuple(sorted(unpaired)))

    def askings(self, case: str) -> Iterator[tuple[Result, Result]]:
        """Yield the askings of a case that both runs have, in order."""
        before, after = self.results
        now = {result.repeat: result for result in after[case]}
        yield from ((result, now[result.repeat]) for result in before[case] if result.repeat in now)


def pair(baseline: Run, candidate: Run) -> Pairs:
    """Pair two runs by the ids of their cases.

    A case counts as the same if question, restrictions and all that is expected are equal.

    Raises:
        Incomparable: if no case is in both.
    """
    before, after = (_cases(run) for run in (baseline, candidate))
    cases, unpaired = [], []
    for id_, case in before.items():
        if id_ not in after:
            unpaired.append(Unpaired(case=id_, why="only in the baseline"))
        elif not _same(case, after[id_]):
            unpaired.append(Unpaired(case=id_, why="not the same case"))
        else:
            cases.append(case)
    unpaired += [
        Unpaired(case=id_, why="only in the candidate") for id_ in after if id_ not in before
    ]
    if not cases:
        raise Incomparable(
            f"{baseline.name} (suite {baseline.suite.name}) and {candidate.name} "
            f"(suite {candidate.suite.name}) have no case in common"
        )
    return Pairs(baseline, candidate, tuple(cases), tuple(unpaired))


def _cases(run: Run) -> dict[str, Case]:
    return {result.case.id: result.case for result in run.results}


def _same(one: Case, other: Case) -> bool:
    return one.model_dump(exclude=_LABELS) == other.model_dump(exclude=_LABELS)


def _by_case(run: Run) -> dict[str, list[Result]]:
    found: dict[str, list[Result]] = {}
    for result in run.results:
        found.setdefault(result.case.id, []).append(result)
    return {case: sorted(results, key=lambda r: r.repeat) for case, results in found.items()}
