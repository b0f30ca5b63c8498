"""Questions made of sentences by rule, where a rule is safe; elsewhere a gap to fill.

Where the value stands at an end of the sentence, the rest can mostly stay as it is: "About 300
people were moved." gives "How many people were moved?". Elsewhere the question word takes the place
of the value, as in a quiz: "The signing fell how many days before the vote?". Both are for a person
to word better.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from eval.normalise import contains, normalise
from eval.suites.selection import GAP

if TYPE_CHECKING:
    from eval.suites.drafting.material import Telling, Value

_AUXILIARY = r"(?:was|is|has|had|will|would|were|are|have)"
_SINGULAR = re.compile(r" (?:was|is|has|had|will|would|said|\w{2,}ed)\b")
_VERB_SOON = re.compile(rf"^(?: [\w'’-]+){{1,6}}? (?:{_AUXILIARY}|\w{{2,}}ed)\b")
_REPORTED = re.compile(
    r",[^,]*\b(?:said|says|told|reported|added|announced|according to)\b[^,]*$|, (?:and|but) ", re.I
)
_PASSIVE = re.compile(
    r"(?P<subject>[^,]{3,60}?) (?P<auxiliary>was|were) (?P<rest>\w{2,}ed\b[^,]*?) (?:in|on) $"
)
_NO_SUBJECT = re.compile(rf"\b(?:{_AUXILIARY}|that|which|who|and|\w{{2,}}ed)\b")
_LED_IN = re.compile(r"\b(?:in|on|since|until|by|before|after|from|during|of)(?: at least)? $")
_LED_IN_NAME = re.compile(r"\b(?:of|by|with|to|for|from|against|between|and|when|than) $")
_DETERMINED = re.compile(
    r"\b(?:the|these|those|first|last|next|past|other|its|his|her|their|every|unit|no)(?: \w+)? $",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?:The|A|An)(?= )")


def question(telling: Telling, value: Value) -> str:
    """Return a question that ``value`` answers: by rule where one is safe, else with a gap."""
    made = by_rule(telling.text, value)
    return made if made is not None else with_gap(telling, value)


def by_rule(sentence: str, value: Value) -> str | None:
    """Return the question that a rule makes; ``None`` if none is safe, or it tells its answer."""
    body = sentence.removesuffix(".")
    made = at_an_end(body, value) or _in_place(body, value)
    if made is None or contains(normalise(made), normalise(value.text)):
        return None
    return made


def at_an_end(body: str, value: Value) -> str | None:
    """Return the question for a value at an end of a sentence, if the rest can stay as it is."""
    makers = {"figure": _how_many, "name": _who, "date": _when}
    return makers[value.sort](body, value)


def with_gap(telling: Telling, value: Value) -> str:
    """Return the sentence with a gap for the value, for a person to word as a question."""
    known = telling.document.metadata
    who = known.outlet or known.title or telling.document.name
    text = telling.text[: value.start] + GAP + telling.text[value.end :]
    return f"According to {who}, what belongs in the gap: “{text}”"


def _how_many(body: str, value: Value) -> str | None:
    figure, rest = value.figure, body[value.end :]
    if figure is None or figure.stated.start != 0 or figure.upper is not None:
        return None
    if not rest.startswith(" ") or _REPORTED.search(rest):
        return None
    if figure.kind == "percent":
        return f"What share{rest}?" if rest.startswith(" of ") else None
    if figure.kind == "money":
        return f"How much money{rest}?" if re.match(rf" {_AUXILIARY}\b", rest) else None
    if rest.startswith((" of ", " or ", " to ", " and ")) or not _VERB_SOON.match(rest):
        return None
    return f"How many{rest}?"


def _who(body: str, value: Value) -> str | None:
    rest = body[value.end :]
    if value.start != 0 or not _SINGULAR.match(rest) or _REPORTED.search(rest):
        return None
    return f"Who{rest}?"


def _when(body: str, value: Value) -> str | None:
    found = _PASSIVE.fullmatch(body[: value.start])
    if value.end != len(body) or found is None or _NO_SUBJECT.search(found["subject"]):
        return None
    subject = _ARTICLE.sub(lambda article: article[0].lower(), found["subject"])
    return f"When {found['auxiliary']} {subject} {found['rest']}?"


def _in_place(body: str, value: Value) -> str | None:
    """Return the sentence with a question word in the place of the value."""
    words = _question_words(body, value)
    start = min(value.figure.stated.start, value.start) if value.figure else value.start
    if words is None or start == 0:
        return None
    return f"{body[:start]}{words}{body[value.end :]}?"


def _question_words(body: str, value: Value) -> str | None:
    """Return what asks for a value in the middle of a sentence; ``None`` if nothing fits there."""
    figure, before, rest = value.figure, body[: value.start], body[value.end :]
    if figure is None:
        return "which person" if _LED_IN_NAME.search(before) else None
    if figure.upper is not None or rest.startswith(("-", "–")):
        return None
    if value.sort == "date":
        asked = "what year" if figure.kind == "year" else "what day"
        return asked if _LED_IN.search(before) else None
    if figure.kind == "percent":
        return "what percentage" if figure.unit == "%" else None
    counted = rest.startswith((" of ", " or ", " to ")) or figure.unit == "time"
    if figure.kind == "number" and (counted or _DETERMINED.search(body[: figure.stated.start])):
        return None
    return "how much money" if figure.kind == "money" else "how many"
