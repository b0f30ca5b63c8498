"""A search as every way in offers it."""

from __future__ import annotations

from api.access.library import Library
from api.schemas import SearchHit, SearchReply, SearchRequest
from qa.errors import InvalidQuestion
from qa.when.timing import read


def search_for(library: Library, asked: SearchRequest) -> SearchReply:
    """Return the passages for a query, as who sees ``library`` may find them. Blocks.

    Raises:
        InvalidQuestion: if the query is empty or too long.
        DossierError: as :meth:`api.access.library.Library.search`.
    """
    longest = library.context.settings.max_question_chars
    if not asked.query.strip():
        raise InvalidQuestion("the query is empty", hint="Give some words to look for.")
    if len(asked.query) > longest:
        raise InvalidQuestion(
            f"the query has {len(asked.query):,} characters, {longest:,} are allowed",
            hint="Shorten the query, or raise DOSSIER_MAX_QUESTION_CHARS.",
        )
    library.validate(asked.filters)
    reading = read(asked.query, asked.filters)
    reading.require_days()
    found = library.search(reading.query, reading.filters, limit=asked.limit)
    return SearchReply(
        hits=[SearchHit.of(hit) for hit in found.hits],
        steps=found.steps,
        coverage=reading.coverage(found.retrieval),
    )
