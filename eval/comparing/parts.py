"""Parts: what is not the same in what made two runs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from eval.comparing.comparison import PartChange
from eval.running.results import Run


def part_changes(baseline: Run, candidate: Run) -> tuple[PartChange, ...]:
    """Return what differs in what made the runs; what should be one thing, if they are to tell."""
    return tuple(_changes(baseline, candidate))


def _changes(one: Run, other: Run) -> Iterator[PartChange]:
    single = (
        ("suite", one.suite.sha256, other.suite.sha256),
        ("corpus", one.corpus.fingerprint, other.corpus.fingerprint),
        ("model", one.model, other.model),
        ("code", one.code, other.code),
        ("repeats", str(one.repeats), str(other.repeats)),
    )
    for part, was, now in single:
        if was != now:
            yield _change(part, part, was, now)
    for part, before, after in (
        ("prompt", one.prompts, other.prompts),
        ("setting", one.settings, other.settings),
    ):
        yield from _entries(part, before, after)


def _entries(
    part: str, before: Mapping[str, object], after: Mapping[str, object]
) -> Iterator[PartChange]:
    for name in sorted({*before, *after}):
        was, now = (_text(of[name]) if name in of else None for of in (before, after))
        if was != now:
            yield _change(part, name, was, now)


def _change(part: str, name: str, was: str | None, now: str | None) -> PartChange:
    return PartChange.model_validate(
        {"part": part, "name": name, "baseline": was, "candidate": now}
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
