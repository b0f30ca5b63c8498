"""Characters that nobody sees, or that drive a terminal, shown by their names.

Every way out that a person looks at without a renderer in between (the command line, reports,
exports) passes what documents, models and askers wrote through here. What is left can stand in a
terminal, in UTF-8, in XML 1.0 and, once escaped, in HTML.
"""

from __future__ import annotations

import re

# Characters without width, which split words for a search and hide what stands between them;
# embeddings, overrides and isolates of the bidirectional algorithm (UAX #9), which can make a line
# read otherwise than it is stored; tags, in which whole sentences can be written that nobody sees;
# halves of surrogate pairs, and what XML 1.0 forbids.
_UNSEEN = (
    "\u180e\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e00ff"
    "\ud800-\udfff\ufffe\uffff"
)
_JOINERS = "\u200c\u200d"
_SELECTORS = "\ufe00-\ufe0f"

HARMFUL = re.compile(
    # C0 and C1 controls except tab and line feed, and a carriage return only where it does not end
    # a line, as alone it lets later words overwrite earlier ones. They begin every sequence that a
    # terminal obeys, hyperlinks (OSC 8) among them; C1 does so without an escape character.
    f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_UNSEEN}]|\r(?!\n)"
    # Joiners shape the letters of many scripts and join emoji; anywhere else they only hide.
    f"|(?<![^\x00-\x9f{_JOINERS}{_UNSEEN}])[{_JOINERS}]"
    f"|[{_JOINERS}](?![^\x00-\x9f{_JOINERS}{_UNSEEN}{_SELECTORS}])"
    # One variation selector chooses a glyph; a run of them is a message.
    f"|(?<![^\x00-\x1f\x7f-\x9f{_JOINERS}{_UNSEEN}{_SELECTORS}])[{_SELECTORS}]"
    "|(?<![\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[\U000e0100-\U000e01ef]",
)
"""What is never written to a person as it stands."""


def visible(text: str) -> str:
    """Return the text with every harmful character shown as ``<U+001B>``."""
    return HARMFUL.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)


def one_line(text: str) -> str:
    """Return the text as :func:`visible` on one line, for names and titles."""
    return visible(" ".join(text.split()))


def in_json(text: str) -> str:
    r"""Return JSON with harmful characters as ``\u001b``: the same value, fit for a terminal.

    JSON holds none of them outside of its strings.
    """
    return HARMFUL.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
