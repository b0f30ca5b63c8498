"""How good is good enough: the least that each metric has to reach, and the verdict on a run."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, field_validator

from eval.run import Run
from eval.statistics import METRICS


class Thresholds(BaseModel):
    """The least that the mean of each metric has to reach; metrics without one always pass."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minimum: dict[str, float]
    """Shares from 0 to 1 by metric; ``latency`` cannot have one."""

    @field_validator("minimum")
    @classmethod
    def _known(cls, minimum: dict[str, float]) -> dict[str, float]:
        for metric, least in minimum.items():
            if metric not in METRICS or metric == "latency":
                raise ValueError(f"no share is called {metric!r}")
            if not 0 <= least <= 1:
                raise ValueError(f"{metric}: {least} is not between 0 and 1")
        return minimum


@dataclass(frozen=True, slots=True)
class Failure:
    """A metric that did not reach its threshold."""

    metric: str
    """Name of the metric, or ``errors``."""
    value: float
    """What it reached, or how many cases got no answer."""
    minimum: float
    """What it had to reach; for ``errors`` the most allowed, 0."""

    def __str__(self) -> str:
        if self.metric == "errors":
            return f"{self.value:.0f} case{'' if self.value == 1 else 's'} got no answer"
        return f"{self.metric} {self.value:.3f} is below {self.minimum:.2f}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a run is good enough."""

    passed: bool
    """Whether there is no failure."""
    failures: tuple[Failure, ...]
    """What is not good enough."""
    thresholds: Thresholds
    """What was asked for."""


SAMPLE = Thresholds(
    minimum={
        "retrieval_recall": 0.95,
        "fact_recall": 0.70,
        "citation_validity": 1.0,
        "right_document": 0.85,
        "right_words": 0.70,
        "abstention_precision": 0.80,
        "abstention_recall": 0.65,
    }
)
"""What the sample must not fall below with the embedded answerer: a floor a little under what the
shipped configuration reaches, so that a change for the worse shows. It is no claim of quality."""


def judge(run: Run, thresholds: Thresholds = SAMPLE) -> Verdict:
    """Compare the means of ``run`` with ``thresholds``.

    A metric that no case of the suite measures is neither passed nor failed; a case that got no
    answer fails the run.
    """
    failures: list[Failure] = []
    if run.errors:
        failures.append(Failure("errors", run.errors, 0))
    means = {figure.metric: figure.mean for figure in run.figures}
    for metric, least in thresholds.minimum.items():
        mean = means.get(metric)
        # Means of 0/1 scores carry rounding: 0.8 of 5 cases must pass 0.8.
        if mean is not None and mean < least - 1e-9:
            failures.append(Failure(metric, mean, least))
    return Verdict(passed=not failures, failures=tuple(failures), thresholds=thresholds)
