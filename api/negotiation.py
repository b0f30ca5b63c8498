"""Media types: which one a client wants (RFC 9110, section 12.5.1), and which one it sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from starlette.requests import Request

from api.errors import NotAcceptable, UnsupportedMediaType


class _Range(NamedTuple):
    """One member of an ``Accept`` header."""

    type: str
    subtype: str
    quality: float
    position: int

    def specificity(self, media_type: str) -> int:
        """Return how closely it names ``media_type``: 0 not at all, 3 exactly."""
        main, _, sub = media_type.partition("/")
        if (self.type, self.subtype) == (main, sub):
            return 3
        if (self.type, self.subtype) == (main, "*"):
            return 2
        return 1 if (self.type, self.subtype) == ("*", "*") else 0


def choose(accept: str | None, offered: Sequence[str]) -> str:
    """Return the member of ``offered`` that suits ``accept`` best.

    The highest quality wins; between equals the one that is named more exactly, then the one that
    the header names first, then the one offered first. Without a header the first is offered.

    Raises:
        NotAcceptable: if the header excludes everything offered.
    """
    if accept is None or not accept.strip():
        return offered[0]
    ranges = [_range(member, place) for place, member in enumerate(accept.split(","))]

    def rank(media_type: str) -> tuple[float, int, int]:
        matching = [r for r in ranges if r.specificity(media_type)]
        if not matching:
            return (0.0, 0, 0)
        closest = max(matching, key=lambda r: (r.specificity(media_type), -r.position))
        return (closest.quality, closest.specificity(media_type), -closest.position)

    best = max(offered, key=rank)
    if rank(best)[0] <= 0:
        raise NotAcceptable(
            f"nothing can be sent that suits the Accept header; there is {' and '.join(offered)}"
        )
    return best


def sent(request: Request) -> str:
    """Return the media type of the body of ``request``, without parameters; empty if not given."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def require_json(request: Request) -> None:  # asynchronous: it needs no thread
    """Refuse bodies that do not say that they are JSON; for routes that take nothing else.

    Raises:
        UnsupportedMediaType: if the body of ``request`` is of another type.
    """
    media_type = sent(request)
    if media_type != "application/json":
        raise UnsupportedMediaType(
            f"this route does not read {media_type or 'a body without a content type'}",
            hint="Send JSON with the header Content-Type: application/json.",
        )


def _range(member: str, position: int) -> _Range:
    """Read one member; a quality that is not a number from 0 to 1 counts as 1."""
    name, *parameters = (part.strip() for part in member.split(";"))
    main, _, sub = name.lower().partition("/")
    quality = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "q":
            try:
                quality = min(max(float(value), 0.0), 1.0)
            except ValueError:
                quality = 1.0
    return _Range(main, sub, quality, position)
