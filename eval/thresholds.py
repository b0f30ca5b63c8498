"""How good is good enough: the least that each metric has to reach, and the verdict on a run."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from eval.errors import InvalidThresholds
from eval.running.figures import PRECISION
from eval.running.results import Run
from eval.scorers import Scorer


class Thresholds(BaseModel):
    """The least that the mean of each metric has to reach; metrics without one always pass."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minimum: dict[str, float]
    """Shares from 0 to 1 by metric."""

    @field_validator("minimum")
    @classmethod
    def _shares(cls, minimum: dict[str, float]) -> dict[str, float]:
        for metric, least in minimum.items():
            if not 0 <= least <= 1:
                raise ValueError(f"{metric}: {least} is not between 0 and 1")
        return minimum

    def check(self, scorers: Iterable[Scorer]) -> None:
        """Make sure that each threshold is one of a metric that is a share.

        Raises:
            InvalidThresholds: naming one that is not.
        """
        shares = {PRECISION, *(scorer.metric for scorer in scorers if scorer.unit == "share")}
        for metric in self.minimum:
            if metric not in shares:
                raise InvalidThresholds(f"no share is called {metric!r}")


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


def read(path: Path) -> Thresholds:
    """Read thresholds from a TOML file with a table ``minimum``: a share for each metric.

    Raises:
        InvalidThresholds: if it cannot be read, or names what is no share.
    """
    try:
        return Thresholds.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidThresholds(f"{path}: {error}") from error
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        message = first["msg"].removeprefix("Value error, ")
        raise InvalidThresholds(f"{path}: {message}") from error


def judge(run: Run, thresholds: Thresholds = SAMPLE) -> Verdict:
    """Compare the means of ``run`` with ``thresholds``.

    A metric that no case of the suite measures is neither passed nor failed; a case that got no
    answer fails the run.
    """
    failures: list[Failure] = []
    if run.errors:
        failures.append(Failure("errors", run.errors, 0))
    means = {figure.metric: figure.mean for figure in run.all_figures}
    for metric, least in thresholds.minimum.items():
        mean = means.get(metric)
        # Means of 0/1 scores carry rounding: 0.8 of 5 cases must pass 0.8.
        if mean is not None and mean < least - 1e-9:
            failures.append(Failure(metric, mean, least))
    return Verdict(passed=not failures, failures=tuple(failures), thresholds=thresholds)
