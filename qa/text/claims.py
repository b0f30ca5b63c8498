"""What a text claims, and how: which of its words it denies and which it only reports or expects.

Two texts may share every word and say opposite things. So each negation and each hedge is given the
words that it reaches, and two texts are compared on the words that they share.

The reach of a negation is a simple form of scope detection as in NegEx (Chapman et al., 2001,
https://doi.org/10.1006/jbin.2001.1029): forward to the end of the clause, at most a few words.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Literal

from qa.text.words import Token, is_content, stem, tokens

HedgeKind = Literal["report", "chance", "plan"]
"""Said by someone, held to be possible, or meant to happen."""

_NEGATION = re.compile(
    r"\b(?:not|no|nor|never|none|nobody|nothing|neither|without|cannot|hardly|scarcely|"
    r"den(?:y|ies|ied|ying)|refus(?:e|es|ed|ing)|reject(?:s|ed|ing)?|fail(?:s|ed|ing)?|"
    r"declin(?:e|es|ed|ing) to|unable|unwilling|unlikely|lack(?:s|ed|ing)?(?: of)?|absence of|"
    r"rul(?:e|es|ed|ing) out|stopped short of)\b|\b\w+n['’]t\b",
    re.IGNORECASE,
)
# "not only", "no less than", "no doubt" deny nothing.
_NO_NEGATION = re.compile(
    r"not\s+(?:only|just|least|merely|to mention|more than|less than)\b"
    r"|no\s+(?:less|fewer|more|later|earlier|sooner|doubt|matter)\b"
    r"|nothing\s+(?:but|less)\b|den(?:y|ied)\s+access\b",
    re.IGNORECASE,
)
_HEDGES: dict[HedgeKind, re.Pattern[str]] = {
    "report": re.compile(
        r"\b(?:reportedly|allegedly|purportedly|supposedly|alleg(?:e|es|ed|ing)|according to|"
        r"claim(?:s|ed|ing)?(?!\s+(?:responsibility|lives|the lives|victory))|unconfirmed|"
        r"accus(?:e|es|ed|ing)|rumou?rs?|rumou?red|den(?:y|ies|ied|ying)|"
        r"(?<!not )(?<!to )(?:said|says|say)(?! (?:so|no|nothing|little|goodbye|sorry)\b)|"
        r"(?:writes|wrote)(?=\s*(?:[.,]|$))|"  # "…, a reader writes."
        r"believ(?:e|es)|insist(?:s|ed)?|argu(?:e|es|ed)|contend(?:s|ed)?|asserts?|asserted|"
        r"maintain(?:s|ed) that|(?:states?|stated|warns?|warned|adds?|added) that|"
        r"told \w+(?: \w+){0,3} that)\b",
        re.IGNORECASE,
    ),
    "chance": re.compile(
        r"\b(?:could|may|might|(?<!more )(?<!most )likely|unlikely|possibly|possible|perhaps|"
        r"probably|maybe|apparently|"
        r"potentially|(?:it )?(?:appear|seem)(?:s|ed)?|suspect(?:s|ed)?|believed|thought to|"
        r"presum(?:ed|ably)|suggest(?:s|ed)? that)\b"
    ),
    "plan": re.compile(
        r"\b(?:(?:plan(?:s|ned|ning)?|expect(?:s|ed|ing)?|intend(?:s|ed|ing)?|aim(?:s|ed|ing)?|"
        r"hop(?:es|ed|ing)|want(?:s|ed)?|propos(?:es|ed|ing)|schedul(?:ed)?|set|due|poised|about|"
        r"prepar(?:es|ed|ing)|seek(?:s|ing)?|tr(?:ies|ied|ying)|promis(?:es|ed|ing)|"
        r"pledg(?:es|ed|ing)|vow(?:s|ed|ing)?|threaten(?:s|ed|ing)?|agreed)\s+to|"
        r"consider(?:s|ed|ing)?\s+\w+ing|would)\b",
        re.IGNORECASE,
    ),
}
# What keeps a hedge of each kind in a statement, whatever words the source has for it.
_KEPT: dict[HedgeKind, re.Pattern[str]] = {
    "report": re.compile(
        r"\b(?:sa(?:y|ys|id|ying)|told|tells?|report\w*|announc\w+|stat(?:e|es|ed|ing)|argu\w+|"
        r"according|warn\w*|confirm\w*|describ\w+|call(?:s|ed)|found|finds|estimat\w+|"
        r"belie(?:f|v\w+)|insist\w*|contend\w*|assert\w*|maintain\w*)\b",
        re.IGNORECASE,
    ),
    "chance": re.compile(r"\b(?:can|risk\w*|chance\w*|would|suspicion|unclear)\b", re.IGNORECASE),
    "plan": re.compile(
        r"\b(?:will|would|plan\w*|expect\w*|intend\w*|intention\w*|aim\w*|hop(?:e|es|ed|ing)|"
        r"may|might|could|should|to be|going to|proposal\w*|propos\w+|wish\w*|want\w*|goal\w*|"
        r"promis\w+|pledg\w+|vow\w*|threat\w*|agreed|upcoming|future)\b",
        re.IGNORECASE,
    ),
}
_WHOLE_SEGMENT = frozenset({"report"})
_BREAKS = frozenset("but although though while whereas however because yet unless".split())  # noqa: SIM905
_STRONG_GAP = re.compile(r"[.!?…;:。！？\n]")
_WEAK_GAP = re.compile(r"[,()\[\]—、，]|\s[-–]\s")
_REACH = 8
_FARTHEST = 60
_SHOWN = 90
_ABOUT = 0.4


@dataclass(frozen=True, slots=True)
class Reach:
    """A cue and the words that it reaches."""

    cue: str
    """The cue as written, such as ``would not`` or ``reportedly``."""
    stems: frozenset[str]
    """Stems of the content words that it reaches."""
    segment: int
    """Number of the segment that it stands in."""
    start: int = 0
    """Where the cue begins in the text."""


@dataclass(slots=True)
class Claims:
    """A text, read for what it denies and hedges."""

    text: str
    """The text."""
    words: list[Token]
    """Its words."""
    stems: list[str | None]
    """The stem of each word; ``None`` for function words."""
    segments: list[int]
    """Number of the segment (main clause) of each word."""
    negative: list[bool]
    """Whether each word is denied: reached by an odd number of negations."""
    negations: list[Reach] = field(default_factory=list)
    """Its negations, with those of the words reached that are denied."""
    hedges: list[tuple[HedgeKind, Reach]] = field(default_factory=list)
    """Its hedges."""

    by_segment: dict[int | None, set[str]] = field(default_factory=dict)
    """Stems of the content words of each segment, and of all."""

    def content(self, segment: int | None = None) -> set[str]:
        """Return the stems of the content words of a segment, or of all."""
        if not self.by_segment:
            self.by_segment[None] = set()
            for s, number in zip(self.stems, self.segments, strict=True):
                if s is not None:
                    self.by_segment.setdefault(number, set()).add(s)
                    self.by_segment[None].add(s)
        return self.by_segment.get(segment, set())

    def shown(self, segment: int) -> str:
        """Return the words of a segment for a reason, shortened."""
        places = [
            w for w, number in zip(self.words, self.segments, strict=True) if number == segment
        ]
        words = " ".join(self.text[places[0].start : places[-1].end].split())
        return words if len(words) <= _SHOWN else words[: _SHOWN - 1].rstrip() + "…"


def read(text: str) -> Claims:
    """Read a text for what it denies and hedges."""
    words = tokens(text)
    stems = [stem(w.text) if is_content(w.text) else None for w in words]
    claims = Claims(text, words, stems, _segments(text, words), [False] * len(words))
    reached = []
    for match in _NEGATION.finditer(text):
        if _NO_NEGATION.match(text, match.start()):
            continue
        places = _forward(text, words, match.end())
        for place in places:
            claims.negative[place] = not claims.negative[place]
        reached.append((match, places))
    for match, places in reached:
        denied = frozenset(_stems(claims, (p for p in places if claims.negative[p])))
        if denied:
            segment = _segment_at(claims, match.start())
            claims.negations.append(Reach(match[0], denied, segment, match.start()))
    for kind, pattern in _HEDGES.items():
        for match in pattern.finditer(text):
            segment = _segment_at(claims, match.start())
            if kind in _WHOLE_SEGMENT:
                stems_reached = claims.content(segment)
            else:
                stems_reached = _stems(claims, _forward(text, words, match.end()))
            reach = Reach(match[0], frozenset(stems_reached), segment, match.start())
            claims.hedges.append((kind, reach))
    return claims


def is_negated(text: str, about: Collection[str]) -> bool:
    """Return whether a text denies something.

    Args:
        text: The text.
        about: Stems of the words that say what, as :func:`qa.text.words.content_stems` gives them.

    Returns:
        Whether the text has some of the words and every one of them only as denied.
    """
    claims = read(text)
    signs = {
        negative for s, negative in zip(claims.stems, claims.negative, strict=True) if s in about
    }
    return signs == {True}


def denial(statement: Claims, source: Claims) -> str | None:
    """Return in words how one text denies what the other states; ``None`` if neither does."""
    stated, given = statement.content(), source.content()
    for negation in source.negations:
        shared = negation.stems & stated
        if not shared or not _is_about(source.content(negation.segment), stated):
            continue
        if any(negation.stems & own.stems for own in statement.negations):
            continue
        if not _plain_elsewhere(shared, negation.segment, stated, source):
            return f"the source denies it: '{source.shown(negation.segment)}'"
    denied = {s for negation in source.negations for s in negation.stems}
    for negation in statement.negations:
        shared = negation.stems & given
        if 2 * len(shared) >= len(negation.stems) and not negation.stems & denied:
            best = max(sorted(set(source.segments)), key=lambda n: len(source.content(n) & stated))
            return f"the source does not deny it: '{source.shown(best)}'"
    return None


def dropped_hedge(statement: Claims, source: Claims) -> tuple[HedgeKind, Reach] | None:
    """Return the source's hedge of what the statement states plainly, if there is one."""
    stated = statement.content()
    own = {kind for kind, _ in statement.hedges}
    for kind, hedge in source.hedges:
        if kind in own or _KEPT[kind].search(statement.text):
            continue
        shared = hedge.stems & stated
        if not shared or not _is_about(source.content(hedge.segment), stated):
            continue
        hedged = [h for _, h in source.hedges if h.segment != hedge.segment]
        if not _plain_elsewhere(shared, hedge.segment, stated, source, avoid=hedged):
            return kind, hedge
    return None


