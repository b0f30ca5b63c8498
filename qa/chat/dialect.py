"""Dialect: how one endpoint wants to be asked, learnt from what it turned down.

Endpoints that call themselves compatible differ in the parameters that they take and in whether
they hold a reply to a schema. What one was found not to take is left out of later calls, which
saves the calls that would fail again; it changes no answer, because the first call ends in the same
form as every later one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_OPTIONAL = ("seed", "stream_options", "temperature")
_RENAMED = {"max_tokens": "max_completion_tokens"}  # the vendor's new name
_FORM = re.compile(
    r"response_?format|json[ _]?schema|json_object|json mode|structured[ _]output|guided|grammar",
    re.IGNORECASE,
)


class Dialect:
    """What is known of one model at one endpoint; shared by all calls of a process.

    Knowledge only grows, and each piece of it is one assignment, so that concurrent calls need no
    lock.
    """

    def __init__(self) -> None:
        self._changes: dict[str, str | None] = {}
        self._structured: bool | None = None

    @property
    def changes(self) -> tuple[str, ...]:
        """Parameters left out or renamed, such as ``max_tokens as max_completion_tokens``."""
        told = (
            f"{name} as {other}" if other else f"without {name}"
            for name, other in self._changes.items()
        )
        return tuple(sorted(told))

    @property
    def takes_structure(self) -> bool:
        """Whether structured output is worth asking for: not yet found otherwise."""
        return self._structured is not False

    def structure_was_kept(self) -> None:
        """Note that a reply came in the structure asked for."""
        self._structured = True

    def structure_was_not_kept(self, *, refused: bool) -> None:
        """Note that a structure was turned down, or that a reply came without it.

        A single reply without structure says nothing of an endpoint that has kept it before; else
        the form of an answer would depend on what was asked earlier.
        """
        if refused or self._structured is None:
            self._structured = False

    def apply(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Return the parameters of a call as this endpoint takes them."""
        kept = {k: v for k, v in parameters.items() if self._changes.get(k, k) is not None}
        return {self._changes.get(name) or name: value for name, value in kept.items()}

    def adapt(self, parameters: dict[str, Any], complaint: str) -> bool:
        """Leave out or rename, in place, a parameter that the endpoint complains about.

        Args:
            parameters: Those of the call that was turned down.
            complaint: The endpoint's words.

        Returns:
            Whether anything changed, so that the call is worth another attempt.
        """
        if complains_of_form(complaint) and "response_format" in parameters:
            return False
        for name in _OPTIONAL:
            if name in complaint and name in parameters:
                del parameters[name]
                self._changes[name] = None
                return True
        for name, other in _RENAMED.items():
            if name in complaint and name in parameters:
                parameters[other] = parameters.pop(name)
                self._changes[name] = other
                return True
        return False


def complains_of_form(complaint: str) -> bool:
    """Return whether an endpoint complains about structured output."""
    return bool(_FORM.search(complaint))
