"""Grounding: whether the words that a statement cites bear it out.

A first, general and deterministic form, without a model. A statement is held against the quotations
that it cites, and against nothing else:

* it needs a citation;
* every figure, date and name in it has to be in the quotations, the figures with the same unit and
  no stronger wording; a capital there may stand for its country;
* words in quotation marks have to be there verbatim;
* it may not state what the quotations deny, nor deny what they state;
* it may not state plainly what they only report, expect or hold to be possible;
* most of its content words have to be there at all.

What fails is told in words that name the difference. Thresholds were set on the dev split of WiCE
(Kamoi et al., 2023, https://aclanthology.org/2023.emnlp-main.470/) by ``benchmarks/grounding.py``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from qa.agreement import compare_figures
from qa.claims import denial, dropped_hedge, read
from qa.figures import Figure, figures
from qa.lexicon import CAPITALS, ROLES
from qa.models import Support
from qa.words import (
    content_stems,
    fold,
    is_content,
    key,
    name_words,
    names,
    same_name,
    stem,
    tokens,
)

PARTIAL_BELOW = 0.6
"""Share of content words found below which a statement is at most partly supported."""

UNSUPPORTED_BELOW = 0.4
"""Share of content words found below which it is not supported."""

_QUOTED = re.compile(r"“([^”]+)”|\"([^\"]+)\"|«([^»]+)»|(?<!\w)‘([^’]+(?:’\w[^’]*)*)’(?!\w)")
_PRONOUN = re.compile(
    r"\b(?:he|she|they|him|her|them|his|hers|their|theirs|it|its)\b", re.IGNORECASE
)
_CUT = re.compile(r"\.{3,}|…|\[[^\]]*\]")
_SHOWN_WORDS = 4
_SHOWN_REASONS = 2
_DISCOUNT = 0.8


@dataclass(frozen=True, slots=True)
class Grounding:
    """The result of a check."""

    support: Support
    """Whether the quotations bear the statement out."""
    reason: str | None = None
    """What is missing or different, in words, where the support is not full."""
    score: float = 1.0
    """How much of the statement was found, 0 to 1; for measuring, comparable between statements."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that speaks against a statement."""

    support: Support
    """The best support that it leaves."""
    reason: str
    """What it is, in words."""


def check(statement: str, quotes: Sequence[str]) -> Grounding:
    """Hold a statement against the quotations that it cites.

    Args:
        statement: One sentence of an answer, without citation markers.
        quotes: The cited words, verbatim; several count together.

    Returns:
        ``supported``, ``partial`` or ``unsupported``, with the reason for less than full support.
    """
    cited = [quote for quote in quotes if quote.strip()]
    if not cited:
        return Grounding("unsupported", "no citation", 0.0)
    if any(fold(statement) == fold(quote) for quote in cited):
        return Grounding("supported")
    source = "\n".join(cited)
    stated = figures(statement)
    different = _figures(statement, stated, source)
    share, missing = _coverage(statement, stated, source, len(stated) - len(different))
    findings = [
        *different,
        *_names(statement, source),
        *_quoted(statement, source),
        *_claims(statement, source),
    ]
    score = share * _DISCOUNT ** len(findings)
    findings += _content(share, missing)
    if not findings:
        return Grounding("supported", None, score)
    worst: Support = "partial"
    if any(finding.support == "unsupported" for finding in findings):
        worst = "unsupported"
    reasons = dict.fromkeys(f.reason for f in findings if f.support == worst)
    return Grounding(worst, "; ".join(list(reasons)[:_SHOWN_REASONS]), score)


def _figures(statement: str, stated: Sequence[Figure], source: str) -> list[Finding]:
    given = figures(source)
    return [
        Finding(*difference)
        for figure in stated
        if (difference := compare_figures(figure, given, statement, source)) is not None
    ]


