"""Affected answers: recorded ones whose cited words changed, or are gone, since they were given.

A document that is ingested anew gets another version, and what was cited may stand elsewhere in it,
stand there in other words, or not at all. Only that is looked at: whether the answer would be
another one is for :mod:`qa.audit.replay` to say.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Literal

from index.errors import NotFound
from index.models import Span
from index.record.asker import LOCAL, Asker
from index.text.split import sentences
from qa.excerpts import excerpt
from qa.models import Answer, Citation, Excerpt
from qa.question import Contract
from qa.text.words import is_content, key, tokens

if TYPE_CHECKING:
    from index.corpus import Corpus
    from index.models import Document
    from index.record.answers import Cited, Moment, Outdated

CitedState = Literal["same", "moved", "changed", "withdrawn"]
"""What became of cited words in the current version of their document: they stand where they stood;
they stand elsewhere; a sentence much like them is there; nothing like them is, or the document was
removed."""

ALIKE = 0.5
"""Share of words, those with content counting most, by which two sentences are one reworded."""

LIGHT = 0.25
"""What a word without content counts."""

_KEPT = 32
"""Documents whose sentences are held ready; answers cite the same ones again and again."""
_PLACES = 1_000
_SHOWN = 3
_WORD = re.compile(r"\w+(?:[.,'’]\w+)*|[^\w\s]")


class CitedNow(Contract):
    """A citation of a recorded answer, and what became of the words."""

    number: int
    """The citation's number in the answer."""
    document_id: str
    """The cited document."""
    version: int
    """The cited version."""
    current: int | None
    """The document's version now; ``None`` if it was removed."""
    state: CitedState
    """What became of the words."""
    quote: str
    """The cited words."""
    start: int | None = None
    """Where they stand now, where they do: first code point in the current version's text."""
    end: int | None = None
    """One past their last code point there."""
    told: str
    """What changed, in words."""
    closest: Excerpt | None = None
    """The sentence of the current version that is most like them, where one is like them."""


class AffectedAnswer(Contract):
    """A recorded answer that cites versions of documents that are not the current ones."""

    id: str
    """The answer."""
    question: str
    """What was asked."""
    created_at: datetime
    """When it was given, in UTC."""
    affected: bool
    """Whether cited words changed or were withdrawn; otherwise they stand as they did, or moved."""
    citations: tuple[CitedNow, ...]
    """Its citations of such versions, in order of number."""


def affected(
    corpus: Corpus,
    *,
    documents: Sequence[str] = (),
    since: date | None = None,
    asker: Asker = LOCAL,
    behind: Moment | None = None,
) -> Iterator[AffectedAnswer]:
    """Yield the recorded answers that cite what is not the current version, oldest first. Blocks.

    Args:
        corpus: Where answers and documents are recorded.
        documents: Citations of these documents only; all if empty.
        since: Answers recorded on this day (UTC) or later only.
        asker: Answers that may be read by them only.
        behind: Answers later than this one only.
    """

    @lru_cache(maxsize=_KEPT)
    def text_of(document_id: str, version: int) -> _Text:
        return _Text.of(corpus.document(document_id, version))

    outdated = corpus.catalog.answers.outdated(
        documents=documents, since=since, asker=asker, behind=behind
    )
    for found in outdated:
        answer = Answer.model_validate_json(found.body)
        now = tuple(_now(answer, found, text_of))
        yield AffectedAnswer(
            id=answer.id,
            question=answer.question,
            created_at=answer.created_at,
            affected=any(one.state in {"changed", "withdrawn"} for one in now),
            citations=now,
        )


@dataclass(frozen=True)
class _Text:
    """A document's text with its sentences."""

    document: Document
    spans: tuple[Span, ...]
    words: tuple[Counter[str], ...]

    @classmethod
    def of(cls, document: Document) -> _Text:
        text = document.text
        spans = tuple(sentences(text, language=document.metadata.language))
        return cls(document, spans, tuple(_words(span.cut(text)) for span in spans))

    def whole(self, span: Span) -> bool:
        """Return whether a span begins with a sentence and ends with one."""
        at = bisect_right(self.spans, Span(span.start, 2**62)) - 1
        starts = at >= 0 and self.spans[at].start == span.start
        return starts and any(one.end == span.end for one in self.spans[at:])

    def places(self, quote: str) -> Iterator[Span]:
        """Yield where the text has exactly these words."""
        at = self.document.text.find(quote)
        for _ in range(_PLACES):
            if at < 0:
                return
            yield Span(at, at + len(quote))
            at = self.document.text.find(quote, at + 1)

    def closest(self, quote: str, at: int) -> Span | None:
        """Return the sentence most like these words, of several the one nearest to ``at``."""
        wanted = _words(quote)
        likeness = [_likeness(wanted, words) for words in self.words]
        pairs = zip(likeness, self.spans, strict=True)
        alike = [(like, -abs(span.start - at), span) for like, span in pairs if like >= ALIKE]
        return max(alike)[2] if alike else None


