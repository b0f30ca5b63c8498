"""Refusals of those who may ask, only not now or not so much."""

from __future__ import annotations

import math
from typing import ClassVar

from index.errors import DossierError


class TryLater(DossierError):
    """Something that was not begun and may be asked again after a while.

    Args:
        message: what was too much.
        after: seconds after which another try may do.
    """

    code = "try_later"
    hint = "Ask again after as many seconds as the header Retry-After says."

    def __init__(self, message: str, *, after: float = 1.0) -> None:
        super().__init__(message)
        self.headers = {"Retry-After": str(max(1, math.ceil(after)))}


class Overloaded(TryLater):
    """More questions at once than the server takes on."""

    code = "overloaded"
    hint = (
        "Ask again after as many seconds as the header Retry-After says; "
        "DOSSIER_MAX_CONCURRENT_ANSWERS is how many answers are made at once."
    )


class TooManyRequests(TryLater):
    """More requests within a minute than one caller is allowed."""

    code = "too_many_requests"


class TooManyAtOnce(TryLater):
    """More requests at the same time than one caller is allowed."""

    code = "too_many_at_once"
    hint = "Wait for the answers to your other requests, or send fewer at once."


class BodyTooSlow(DossierError):
    """A request body that does not come in within its time."""

    code = "body_too_slow"
    headers: ClassVar = {"Connection": "close"}  # the rest would be read as the next request
    hint = "Send the body without long pauses, over a better connection or in smaller parts."
