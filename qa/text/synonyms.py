"""Words that mean much the same in news and reports, so that "troops" finds "soldiers".

A small hand-made list of everyday words, one group a line. It helps to choose sentences for a
question. Where a statement is checked, such a word counts as found only in part
(:mod:`qa.checking.content`), because the difference may matter.
"""

from __future__ import annotations

from functools import lru_cache

from qa.text.words import stem

GROUPS = """
troops soldiers forces servicemen fighters
treaty agreement pact accord deal
factory plant works
buy purchase acquire
sell sale
begin start launch open
end finish conclude complete
stop halt cease suspend
disclose reveal publish release
cost price
worth value
kill slay
die death dead
injure wound hurt
capture seize
send deploy dispatch deliver delivery provide supply give
build make produce manufacture
reduce cut lower
rise increase grow growth
fall drop decline decrease
talks negotiations
election vote ballot poll
company firm business corporation
country nation
leader head chief
war conflict fighting
attack strike assault raid
weapon arms
law legislation
help aid assist assistance support
job post position
pay wage salary
approve adopt pass
refuse reject
delay postpone
child children kid
doctor physician
car vehicle
aircraft plane jet
ship vessel
road street
storm hurricane
fire blaze
flood flooding
study research survey
researcher scientist
drug medicine
illness disease
money funds
big large
fast quick rapid
work cooperate collaborate cooperation collaboration
member deputy lawmaker parliamentarian
parliament assembly legislature
speech address
resign quit
choose select pick
arrest detain
accuse charge
trip visit journey
meet meeting
foreign overseas abroad
afraid fear
military army armed
nuclear atomic
"""


@lru_cache(maxsize=1)
def _groups() -> dict[str, str]:
    """Map the stem of each listed word to that of the first of its group; the first list wins."""
    found: dict[str, str] = {}
    for line in GROUPS.split("\n"):
        words = [stem(word) for word in line.split()]
        for word in words:
            found.setdefault(word, found.get(words[0], words[0]))
    return found


def concept(word_stem: str) -> str:
    """Return the stem that stands for a stem and its synonyms; itself where it has none listed."""
    return _groups().get(word_stem, word_stem)