TextOf = Callable[[str, int], _Text]


def _now(answer: Answer, found: Outdated, text_of: TextOf) -> Iterator[CitedNow]:
    """Yield what became of the outdated citations of an answer."""
    by_number = {citation.number: citation for citation in answer.citations}
    for cited in found.cited:
        citation = by_number[cited.number]
        if cited.current is None:
            told = "the document was removed"
            yield _state(citation, cited, "withdrawn", told)
            continue
        try:
            text = text_of(cited.document_id, cited.current)
        except NotFound:  # removed or changed again since the record was asked
            continue
        then = partial(text_of, cited.document_id, cited.version)
        yield _within(citation, cited, text, then)


def _within(citation: Citation, cited: Cited, text: _Text, then: Callable[[], _Text]) -> CitedNow:
    """Return what became of cited words in a document that is still there."""
    quote, was = citation.quote, cited.span
    places = list(text.places(quote))
    whole = [span for span in places if text.whole(span)]
    if places and not whole and not then().whole(was):
        whole = places  # less or more than a sentence was cited
    if whole:
        now = min(whole, key=lambda span: abs(span.start - was.start))
        if now == was:
            return _state(citation, cited, "same", "the words stand where they stood", now=now)
        told = f"the words stand at {now.start}–{now.end} now"
        return _state(citation, cited, "moved", told, now=now)
    if places:
        # "The dam is safe" within "It is wrong that the dam is safe" is no longer what was cited.
        now = min(places, key=lambda span: abs(span.start - was.start))
        around = _around(text, now)
        told = "the words stand within other words now"
        return _state(citation, cited, "changed", told, closest=excerpt(text.document, around))
    closest = text.closest(quote, was.start)
    if closest is None:
        return _state(citation, cited, "withdrawn", "nothing like the words is there any more")
    told = changed_words(quote, closest.cut(text.document.text))
    return _state(citation, cited, "changed", told, closest=excerpt(text.document, closest))


def _state(
    citation: Citation,
    cited: Cited,
    state: CitedState,
    told: str,
    *,
    now: Span | None = None,
    closest: Excerpt | None = None,
) -> CitedNow:
    return CitedNow(
        number=citation.number,
        document_id=cited.document_id,
        version=cited.version,
        current=cited.current,
        state=state,
        quote=citation.quote,
        start=now.start if now else None,
        end=now.end if now else None,
        told=told,
        closest=closest,
    )


def changed_words(was: str, now: str) -> str:
    """Return how two wordings of a sentence differ, in words: at most three places are named."""
    before, after = _WORD.findall(was), _WORD.findall(now)
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    said = []
    for step, a, b, c, d in steps:
        old, new = " ".join(before[a:b]), " ".join(after[c:d])
        if step == "replace":
            said.append(f"‘{old}’ is now ‘{new}’")
        elif step == "delete":
            said.append(f"‘{old}’ is gone")
        elif step == "insert":
            said.append(f"‘{new}’ is new")
    if not said:
        return "only white space differs"
    more = len(said) - _SHOWN
    return "; ".join(said[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")


def _around(text: _Text, place: Span) -> Span:
    """Return the sentences that a place touches, as one span."""
    touched = [span for span in text.spans if span.overlaps(place)]
    return Span(touched[0].start, touched[-1].end) if touched else place


def _words(text: str) -> Counter[str]:
    return Counter(key(token.text) for token in tokens(text))


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """Return the share of the words of two sentences that they have in common (Dice 1945)."""
    common = _weight(one & other)
    return 2 * common / max(_weight(one) + _weight(other), 1e-9)


def _weight(words: Counter[str]) -> float:
    return sum(n * (1.0 if is_content(word) else LIGHT) for word, n in words.items())
