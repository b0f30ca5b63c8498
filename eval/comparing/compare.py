"""compare(): is a candidate better or worse than its baseline, and can so many cases tell?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from eval.comparing.blame import blames, unexplained
from eval.comparing.comparison import (
    Blame,
    Comparison,
    ErrorChange,
    MetricChange,
    RunSummary,
    Verdict,
)
from eval.comparing.flips import flips
from eval.comparing.pairing import Pairs, pair
from eval.comparing.parts import part_changes
from eval.comparing.policy import Policy
from eval.comparing.verdicts import changes, regressions
from eval.comparing.words import cases
from eval.running.results import Result, Run

_NAMED = 5
"""Names that a warning gives before it stops."""


def compare(baseline: Run, candidate: Run, policy: Policy) -> Comparison:
    """Compare two runs case by case.

    The same runs and the same policy give the same comparison, byte for byte.

    Raises:
        Incomparable: if the runs have no case in common.
        InvalidPolicy: if the policy names a metric that neither run has.
    """
    pairs = pair(baseline, candidate)
    policy.check([one.metric for one in pairs.metrics])
    errors = _errors(pairs, policy)
    found = changes(pairs, policy)
    overall = [change for change in found if not change.slice]
    blamed = blames(pairs, overall, policy)
    return Comparison(
        baseline=_summary(baseline),
        candidate=_summary(candidate),
        verdict=_verdict(found, errors),
        because=tuple(_because(found, errors, blamed)),
        cases=len(pairs.cases),
        unpaired=pairs.unpaired,
        differs=part_changes(baseline, candidate),
        errors=errors,
        changes=found,
        blames=blamed,
        flips=flips(pairs),
        policy=policy,
        warnings=tuple(_warnings(pairs, overall)),
    )


def _verdict(found: Sequence[MetricChange], errors: ErrorChange) -> Verdict:
    if errors.verdict == "regression" or regressions(found):
        return "REGRESSION"
    if any(change.verdict == "inconclusive" for change in found):
        return "INCONCLUSIVE"
    if not any(change.verdict == "pass" for change in found):
        return "INCONCLUSIVE"  # nothing was judged, so nothing was passed
    return "PASS"


def _because(
    found: Sequence[MetricChange], errors: ErrorChange, blamed: Sequence[Blame]
) -> Iterator[str]:
    if errors.verdict == "regression":
        yield f"errors: {errors.why}"
    yield from (blame.because for blame in blamed)
    worse = regressions(found)
    for change in sorted(worse, key=lambda change: bool(change.slice)):
        yield f"{_name(change)}: {change.why}"
    untold = unexplained([change for change in worse if not change.slice], blamed)
    if untold:
        names = ", ".join(change.metric for change in untold)
        yield f"which layer is at fault for {names} cannot be told from these cases"
    yield from (
        f"{_name(change)}: {change.why}" for change in found if change.verdict == "inconclusive"
    )
    passed = [change for change in found if change.verdict == "pass"]
    if passed:
        count = f"{len(passed)} gated metric{'' if len(passed) == 1 else 's'}"
        yield f"{count} not worse than allowed"
    elif not worse and not any(change.verdict == "inconclusive" for change in found):
        yield "the policy gates nothing that was measured"


def _name(change: MetricChange) -> str:
    return f"{change.metric} ({change.slice})" if change.slice else change.metric


def _errors(pairs: Pairs, policy: Policy) -> ErrorChange:
    before, after = (
        [result for case in pairs.cases for result in results[case.id]] for results in pairs.results
    )
    new, gone = _lost(before, after), _lost(after, before)
    asked = f"{len(new)} asking{'' if len(new) == 1 else 's'}"
    return ErrorChange(
        baseline=sum(result.error is not None for result in before),
        candidate=sum(result.error is not None for result in after),
        new=tuple(new),
        gone=tuple(gone),
        verdict="regression" if len(new) > policy.allowed_errors else "pass",
        why=f"{asked} got no answer that the baseline answered ({_few(new)})"
        if new
        else "no asking lost its answer",
    )


def _lost(before: Sequence[Result], after: Sequence[Result]) -> list[str]:
    """Return the askings without an answer in ``after`` that ``before`` answered.

    One that ``before`` did not make counts as answered if any other of its case was.
    """
    asked = {result.key: result.error is None for result in before}
    answered = {result.case.id for result in before if result.error is None}
    return [
        result.key
        for result in after
        if result.error is not None and asked.get(result.key, result.case.id in answered)
    ]


def _summary(run: Run) -> RunSummary:
    return RunSummary(
        name=run.name,
        suite=run.suite.name,
        suite_sha256=run.suite.sha256,
        corpus=run.corpus.fingerprint,
        documents=run.corpus.documents,
        cases=len({result.case.id for result in run.results}),
        repeats=run.repeats,
        errors=run.errors,
        noise=_noise(run),
        model=run.model,
        code=run.code,
    )


def _noise(run: Run) -> float | None:
    """Return the share of the cases asked more than once whose askings are not scored alike."""
    asked: dict[str, list[Result]] = defaultdict(list)
    for result in run.results:
        asked[result.case.id].append(result)
    several = [results for results in asked.values() if len(results) > 1]
    if not several:
        return None
    return sum(len(set(map(_outcome, results))) > 1 for results in several) / len(several)


def _outcome(result: Result) -> tuple[bool, tuple[tuple[str, float | None], ...]]:
    """Return what counts as the outcome of an asking: an error, or its scores."""
    return result.error is not None, tuple((s.metric, s.value) for s in result.scores)


def _warnings(pairs: Pairs, overall: Sequence[MetricChange]) -> Iterator[str]:
    one, other = pairs.baseline, pairs.candidate
    if one.suite.sha256 != other.suite.sha256:
        yield (
            f"the suites differ ({one.suite.name} {one.suite.sha256[:12]}, "
            f"{other.suite.name} {other.suite.sha256[:12]}): only {cases(len(pairs.cases))} that "
            "are the same in both are compared"
        )
    if one.corpus.fingerprint != other.corpus.fingerprint:
        yield (
            f"the documents differ ({one.corpus.documents} and {other.corpus.documents}): "
            "what changed may be theirs"
        )
    if one.repeats != other.repeats:
        yield f"cases were asked {one.repeats} and {other.repeats} times"
    for why in ("only in the baseline", "only in the candidate", "not the same case"):
        ids = [u.case for u in pairs.unpaired if u.why == why]
        if ids:
            yield f"{cases(len(ids))} {why}: {_few(ids)}"
    for which, run, others in (("baseline", one, other), ("candidate", other, one)):
        there = {metric.metric for metric in others.metrics}
        only = [metric.metric for metric in run.metrics if metric.metric not in there]
        if only:
            yield f"measured in the {which} only: {', '.join(only)}"
    halves: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for change in overall:
        if change.verdict != "not gated" and change.unpaired:
            halves[change.unpaired].append(change.metric)
    for half, metrics in halves.items():
        yield f"{', '.join(metrics)}: {cases(len(half))} with a value in one run only: {_few(half)}"


def _few(names: Iterable[str]) -> str:
    found = list(names)
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return ", ".join(found[:_NAMED]) + more
