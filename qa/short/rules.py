"""Hard rules for short answers: what a few words must be, whatever their weights say.

The weights are fitted on questions that have an answer. Where the documents tell of another event,
another year or nothing at all, some phrase still is the likeliest; these rules keep it from being
told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.models import Span
from qa.compose import EvidenceSentence
from qa.features import Asked, read_question
from qa.short.contrasts import classes_of
from qa.short.slots import Reading, answers, read_slot
from qa.short.spans import Candidate
from qa.short.wanted import Wanted
from qa.text.demands import Demands, meets, read_demands, scores
from qa.text.untold import is_untold
from qa.text.words import tokens

_SAYS = re.compile(
    r"\bwhat\s+(?:else\s+)?(?:do|does|did|has|have|had)\b.+\b(?:say|said|think|thought|argued?|"
    r"claim(?:ed)?|wr[io]te|written|tell|told)\b",
    re.IGNORECASE,
)
"""Questions for somebody's words, which a few words of a report about them are not."""

_CAUSE = re.compile(
    r"\b(?:because(?:\s+of)?|due\s+to|owing\s+to|thanks\s+to|as\s+a\s+result\s+of|so\s+that|"
    r"in\s+order\s+to|caused\s+by|over|amid|to|for|from|by)\b",
    re.IGNORECASE,
)
"""Words before or at the head of a reason."""

_SEVERAL = re.compile(r"\bwho\s+(?:(?:is|was)\s+(?:on|in|among)|are|were)\b", re.IGNORECASE)
"""Questions for everybody of a group, also for those whose part in it stands in brackets."""

_NAME = r"[A-Z][\w'’.-]*(?:\s+[A-Z][\w'’.-]*)*(?:\s+\([^()]*\))?"
_LISTED = re.compile(rf"{_NAME}(?:,\s+{_NAME})+,?\s+(?:and|or)\s+{_NAME}")
"""Three names or more, one after the other."""

_WHERE = re.compile(
    r"\b(?:in|at|near|via|through|across|into|towards?|(?:north|south|east|west|cent(?:re|er)|coast|"
    r"capital|border|city|town|village|region|part)s?\s+of)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
"""Words before a place, which nobody's name follows."""

_WHO_SAID = re.compile(
    r"\bwho(?:\s+\w+ly)?\s+(?:has\s+|had\s+)?(?:says?|said|claim(?:s|ed)|call(?:s|ed)|told|tells|"
    r"report(?:s|ed)|wr[io]te|writes|warn(?:s|ed)|den(?:ies|ied)|admit(?:s|ted)|announce[sd]|"
    r"argue[sd]|stated?|suggest(?:s|ed)|describe[sd])\b",
    re.IGNORECASE,
)
"""Questions for whoever said something, who does not stand within what was said."""

_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|«[^»]*»")

_VERB = re.compile(r"[a-z]+ed\s")
"""What tells of somebody and names nobody, such as "asked not to be named"."""

_PEOPLE = re.compile(
    r"\s+(?:officials?|diplomats?|officers?|soldiers?|troops|forces|army|navy|police|government|"
    r"authorities|ministers?|ministry|presidents?|generals?|analysts?|bloggers?|scientists?|"
    r"engineers?|journalists?|reporters?|spokes(?:man|woman|person)|lawmakers?|companies|company|"
    r"military\s+bloggers)\b"
)
"""Who an adjective such as "European" is said of."""

_DAYS = frozenset(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))
_NUMBERED = re.compile(r"\b[A-Z][a-z]+\s$")
_ENDED = re.compile(r"\s*(?:[,;:.)]|$|(?:is|was|has|had|will)\b)")
"""Around a figure that is part of a name: "the reactor Bushehr 1, which ...", "Unit 2 was ..."."""
_NUMBERS = frozenset({"money", "share", "count", "measure", "amount"})


