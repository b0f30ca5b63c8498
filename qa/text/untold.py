"""Sentences that say that something is not told: not disclosed, not named, unclear.

Such a sentence answers a question truly, and none of its words is the thing that was asked for.
"""

from __future__ import annotations

import re

_UNTOLD = re.compile(
    r"\b(?:not|never|n['’]t)\s+(?:(?:yet|been|be|immediately|publicly|officially|further)\s+){0,3}"
    r"(?:sa(?:y|id)|disclosed?|named?|identif(?:y|ied)|reveal(?:ed)?|specif(?:y|ied)|known|clear|"
    r"made\s+public)\b(?!\s+(?:for|as)\b)"
    r"|\b(?:declin|refus)(?:e|es|ed)\s+to\s+(?:say|name|disclose|identify|reveal|specify|comment)\b"
    r"|\bneither\s+[\w ]{1,30}\s(?:has|have|had)\s+(?:said|disclosed|revealed)\b"
    r"|\b(?:undisclosed|unclear|unnamed|unknown|unspecified)\b"
    r"|\bwithout\s+(?:naming|saying|giving|specifying|disclosing)\b",
    re.IGNORECASE,
)


def is_untold(text: str) -> bool:
    """Return whether a text says that something is not told or not known."""
    return _UNTOLD.search(text) is not None
