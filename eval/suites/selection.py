"""Selection: some cases of a suite."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from eval.cases import Case, Suite
from eval.errors import InvalidCases

FIELDS = ("id", "type", "tag", "group")
"""What cases can be chosen by."""

DRAFT = "draft"
"""Tag of a case that was proposed and that no person has confirmed."""

GAP = "___"
"""What a drafted question has where no rule could word it."""


def require_confirmed(suite: Suite) -> None:
    """Refuse a suite with drafts: what nobody has read measures nothing.

    Raises:
        InvalidCases: if any of its cases is a draft.
    """
    drafts = [case.id for case in suite.cases if DRAFT in case.tags]
    if drafts:
        number = f"{len(drafts)} case{' is a draft' if len(drafts) == 1 else 's are drafts'}"
        raise InvalidCases(
            f"{number} that nobody has confirmed, {drafts[0]!r} first",
            hint=f"Read each and take its tag {DRAFT!r} away; `--filter tag!={DRAFT}` leaves them "
            "out, `--drafts` asks them all the same.",
        )


def select(suite: Suite, filters: Sequence[str] = (), limit: int | None = None) -> Suite:
    """Return the suite with the cases that meet every filter, at most ``limit`` of them.

    Args:
        suite: what to choose from.
        filters: each ``FIELD=PATTERN`` or ``FIELD!=PATTERN``; a pattern may hold ``*`` and ``?``,
            and ``|`` between alternatives.
        limit: how many cases to keep, from the start; ``None`` keeps all.

    Raises:
        InvalidCases: if a filter cannot be read, or no case is left.
    """
    wanted = [_parse(text) for text in filters]
    kept = [case for case in suite.cases if all(one.met_by(case) for one in wanted)]
    if not kept:
        raise InvalidCases(
            f"no case of {suite.name} meets {' and '.join(filters)}", hint="Loosen the filter."
        )
    return suite.chosen(tuple(kept[:limit]))


class _Filter:
    def __init__(self, field: str, pattern: str, *, wanted: bool) -> None:
        self._field = field
        self._patterns = pattern.split("|")
        self._wanted = wanted

    def met_by(self, case: Case) -> bool:
        values = case.tags if self._field == "tag" else (getattr(case, self._field) or "",)
        met = any(fnmatchcase(value, one) for value in values for one in self._patterns)
        return met == self._wanted


def _parse(text: str) -> _Filter:
    field, equals, pattern = text.partition("=")
    wanted = not field.endswith("!")
    field = field.removesuffix("!").strip()
    if not equals or field not in FIELDS:
        raise InvalidCases(
            f"{text!r} is not a filter",
            hint=f"Write FIELD=PATTERN; fields are {', '.join(FIELDS)}.",
        )
    return _Filter(field, pattern.strip(), wanted=wanted)
