"""Grounding: whether the words that a statement cites bear it out.

General and deterministic. A statement is held against the quotations that it cites, and against
nothing else:

* it needs a citation;
* every figure, date and name in it has to be in the quotations, the figures with the same unit and
  no stronger wording; a capital there may stand for its country, and a name may be spelt otherwise;
* words in quotation marks have to be there verbatim;
* it may not state what the quotations deny, nor deny what they state;
* it may not turn them round: "rose" for "fell", "before" for "after", "A sued B" for "B sued A";
* it may not state plainly what they only report, expect, hold to be possible or tie to a condition,
  nor say "all" for "some"; who is named for a claim is told;
* what the quotations only ask to be said ("say that it burned down") they do not say;
* most of its content words have to be there at all, and at least one of every clause.

What fails is told in words that name the difference. An entailment model, where one is given,
decides the last of these; of the others it overrules none, and can only take support away
(:mod:`qa.checking.entailment`).

The thresholds were set, and the weights of the score fitted (:mod:`qa.checking.likelihood`), on the
dev split of WiCE (Kamoi et al., 2023, https://aclanthology.org/2023.emnlp-main.470/);
``docs/decisions/011-grounding.md`` has the figures.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from qa.checking.agreement import compare_figures
from qa.checking.conditions import dropped_condition
from qa.checking.content import Source, Word, compare_content, initials, is_among
from qa.checking.directions import agreeing_opposites, reversals
from qa.checking.entailment import LIKELY, Consulted, Reading
from qa.checking.findings import Finding, FindingKind
from qa.checking.likelihood import measure, probability
from qa.checking.orders import only_ordered
from qa.checking.quantities import overstated
from qa.checking.roles import exchanged
from qa.checking.sayers import other_sayer, sayer
from qa.checking.weekdays import weekdays
from qa.models import Support
from qa.text.claims import Claims, denial, dropped_hedge, read
from qa.text.clauses import clauses
from qa.text.figures import Figure, figures
from qa.text.lexicon import ROLES
from qa.text.words import fold, key, name_words, names, tokens

PARTIAL_BELOW = 0.6
"""Share of content words found below which a statement is at most partly supported."""

UNSUPPORTED_BELOW = 0.4
"""Share of content words found below which it is not supported."""

_QUOTED = re.compile(r"“([^”]++)”|\"([^\"]++)\"|«([^»]++)»|(?<!\w)‘([^’]++(?:’\w[^’]*+)*+)’(?!\w)")
_PRONOUN = re.compile(
    r"\b(?:he|she|they|him|her|them|his|hers|their|theirs|it|its)\b", re.IGNORECASE
)
_CUT = re.compile(r"\.{3,}|…|\[[^\]]*\]")
_SHOWN_WORDS = 4
_SHOWN_REASONS = 2
_LEAST_CLAUSE = 2


@dataclass(frozen=True, slots=True)
class Grounding:
    """The result of a check."""

    support: Support
    """Whether the quotations bear the statement out."""
    reason: str | None = None
    """What is missing or different, in words, where the support is not full."""
    score: float = 1.0
    """Probability of support by :mod:`qa.checking.likelihood`, 0..1; 1 for words quoted whole.
    Where an entailment model was asked, its own, and no more than the former if anything differs.
    """


Check = Callable[[str, Sequence[str]], Grounding]
"""Holds a statement against quotations; see :func:`check`."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found for and against a statement."""

    words: list[Word]
    """Its content words, with how far they were found."""
    figures: int
    """How many figures it has."""
    agreed: int
    """How many of those the quotations have."""
    findings: list[Finding]
    """What speaks against it, apart from content that is missing."""


