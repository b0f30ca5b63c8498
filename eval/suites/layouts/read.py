"""What a layout gives: cases, the documents they are about, and the rows that make no case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.cases import Case, Suite
from eval.errors import InvalidCases
from eval.suites.documents import SuiteDocument


class Unusable(Exception):
    """A row makes no case; the message says why."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row of a question set that makes no case."""

    place: str
    """Where it stands, as ``file:line`` or by its identifier."""
    reason: str
    """Why it makes none."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A question set as it was read."""

    suite: Suite
    """Its cases."""
    documents: tuple[SuiteDocument, ...]
    """Its documents."""
    places: Mapping[str, str]
    """Where each case stands, by its identifier."""
    left_out: tuple[LeftOut, ...]
    """Rows that make no case."""


def layout(
    name: str,
    sha256: str,
    cases: Sequence[tuple[str, Case]],
    documents: Sequence[SuiteDocument],
    left_out: Sequence[LeftOut],
) -> Layout:
    """Return what was read, if any of it can be asked.

    Args:
        name: name of the suite.
        sha256: hash over its files.
        cases: its cases, each with its place.
        documents: its documents.
        left_out: rows that make no case.

    Raises:
        InvalidCases: if there is no case, or two have one identifier.
    """
    if not cases:
        reasons = Counter(one.reason for one in left_out).most_common(1)
        why = f": {reasons[0][0]}" if reasons else ""
        raise InvalidCases(
            f"{name}: none of its {len(left_out)} rows can be asked{why}",
            hint="A suite needs questions whose answers, or whose documents, are known.",
        )
    places: dict[str, str] = {}
    for place, case in cases:
        if case.id in places:
            raise InvalidCases(f"{place}: id {case.id!r} was used at {places[case.id]}")
        places[case.id] = place
    suite = Suite(name, sha256, tuple(case for _, case in cases))
    return Layout(suite, tuple(documents), places, tuple(left_out))
