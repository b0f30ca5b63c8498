"""Cases drafted from a dossier, for a person to confirm: what a draft asks, nobody has read yet."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Literal

from eval.cases import Case, Quote, RequiredDocuments
from eval.suites.checking.library import Library
from eval.suites.drafting.conflicts import Conflict, conflicts
from eval.suites.drafting.material import Telling, Value, all_tellings, tellings
from eval.suites.drafting.naming import holders, name_of
from eval.suites.drafting.questions import at_an_end, by_rule, question
from eval.suites.drafting.swaps import swapped
from eval.suites.selection import DRAFT, GAP

if TYPE_CHECKING:
    from index.corpus import Corpus

Sort = Literal["single", "conflict", "unanswerable"]

SORTS: tuple[Sort, ...] = ("single", "conflict", "unanswerable")
"""What can be drafted."""

_SHARES: dict[Sort, int] = {"single": 3, "conflict": 1, "unanswerable": 1}
"""How many of each are drafted in proportion."""


def draft(
    corpus: Corpus, count: int, sorts: Sequence[Sort] = SORTS, *, seed: int = 7
) -> tuple[Case, ...]:
    """Return at most ``count`` drafts on varied documents of a corpus, the same for one seed.

    A draft of type ``single`` asks for a figure, a day or a person of one sentence, which it
    quotes. One of type ``conflict`` has two documents that give different figures in sentences
    that are otherwise alike. An ``unanswerable`` one has a name or a year in it that no document
    contains. Where there is too little for one sort, others are drafted in its place, so that
    there are fewer than ``count`` only if the documents give no more.

    All have the tag ``draft``; where no rule could word a question, the sentence has a gap.

    Args:
        corpus: the documents.
        count: how many cases are wanted.
        sorts: which of them.
        seed: decides which documents and sentences are taken.
    """
    library = Library(corpus)
    differing = list(conflicts(_once(all_tellings(corpus, library))))
    doubtful = {telling.text for both in differing for telling in (both.one, both.other)}
    sources: dict[Sort, Iterator[Case]] = {
        "single": _singles(corpus, library, seed, doubtful),
        "conflict": _conflicts(differing, library),
        "unanswerable": _unanswerable(corpus, library, seed),
    }
    wanted = [sort for sort in SORTS if sort in sorts]
    shares = sum(_SHARES[sort] for sort in wanted)
    found: list[Case] = []
    for sort in wanted:
        found += islice(sources[sort], count * _SHARES[sort] // shares)
    for sort in wanted:
        found += islice(sources[sort], count - len(found))
    order: list[str] = list(SORTS)
    return tuple(sorted(found, key=lambda case: order.index(case.type)))


def _singles(
    corpus: Corpus, library: Library, seed: int, doubtful: Collection[str]
) -> Iterator[Case]:
    """Yield cases on one sentence each, none that another contradicts, on all sorts in turn."""
    drafted: Counter[str] = Counter()
    for telling in _once(tellings(corpus, library, seed)):
        if telling.text in doubtful:
            continue
        value = min(
            telling.values, key=lambda value: (_effort(telling, value), drafted[value.sort])
        )
        drafted[value.sort] += 1
        yield _single(telling, value, library)


def _effort(telling: Telling, value: Value) -> int:
    """Return how much is left to word for a person: least where a question reads naturally."""
    if at_an_end(telling.text.removesuffix("."), value) is not None:
        return 0
    return 1 if by_rule(telling.text, value) is not None else 2


def _once(found: Iterator[Telling]) -> Iterator[Telling]:
    """Yield sentences that were not yielded before; copies of a story have the same."""
    seen: set[str] = set()
    for telling in found:
        if telling.text not in seen:
            seen.add(telling.text)
            yield telling


def _single(telling: Telling, value: Value, library: Library) -> Case:
    names = holders(telling.text, library)
    asked = question(telling, value)
    return Case(
        id=_id("single", telling.text, value.text),
        question=asked,
        type="single",
        expected=(_wordings(value),),
        documents=_any(names),
        quotes=(Quote(documents=tuple(names), text=telling.text),),
        tags=_tags(value.sort, asked),
    )


def _conflicts(differing: Sequence[Conflict], library: Library) -> Iterator[Case]:
    """Yield a case on each pair of documents that differ, on the first thing that they do in."""
    seen: set[frozenset[str]] = set()
    for conflict in differing:
        pair = frozenset({conflict.one.document.id, conflict.other.document.id})
        if pair not in seen:
            seen.add(pair)
            yield _conflict(conflict, library)


def _conflict(conflict: Conflict, library: Library) -> Case:
    one, other = conflict.one, conflict.other
    asked = question(one, conflict.value)
    first, second = holders(one.text, library), holders(other.text, library)
    values = (_wordings(conflict.value), _wordings(conflict.other_value))
    return Case(
        id=_id("conflict", one.text, other.text),
        question=asked,
        type="conflict",
        expected=values,
        differs=values,
        documents=RequiredDocuments(each_of=(tuple(first), tuple(second))),
        quotes=(
            Quote(documents=tuple(first), text=one.text),
            Quote(documents=tuple(second), text=other.text),
        ),
        tags=_tags(conflict.value.sort, asked),
    )


def _unanswerable(corpus: Corpus, library: Library, seed: int) -> Iterator[Case]:
    """Yield cases made of questions that rules word, with something in them that is nowhere."""
    order = random.Random(seed)  # noqa: S311 -- for variety, not for secrets
    for telling in _once(tellings(corpus, library, seed + 1)):
        for value in telling.values:
            asked = by_rule(telling.text, value)
            turned = swapped(asked, library, order) if asked else None
            if turned is not None:
                yield Case(
                    id=_id("unanswerable", telling.text, turned[1]),
                    question=turned[0],
                    type="unanswerable",
                    absent=(turned[1],),
                    tags=(DRAFT, "near_miss"),
                    group=name_of(telling.document.id, library),
                )
                break


def _wordings(value: Value) -> tuple[str, ...]:
    return (value.text,)


def _any(names: Sequence[str]) -> RequiredDocuments:
    if len(names) == 1:
        return RequiredDocuments(all_of=tuple(names))
    return RequiredDocuments(any_of=tuple(names))


def _tags(sort: str, asked: str) -> tuple[str, ...]:
    return (DRAFT, sort, "gap") if GAP in asked else (DRAFT, sort)


def _id(sort: Sort, *parts: str) -> str:
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{sort}-{digest[:10]}"