def _is_about(segment: set[str], stated: set[str]) -> bool:
    """Return whether a segment shares enough with a statement for the statement to rest on it."""
    return len(segment & stated) >= _ABOUT * len(stated)


def _plain_elsewhere(
    shared: Iterable[str],
    segment: int,
    stated: set[str],
    source: Claims,
    avoid: Collection[Reach] = (),
) -> bool:
    """Return whether another segment says the same without the cue, and fits as well or better."""
    fit = len(source.content(segment) & stated)
    for other in set(source.segments) - {segment}:
        if any(reach.segment == other for reach in avoid):
            continue
        plain = {
            s
            for s, number, negative in zip(
                source.stems, source.segments, source.negative, strict=True
            )
            if number == other and not negative
        }
        if plain.issuperset(shared) and len(source.content(other) & stated) >= fit:
            return True
    return False


def _stems(claims: Claims, places: Iterable[int]) -> set[str]:
    return {s for s in (claims.stems[place] for place in places) if s is not None}


def _segments(text: str, words: list[Token]) -> list[int]:
    """Return the number of the main clause that each word stands in."""
    numbers: list[int] = []
    number = 0
    end = 0
    for word in words:
        gap = text[end : word.start]
        if numbers and (_STRONG_GAP.search(gap) or _breaks(word, gap)):
            number += 1
        numbers.append(number)
        end = word.end
    return numbers


