"""A comparison as plain text: what is wrong first, then the metrics, then the cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eval.comparing.comparison import (
    ClaimChange,
    Comparison,
    Flip,
    MetricChange,
    MetricFlip,
    RunSummary,
    SideAnswer,
)
from eval.reports.amounts import NOTHING, amount, change, changes
from qa.visible import one_line

_ORDER = {"regression": 0, "inconclusive": 1, "pass": 2, "not gated": 3}
_SHOWN_FLIPS = 10
_SHOWN_PARTS = 12
_ANSWER = 240
_QUOTE = 120
_NAME = 20
_HEADER = (
    f"  {'metric':<{_NAME}}{'n':>5}{'baseline':>10}{'candidate':>11}{'change':>9}"
    f"{'95 % interval':>20}{'p':>9}{'worse/better':>14}{'detectable':>12}  verdict"
)


def comparison_text(comparison: Comparison) -> str:
    """Return the report of a comparison for a terminal, regressions first."""
    lines = [
        f"Baseline   {_run(comparison.baseline)}",
        f"Candidate  {_run(comparison.candidate)}",
        *_parts(comparison),
        "",
        f"{comparison.verdict} on {comparison.cases} paired cases, policy {comparison.policy.name}",
        *(f"  {one_line(reason)}" for reason in comparison.because),
        *(f"  warning: {one_line(warning)}" for warning in comparison.warnings),
        "",
        *_table(comparison),
        *_flips(comparison),
    ]
    return "\n".join(lines)


def ordered(found: Sequence[MetricChange]) -> list[MetricChange]:
    """Return metrics with regressions first, then what is undecided, passed, and not judged."""
    return sorted(found, key=lambda one: _ORDER[one.verdict])


def notable(comparison: Comparison) -> list[MetricChange]:
    """Return the slices worth a look: of judged metrics, not passed or surely different.

    A slice of all cases is none.
    """
    whole = {one.metric: one.n for one in comparison.overall}
    sliced = [
        one
        for one in comparison.changes
        if one.slice and one.n < whole[one.metric] and comparison.policy.gates(one.metric)
    ]
    return ordered([one for one in sliced if _stands_out(one)])


def _stands_out(one: MetricChange) -> bool:
    if one.verdict in ("regression", "inconclusive"):
        return True
    return one.low is not None and one.high is not None and (one.low > 0 or one.high < 0)


def _run(run: RunSummary) -> str:
    parts = [f"{one_line(run.name)}: suite {one_line(run.suite)}, {run.cases} cases"]
    if run.repeats > 1:
        parts.append(f"each asked {run.repeats} times")
    if run.noise is not None:
        parts.append(f"{run.noise:.0%} of them not answered alike each time")
    if run.errors:
        parts.append(f"{run.errors} askings without an answer")
    return ", ".join(parts)


def _parts(comparison: Comparison) -> Iterator[str]:
    if not comparison.differs:
        yield "Changed    nothing that is known: the same parts made both"
    for number, part in enumerate(comparison.differs[:_SHOWN_PARTS]):
        name = part.name if part.name == part.part else f"{part.part} {part.name}"
        was, now = (
            NOTHING if one is None else one_line(one)[:40]
            for one in (part.baseline, part.candidate)
        )
        yield f"{'Changed' if not number else '':<11}{one_line(name)}: {was} -> {now}"
    if len(comparison.differs) > _SHOWN_PARTS:
        yield f"{'':<11}and {len(comparison.differs) - _SHOWN_PARTS} more"


def _table(comparison: Comparison) -> Iterator[str]:
    yield _HEADER
    # Of what is not judged, only what was measured: a suite does not have every kind of case.
    judged = [one for one in comparison.overall if one.n or one.verdict != "not gated"]
    yield from (_row(one) for one in ordered(judged))
    slices = notable(comparison)
    if slices:
        yield "slices that differ"
        yield from (_row(one) for one in slices)
    yield ""
    yield "n: paired cases. p: after Holm over the gated metrics, in brackets where not gated."
    yield "detectable: the smallest difference that so many cases would show, " + (
        f"{comparison.policy.power:.0%} of the time."
    )


def _row(one: MetricChange) -> str:
    values = (
        f"{amount(one.baseline, one.unit):>10}{amount(one.candidate, one.unit):>11}"
        f"{change(one.difference, one.unit):>9}{changes(one.low, one.high, one.unit):>20}"
    )
    counts = f"{one.worsened}/{one.improved}"
    rest = (
        f"{one.n:>5}{values}{p_value(one):>9}{counts:>14}{amount(one.detectable, one.unit):>12}"
        f"  {_verdict(one)}"
    )
    name = one_line(f"{one.metric} {one.slice}".strip())
    return (
        f"  {name:<{_NAME}}{rest}" if len(name) <= _NAME else f"  {name}\n{'':<{_NAME + 2}}{rest}"
    )


def p_value(one: MetricChange) -> str:
    """Return the p-value after Holm, or in brackets the bare one of what is not judged."""
    p = one.p if one.p_adjusted is None else one.p_adjusted
    if p is None:
        return NOTHING
    text = "<0.001" if p < 0.0005 else f"{p:.3f}"
    return f"({text})" if one.p_adjusted is None else text


def _verdict(one: MetricChange) -> str:
    return one.verdict.upper() if one.verdict in ("regression", "inconclusive") else one.verdict


def _flips(comparison: Comparison) -> Iterator[str]:
    if not comparison.flips:
        yield ""
        yield "No case is right in one run only."
        return
    for direction, title in (
        ("worse", "Cases that got worse"),
        ("mixed", "Cases that got better in one thing and worse in another"),
        ("better", "Cases that got better"),
    ):
        found = [flip for flip in comparison.flips if flip.direction == direction]
        if not found:
            continue
        yield ""
        yield f"{title} ({len(found)})"
        shown = found[:_SHOWN_FLIPS]
        if direction == "better":
            yield "  " + ", ".join(one_line(flip.case) for flip in shown)
        else:
            for flip in shown:
                yield from _flip(flip)
        if len(found) > len(shown):
            yield f"  … and {len(found) - len(shown)} more; --json and --html have them all"


def _flip(flip: Flip) -> Iterator[str]:
    yield f"  {one_line(flip.case)}  {one_line(flip.question)}{repeats(flip)}"
    for reason, metrics in by_reason(flip).items():
        told = ", ".join(f"{m.metric} {m.baseline:.2f} -> {m.candidate:.2f}" for m in metrics)
        yield f"    {told}{f': {one_line(reason)}' if reason else ''}"
    for name, side in (("baseline", flip.before), ("candidate", flip.after)):
        yield f"    {name}: {_answer(side)}"
        for quotation in side.quotations[:3]:
            quote = shortened(one_line(quotation.quote), _QUOTE)
            yield f"      [{quotation.number}] {one_line(quotation.source)}: “{quote}”"
    yield from (f"    {claim_words(claim)}" for claim in flip.claims)


def by_reason(flip: Flip) -> dict[str, list[MetricFlip]]:
    """Return the flipped metrics by what the worse of the two answers lacks."""
    found: dict[str, list[MetricFlip]] = {}
    for one in flip.metrics:
        reason = one.candidate_reason if one.candidate < one.baseline else one.baseline_reason
        found.setdefault(reason or "", []).append(one)
    return found


def repeats(flip: Flip) -> str:
    """Return in brackets how often a case differs, where it was asked more than once."""
    if flip.repeats < 2:
        return ""
    return (
        f" [differs in {flip.differing} of {flip.repeats} askings; number {flip.repeat + 1} shown]"
    )


def claim_words(claim: ClaimChange) -> str:
    """Return a change of a claim on one line."""
    match claim.kind:
        case "added":
            return f"added: {one_line(claim.after or '')}"
        case "dropped":
            return f"dropped: {one_line(claim.before or '')}"
        case _:
            return f"{claim.kind}: {one_line(claim.what)} (in: {one_line(claim.after or '')})"


def _answer(side: SideAnswer) -> str:
    if side.error is not None:
        return f"no answer: {one_line(side.error)}"
    return shortened(one_line(side.text), _ANSWER)


def shortened(text: str, most: int) -> str:
    """Return a text of at most so many characters, cut between words."""
    if len(text) <= most:
        return text
    return text[: most - 2].rsplit(maxsplit=1)[0] + " …"