@dataclass(frozen=True, slots=True)
class Rules:
    """What a question demands of its short answer."""

    asked: Asked
    """The question as evidence is measured by it."""
    wanted: Wanted
    """What it leaves open."""
    demands: Demands
    """What it demands of a figure."""
    events: frozenset[str]
    """Classes of the events that it names."""
    has_few_words: bool
    """Whether a few words can answer it."""
    of_untold: bool
    """Whether it asks about what is not told."""
    several: bool
    """Whether it asks for all of several people."""
    of_sayer: bool
    """Whether it asks who said something."""

    @classmethod
    def of(cls, question: str, wanted: Wanted) -> Rules:
        """Read a question."""
        return cls(
            asked=read_question(question, {}),
            wanted=wanted,
            demands=read_demands(question),
            events=classes_of(token.text for token in tokens(question)),
            has_few_words=not _SAYS.search(question),
            of_untold=is_untold(question),
            several=bool(_SEVERAL.search(question)),
            of_sayer=bool(_WHO_SAID.search(question)),
        )

    def leaves_open(self, sentence: EvidenceSentence) -> bool:
        """Return whether a sentence says that something is not told."""
        return not self.of_untold and is_untold(sentence.quote)

    def fitting(
        self, sentence: EvidenceSentence, found: Sequence[Candidate]
    ) -> Iterator[Candidate]:
        """Yield the candidates of a sentence that may be told."""
        if not found or self.leaves_open(sentence):
            return
        reading, base = Reading(sentence), sentence.span.start
        halves = scores(sentence.quote)
        lists = [
            Span(match.start(), match.start() + len(match[0].rstrip(".")))
            for match in (_LISTED.finditer(sentence.quote) if self.wanted.kind == "person" else ())
            if self.several or "(" not in match[0]
        ]
        known: dict[Span, bool] = {}
        for one in found:
            inner = Span(one.span.start - base, one.span.end - base)
            if any(inner.overlaps(whole) and not _holds(inner, whole) for whole in halves):
                continue
            whole = next((listed for listed in lists if _holds(listed, inner)), inner)
            if self.wanted.kind == "person" and (more := _PEOPLE.match(reading.quote, whole.end)):
                whole = Span(whole.start, more.end())
            if self._is_right_sort(reading, inner) and self._figure_fits(
                reading, one, inner, known
            ):
                yield replace(one, span=Span(base + whole.start, base + whole.end))

    def _is_right_sort(self, reading: Reading, inner: Span) -> bool:
        words = inner.cut(reading.quote)
        if self.wanted.kind == "person":
            placed = _WHERE.search(reading.quote, 0, inner.start)
            said = self.of_sayer and any(
                match.start() < inner.start and inner.end < match.end()
                for match in _QUOTED.finditer(reading.quote)
            )
            verb = self.of_sayer and _VERB.match(words)
            return not (placed or said or verb or _DAYS.intersection(words.split()))
        if self.wanted.group == "why":
            before = reading.quote[: inner.start].split()[-3:]
            return bool(_CAUSE.search(" ".join([*before, *words.split()[:2]])))
        return True

    def _figure_fits(
        self, reading: Reading, one: Candidate, inner: Span, known: dict[Span, bool]
    ) -> bool:
        """Return whether the figure of a candidate is told of what is asked."""
        if self.wanted.kind not in _NUMBERS:
            return True
        figure = next(
            (f for f in reading.figures if f.start < inner.end and inner.start < f.end), None
        )
        if figure is None:
            return True
        if _NUMBERED.search(reading.quote, 0, figure.start) and _ENDED.match(
            reading.quote, figure.end
        ):
            return False
        place = Span(figure.start, figure.end)
        if place not in known:
            slot = read_slot(self.asked, reading, one.span)
            known[place] = meets(self.demands, reading.quote, figure) and answers(
                self.asked, slot, self.events
            )
        return known[place]


def _holds(whole: Span, part: Span) -> bool:
    return whole.start <= part.start and part.end <= whole.end
