"""Notes in square brackets that let a sentence be read alone: what "He" is, which day "Friday" was.

They stand in the statement's text alone. The quotation of its citation stays as it is, and a note
that names something cites the sentence that does; so a reader can tell what the source wrote from
what was added, and check both. Statements that a model wrote get none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from qa.models import Note
from qa.readable.antecedents import antecedents
from qa.text.preceding import preceding
from qa.text.words import is_content, key, tokens
from qa.when.computed import computed

if TYPE_CHECKING:
    from qa.compose import DraftStatement, EvidenceSentence

_NO_NOTE = re.compile(r"[\[\]\n]|^[\d\s,.]*$")
"""What a note never holds: brackets of its own, or nothing but figures, which would look like the
marker of a citation."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A note that is to stand in a statement."""

    at: int
    """Where it goes: behind so many code points of the drafted text."""
    words: str
    """What it says, without brackets."""
    kind: Literal["antecedent", "computed"]
    """What it is; see :class:`qa.models.Note`."""
    told: str = ""
    """How it was worked out."""
    source: EvidenceSentence | None = None
    """The sentence that shows it, where that is not the statement's own."""


def remarks(
    draft: DraftStatement,
    question: str,
    *,
    said: Sequence[tuple[DraftStatement, str]] = (),
    dates: Mapping[str, date] | None = None,
) -> list[Remark]:
    """Return the notes for a drafted statement, in order of place.

    Args:
        draft: the statement; one that is not a sentence of a document word for word gets none.
        question: the question, readable alone. What it names needs no note.
        said: the statements before it in the answer, with their texts as shown.
        dates: days of events by name, as told by who asks.
    """
    if len(draft.evidence) != 1 or draft.text != " ".join(draft.evidence[0].quote.split()):
        return []
    (sentence,) = draft.evidence
    last = said[-1] if said else None
    known = f"{question}\n{last[1]}" if last and _same_document(last[0], sentence) else question
    found: dict[str, Remark] = {}
    for one in antecedents(sentence):
        if not _is_named(one.words, known):
            at = _place(sentence.quote, one.end)
            source = replace(sentence, span=one.sentence, after=())
            found.setdefault(one.words, Remark(at, one.words, "antecedent", source=source))
    if sentence.document.metadata.published_at is not None:
        for remark in _days(sentence, dates or {}):
            found.setdefault(remark.words, remark)
    kept = [remark for remark in found.values() if not _NO_NOTE.search(remark.words)]
    return sorted(kept, key=lambda remark: remark.at)


def inserted(
    text: str, found: Sequence[Remark], numbers: Sequence[int | None]
) -> tuple[str, tuple[Note, ...]]:
    """Return a text with notes in square brackets, and where they are.

    Args:
        text: the drafted text.
        found: the notes, in order of place.
        numbers: for each of them the number of its citation, if it has one of its own.
    """
    shown, at, notes = "", 0, []
    for remark, number in zip(found, numbers, strict=True):
        shown += text[at : remark.at] + " "
        start = len(shown)
        shown += f"[{remark.words}]"
        at = remark.at
        notes.append(
            Note(
                start=start,
                end=len(shown),
                kind=remark.kind,
                citation=number,
                told=remark.told,
            )
        )
    return shown + text[at:], tuple(notes)


def without_notes(text: str, notes: Sequence[Note]) -> str:
    """Return the text of a statement without its notes: the words of the source alone."""
    for note in reversed(notes):
        text = text[: note.start].removesuffix(" ") + text[note.end :]
    return text


def unmarked(text: str, notes: tuple[Note, ...]) -> tuple[str, tuple[Note, ...]]:
    """Return a text without marks of emphasis that its sentence has one end of, or both ends.

    "*Ada Roth leads the mill." is left where an italic paragraph has several sentences.
    """
    for mark in ("***", "**", "*", "__", "_"):
        opens, closes = text.startswith(mark), text.endswith(mark)
        lone, whole = text.count(mark) == 1, text.count(mark) == 2 and opens and closes
        if (not lone and not whole) or len(text) < 2 * len(mark) + 1:
            continue
        if opens and not text[len(mark)].isspace():
            text = text[len(mark) :]
            notes = tuple(
                n.model_copy(update={"start": n.start - len(mark), "end": n.end - len(mark)})
                for n in notes
            )
        text = text.removesuffix(mark) if closes else text
    return text, notes


def _days(sentence: EvidenceSentence, dates: Mapping[str, date]) -> list[Remark]:
    text = sentence.document.text
    after = [s.span for s in sentence.passage.sentences if s.evidence and s.span > sentence.span]
    found = computed(
        sentence.quote,
        sentence.document.metadata.published_at,
        before=[(span, span.cut(text)) for span in preceding(sentence)],
        after=[(span, span.cut(text)) for span in after],
        dates=dates,
    )
    remarks = []
    for one in found:
        source = replace(sentence, span=one.sentence, after=()) if one.sentence else None
        at = _place(sentence.quote, one.end)
        remarks.append(Remark(at, one.words(), "computed", one.told, source))
    return remarks


def _same_document(draft: DraftStatement, sentence: EvidenceSentence) -> bool:
    return any(one.document.id == sentence.document.id for one in draft.evidence)


def _is_named(words: str, text: str) -> bool:
    """Return whether a text names what a note would name; of a name its last word is enough."""
    there = {key(token.text) for token in tokens(text)}
    wanted = [key(token.text) for token in tokens(words) if is_content(token.text)]
    if words.startswith("the ") or " and " in words:
        return all(word in there for word in wanted)
    return bool(wanted) and wanted[-1] in there


def _place(quote: str, end: int) -> int:
    """Return where a place of the quotation is once runs of white space are single spaces."""
    return len(" ".join(quote[:end].split()))
