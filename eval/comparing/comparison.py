"""Comparison: what asking the same cases twice showed, in two runs with one thing changed.

Written and read as JSON; the field names are the public contract. Everything in it follows from the
two runs and the policy alone, so comparing again gives the same bytes.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from eval.comparing.policy import Policy
from eval.scorers.base import Better, Layer, Score, Unit
from qa.models import Status, Support

MetricVerdict = Literal["pass", "regression", "inconclusive", "not gated"]
"""What is known of one metric: it fell by no more than the margin; it fell; neither can be told
from so many cases; or nobody asked."""

Verdict = Literal["PASS", "REGRESSION", "INCONCLUSIVE"]
"""What is known of the candidate as a whole."""

ClaimKind = Literal["added", "dropped", "changed", "re-sourced"]
"""A claim is only in the candidate's answer, or only in the baseline's; it is in both with another
value; or it is in both and rests on other documents."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RunSummary(_Record):
    """One of the two runs, without its results."""

    name: str
    """How the run is called."""
    suite: str
    """Name of its suite."""
    suite_sha256: str
    """SHA-256 of the suite's cases, in hexadecimal."""
    corpus: str
    """Fingerprint of its documents."""
    documents: int
    """How many documents it asked."""
    cases: int
    """How many cases it has."""
    repeats: int
    """How often each case was asked."""
    errors: int
    """How many askings got no answer."""
    noise: float | None
    """Share of the cases whose askings are not all scored alike; ``None`` where each was asked
    once. What differs between two runs of equal parts is of this size."""
    model: str | None
    """The model that was configured, where one was."""
    code: str
    """Version of Dossier with a hash over its source files."""


class PartChange(_Record):
    """One of the things that made the runs and that is not the same in both."""

    part: Literal["suite", "corpus", "model", "prompt", "setting", "code", "repeats"]
    """What kind of thing it is."""
    name: str
    """Which one of its kind, such as the name of a setting."""
    baseline: str | None
    """What it was in the baseline; ``None`` if it had none."""
    candidate: str | None
    """What it was in the candidate; ``None`` if it had none."""


class Unpaired(_Record):
    """A case that is not compared."""

    case: str
    """Its id."""
    why: Literal["only in the baseline", "only in the candidate", "not the same case"]
    """Why: one run does not have it, or its question or what it expects differs."""


class ErrorChange(_Record):
    """Askings of common cases that got no answer."""

    baseline: int
    """How many there are in the baseline."""
    candidate: int
    """How many there are in the candidate."""
    new: tuple[str, ...]
    """Names of those that the baseline answered, as ``case#repeat``."""
    gone: tuple[str, ...]
    """Names of those that the candidate answered and the baseline did not."""
    verdict: Literal["pass", "regression"]
    """Whether there are more new ones than the policy allows."""
    why: str
    """The verdict in words."""


class MetricChange(_Record):
    """One metric in both runs, over the cases that have a value in both."""

    metric: str
    """Name of the metric."""
    layer: Layer
    """Which layer of the system it speaks about."""
    unit: Unit
    """What its values are."""
    better: Better
    """Which values are the better ones."""
    slice: str = ""
    """The cases that it is about: empty for all, otherwise such as ``type=conflict``."""
    n: int
    """Number of paired cases."""
    clusters: int
    """Number of groups of cases that count as one observation."""
    unpaired: tuple[str, ...]
    """Ids of the common cases that have a value in one run only, sorted."""
    baseline: float | None
    """Mean over the paired cases in the baseline; ``None`` without pairs."""
    candidate: float | None
    """Mean over the paired cases in the candidate; ``None`` without pairs."""
    difference: float | None
    """Mean of candidate minus baseline; ``None`` without pairs."""
    low: float | None
    """Lower end of the 95 % interval of the difference; ``None`` where clusters are too few."""
    high: float | None
    """Upper end of it."""
    p: float | None
    """Probability of such a difference, either way, if there were none."""
    p_adjusted: float | None
    """The same after Holm over the gated metrics; ``None`` where the metric is not gated."""
    test: Literal["mcnemar", "sign_flip", "none"]
    """How ``p`` was computed."""
    improved: int
    """Number of cases with a better value in the candidate."""
    worsened: int
    """Number of cases with a worse value in the candidate."""
    detectable: float | None
    """The smallest true difference that so many cases would show at the policy's power; ``None``
    where that cannot be worked out."""
    verdict: MetricVerdict
    """What the policy makes of it."""
    why: str
    """The verdict in words."""


class MetricFlip(_Record):
    """One metric of one case that was full and is not any more, or the other way round."""

    metric: str
    """Name of the metric."""
    layer: Layer
    """Which layer of the system it speaks about."""
    baseline: float
    """The case's value in the baseline, a mean over its askings."""
    candidate: float
    """The case's value in the candidate, a mean over its askings."""
    baseline_reason: str | None
    """What the baseline's answer that is shown lacks."""
    candidate_reason: str | None
    """What the candidate's answer that is shown lacks."""