def _breaks(word: Token, gap: str) -> bool:
    """Return whether a word begins a clause of its own; "yet" does so behind a comma only."""
    lower = word.text.lower()
    return lower in _BREAKS and (lower != "yet" or bool(_WEAK_GAP.search(gap)))


def _segment_at(claims: Claims, offset: int) -> int:
    place = bisect_right(claims.words, offset, key=lambda word: word.end)
    return claims.segments[min(place, len(claims.segments) - 1)]


def _forward(text: str, words: list[Token], end: int) -> list[int]:
    """Return the places of the words that a cue ending at ``end`` reaches.

    Up to the end of the clause; an insertion between commas right behind the cue is passed over
    ("would not, he said, be lifted").
    """
    places: list[int] = []
    previous = end
    inserted = False
    content = 0
    first = bisect_left(words, end, key=lambda word: word.start)
    for place, word in enumerate(words[first : first + _FARTHEST], first):
        gap = text[previous : word.start]
        previous = word.end
        if _STRONG_GAP.search(gap) or _breaks(word, gap):
            break
        if _WEAK_GAP.search(gap):
            if not places and not inserted:
                inserted = True
            elif inserted and not places:
                inserted = False
            else:
                break
        if inserted:
            continue
        places.append(place)
        content += is_content(word.text)
        if content == _REACH:
            break
    return places
