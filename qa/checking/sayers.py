"""Who says it: the party that a text names for a claim, for the reason why a claim is no fact.

"According to the union", "the union claims that", "…, the union said": the words next to the verb
of saying, without the rest of the clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from qa.checking.findings import Finding
from qa.text.claims import Claims, Reach
from qa.text.words import key, name_words, names, same_name

_ADVERB = (
    r"(?:\s+(?:also|later|earlier|then|now|once|again|has|have|had|since|repeatedly|publicly))*"
)
_PARTY = r"(?P<who>[\w'’&.\-]+(?:[^\S\n]+[\w'’&.\-]+){0,7}?)"
_START = r"(?:^|[.!?;:,\n\"“”()—–]|\b(?:but|and|while|although|as|that|because|whereas)\b)"
_BEFORE = re.compile(rf"{_START}\s*{_PARTY}{_ADVERB}\s*$", re.IGNORECASE)
_AFTER = re.compile(
    r"\s+(?P<who>[\w'’&.\-]+(?:[^\S\n]+(?!(?:said|says|that|who|which|on|in|after|before|when|to|"
    r"about|was|were|is|are|has|have|had|will|would)\b)[\w'’&.\-]+){0,6})",
    re.IGNORECASE,
)
_PRONOUNS = frozenset(
    "he she it they we i you who which this that these those one there not".split()  # noqa: SIM905
)
_NO_START = frozenset("for with by from at of to into about under over through".split())  # noqa: SIM905
_LEADING = re.compile(
    r"^(?:(?:but|and|while|although|as|that|because|however|meanwhile|also|yet|so|on|in|the same|"
    r"last|this|by|then|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\s+)+",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"\b(?:report|alleg|purport|suppos|rumou?r|unconfirmed|believed|thought|said to)\w*",
    re.IGNORECASE,
)


def other_sayer(statement: Claims, source: Claims) -> list[Finding]:
    """Return a finding if a statement gives to one named party what the source gives to another.

    Parties without a name ("officials", "the agency") are not told apart.
    """
    stated = statement.content()
    mine = _named(statement, [statement.hedges[place][1] for place in _reports(statement)])
    theirs: dict[str, int] = {}
    for place in _reports(source):
        reach = source.hedges[place][1]
        fit = len(source.content(reach.segment) & stated)
        for name in _named(source, [reach]):
            theirs[name] = max(fit, theirs.get(name, 0))
    if not mine or not theirs:
        return []
    best = max(theirs.values())
    told = [name for name, fit in theirs.items() if fit == best]
    if any(_same(one, other) for one in mine for other in told):
        return []
    return [
        Finding("unsupported", f"the source gives this as said by {told[0]}, not {mine[0]}", "name")
    ]


def _reports(claims: Claims) -> list[int]:
    return [at for at, (kind, _) in enumerate(claims.hedges) if kind == "report"]


def _named(claims: Claims, reaches: Iterable[Reach]) -> list[str]:
    """Return the names of those who say what the cues report."""
    found = (names(f"by {who}") for reach in reaches if (who := sayer(claims, reach)))
    return [name for each in found for name in each]


def _same(one: str, other: str) -> bool:
    return any(same_name(a, b) for a in name_words(one) for b in name_words(other))


def sayer(source: Claims, hedge: Reach) -> str | None:
    """Return who is named for what a hedge of the source reports; ``None`` if nobody is.

    Args:
        source: The text, read.
        hedge: One of its hedges of the kind ``report``.
    """
    if _NOBODY.fullmatch(hedge.cue) and not hedge.cue.lower().startswith(
        ("alleges", "alleged that")
    ):
        return None
    start, end = hedge.start, hedge.start + len(hedge.cue)
    before = _BEFORE.search(source.text[max(0, start - 120) : start])
    after = _AFTER.match(source.text, end)
    behind = hedge.cue.lower() == "according to" or (before is None and after is not None)
    match = after if behind else before
    if match is None:
        return None
    who = _LEADING.sub("", " ".join(match["who"].split())).strip(" .,'’-")
    words = who.split()
    if not words or words[-1].isdigit() or key(words[0]) in _NO_START:
        return None
    if any(key(word) in _PRONOUNS for word in words):
        return None
    return re.sub(r"^(?:The|A|An) ", lambda article: article[0].lower(), who)
