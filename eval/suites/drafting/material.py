"""Sentences of a dossier that a question can be made of: readable alone, and telling a value."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from eval.suites.checking.library import Library, flat
from qa.text.figures import Figure, figures
from qa.text.mentions import mentions
from qa.text.words import tokens

if TYPE_CHECKING:
    from index.corpus import Corpus
    from index.models import Document

FEWEST_WORDS, MOST_WORDS = 8, 40
"""Length of a sentence that says enough and not too much."""

LEAST = 4
"""Smallest number that is worth asking for where it is written in words."""

_LEANING = re.compile(
    r"^(?:But|And|However|Meanwhile|Moreover|Instead|Also|Yet|Then|There|Here|So|Still|Such|It|Its|"
    r"Both|Another|Others?|That|Those|These|This|Then|Thus|Therefore|Nevertheless)\b"
    r"|\b(?:he|she|they|him|her|his|them|their|we|us|our|you|your|I|my)\b"
    r"|\b(?:this|these|those|such|former|latter|above|below)\b"
    r"|[\"“”«»?!:;…()\[\]|*#_]| [—–] "
    r"|\b(?:of|in|at|by|to|with|from|is|was|and|or) ?,",
    re.IGNORECASE,
)
"""What leans on other sentences, is not plain prose, or has lost a word before a comma."""

_FALSE_ENDING = re.compile(r"\b(?:Mr|Mrs|Dr|No|St|vs|e\.g|i\.e)\.$")

Sort = Literal["figure", "date", "name"]


@dataclass(frozen=True, slots=True)
class Value:
    """What a sentence tells and a question can ask for."""

    sort: Sort
    """What it is."""
    start: int
    """First code point of it in the sentence."""
    end: int
    """One past its last."""
    text: str
    """It as written."""
    figure: Figure | None = None
    """The figure or date as it was read."""


@dataclass(frozen=True, slots=True)
class Telling:
    """A sentence with the document that it stands in."""

    document: Document
    """The document."""
    text: str
    """The sentence, on one line."""
    values: tuple[Value, ...]
    """What it tells, each value once."""


def tellings(corpus: Corpus, library: Library, seed: int) -> Iterator[Telling]:
    """Yield usable sentences, one of each document in turn, in an order that ``seed`` decides."""
    order = random.Random(seed)  # noqa: S311 -- for variety, not for secrets
    documents = sorted(library.documents.values(), key=lambda one: (one.name, one.sha256))
    order.shuffle(documents)
    waiting = [_of(corpus, document, order) for document in documents]
    while waiting:
        still = []
        for sentences in waiting:
            found = next(sentences, None)
            if found is not None:
                yield found
                still.append(sentences)
        waiting = still


def all_tellings(corpus: Corpus, library: Library) -> Iterator[Telling]:
    """Yield every usable sentence, document by document in order of their names."""
    for document in sorted(library.documents.values(), key=lambda one: (one.name, one.sha256)):
        yield from _of(corpus, document, None)


def _of(corpus: Corpus, document: Document, order: random.Random | None) -> Iterator[Telling]:
    sentences = list(_sentences(corpus, document))
    if order is not None:
        order.shuffle(sentences)
    for sentence in sentences:
        values = tuple(_values(sentence)) if is_usable(sentence) else ()
        if values:
            yield Telling(document, sentence, values)


def _sentences(corpus: Corpus, document: Document) -> Iterator[str]:
    """Yield the sentences of a document that may be evidence."""
    for passage in corpus.passages(document.id):
        for sentence in passage.sentences:
            if sentence.evidence:
                yield flat(sentence.span.cut(document.text))


def is_usable(sentence: str) -> bool:
    """Return whether a sentence can be read alone, as plain prose of middling length."""
    if not sentence[:1].isupper() or not sentence.endswith(".") or _FALSE_ENDING.search(sentence):
        return False
    if not FEWEST_WORDS <= len(tokens(sentence)) <= MOST_WORDS:
        return False
    return not _LEANING.search(sentence)


def _values(sentence: str) -> Iterator[Value]:
    """Yield figures, days and persons of a sentence that names something beside them."""
    named = mentions(sentence)
    found = [
        *(_of_figure(figure) for figure in figures(sentence)),
        *(
            Value("name", one.start, one.end, one.text)
            for one in named
            if one.sort == "person" and " " in one.text
        ),
    ]
    for value in found:
        if value is None or sentence.count(value.text) != 1:
            continue
        if any(one.end <= value.start or value.end <= one.start for one in named):
            yield value


def _of_figure(figure: Figure) -> Value | None:
    if figure.kind in ("date", "year"):
        if figure.unit == "decade" or (figure.kind == "date" and not figure.day):
            return None
        return Value("date", figure.start, figure.end, figure.text, figure)
    if figure.kind not in ("percent", "money", "number") or figure.unit is None:
        return None
    in_words = not any(map(str.isdigit, figure.text))
    if in_words and (figure.kind == "percent" or figure.value < LEAST):
        return None  # "half", "the two countries"
    return Value("figure", figure.start, figure.end, figure.text, figure)
