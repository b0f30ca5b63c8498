"""Claims: what a second answer to a question claims otherwise than the first.

Sentences of the two answers are matched first: by the same words, by near words, and by citing the
same place. Then the two of a pair are held against each other: their figures and days, their names,
whether they deny, and the documents that they cite. Wording alone is no difference, and what is
neither a figure, a name nor a denial is not seen; no model is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from eval.comparing.comparison import ClaimChange
from eval.comparing.sides import source_of
from qa.differing.sameness import same_figure, same_value
from qa.models import Answer, Citation, Statement
from qa.text import claims
from qa.text.figures import Figure, figures
from qa.text.words import content_stems, names

_NEAR = 0.5
"""So near (Dice, over stems without figures) are two sentences that tell one thing."""

_NEAR_ENOUGH = 0.2
"""So near are they if they cite the same words as well."""

_LEFT_OUT = "left out"
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class _Claim:
    """A sentence of an answer with what it rests on."""

    statement: Statement
    citations: tuple[Citation, ...]

    @cached_property
    def text(self) -> str:
        """Its words without what Dossier added to them."""
        parts, at = [], 0
        for note in sorted(self.statement.notes, key=lambda note: note.start):
            parts.append(self.statement.text[at : note.start])
            at = max(at, note.end)
        return "".join((*parts, self.statement.text[at:]))

    @cached_property
    def figures(self) -> list[Figure]:
        return figures(self.text)

    @cached_property
    def stems(self) -> frozenset[str]:
        """Stems of its words without the figures, which are compared by themselves."""
        text = self.text
        for figure in reversed(self.figures):
            text = f"{text[: figure.start]} {text[figure.end :]}"
        return frozenset(content_stems(text))

    @property
    def documents(self) -> frozenset[str]:
        return frozenset(citation.document_id for citation in self.citations)

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(source_of(citation) for citation in self.citations))


def claim_changes(before: Answer, after: Answer) -> tuple[ClaimChange, ...]:
    """Return what ``after`` claims otherwise than ``before``.

    First come the claims that both have, in the order of ``before``, with what was dropped in its
    place; then what was added, in the order of ``after``.
    """
    mine, theirs = _claims(before), _claims(after)
    partners = _matched(mine, theirs)
    found: list[ClaimChange] = []
    for at, claim in enumerate(mine):
        if at in partners:
            found += _between(claim, theirs[partners[at]])
        else:
            found.append(
                ClaimChange(
                    kind="dropped",
                    before=claim.statement.text,
                    after=None,
                    before_sources=claim.sources,
                    after_sources=(),
                    what="not in the candidate's answer",
                )
            )
    taken = set(partners.values())
    found += (
        ClaimChange(
            kind="added",
            before=None,
            after=claim.statement.text,
            before_sources=(),
            after_sources=claim.sources,
            what="not in the baseline's answer",
        )
        for at, claim in enumerate(theirs)
        if at not in taken
    )
    return tuple(found)


def _claims(answer: Answer) -> list[_Claim]:
    by_number = {citation.number: citation for citation in answer.citations}
    return [
        _Claim(one, tuple(by_number[n] for n in one.citations if n in by_number))
        for one in answer.statements
    ]


def _matched(mine: Sequence[_Claim], theirs: Sequence[_Claim]) -> dict[int, int]:
    """Return the place of each claim's partner in the other answer; the nearest pairs go first."""
    near = [
        (-_nearness(one, other), a, b)
        for a, one in enumerate(mine)
        for b, other in enumerate(theirs)
    ]
    partners: dict[int, int] = {}
    taken: set[int] = set()
    for nearness, a, b in sorted(near):
        if nearness < 0 and a not in partners and b not in taken:
            partners[a] = b
            taken.add(b)
    return partners


def _nearness(one: _Claim, other: _Claim) -> float:
    """Return how near two claims are, 0 if they are not about one thing."""
    if one.text.casefold() == other.text.casefold():
        return 3.0
    both = len(one.stems) + len(other.stems)
    dice = 2 * len(one.stems & other.stems) / both if both else 0.0
    place = any(_overlap(a, b) for a in one.citations for b in other.citations)
    if dice < (_NEAR_ENOUGH if place else _NEAR):
        return 0.0
    return dice + place


def _overlap(one: Citation, other: Citation) -> bool:
    same = (one.document_id, one.version) == (other.document_id, other.version)
    return same and one.start < other.end and other.start < one.end


def _between(one: _Claim, other: _Claim) -> Iterator[ClaimChange]:
    """Yield how two claims about one thing differ."""
    changed = [*_values(one, other), *_denials(one, other)]
    if changed:
        yield _pair("changed", one, other, "; ".join(changed))
    elif one.documents != other.documents:
        yield _pair("re-sourced", one, other, _moved(one, other))


def _pair(kind: str, one: _Claim, other: _Claim, what: str) -> ClaimChange:
    return ClaimChange.model_validate(
        {
            "kind": kind,
            "before": one.statement.text,
            "after": other.statement.text,
            "before_sources": one.sources,
            "after_sources": other.sources,
            "what": what,
        }
    )


def _values(one: _Claim, other: _Claim) -> Iterator[str]:
    """Yield the figures, days and names that differ."""
    was, now = _unlike(one.figures, other.figures, same_figure)
    yield from _told([figure.text for figure in was], [figure.text for figure in now], alone=True)
    named, now_named = _unlike(names(one.text), names(other.text), same_value)
    # A name more or less is wording: "the minister" for "Olsen". Another name is another claim.
    if named and now_named:
        yield from _told(named, now_named, alone=False)


def _unlike(
    was: Sequence[_Value], now: Sequence[_Value], same: Callable[[_Value, _Value], bool]
) -> tuple[list[_Value], list[_Value]]:
    """Return what only one of the two has."""
    return (
        [a for a in was if not any(same(a, b) for b in now)],
        [b for b in now if not any(same(a, b) for a in was)],
    )


def _told(was: Sequence[str], now: Sequence[str], *, alone: bool) -> Iterator[str]:
    for place in range(max(len(was), len(now))):
        if place < min(len(was), len(now)):
            yield f"{was[place]} -> {now[place]}"
        elif alone:
            yield f"{was[place]} {_LEFT_OUT}" if place < len(was) else f"{now[place]} told as well"


def _denials(one: _Claim, other: _Claim) -> Iterator[str]:
    if claims.denial(claims.read(one.text), claims.read(other.text)) is not None:
        denies = bool(claims.read(other.text).negations), bool(claims.read(one.text).negations)
        yield "denied now" if denies == (True, False) else "not denied any more"


def _moved(one: _Claim, other: _Claim) -> str:
    """Return in words how the documents differ that two claims cite."""
    if not other.citations:
        return "no source any more"
    if not one.citations:
        return f"now from {'; '.join(other.sources)}"
    gone, new = (
        tuple(dict.fromkeys(source_of(c) for c in mine.citations if c.document_id not in kept))
        for mine, kept in ((one, other.documents), (other, one.documents))
    )
    if not new:
        return f"no longer from {'; '.join(gone)}"
    if not gone:
        return f"also from {'; '.join(new)}"
    return f"{'; '.join(gone)} -> {'; '.join(new)}"
