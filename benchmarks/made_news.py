"""News of a country that does not exist, made by a seed, of any length, with their questions.

Unlike `benchmarks/synthetic.py` the texts are sentences: they have names, figures, dates, hedges
and speakers, so that everything that looks for those has something to do. Each document is about
one thing, such as the harbour of one town, in one year; each question asks for one of its facts.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_ONSETS = ("Ald", "Bor", "Cal", "Den", "El", "Far", "Gar", "Hal", "Is", "Jor", "Kel", "Lor", "Mar")
_ONSETS += ("Nor", "Os", "Pel", "Quil", "Ros", "Sel", "Tor", "Ul", "Var", "Wes", "Yar", "Zel")
_MIDDLES = ("", "an", "en", "er", "in", "or", "av", "il", "um", "est")
_ENDS = (
    "by",
    "dale",
    "ford",
    "ham",
    "holm",
    "mouth",
    "ness",
    "stad",
    "ton",
    "wick",
    "mere",
    "gate",
)
_FIRST = ("Ada", "Bram", "Cora", "Dirk", "Edda", "Finn", "Greta", "Hugo", "Ines", "Jonas", "Klara")
_FIRST += ("Lars", "Mara", "Nils", "Olga", "Piet", "Rosa", "Sven", "Tilda", "Ulf", "Vera", "Wim")
_LAST = (
    "Aas",
    "Brandt",
    "Cole",
    "Dahl",
    "Eklund",
    "Falk",
    "Grahn",
    "Holm",
    "Ibsen",
    "Juhl",
    "Krag",
)
_LAST += ("Lind", "Moen", "Nygaard", "Oster", "Quist", "Roth", "Sommer", "Thorn", "Ude", "Voss")
_OUTLETS = ("Coast Courier", "Upland Post", "Harbour Gazette", "Vale Tribune", "Northern Wire")

# What a thing is called, who speaks for it, what it handles, and what may be asked about it.
_THINGS = (
    ("harbour", "harbour master", "containers", "cranes", "quay"),
    ("hospital", "director", "patients", "beds", "emergency ward"),
    ("railway station", "station manager", "passengers", "platforms", "roof"),
    ("reservoir", "engineer", "megalitres of water", "sluices", "spillway"),
    ("steel mill", "plant manager", "tonnes of steel", "furnaces", "rolling line"),
    ("university", "rector", "students", "lecture halls", "library"),
    ("airport", "operator", "travellers", "gates", "runway"),
    ("wind farm", "operator", "megawatt hours", "turbines", "substation"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_CAUSES = ("the price of steel", "a shortage of staff", "the floods in spring", "late permits")
_FILL = (
    "The council will discuss the matter again in {month}.",
    "Residents of {town} have asked for a hearing, which the council has not granted so far.",
    "A spokesman for the region declined to comment on {day}.",
    "Similar plans were given up in {other} {ago} years ago.",
    "The union of the workers called the figures “incomplete” and asked to see the contract.",
    "It is not known whether the neighbouring {other} will take part.",
    "{person} has held the office since {year} and was a teacher before.",
    "According to a study of {year}, the {thing} gives work to about {jobs} people in {town}.",
    "The opposition wants the accounts of the last {ago} years to be published.",
    "Visitors from {other} reported long queues at the entrance, which the {role} denied.",
)
_MONTHS = ("January", "March", "April", "June", "September", "October", "November")


@dataclass(frozen=True, slots=True)
class Article:
    """One made document and what can be asked of it."""

    name: str
    """A file name."""
    title: str
    """Its headline."""
    outlet: str
    """Who published it."""
    published_at: date
    """When."""
    text: str
    """Its words."""
    questions: tuple[str, ...]
    """Questions that it answers, each of which no other document is about."""


def articles(count: int, seed: int) -> Iterator[Article]:
    """Yield articles of about five passages, each about another thing or another year of it."""
    draw = random.Random(seed)  # nothing secret
    towns = _towns(draw)
    for number in range(count):
        thing = _THINGS[number % len(_THINGS)]
        town = towns[number // len(_THINGS) % len(towns)]
        year = 2010 + number // (len(_THINGS) * len(towns))
        yield _article(draw, number, town=town, year=year, thing=thing, towns=towns)


def _towns(draw: random.Random) -> list[str]:
    made = sorted({o + m + e for o in _ONSETS for m in _MIDDLES for e in _ENDS})
    draw.shuffle(made)
    return made


def _article(
    draw: random.Random,
    number: int,
    *,
    town: str,
    year: int,
    thing: tuple[str, ...],
    towns: Sequence[str],
) -> Article:
    name, role, handled, parts, part = thing
    person = f"{draw.choice(_FIRST)} {draw.choice(_LAST)}"
    amount, cost, built = draw.randint(1_200, 98_000), draw.randint(12, 940), 1850 + number % 140
    facts = [
        f"The {name} of {town} handled {amount:,} {handled} in {year}, its {role} {person} said.",
        f"That is {draw.randint(2, 19)} percent more than in the year before.",
        f"The {part} of the {name} of {town} was built in {built} and has to be renewed.",
        f"The repair of the {part} will cost about {cost} million crowns, the audit office of "
        f"{town} said on {draw.choice(_DAYS)}.",
        f"{person} blamed {draw.choice(_CAUSES)} for the delay.",
        f"The {name} of {town} has {draw.randint(2, 60)} {parts}, of which "
        f"{draw.randint(1, 9)} are out of use.",
        f"“We shall not close a single one of them before {year + 2},” {person} told reporters "
        f"in {town}.",
    ]
    sentences = list(facts)
    for _ in range(draw.randint(24, 36)):
        sentences.insert(draw.randint(1, len(sentences)), _filler(draw, town, thing, towns, year))
    paragraphs = [" ".join(sentences[at : at + 5]) for at in range(0, len(sentences), 5)]
    return Article(
        name=f"{number:06}.txt",
        title=f"The {name} of {town} in {year}",
        outlet=draw.choice(_OUTLETS),
        published_at=date(year, 1, 1) + timedelta(days=draw.randint(20, 360)),
        text="\n\n".join(paragraphs) + "\n",
        questions=(
            f"How many {handled.split()[0]} did the {name} of {town} handle in {year}?",
            f"What will the repair of the {part} of the {name} of {town} cost?",
            f"When was the {part} of the {name} of {town} built?",
            f"How many {parts} does the {name} of {town} have?",
            f"Who is the {role} of the {name} of {town}?",
        ),
    )


def _filler(
    draw: random.Random, town: str, thing: tuple[str, ...], towns: Sequence[str], year: int
) -> str:
    return draw.choice(_FILL).format(
        town=town,
        thing=thing[0],
        role=thing[1],
        other=draw.choice(towns),
        person=f"{draw.choice(_FIRST)} {draw.choice(_LAST)}",
        month=draw.choice(_MONTHS),
        day=draw.choice(_DAYS),
        year=year - draw.randint(1, 20),
        ago=draw.randint(2, 30),
        jobs=f"{draw.randint(2, 90) * 100:,}",
    )


def questions(made: Sequence[Article], count: int, seed: int) -> list[str]:
    """Return questions, no two of them alike, over articles drawn at random.

    Raises:
        ValueError: if the articles do not have so many.
    """
    every = [question for article in made for question in article.questions]
    unlike = list(dict.fromkeys(every))
    if count > len(unlike):
        raise ValueError(f"{count} questions of {len(unlike)}")
    return random.Random(seed).sample(unlike, count)  # nothing secret