def check(statement: str, quotes: Sequence[str], entailment: Consulted | None = None) -> Grounding:
    """Hold a statement against the quotations that it cites.

    Args:
        statement: One sentence of an answer, without citation markers.
        quotes: The cited words, verbatim; several count together.
        entailment: Is asked whether the statement follows, unless it is one of the quotations or
            something else than its content speaks against it for certain.

    Returns:
        ``supported``, ``partial`` or ``unsupported``, with the reason for less than full support.

    Raises:
        EntailmentUnusable: if the entailment model cannot be used.
    """
    cited = [quote for quote in quotes if quote.strip()]
    if not cited:
        return Grounding("unsupported", "no citation", 0.0)
    if any(fold(statement) == fold(quote) for quote in cited):
        return Grounding("supported")
    examined = examine(statement, cited)
    score = probability(measure(examined.words, examined.findings))
    content = _content(examined) or _clauses(statement, examined)
    refuted = any(finding.support == "unsupported" for finding in examined.findings)
    if entailment is not None and not refuted:
        reading = _read(statement, cited, entailment)
        content = _follows(reading, examined, content)
        score = min(score, reading.entails) if examined.findings else reading.entails
    findings = [*examined.findings, *content]
    if not findings:
        return Grounding("supported", None, score)
    worst: Support = "partial"
    if any(finding.support == "unsupported" for finding in findings):
        worst = "unsupported"
    reasons = dict.fromkeys(f.reason for f in findings if f.support == worst)
    return Grounding(worst, "; ".join(list(reasons)[:_SHOWN_REASONS]), score)


def examine(statement: str, quotes: Sequence[str]) -> Examined:
    """Return what can be found for and against a statement in its quotations.

    Args:
        statement: One sentence of an answer.
        quotes: The cited words, at least one of them not blank.
    """
    source = Source(quotes)
    stated = figures(statement)
    different = _figures(statement, stated, source.text)
    mine, theirs = read(statement), read(source.text)
    agreeing = agreeing_opposites(mine, theirs)
    findings = [
        *different,
        *weekdays(statement, source.text),
        *_names(statement, source),
        *_quoted(statement, source.text),
        *_claims(mine, theirs, denials=not agreeing),
        *other_sayer(mine, theirs),
        *only_ordered(statement, source.text),
    ]
    if not any(finding.kind == "denial" for finding in findings):
        findings += reversals(mine, theirs) or exchanged(mine, theirs)
    if not any(finding.kind == "hedge" for finding in findings):
        findings += dropped_condition(statement, source.text) or overstated(mine, theirs)
    words = compare_content(statement, stated, source, agreeing)
    return Examined(words, len(stated), len(stated) - len(different), findings)


def _figures(statement: str, stated: Sequence[Figure], source: str) -> list[Finding]:
    given = figures(source)
    findings = []
    for figure in stated:
        difference = compare_figures(figure, given, statement, source)
        if difference is not None:
            kind: FindingKind = "date" if figure.kind in ("date", "year") else "figure"
            findings.append(Finding(*difference, kind))
    return findings


def _names(statement: str, source: Source) -> list[Finding]:
    """Return the names that the source does not have."""
    given = [name_words(name) for name in source.names]
    short = {initials(words) for words in given}
    stated = {key(token.text) for token in tokens(statement)}
    spare = [name for name in given if not any(is_among(word, stated) for word in name)]
    # A pronoun may stand for the name, unless the source has another name to put in its place.
    support: Support = "partial" if _PRONOUN.search(source.text) and not spare else "unsupported"
    findings = []
    for name in dict.fromkeys(names(statement)):
        words = [word for word in name_words(name) if word not in ROLES]
        missing = [word for word in words if not source.has_name(word)]
        if not missing:
            continue
        if initials(words) in source.keys or (len(words) == 1 and words[0] in short):
            continue
        reason = f"the source does not name {name}"
        if len(missing) == len(words):
            findings.append(Finding(support, reason, "name"))
        elif _is_other(words, missing, given):
            findings.append(Finding("unsupported", reason, "name"))
    return findings


