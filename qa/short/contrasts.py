"""Events that exclude each other as that of which a figure is told, and verbs that say nothing.

A figure of troops sent is none of troops killed. One class a line: a figure told of one class is
not put beside one told of another. The list is of what reports give figures for; a verb that is not
in it keeps nothing apart by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from qa.text.synonyms import concept
from qa.text.words import key, stem

_CLASSES = """
killed kill killing killings dead died die dies death deaths fatality fatalities fallen lives toll
wounded wound wounds injured injure injures injuries injury hurt maimed
casualty casualties losses
captured capture captive captives prisoner prisoners
arrested arrest arrests detained detain detainees
missing disappeared
rescued rescue saved survived survivors survivor
evacuated evacuate displaced homeless fled flee refugees
sent send deployed deploy deployment dispatched provided provide providing supplied supply
returned return withdrawn withdrew withdraw
trained train training
shot downed intercepted intercept destroyed destroy
launched launch launches fired
produced produce production output built build manufactured manufacture made
bought buy purchased purchase acquired acquire
sold sell sales sale
ordered order orders
exported export exports
imported import imports
hired hire recruits recruited recruit
dismissed laid redundancies redundant
born birth births
married
infected infections cases
vaccinated vaccinations
invested invest investment
borrowed lend lent loan loans
profit profits earned
loss deficit
revenue turnover
fined fine
elected
visited visitors
planned plans plan pledged promised
"""

_NEUTRAL = """
said say told reported report counted count estimated estimate recorded registered put numbered
number based used called named known listed given found believed thought understood expected
according including included stood stand was were been came come reached reach totalled totaled
rose risen fell fallen grew increased decreased amounted held hold made left took taken
"""

LOSSES = frozenset(
    ["killed", "wounded", "casualty", "captured", "arrested", "missing", "rescued", "evacuated"]
)
"""Classes of what befalls a part of those who are counted, asked for by name only."""


def classes_of(words: Iterable[str]) -> frozenset[str]:
    """Return the classes of the events that words tell of."""
    classes = _classes()
    return frozenset(classes[w] for w in (key(word) for word in words) if w in classes)


@lru_cache(maxsize=1)
def neutral() -> frozenset[str]:
    """Return the stems of verbs that tell of no event of their own."""
    return frozenset(concept(stem(word)) for word in _NEUTRAL.split())


@lru_cache(maxsize=1)
def event_stems() -> frozenset[str]:
    """Return the stems of the words that tell of events."""
    return frozenset(concept(stem(word)) for word in _classes())


@lru_cache(maxsize=1)
def _classes() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _CLASSES.split("\n"):
        words = line.split()
        for word in words:
            found.setdefault(word, words[0])
    return found
