"""A comparison as Markdown, to stand in a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eval.comparing.comparison import Comparison, Flip, MetricChange, SideAnswer
from eval.reports.amounts import NOTHING, amount, change, changes
from eval.reports.comparison_text import (
    by_reason,
    claim_words,
    notable,
    ordered,
    p_value,
    repeats,
    shortened,
)
from eval.reports.markdown import plain

_SHOWN_FLIPS = 10
_ANSWER = 400
_HEADER = (
    "| metric | n | baseline | candidate | difference | 95 % interval | p | worse / better "
    "| verdict |",
    "|---|--:|--:|--:|--:|:-:|--:|:-:|---|",
)


def comparison_markdown(comparison: Comparison) -> str:
    """Return a comparison as Markdown: verdict, what is judged, and the rest folded away."""
    base, candidate = comparison.baseline, comparison.candidate
    lines = [
        f"## {comparison.verdict}: {plain(candidate.name)} against {plain(base.name)}",
        "",
        f"{comparison.cases} paired cases of suite {plain(base.suite)}, "
        f"policy {plain(comparison.policy.name)}.",
        "",
        *(f"- {plain(reason)}" for reason in comparison.because),
        *(f"- warning: {plain(warning)}" for warning in comparison.warnings),
        "",
    ]
    gated = [one for one in comparison.overall if one.verdict != "not gated"]
    lines += [*_HEADER, *(_row(one) for one in ordered(gated))] if gated else []
    lines += _folded("Other metrics and slices", _others(comparison))
    lines += _folded("What was changed", _parts(comparison))
    worse = [flip for flip in comparison.flips if flip.direction != "better"]
    better = [flip.case for flip in comparison.flips if flip.direction == "better"]
    lines += _folded(f"Cases that got worse ({len(worse)})", _flips(worse))
    lines += _folded(
        f"Cases that got better ({len(better)})", [", ".join(plain(case) for case in better)]
    )
    return "\n".join(lines).rstrip() + "\n"


def _others(comparison: Comparison) -> list[str]:
    rows = [one for one in comparison.overall if one.verdict == "not gated" and one.n]
    rows += notable(comparison)
    return [*_HEADER, *(_row(one) for one in rows)] if rows else []


def _row(one: MetricChange) -> str:
    cells = (
        plain(f"{one.metric} {one.slice}".strip()),
        f"{one.n}",
        amount(one.baseline, one.unit),
        amount(one.candidate, one.unit),
        change(one.difference, one.unit),
        changes(one.low, one.high, one.unit),
        plain(p_value(one)),
        f"{one.worsened} / {one.improved}",
        f"**{one.verdict}**" if one.verdict == "regression" else one.verdict,
    )
    return f"| {' | '.join(cells)} |"


def _parts(comparison: Comparison) -> list[str]:
    return [
        f"- {plain(part.part)} {plain(part.name)}: "
        f"{plain(part.baseline or NOTHING)} → {plain(part.candidate or NOTHING)}"
        for part in comparison.differs
    ]


def _flips(found: Sequence[Flip]) -> list[str]:
    lines = [line for flip in found[:_SHOWN_FLIPS] for line in _flip(flip)]
    if len(found) > _SHOWN_FLIPS:
        lines.append(f"… and {len(found) - _SHOWN_FLIPS} more.")
    return lines


def _flip(flip: Flip) -> Iterator[str]:
    yield f"**{plain(flip.case)}** {plain(flip.question)}{plain(repeats(flip))}"
    yield ""
    for reason, metrics in by_reason(flip).items():
        told = ", ".join(f"{m.metric} {m.baseline:.2f} → {m.candidate:.2f}" for m in metrics)
        yield f"- {plain(f'{told}: {reason}' if reason else told)}"
    yield f"- baseline: {_answer(flip.before)}"
    yield f"- candidate: {_answer(flip.after)}"
    yield from (f"- {plain(claim_words(claim))}" for claim in flip.claims)
    yield ""


def _answer(side: SideAnswer) -> str:
    if side.error is not None:
        return f"no answer: {plain(side.error)}"
    text = plain(shortened(side.text, _ANSWER))
    sources = dict.fromkeys(quotation.source for quotation in side.quotations)
    return f"{text} — {plain('; '.join(sources))}" if sources else text


def _folded(title: str, lines: Sequence[str]) -> list[str]:
    """Return lines that open on a click; nothing where there are none."""
    if not any(lines):
        return []
    return ["", "<details>", f"<summary>{title}</summary>", "", *lines, "", "</details>"]
