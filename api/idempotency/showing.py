"""A kept response is looked at again: documents may have moved to where its caller may not read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.types import Scope

from api.access.emission import Emission, Shown
from api.access.gate import STATE
from api.access.principal import Principal

if TYPE_CHECKING:
    from index.corpus import Corpus

_DOCUMENT = re.compile(rb"\bd-[0-9a-f]{12}\b")


class StillReadable:
    """Tells whether all documents that a response names may still be read by who gets it."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def __call__(self, scope: Scope, body: bytes) -> bool:
        """Return it for the response ``body`` to the request of ``scope``. Blocks."""
        principal = scope.get("state", {}).get(STATE)
        if not isinstance(principal, Principal):
            return True
        shown = Shown()
        shown.documents({found.decode() for found in _DOCUMENT.findall(body)})
        return all(Emission(self._corpus, principal.permitted("read")).readable([shown]))
