"""Which language a code names."""

from __future__ import annotations

import re

_CODE = re.compile(r"([A-Za-z]{2})(?:[-_][A-Za-z0-9]{1,8})*")


def language_of(code: str) -> str | None:
    """Return the language of a code such as ``en-GB``, in lower case; ``None`` if it is no code.

    Of a language tag (RFC 5646) only the language itself is kept: documents are recorded with it
    alone, and who asks for ``en`` wants British English too.
    """
    found = _CODE.fullmatch(code.strip())
    return found[1].lower() if found else None
