"""Words that say the opposite of each other, so that "rose" is not borne out by "fell".

A small hand-made list of common predicates, one pair of sides a line. It only finds fault with a
statement where the context is the same too (:mod:`qa.checking.directions`); it is no dictionary.
"""

from __future__ import annotations

from functools import lru_cache

from qa.text.words import stem

SIDES = """
rise increase grow climb soar jump surge up higher | fall decrease drop decline down lower
rise increase grow climb soar jump surge expand | shrink plunge plummet slump dip contract
expand | fall decrease drop decline shrink contract
gain win | lose
double triple quadruple | halve
raise lift hike | cut reduce lower slash
strengthen improve | weaken worsen deteriorate
accelerate | slow decelerate
widen broaden | narrow
lengthen extend prolong | shorten curtail
open reopen | close shut
accept approve adopt endorse pass | reject refuse veto decline
uphold confirm | overturn quash annul reverse
support back favour favor | oppose
allow permit legalise legalize | ban forbid prohibit outlaw
import | export
buy purchase acquire | sell
lend | borrow
arrive enter | leave depart exit
begin start launch | end finish stop cease
win succeed | fail
pass | fail
acquit exonerate clear | convict
innocent | guilty
free release | detain imprison jail arrest
hire appoint | fire dismiss sack
join | quit leave
advance | retreat withdraw
attack | defend
create build construct | destroy demolish dismantle
include | exclude omit
remember | forget
remove delete | add
appear | disappear vanish
love like | hate dislike
alive live survive | dead die
present | absent
true | false
public | private
rich wealthy | poor
safe | dangerous unsafe
strong | weak
fast | slow
early earliest | late latest
old oldest elder eldest | young youngest new newest
large largest big biggest great greatest larger bigger | small smallest smaller tiny
long longest longer | short shortest shorter
high highest | low lowest
tall tallest taller | short shortest shorter
heavy heavier heaviest | light lighter lightest
wide widest wider | narrow narrowest narrower
deep deepest deeper | shallow
hot hotter hottest warm warmer warmest | cold colder coldest cool cooler
wet wetter wettest | dry drier driest
rich richer richest | poor poorer poorest
good better best | bad worse worst poor
easy easier easiest | hard difficult harder
cheap cheaper cheapest | expensive dearer costly
common | rare
full | empty
major majority | minor minority
maximum | minimum
most | fewest
first | last
northern north | southern south
eastern east | western west
left | right
inside | outside
male | female
civilian | military
positive | negative
success | failure
victory | defeat
surplus | deficit
profit | loss
ally friend | enemy foe
legal lawful | illegal unlawful
possible | impossible
complete | incomplete
agree | disagree
connect | disconnect
qualify | disqualify
prove | disprove
correct accurate | incorrect inaccurate wrong
regular | irregular
direct | indirect
active | inactive
adequate sufficient | inadequate insufficient
visible | invisible
mandatory compulsory obligatory | voluntary optional
temporary | permanent
guest visitor | host
employer | employee
teacher | student pupil
"""
_PREFIXES = ("un", "non")
_SHORTEST = 4


@lru_cache(maxsize=1)
def _sides() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Map each listed stem to the stems of its own side and to those of the other."""
    found: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
    for line in SIDES.strip().split("\n"):
        one, other = (frozenset(map(stem, side.split())) for side in line.split("|"))
        for own, against in ((one, other), (other, one)):
            for word in own:
                before = found.get(word, (frozenset(), frozenset()))
                found[word] = (before[0] | own, before[1] | against)
    return found


def opposites(word_stem: str) -> frozenset[str]:
    """Return the stems that say the opposite of a stem, with and without a prefix that negates."""
    found = set(_sides().get(word_stem, (frozenset(), frozenset()))[1])
    for prefix in _PREFIXES:
        if len(word_stem) >= _SHORTEST:
            found.add(prefix + word_stem)
        if word_stem.startswith(prefix) and len(word_stem) >= len(prefix) + _SHORTEST:
            found.add(word_stem.removeprefix(prefix))
    return frozenset(found - alike(word_stem))


def alike(word_stem: str) -> frozenset[str]:
    """Return the stems that stand on the same side as a stem, itself among them."""
    return _sides().get(word_stem, (frozenset(), frozenset()))[0] | {word_stem}
