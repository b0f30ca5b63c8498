"""Which filters can be meant: days in order, codes that are codes, names that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from index.errors import InvalidFilter
from index.models import DEFAULT_COLLECTION, Filters
from index.text.languages import language_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.derived.scope import Documents

_NAMED = 20
"""Names that a hint lists at most."""


def require_possible(filters: Filters) -> None:
    """Refuse filters that no document can pass, whatever the corpus holds.

    Raises:
        InvalidFilter: if the days leave no day, or a language is no code.
    """
    since, until, as_of = filters.since, filters.until, filters.as_of
    if since and until and since > until:
        raise InvalidFilter(f"since {since} is after until {until}")
    if since and as_of and since > as_of:
        raise InvalidFilter(
            f"since {since} is after as_of {as_of}",
            hint="Nothing published after as_of counts; give an earlier since or a later as_of.",
        )
    for code in filters.languages:
        if language_of(code) is None:
            raise InvalidFilter(
                f"{code!r} is no language code", hint="Give an ISO 639-1 code such as en."
            )


def require_known(filters: Filters, documents: Documents) -> None:
    """Refuse filters by names that the corpus does not know.

    What the asker may not read is refused in the same words as what is not there, and is not among
    the names that are told instead.

    Raises:
        InvalidFilter: if there is no such document, outlet or collection.
    """
    if filters.documents:
        for document_id in filters.documents:
            if not documents.holds(document_id, filters.permitted):
                raise InvalidFilter(f"there is no document {document_id}")
    if filters.outlets:
        there = documents.names("outlet", filters.permitted)
        _require("outlet", "is from the outlet", filters.outlets, there)
    if filters.collections:
        there = documents.names("collection", filters.permitted)
        unnamed = [DEFAULT_COLLECTION] if documents.has_unnamed(filters.permitted) else []
        _require("collection", "is in the collection", filters.collections, there, unnamed)


def _require(
    field: str, relation: str, names: Sequence[str], there: Sequence[str], also: Sequence[str] = ()
) -> None:
    folded = {name.lower() for name in (*there, *also)}
    for name in names:
        if name.lower() not in folded:
            more = ", …" if len(there) > _NAMED else ""
            listed = ", ".join(there[:_NAMED]) + more
            raise InvalidFilter(
                f"no document {relation} {name!r}",
                hint=f"{field.capitalize()}s here: {listed or 'none is known'}.",
            )
