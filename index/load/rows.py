"""What a single line of a scraped page looks like: its shape, and what furniture it may be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Literal

from index.load import labels
from index.models import Span
from index.text.lines import has_marker, is_table_row, logical_lines

Kind = Literal["label", "leading", "credit", "legal", "invitation", "stray"]

_END = re.compile(r"[.!?…。！？।؟۔][\"'”’»›)\]*_]*(?:\s?\[\d+\])*$")
_ABBREVIATED = re.compile(r"(?:\b(?:[A-Z]\.){2,}|\b(?:Inc|Corp|Ltd|Co|Jr|Sr)\.)$")
_COUNT = re.compile(r"^\(?\d{1,5}\)?\s+|\s*\(?\d{1,5}\)?$")
_WORD = re.compile(r"[^\W_][\w.'’-]*")
_HASHES = re.compile(r"#{1,6}\s+\S")
_MORE_FROM = re.compile(r"(?i:(?:more|latest|also|all|see all|view all)(?: \w+)? (?:from|by|in)\b)")
_PAGE = re.compile(r"(?i:[-–—]\s*\d{1,4}\s*[-–—]|page \d{1,4}(?: of \d{1,4})?)")


@dataclass(frozen=True)
class Row:
    """A logical line with its features."""

    span: Span
    """Where it stands."""
    text: str
    """Its words, without outer white space."""
    after_blank: bool
    """Whether a blank line stands before it, or nothing."""

    @cached_property
    def words(self) -> int:
        """Number of words, counted no further than 60."""
        return len(_WORD.findall(self.text[:600])[:60])

    @cached_property
    def ended(self) -> bool:
        """Whether it ends like a sentence; a short title may end in "the U.S." and does not."""
        if _END.search(self.text[-12:]) is None:
            return False
        abbreviated = _ABBREVIATED.search(self.text[-12:]) is not None
        return not (abbreviated and self.words <= 12 and self.capitalised >= 0.7)

    @cached_property
    def prose(self) -> bool:
        """Whether it holds sentences: it ends like one, or is too long to be anything else."""
        if self.kind in ("credit", "legal") or self.table_row:
            return False
        if self.ended:
            return self._has_words or (not self.text.isascii() and len(self.text) >= 12)
        return len(self.text) >= 140

    @property
    def _has_words(self) -> bool:
        """Whether it has at least four words; to count all of a paragraph takes much longer."""
        return sum(1 for _ in islice(_WORD.finditer(self.text[:600]), 4)) == 4

    @cached_property
    def table_row(self) -> bool:
        """Whether it is set in columns."""
        return len(self.text) < 2000 and is_table_row(self.text)

    @cached_property
    def listed(self) -> bool:
        """Whether it begins like a list item."""
        return has_marker(self.text[:12])

    @cached_property
    def markdown_heading(self) -> bool:
        """Whether it begins with the number signs of Markdown."""
        return _HASHES.match(self.text) is not None

    @cached_property
    def bare(self) -> str:
        """Its words without the number signs and asterisks of Markdown."""
        return self.text.lstrip("#").strip().strip("*_").strip()

    @cached_property
    def capitalised(self) -> float:
        """Share of its longer words that begin with a capital."""
        longer = [word for word in _WORD.findall(self.bare[:300]) if len(word) > 3]
        return sum(not word[0].islower() for word in longer) / len(longer) if longer else 1.0

    @cached_property
    def title_like(self) -> bool:
        """Whether it could be a heading: short, no sentence, no list item, no table row."""
        if self.markdown_heading:
            return True
        if len(self.text) > 110 or self.words > 14 or not self.words:
            return False
        asked = self.text.endswith(("?", "!"))
        if (self.ended and not asked) or self.text.endswith((",", ";", ":", "-", "–")):
            return False
        if self.table_row or (self.listed and not self.numbered):
            return False
        return not self.bare[:1].islower()

    @cached_property
    def numbered(self) -> bool:
        """Whether it begins with a section number such as ``3.2`` or ``IV.``."""
        return re.match(r"(?:\d{1,2}(?:\.\d{1,2})*\.?|[IVX]{1,5}\.)\s+[A-Z]", self.text) is not None

    @cached_property
    def kind(self) -> Kind | None:
        """What furniture it is by its own words alone, ``None`` if it is none."""
        if len(self.text) > 400:
            return None
        if not any(map(str.isalnum, self.text)):
            return "stray"
        label = as_label(self.bare)
        if label in labels.SOLO or _PAGE.fullmatch(self.text):
            return "label"
        if label in labels.LEADING or (self.words <= 6 and _is_more_from(self)):
            return "leading"
        return self._phrase()

    def _phrase(self) -> Kind | None:
        """Return the kind that the way it begins tells."""
        short = self.words <= 24
        if labels.CREDIT.match(self.text) and (not self.ended or self.words < 8):
            return "credit"
        if labels.CREDIT_ASIDE.fullmatch(self.text):
            return "credit"
        if labels.LEGAL.match(self.text) and self.words <= 40:
            return "legal"
        if short and labels.INLINE.match(self.bare) and (not self.ended or self.words <= 14):
            return "label"
        if labels.INVITATION.match(self.bare) and not self.ended:
            return "invitation"
        return None


def rows(text: str) -> list[Row]:
    """Return the logical lines of ``text`` as rows."""
    return [
        Row(Span(line.start, line.end), text[line.start : line.end], line.after_blank)
        for line in logical_lines(text)
    ]


def as_label(text: str) -> str:
    """Return a short line as it stands in the lists: lower case, no punctuation or count around."""
    if len(text) > 60:
        return ""
    label = text.strip(" \t:;.›»>→|•·–—-+*_…()[]<←«!").casefold()
    return " ".join(_COUNT.sub("", label).split())


def _is_more_from(row: Row) -> bool:
    return not row.ended and _MORE_FROM.match(row.bare) is not None
