"""What is wrong with cases as they are worded, whatever the documents say."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from eval.cases import Case
from eval.normalise import contains, normalise
from eval.statistics.intervals import wilson
from eval.suites.checking.findings import Finding
from eval.suites.checking.likeness import alike
from eval.suites.selection import DRAFT, GAP

WIDE = 0.5
"""Width of an interval from which on it tells next to nothing."""

_CHOICE = re.compile(
    r"\b(?:or|than|either|whether)\b|^(?:is|are|was|were|do|does|did|has|have|had)\b", re.I
)
"""Questions that name their answers among others, or are answered by yes or no."""


def repeated(cases: Sequence[Case]) -> Iterator[Finding]:
    """Yield cases that ask what another one asks, with the same answer or another one."""
    asked: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in cases:
        asked[_form(case.question), case.filters.words()].append(case)
    for twins in asked.values():
        for case in twins[1:]:
            yield _twin(case, twins[0])
    firsts = [twins[0] for twins in asked.values()]
    paired: set[int] = set()
    for one, other in alike([case.question for case in firsts]):
        first, case = firsts[one], firsts[other]
        if other not in paired and first.filters == case.filters and _agree(first, case):
            paired.add(other)
            yield Finding(
                kind="duplicate",
                severity="warning",
                message=f"its question is nearly that of {first.id!r}, and so is its answer",
                hint="What is asked twice counts twice; keep one, or give both one group.",
                case=case.id,
            )


def _twin(case: Case, first: Case) -> Finding:
    if _contradict(case, first):
        return Finding(
            kind="contradiction",
            severity="error",
            message=f"it asks what {first.id!r} asks and expects something else",
            hint="No answer can satisfy both: word the questions so that they differ.",
            case=case.id,
        )
    return Finding(
        kind="duplicate",
        severity="warning",
        message=f"it asks what {first.id!r} asks",
        hint="What is asked twice counts twice; keep one of them.",
        case=case.id,
    )


def _form(question: str) -> str:
    return " ".join(re.findall(r"[\w%$€£]+", normalise(question)))


def _contradict(one: Case, other: Case) -> bool:
    """Return whether no answer can be right for both."""
    if one.answerable != other.answerable:
        return True
    if not one.expected or not other.expected:
        return False
    return not _shared(one, other)


def _agree(one: Case, other: Case) -> bool:
    if one.expected or other.expected:
        return _shared(one, other)
    return one.answerable == other.answerable and one.documents == other.documents


def _shared(one: Case, other: Case) -> bool:
    """Return whether the two expect a fact in common; of one wording the other may be a part."""
    mine, theirs = ([normalise(w) for fact in c.expected for w in fact] for c in (one, other))
    return any(contains(a, b) or contains(b, a) for a in mine for b in theirs)


def told(case: Case) -> Iterator[Finding]:
    """Yield the expected facts that the question itself tells, so that an echo would pass."""
    if _CHOICE.search(case.question):
        return
    question = normalise(case.question)
    given = [
        next((wording for wording in fact if contains(question, normalise(wording))), None)
        for fact in case.expected
    ]
    for wording in given:
        if wording is not None:
            yield Finding(
                kind="leak",
                severity="error" if all(given) else "warning",
                message=f"the question holds {wording!r}, which the answer is expected to tell",
                hint="Word the question without it, or drop that wording.",
                case=case.id,
            )


def unconfirmed(case: Case) -> Iterator[Finding]:
    """Yield a case that nobody has confirmed."""
    if DRAFT in case.tags:
        yield Finding(
            kind="draft",
            severity="warning",
            message="it is a draft that nobody has confirmed",
            hint=f"Read it, word it as a person would ask, and take the tag {DRAFT!r} away.",
            case=case.id,
        )
    elif GAP in case.question:
        yield Finding(
            kind="draft",
            severity="warning",
            message="its question still has a gap to fill",
            hint="Word it as a person would ask.",
            case=case.id,
        )


def of_all(cases: Sequence[Case]) -> Iterator[Finding]:
    """Yield what the cases together leave unsaid."""
    plain = sum(case.answerable and not case.expected for case in cases)
    if plain:
        yield Finding(
            kind="scoring",
            severity="note",
            message=f"{_count(plain)} without expected facts: what the answers say is not scored",
            hint="Give `expected` where an answer can be held to words.",
        )
    vague = sum(not (case.answerable or case.absent or case.quotes) for case in cases)
    if vague:
        yield Finding(
            kind="scoring",
            severity="note",
            message=f"{_count(vague)} without an answer and without saying why there is none",
            hint="Terms in `absent` are checked against the documents.",
        )
    yield from _few(Counter(case.type for case in cases))


def _few(types: Counter[str]) -> Iterator[Finding]:
    for kind, number in sorted(types.items()):
        low, high = wilson(0.5, number)
        if high - low > WIDE:
            yield Finding(
                kind="few",
                severity="note",
                message=f"{_count(number)} of type {kind}: where half of them are right, the share "
                f"may be anything from {low:.0%} to {high:.0%}",
                hint="Add cases before reading much into that slice.",
            )


def _count(number: int) -> str:
    return f"{number} case{'' if number == 1 else 's'}"


def each(cases: Iterable[Case]) -> Iterator[Finding]:
    """Yield what is wrong with single cases."""
    for case in cases:
        yield from told(case)
        yield from unconfirmed(case)
