"""What makes one doubt a case once its documents are read."""

from __future__ import annotations

from collections.abc import Iterator

from eval.cases import Case
from eval.normalise import contains, normalise
from eval.suites.checking.findings import Finding
from eval.suites.checking.library import Library, flat
from eval.suites.selection import DRAFT
from index.errors import InvalidFilter
from qa.text.words import content_stems

COPIED = 0.8
"""Share of a sentence's words in a question from which on the question is a copy of it."""

LONG = 6
"""Words of a sentence that carry content, from which on such a copy is no chance."""

_STEM = 4
"""First letters of a word that all its forms have, mostly."""


def doubts(case: Case, library: Library) -> Iterator[Finding]:
    """Yield what in the documents speaks against a case."""
    if not case.answerable:
        yield from _answered(case, library)
        return
    ids = sorted({id_ for name in case.documents.names for id_ in library.ids(name)})
    yield from _ambiguous(case, library)
    if ids:
        yield from _untold(case, library, ids)
    if ids and DRAFT not in case.tags:  # a draft has the words of its sentence until it is worded
        yield from _copied(case, library, ids)


def _ambiguous(case: Case, library: Library) -> Iterator[Finding]:
    for name in dict.fromkeys(case.documents.names):
        if len(library.ids(name)) > 1:
            yield Finding(
                kind="document",
                severity="warning",
                message=f"{len(library.ids(name))} documents are called {name!r}; any will do",
                hint="Name it with the folder that it lies in.",
                case=case.id,
            )


def _untold(case: Case, library: Library, ids: list[str]) -> Iterator[Finding]:
    texts = [normalise(library.flat(id_)) for id_ in ids]
    for fact in dict.fromkeys((*case.expected, *case.nuggets, *case.differs)):
        wordings = [normalise(wording) for wording in fact]
        if not any(contains(text, wording) for text in texts for wording in wordings):
            yield Finding(
                kind="fact",
                severity="warning",
                message=f"none of its documents says {fact[0]!r}",
                hint="Add the wording that they have, or name the document that says it.",
                case=case.id,
            )


def _copied(case: Case, library: Library, ids: list[str]) -> Iterator[Finding]:
    question = flat(case.question).rstrip("?.! ").casefold()
    asked = set(content_stems(question))
    if len(asked) >= LONG:
        there = next((id_ for id_ in ids if question in library.folded(id_)), None)
        if there is not None:
            yield Finding(
                kind="leak",
                severity="warning",
                message=f"{library.documents[there].name} holds the question word for word",
                hint="A search finds it without understanding; ask in other words.",
                case=case.id,
            )
            return
    if len(asked) < LONG * COPIED:
        return
    told = {word for fact in case.expected for wording in fact for word in content_stems(wording)}
    for sentence in _gold(case, library, ids):
        words = set(content_stems(sentence)) - told
        if len(words) >= LONG and len(words & asked) >= COPIED * len(words):
            yield Finding(
                kind="leak",
                severity="warning",
                message=f"the question repeats the sentence that answers it: {_short(sentence)!r}",
                hint="A search finds it without understanding; ask in other words.",
                case=case.id,
            )
            return


def _gold(case: Case, library: Library, ids: list[str]) -> Iterator[str]:
    """Yield the sentences that answer: the quotes, or else those that tell an expected fact."""
    if case.quotes:
        yield from (quote.text for quote in case.quotes)
        return
    wordings = [normalise(wording) for fact in case.expected for wording in fact]
    for id_ in ids:
        for sentence in library.sentences(id_):
            plain = normalise(sentence)
            if any(contains(plain, wording) for wording in wordings):
                yield sentence


def _answered(case: Case, library: Library) -> Iterator[Finding]:
    """Yield a sentence with every word of a question that should have no answer."""
    words = set(content_stems(case.question))
    starts = {word[:_STEM] for word in words}
    if len(words) < _STEM:
        return
    try:
        searched = library.searched(case.filters)
    except InvalidFilter:
        return
    said = {flat(quote.text) for quote in case.quotes}
    for document in searched:
        if not all(start in library.folded(document.id) for start in starts):
            continue
        for sentence in library.sentences(document.id):
            if words <= set(content_stems(sentence)) and flat(sentence) not in said:
                yield Finding(
                    kind="answered",
                    severity="warning",
                    message=f"{document.name} has all its words in one sentence: "
                    f"{_short(sentence)!r}",
                    hint="Make sure that this does not answer it.",
                    case=case.id,
                )
                return


def _short(text: str) -> str:
    words = flat(text)
    return words if len(words) <= 100 else words[:99].rstrip() + "…"
