"""How drafts call documents: by the shortest name that only one of them has."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eval.suites.checking.library import Library


def name_of(id_: str, library: Library) -> str:
    """Return the shortest end of a document's source that names it alone, or else its name."""
    document = library.documents[id_]
    if library.ids(document.name) == {id_}:
        return document.name
    parts = document.source.split("/")
    for number in range(2, len(parts)):
        name = "/".join(parts[-number:])
        if library.ids(name) == {id_}:
            return name
    return document.name


def holders(sentence: str, library: Library) -> list[str]:
    """Return the names of all documents that have a sentence word for word, sorted."""
    return sorted(
        name_of(id_, library) for id_ in library.documents if sentence in library.flat(id_)
    )