def _names(statement: str, source: str) -> list[Finding]:
    """Return the names that the source does not have."""
    there = _keys(source)
    given = [name_words(name) for name in names(source)]
    initials = {_initials(words) for words in given}
    stated = {key(token.text) for token in tokens(statement)}
    spare = [name for name in given if not any(_is_among(word, stated) for word in name)]
    # A pronoun may stand for the name, unless the source has another name to put in its place.
    support: Support = "partial" if _PRONOUN.search(source) and not spare else "unsupported"
    findings = []
    for name in dict.fromkeys(names(statement)):
        words = [word for word in name_words(name) if word not in ROLES]
        missing = [word for word in words if not _is_among(word, there)]
        if not missing:
            continue
        if _initials(words) in there or (len(words) == 1 and words[0] in initials):
            continue
        reason = f"the source does not name {name}"
        if len(missing) == len(words):
            findings.append(Finding(support, reason))
        elif _is_other(words, missing, given):
            findings.append(Finding("unsupported", reason))
    return findings


def _keys(source: str) -> set[str]:
    """Return the words of the source, with the countries that its capitals stand for."""
    keys = {key(token.text) for token in tokens(source)}
    return keys | {word for name in keys & CAPITALS.keys() for word in CAPITALS[name].split()}


def _initials(words: Sequence[str]) -> str:
    """Return the initials of a name of several words, as its abbreviation is looked up."""
    return "".join(word[0] for word in words) if len(words) > 1 else ""


def _abbreviated(statement: str, source: str, keys: Collection[str]) -> set[str]:
    """Return the words of the statement that the source has as initials, or the reverse."""
    full = [name_words(name) for name in names(statement)]
    found = {word for words in full if _initials(words) in keys for word in words}
    return found | {_initials(name_words(name)) for name in names(source)}


def _is_among(word: str, others: Collection[str]) -> bool:
    return word in others or any(same_name(word, other) for other in others)


def _is_other(words: list[str], missing: list[str], given: list[list[str]]) -> bool:
    """Return whether the source has a like name that is another: South Korea for North Korea."""
    for other in given:
        rest = [w for w in other if w not in ROLES]
        shared = [word for word in rest if _is_among(word, words)]
        if shared and len(shared) < len(rest) and words[-1] not in missing:
            return True
    return False


def _quoted(statement: str, source: str) -> list[Finding]:
    """Return the words in quotation marks that the source does not have verbatim."""
    there = f" {_plain(source)} "
    findings = []
    for match in _QUOTED.finditer(statement):
        quoted = next(group for group in match.groups() if group is not None)
        for part in _CUT.split(quoted):
            words = _plain(part)
            if words and f" {words} " not in there:
                findings.append(
                    Finding("unsupported", f"the source does not have the words '{part.strip()}'")
                )
                break
    return findings


def _plain(text: str) -> str:
    """Return the words of a text with single spaces, to compare wording without punctuation."""
    return " ".join(fold(token.text) for token in tokens(text))


def _claims(statement: str, source: str) -> list[Finding]:
    mine, theirs = read(statement), read(source)
    found = []
    if reason := denial(mine, theirs):
        found.append(Finding("unsupported", reason))
    elif hedge := dropped_hedge(mine, theirs):
        found.append(Finding("partial", f"the source says it with '{hedge}'"))
    return found


def _content(share: float, missing: list[str]) -> list[Finding]:
    if share >= PARTIAL_BELOW:
        return []
    shown = ", ".join(f"'{word}'" for word in missing[:_SHOWN_WORDS])
    support: Support = "unsupported" if share < UNSUPPORTED_BELOW else "partial"
    return [Finding(support, f"the source does not speak of {shown}")]


def _coverage(
    statement: str, stated: Sequence[Figure], source: str, agreed: int
) -> tuple[float, list[str]]:
    """Return the share of the statement's content that the source has, and the words it lacks.

    Each content word counts once, and each figure as one; ``agreed`` of those are in the source.
    """
    stems = set(content_stems(source))
    keys = _keys(source)
    abbreviated = _abbreviated(statement, source, keys)
    wanted: dict[str, str] = {}
    for token in tokens(statement):
        inside = any(figure.start <= token.start < figure.end for figure in stated)
        if is_content(token.text) and not inside:
            wanted.setdefault(stem(token.text), token.text)
    missing = [
        word
        for its_stem, word in wanted.items()
        if its_stem not in stems
        and key(word) not in abbreviated
        and not (word[0].isupper() and _is_among(key(word), keys))
    ]
    items = len(wanted) + len(stated)
    return ((len(wanted) - len(missing) + agreed) / items if items else 1.0), missing
