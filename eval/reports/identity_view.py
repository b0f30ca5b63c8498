"""What made a run, as rows of words; for two runs with what differs first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eval.running.results import Run


@dataclass(frozen=True, slots=True)
class Part:
    """One of the things that made a run."""

    name: str
    """What it is."""
    values: tuple[str, ...]
    """What it was in each run."""
    telling: bool = True
    """Whether it could be the reason of a difference."""

    @property
    def differs(self) -> bool:
        """Whether it was not the same in all runs, although it could have been."""
        return self.telling and len(set(self.values)) > 1


def identity(*runs: Run) -> tuple[Part, ...]:
    """Return what made the runs, without single settings and times."""
    return tuple(
        Part(name, values, telling=name not in ("run", "begun"))
        for name, values in (
            ("run", tuple(run.name for run in runs)),
            ("suite", tuple(_suite(run) for run in runs)),
            ("documents", tuple(_corpus(run) for run in runs)),
            ("model", tuple(run.model or "none: embedded answerer" for run in runs)),
            ("code", tuple(run.code for run in runs)),
            ("askings per case", tuple(str(run.repeats) for run in runs)),
            ("begun", tuple(f"{run.measured.started_at:%Y-%m-%d %H:%M:%S} UTC" for run in runs)),
        )
    )


def settings(*runs: Run) -> tuple[Part, ...]:
    """Return settings and prompts, those that differ first."""
    names = sorted({name for run in runs for name in run.settings})
    prompts = sorted({name for run in runs for name in run.prompts})
    parts = [Part(n, tuple(_written(run.settings.get(n)) for run in runs)) for n in names]
    parts += [
        Part(f"prompt {n}", tuple(run.prompts.get(n, "none")[:12] for run in runs)) for n in prompts
    ]
    return tuple(sorted(parts, key=lambda part: not part.differs))


def _suite(run: Run) -> str:
    return f"{run.suite.name}, {run.suite.cases} cases ({run.suite.sha256[:12]})"


def _corpus(run: Run) -> str:
    return f"{run.corpus.documents} ({run.corpus.fingerprint[:12]})"


def _written(value: object) -> str:
    return "not set" if value in (None, "") else str(value)
