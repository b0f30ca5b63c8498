"""Repair without a model: the longest cut of a statement that its quotations bear out.

A drafted sentence often says one thing too many: a clause tacked on, an apposition, a second half
behind "and". Such parts are left out (:mod:`qa.text.clauses`) and what is left is checked like any
statement. A part is left out only where the rest then says less and nothing else: no phrase is
taken from under "not", "only" or "the largest", and nothing that "and" joins is skipped to reach
what comes behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from qa.grounding import Check, check
from qa.text.clauses import Part, kind_of, parts
from qa.text.lexicon import IRREGULAR_FORMS
from qa.text.words import content_stems, key, tokens

# Under these, leaving out a phrase would say more than before.
_BOUND = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|without|only|first|last|all|every|each|few|fewer|less|"
    r"most|hardly|if|unless|best|worst|\w{3,}est)\b|n['’]t\b",
    re.IGNORECASE,
)
_AUXILIARIES = frozenset(
    "is are was were has have had does do did will would can could may might must shall".split()  # noqa: SIM905
)
_NO_VERBS = frozenset("men women children people feet teeth mice crises bases lives wives".split())  # noqa: SIM905
_END = re.compile(r"[.!?…]+[\"”’)\]]*\s*$")
_MOST_DROPPED = 2
_MOST_CHECKS = 60
_LIST_ITEM = 3

Run = tuple[int, int]
"""Numbers of the first part of a run and of the one behind its last."""


def shorten(statement: str, quotes: Sequence[str], held: Check = check) -> str | None:
    """Return the longest cut of a statement that its quotations support.

    Args:
        statement: One sentence of an answer, without citation markers.
        quotes: The cited words, verbatim.
        held: How a statement is held against them.

    Returns:
        The statement itself if it is supported; else a sentence of some of its words in their
        order; ``None`` if no cut that is a sentence of its own is supported.
    """
    if held(statement, quotes).support == "supported":
        return statement
    end = _END.search(statement)
    closing = end[0].strip() if end else ""
    pieces = parts(statement[: end.start()] if end else statement)
    cuts = [cut for cut in dict.fromkeys(_cuts(pieces)) if _is_sentence(cut)]
    for text in sorted(cuts, key=lambda cut: -len(cut))[:_MOST_CHECKS]:
        cut = text[0].upper() + text[1:] + closing
        if held(cut, quotes).support == "supported":
            return cut
    return None


def _cuts(pieces: Sequence[Part]) -> Iterator[str]:
    """Yield each text that is left when parts that may be missing are left out."""
    count = len(pieces)
    for last in range(count, 0, -1):
        if last < count and not _may_end(pieces, last):
            continue
        runs = [
            (first, behind)
            for first in range(last)
            for behind in range(first + 1, last)
            if _may_miss(pieces, (first, behind), last)
        ]
        for size in range(min(_MOST_DROPPED, len(runs)) + 1):
            for dropped in combinations(runs, size):
                gone = {at for first, behind in dropped for at in range(first, behind)}
                if len(gone) == sum(behind - first for first, behind in dropped):
                    yield _join(pieces, [at for at in range(last) if at not in gone])


def _may_end(pieces: Sequence[Part], last: int) -> bool:
    """Return whether a statement may end before a part: not within a list, nor under a "not"."""
    following, ending = pieces[last], pieces[last - 1]
    if following.kind == "phrase" and not following.is_marked:
        return not any(_BOUND.search(part.text) for part in pieces[:last])
    in_list = ending.mark.strip() == "," and ending.kind == "plain"
    in_list = in_list and len(tokens(ending.text)) <= _LIST_ITEM
    return not (in_list and following.kind in ("joined", "plain"))


def _may_miss(pieces: Sequence[Part], run: Run, last: int) -> bool:
    """Return whether a run of parts may be left out although later ones stay."""
    first, behind = run
    part, following = pieces[first], pieces[behind]
    if following.kind == "joined" or any(p.kind == "joined" for p in pieces[first:behind]):
        return False
    if first == 0:  # "In 2019, …", "Although …, …"
        return following.mark.strip() == "," and part.kind in ("phrase", "clause")
    if part.is_marked:  # an apposition or insertion, up to the mark that closes it
        closing = {"(": ")", ",": ",", "—": "—", "–": "–", "-": "-"}.get(part.mark.strip())
        return following.mark.strip()[:1] == closing
    bound = any(_BOUND.search(other.text) for other in pieces[:last])
    return behind == first + 1 and part.kind == "phrase" and not bound


def _join(pieces: Sequence[Part], kept: Sequence[int]) -> str:
    text = pieces[kept[0]].text
    for before, at in pairwise(kept):
        # The mark that closes an insertion goes with it; one behind a dropped phrase stays.
        closed = at > before + 1 and pieces[before + 1].is_marked
        text += (" " if closed else pieces[at].mark or " ") + pieces[at].text
    return text + ")" * (text.count("(") - text.count(")"))


def _is_sentence(text: str) -> bool:
    """Return whether a cut can stand alone: a verb of its own, and no joining word in front."""
    if kind_of(text) in ("joined", "clause"):
        return False
    if len(set(content_stems(text))) < 2 or text.count('"') % 2:
        return False
    words = [token.text for token in tokens(text)]
    for position, word in enumerate(words):
        lower = word.lower()
        more = position + 1 < len(words)
        if lower in _AUXILIARIES and more:
            return True
        if position and word.islower() and lower not in _NO_VERBS:
            if lower.endswith("ed") or key(word) in IRREGULAR_FORMS:
                return True
            if lower.endswith("s") and len(lower) > 3 and more:
                return True
    return False
