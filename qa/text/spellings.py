"""Spellings of one name: Kyiv and Kiev, Zelensky and Zelenskyy, Qaddafi and Gaddafi.

Names that come out of another script are written in several ways. Two spellings count as one if
they are on a short list of cities and countries, or if nothing is left between them once letters
that such spellings exchange are made the same.
"""

from __future__ import annotations

import re
from functools import lru_cache

_RENAMED = dict(
    pair.split("=")
    for pair in [
        "kiev=kyiv",
        "odessa=odesa",
        "kharkov=kharkiv",
        "lvov=lviv",
        "peking=beijing",
        "bombay=mumbai",
        "calcutta=kolkata",
        "madras=chennai",
        "burma=myanmar",
        "turkiye=turkey",
        "czechia=czech",
        "swaziland=eswatini",
        "rangoon=yangon",
        "saigon=hochiminh",
        "leningrad=petersburg",
        "nikolaev=mykolaiv",
        "chernobyl=chornobyl",
        "dnieper=dnipro",
        "bangalore=bengaluru",
        "mecca=makkah",
        "canton=guangzhou",
        "nanking=nanjing",
        "korolev=korolyov",
    ]
)
_EXCHANGED = (
    (r"(?:iy|yy|ij|yi|ii|ij|ey|ei)$", "i"),
    (r"tch|tsch|č", "ch"),
    (r"sh|sch", "s"),
    (r"kh|ch(?=[aou])", "h"),
    (r"gh|dh|th", lambda m: m[0][0]),
    (r"ph|ff|v(?=$)", "f"),
    (r"ck|q|c(?=[aouklrt])", "k"),
    (r"w", "v"),
    (r"[yj]", "i"),
    (r"ou|oo", "u"),
    (r"ae|ä", "a"),
    (r"oe|ö", "o"),
    (r"ue|ü", "u"),
    (r"^(?:g|k)(?=add)", "k"),
    (r"([a-z])\1+", r"\1"),
)
_SHORTEST = 5


@lru_cache(maxsize=65_536)
def _sound(word: str) -> str:
    for pattern, replacement in _EXCHANGED:
        word = re.sub(pattern, replacement, word)
    return word


def same_spelling(one: str, other: str) -> bool:
    """Return whether two words in the form in which they are looked up may spell one name.

    Words of fewer than five letters count only if they are on the list: Iran is not Iraq.
    """
    one, other = _RENAMED.get(one, one), _RENAMED.get(other, other)
    if one == other:
        return True
    if min(len(one), len(other)) < _SHORTEST or one[-1:].isdigit() or other[-1:].isdigit():
        return False
    return _sound(one) == _sound(other)
