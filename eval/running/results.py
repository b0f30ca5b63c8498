"""Run: everything that asking a suite showed, as it stands in the run file.

What would differ between two runs of equal parts (times, names of answers) stands apart, in
:class:`Measured`: without it, equal runs give equal files, byte for byte.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from eval.cases import Case
from eval.running.figures import Figure
from eval.scorers.base import LAYERS, Judgement, Layer, RetrievedPassage, Score, Unit
from qa.models import Answer


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SuiteIdentity(_Record):
    """Which cases were run."""

    name: str
    """Name of the suite."""
    sha256: str
    """SHA-256 of its cases, in hexadecimal."""
    cases: int
    """How many of its cases were run."""


class CorpusIdentity(_Record):
    """Which documents were asked."""

    fingerprint: str
    """SHA-256 over the names, texts and metadata of all documents."""
    documents: int
    """How many they are."""


class MetricIdentity(_Record):
    """A metric of the run."""

    metric: str
    """Name of the metric."""
    layer: Layer
    """Which layer of the system it speaks about."""
    unit: Unit
    """What its values are."""
    better: Literal["higher", "lower"]
    """Which values are the better ones."""


class Fault(_Record):
    """Why a case got no answer."""

    code: str
    """Stable name of the error."""
    message: str
    """What went wrong."""


class Result(_Record):
    """One case with its answer and scores."""

    case: Case
    """The case."""
    repeat: int = 0
    """Which asking of the case this is, from 0."""
    answer: Answer | None
    """The answer; ``None`` where there was an error. Its name and times are neutral here, see
    :class:`CaseClock`."""
    error: Fault | None
    """The error, where there was one."""
    refused: bool | None
    """Whether the answer counts as a refusal; ``None`` where there was an error."""
    passages: tuple[RetrievedPassage, ...] = ()
    """Passages that the search found for the question, best first."""
    judgements: tuple[Judgement, ...] = ()
    """What a model said of the answer, where one was asked."""
    scores: tuple[Score, ...]
    """One score for each metric, but for those of the layer ``speed``."""

    @property
    def key(self) -> str:
        """Name of this asking in the run."""
        return key_of(self.case.id, self.repeat)


class CaseClock(_Record):
    """What was measured while a case was asked, different each time."""

    seconds: float
    """Wall-clock time from question to whole answer, when it was asked."""
    timings: dict[str, float]
    """Seconds by stage, as in the answer."""
    answered_at: datetime
    """When the answer was made, in UTC."""
    cached: bool = False
    """Whether the answer was kept from an earlier run with the same parts."""
    scores: tuple[Score, ...] = ()
    """Scores of the layer ``speed``."""


class Measured(_Record):
    """What differs between two runs of equal parts."""

    started_at: datetime
    """When the run began, in UTC."""
    finished_at: datetime
    """When it ended, in UTC."""
    cases: dict[str, CaseClock]
    """By the key of the result; cases with an error are not there."""
    figures: tuple[Figure, ...]
    """Each metric of the layer ``speed`` over the whole suite."""


class Run(_Record):
    """Everything that a run of a suite showed."""

    format: Literal["dossier-run/1"] = "dossier-run/1"
    """Form of the file."""
    name: str
    """How reports call the run, such as the model's name."""
    suite: SuiteIdentity
    """Which cases were run."""
    corpus: CorpusIdentity
    """Which documents were asked."""
    settings: dict[str, object]
    """The settings that bear on answers, without keys, paths and addresses of the server."""
    model: str | None
    """The model that was configured, where one was."""
    prompts: dict[str, str]
    """SHA-256 of each prompt's fixed words, by the prompt's name."""
    code: str
    """Version of Dossier with a hash over its source files."""
    judge: dict[str, object] | None = None
    """What the judge's votes depend on, where one was asked."""
    repeats: int
    """How often each case was asked."""
    metrics: tuple[MetricIdentity, ...]
    """The metrics, in the order of tables."""
    results: tuple[Result, ...]
    """The cases in the suite's order, each as often as it was asked."""
    figures: tuple[Figure, ...]
    """Each metric over the whole suite, but for those of the layer ``speed``."""
    measured: Measured
    """Times."""

    @property
    def errors(self) -> int:
        """Return how many askings got no answer."""
        return sum(result.error is not None for result in self.results)

    @property
    def all_figures(self) -> tuple[Figure, ...]:
        """Return the figures of all metrics, layer by layer."""
        found = (*self.figures, *self.measured.figures)
        return tuple(sorted(found, key=lambda figure: LAYERS.index(figure.layer)))

    def scores(self, result: Result) -> tuple[Score, ...]:
        """Return all scores of a result, those of the layer ``speed`` among them."""
        clock = self.measured.cases.get(result.key)
        return (*result.scores, *(clock.scores if clock else ()))

    def values(self, metric: str) -> dict[str, float | None]:
        """Return the value of a metric by case: the mean over repeats, ``None`` where unscored."""
        found: dict[str, list[float]] = defaultdict(list)
        for result in self.results:
            values = found[result.case.id]
            for score in self.scores(result):
                if score.metric == metric and score.value is not None:
                    values.append(score.value)
        return {case: mean_of(values) for case, values in found.items()}


def key_of(case_id: str, repeat: int) -> str:
    """Return the name of one asking of a case."""
    return f"{case_id}#{repeat}"


def mean_of(values: Iterable[float]) -> float | None:
    """Return the mean; ``None`` of nothing."""
    found = list(values)
    return sum(found) / len(found) if found else None
