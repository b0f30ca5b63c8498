"""Policy: how much worse a candidate may be, and which metrics decide."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eval.errors import InvalidPolicy

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Probability = Annotated[float, Field(strict=True, gt=0, lt=1)]
Switch = Annotated[bool, Field(strict=True)]

SliceName = Literal["type", "tag"]
"""What cases are grouped by."""


class MetricPolicy(BaseModel):
    """What is asked of one metric."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    margin: Annotated[Number, Field(ge=0)] = 0.05
    """The largest acceptable worsening: absolute for shares, for other units a share of the
    baseline's mean."""
    floor: Number | None = None
    """The worst mean that the candidate may have, in the metric's unit."""
    gate: Switch = True
    """Whether the metric decides on the verdict."""


class Policy(BaseModel):
    """What is asked of a candidate; ``eval/comparing/default.toml`` describes the file's form."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "default"
    """Where it comes from: ``default``, or the file's name."""
    alpha: Probability = 0.05
    """Chance of finding any gated metric worse if nothing changed."""
    power: Probability = 0.8
    """Chance of finding the smallest difference that is called detectable."""
    slices: tuple[SliceName, ...] = ()
    """What cases are grouped by."""
    min_cases: Annotated[int, Field(strict=True, ge=1)] = 5
    """Paired cases that a slice needs to be shown."""
    gate_slices: Switch = False
    """Whether the gates hold in every slice as well."""
    allowed_errors: Annotated[int, Field(strict=True, ge=0)] = 0
    """Askings that the candidate may leave without an answer where the baseline has one."""
    skip_missing: Switch = False
    """Whether metrics that no run has are passed over instead of being an error."""
    metrics: dict[str, MetricPolicy]
    """What is asked by metric; the others are shown and not judged."""

    def gates(self, metric: str) -> bool:
        """Return whether ``metric`` decides on the verdict."""
        return metric in self.metrics and self.metrics[metric].gate

    def check(self, known: Collection[str]) -> None:
        """Make sure that the policy's metrics are those of the runs.

        Args:
            known: the metrics that at least one of the runs has.

        Raises:
            InvalidPolicy: naming the metrics that no run has, and those that there are.
        """
        missing = [metric for metric in self.metrics if metric not in known]
        if missing and not self.skip_missing:
            raise InvalidPolicy(
                f"{self.name}: no run has {', '.join(missing)}; "
                f"the runs have {', '.join(known) or 'no metric'}",
                hint="Correct or remove the name, or set skip_missing = true.",
            )


def default_policy() -> Policy:
    """Return the policy that is shipped."""
    text = resources.files("eval.comparing").joinpath("default.toml").read_text("utf-8")
    return _parse(text, "default")


def read_policy(path: Path) -> Policy:
    """Return the policy of a TOML file.

    Raises:
        InvalidPolicy: if it cannot be read, or a key or value in it does not fit.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise InvalidPolicy(f"{path}: {reason or error}", hint="Check the path.") from error
    return _parse(text, path.name)


def _parse(text: str, name: str) -> Policy:
    try:
        fields = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidPolicy(f"{name}: {error}") from error
    if "name" in fields:
        raise InvalidPolicy(f"{name}: name: a policy is called after its file")
    try:
        return Policy.model_validate(fields | {"name": name})
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InvalidPolicy(f"{name}: {field}: {first['msg']}") from error