class SideStatement(_Record):
    """A sentence of one of the two answers."""

    text: str
    """Its words."""
    support: Support
    """Whether its citations bear it out."""
    citations: tuple[int, ...]
    """Numbers of its citations."""


class SideQuotation(_Record):
    """A citation of one of the two answers."""

    number: int
    """Its number in the answer."""
    document_id: str
    """The cited document."""
    version: int
    """The cited version of it."""
    source: str
    """Who published it when, such as ``Harbour Gazette, 2025-01-17``."""
    quote: str
    """The first words of the quotation."""
    start: int
    """First code point of the whole quotation in the document's text."""
    end: int
    """One past its last code point."""


class SideAnswer(_Record):
    """What one run answered in one asking of a case."""

    status: Status | None
    """The answer's status; ``None`` where there was an error."""
    refused: bool | None
    """Whether it counts as a refusal; ``None`` where there was an error."""
    error: str | None
    """The error, where there was one."""
    text: str
    """The answer's text."""
    statements: tuple[SideStatement, ...]
    """Its sentences."""
    quotations: tuple[SideQuotation, ...]
    """Its citations."""
    found: tuple[str, ...]
    """Ids of the documents that the search found, best first, each once."""
    scores: tuple[Score, ...]
    """Its scores, but for those of the layer ``speed``."""


class ClaimChange(_Record):
    """How one claim differs between two answers."""

    kind: ClaimKind
    """What happened to it."""
    before: str | None
    """The baseline's sentence; ``None`` if it was added."""
    after: str | None
    """The candidate's sentence; ``None`` if it was dropped."""
    before_sources: tuple[str, ...]
    """Documents that the baseline cites for it."""
    after_sources: tuple[str, ...]
    """Documents that the candidate cites for it."""
    what: str
    """The change in words, such as ``11,000 -> 10,000``."""


class Flip(_Record):
    """A case whose answer is right in one run and not, or not wholly, in the other."""

    case: str
    """Id of the case."""
    question: str
    """Its question."""
    type: str
    """Its type."""
    tags: tuple[str, ...]
    """Its tags."""
    direction: Literal["worse", "better", "mixed"]
    """Whether the flipped metrics got worse, better, or both."""
    metrics: tuple[MetricFlip, ...]
    """The flipped metrics, in the order of tables; none where it is an answer that is missing."""
    repeat: int
    """Which asking is shown, from 0: the first that differs."""
    repeats: int
    """How many askings both runs have of the case."""
    differing: int
    """In how many of these the two runs are scored differently."""
    before: SideAnswer
    """The baseline's answer."""
    after: SideAnswer
    """The candidate's answer."""
    claims: tuple[ClaimChange, ...]
    """What the second answer claims otherwise than the first."""


class Consequence(_Record):
    """A metric of a later layer that fell where the blamed layer did."""

    metric: str
    """Name of the metric."""
    layer: Layer
    """Its layer."""
    inherited: int
    """In how many cases it fell together with the blamed layer."""
    own: int
    """In how many cases it fell where no earlier layer did."""


class Blame(_Record):
    """A layer that got worse by itself."""

    layer: Layer
    """The layer."""
    metrics: tuple[str, ...]
    """Its metrics that fell."""
    cases: int
    """Number of cases in which one of them fell."""
    n: int
    """Number of cases in which they are measured."""
    own: int
    """How many of the falls cannot follow from an earlier layer."""
    inherited: int
    """How many of them may: an earlier layer changed in the same case."""
    consequences: tuple[Consequence, ...]
    """What fell after it, in the order of layers."""
    because: str
    """All this in words."""


class Comparison(_Record):
    """Two runs of the same cases, compared case by case."""

    format: Literal["dossier-comparison/1"] = "dossier-comparison/1"
    """Form of the file."""
    baseline: RunSummary
    """The run that is compared with."""
    candidate: RunSummary
    """The run that is judged."""
    verdict: Verdict
    """What is known of the candidate."""
    because: tuple[str, ...]
    """What the verdict rests on, in words, the weightiest first."""
    cases: int
    """Number of common cases."""
    unpaired: tuple[Unpaired, ...]
    """Cases that are not compared, in the runs' order."""
    differs: tuple[PartChange, ...]
    """What is not the same in what made the runs."""
    errors: ErrorChange
    """Askings that got no answer."""
    changes: tuple[MetricChange, ...]
    """The metrics in the order of tables, first over all cases, then slice by slice."""
    blames: tuple[Blame, ...]
    """Layers that got worse by themselves, in the order of layers."""
    flips: tuple[Flip, ...]
    """Cases that are right in one run only: the worse ones first, then in the suite's order."""
    policy: Policy
    """What was asked of the candidate."""
    warnings: tuple[str, ...]
    """What makes the comparison weaker than it looks."""

    @property
    def overall(self) -> tuple[MetricChange, ...]:
        """Return the metrics over all cases, without slices."""
        return tuple(change for change in self.changes if not change.slice)
