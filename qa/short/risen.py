"""Figures that stand far behind what they count: "the toll of the fire … rose to 14 on Tuesday".

What a figure counts mostly stands beside it. Behind a verb of counting it is the subject of the
sentence, however long that is.
"""

from __future__ import annotations

import re

_SUBJECT = re.compile(
    r"\b(?:(?:death|casualty)\s+)?(?:tolls?|number|total|count|tally|figure|population|price|budget|"
    r"damage|attendance|turnout|membership)\b"
    r"[^.;:!?\n]{0,120}?\s(?:has\s+|have\s+|had\s+|now\s+|since\s+|then\s+){0,3}"
    r"(?:ros?e|risen|rises|climb(?:s|ed)|gr[eo]wn?|increased|jumped|f[ae]ll(?:en)?|fell|dropped|"
    r"stands?|stood|reache?[sd]?|was\s+raised|was\s+put|was\s+revised|is\s+put|came|comes)"
    r"(?:\s+now)?(?:\s+to|\s+at)?\s+"
    r"(?:(?:about|around|at\s+least|more\s+than|nearly|almost|over|some|as\s+many\s+as)\s+)?$",
    re.IGNORECASE,
)


def subject_of(quote: str, start: int) -> int | None:
    """Return where the subject begins of which a figure is told; ``None`` if it is told of none so.

    Args:
        quote: the sentence.
        start: where the figure stands in it.
    """
    match = _SUBJECT.search(quote[:start])
    return match.start() if match else None