def _is_other(words: list[str], missing: list[str], given: list[list[str]]) -> bool:
    """Return whether the source has a like name that is another: South Korea for North Korea."""
    for other in given:
        rest = [w for w in other if w not in ROLES]
        shared = [word for word in rest if is_among(word, words)]
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
                reason = f"the source does not have the words '{part.strip()}'"
                findings.append(Finding("unsupported", reason, "quotation"))
                break
    return findings


def _plain(text: str) -> str:
    """Return the words of a text with single spaces, to compare wording without punctuation."""
    return " ".join(fold(token.text) for token in tokens(text))


def _claims(mine: Claims, theirs: Claims, *, denials: bool) -> list[Finding]:
    if denials and (reason := denial(mine, theirs)):
        return [Finding("unsupported", reason, "denial")]
    dropped = dropped_hedge(mine, theirs)
    if dropped is None:
        return []
    kind, hedge = dropped
    reason = f"the source says it with '{hedge.cue}'"
    if kind == "report" and (who := sayer(theirs, hedge)):
        reason = f"the source gives this as a claim by {who} ('{hedge.cue}')"
    return [Finding("partial", reason, "hedge")]


def _content(examined: Examined) -> list[Finding]:
    """Return a finding if too little of the content is there, with the words that are not."""
    counted = [word for word in examined.words if not word.in_figure]
    items = len(counted) + examined.figures
    held = sum(word.found for word in counted) + examined.agreed
    if not items:
        return [Finding("partial", "it says nothing that can be looked up", "content")]
    share = held / items
    if share >= PARTIAL_BELOW:
        return []
    missing = [word.text for word in counted if not word.found]
    shown = ", ".join(f"'{word}'" for word in missing[:_SHOWN_WORDS])
    if not shown:
        return []  # only figures are missing, and each of them has its own finding
    support: Support = "unsupported" if share < UNSUPPORTED_BELOW else "partial"
    return [Finding(support, f"the source does not speak of {shown}", "content")]


def _clauses(statement: str, examined: Examined) -> list[Finding]:
    """Return a finding for a clause of which the source has no word at all."""
    for start, end in clauses(statement):
        inside = [word for word in examined.words if start <= word.start < end]
        if len(inside) >= _LEAST_CLAUSE and not any(word.found for word in inside):
            words = " ".join(statement[start:end].split())
            reason = f"the source does not speak of '{words}'"
            return [Finding("partial", reason, "content")]
    return []


def _read(statement: str, quotes: Sequence[str], entailment: Consulted) -> Reading:
    """Return how a model reads a statement against its quotations.

    It follows if it does so from all of them together or from one alone, as such models read one
    sentence better than many. It is contradicted by all of them only: a sentence alone that speaks
    of something else is too often taken for one that speaks against it.
    """
    each = list(dict.fromkeys(" ".join(quote.split()) for quote in quotes))
    whole, *alone = entailment.readings(
        " ".join(statement.split()), [" ".join(each), *(each if len(each) > 1 else [])]
    )
    return replace(whole, entails=max(one.entails for one in (whole, *alone)))


def _follows(reading: Reading, examined: Examined, content: list[Finding]) -> list[Finding]:
    """Return what is left to be said of the content once a model has read it.

    Args:
        reading: How the model reads it.
        examined: What was found word by word.
        content: What the words that were found leave to be said.
    """
    follows, speaks_against = reading.entails >= LIKELY, reading.contradicts >= LIKELY
    if speaks_against:
        some = "some of " if follows else ""
        reason = f"an entailment model reads {some}the cited words as speaking against it"
        return [Finding("partial" if follows else "unsupported", reason, "entailment")]
    if not follows:
        reason = "an entailment model does not read it as following from the cited words"
        return content or [Finding("partial", reason, "entailment")]
    if examined.agreed or any(word.found for word in examined.words) or not examined.words:
        return []
    # Words that have nothing in common with it cannot be pointed at as what supports it.
    return [replace(finding, support="partial") for finding in content]
