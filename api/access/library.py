"""What one caller may see and change: the only way from a route to the documents and answers.

Everything is checked twice: what may be read is settled before a search begins
(:attr:`index.models.Filters.permitted`), and what came of it is looked at again before it goes out
(:mod:`api.access.emission`). What may not be read is answered as if it did not exist.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, TypeVar

from fastapi import Depends, Request

from api.access.emission import Emission, Shown
from api.access.gate import STATE
from api.access.principal import Principal
from api.context import Context, context_of
from api.errors import KeyRequired, NotPermitted
from index.record.answers import no_answer
from index.record.catalog import no_document
from qa.audit.replay import Replay

if TYPE_CHECKING:
    from datetime import date

    from api.access.grants import Role
    from index.models import Document, Filters
    from index.record.answers import Moment
    from index.stories.story import Place, Story
    from qa.audit.affected import AffectedAnswer
    from qa.audit.manifest import Manifest
    from qa.models import Answer, AnswerEvent
    from qa.question import FilterSet, Question
    from qa.search.searching import Found

T = TypeVar("T")


class Library:
    """The service as one caller sees it."""

    def __init__(self, context: Context, principal: Principal) -> None:
        self.context = context
        self.principal = principal
        self._service = context.service
        self._asker = principal.asker
        self._permitted = principal.permitted("read")
        self._emission = Emission(context.service.corpus, self._permitted)

    # -- asking ------------------------------------------------------------------------------

    async def stream(self, question: Question) -> AsyncGenerator[AnswerEvent, None]:
        """Answer a question event by event; see :meth:`qa.answerer.Answerer.stream`.

        Raises:
            DossierError: what that raises.
            ForeignWords: if an event holds what may not be read.
        """
        async with aclosing(self._service.stream(question, self._asker)) as events:
            async for event in events:
                await self._require(lambda shown, event=event: shown.event(event))  # type: ignore[misc]
                yield event

    async def answer(self, question: Question) -> Answer:
        """Answer a question; see :meth:`qa.service.Service.answer`.

        Raises:
            DossierError: what that raises.
            ForeignWords: if the answer holds what may not be read.
        """
        answer = await self._service.answer(question, self._asker)
        await self._require(lambda shown: shown.answer(answer))
        return answer

    async def may_see(self, events: Iterable[AnswerEvent]) -> bool:
        """Return whether events of an answer that were told before may still be read."""
        shown = [Shown().event(event) for event in events]
        return all(await asyncio.to_thread(self._emission.readable, shown))

    def validate(self, filters: FilterSet) -> None:
        """Refuse what can match nothing; see :meth:`index.search.retriever.Retriever.validate`."""
        self._service.corpus.validate(filters.to_filters(self._permitted))

    def search(self, query: str, filters: FilterSet, *, limit: int) -> Found:
        """Return the passages for a query; see :meth:`qa.service.Service.search`. Blocks.

        Raises:
            DossierError: what that raises.
            ForeignWords: if what was found may not be read.
        """
        within = filters.to_filters(self._permitted)
        found = self._service.search(query, within, limit=limit)
        self._emission.require(Shown().found(found))
        return found

    # -- documents ---------------------------------------------------------------------------

    def documents(
        self, filters: Filters, *, after: str | None = None, limit: int | None = None
    ) -> list[Document]:
        """Return current versions; see :meth:`index.corpus.Corpus.documents`. Blocks."""
        within = replace(filters, permitted=self._permitted)
        found = self._service.corpus.documents(within, after=after, limit=limit)
        self._emission.whole(found)
        return found

    def document(self, document_id: str, version: int | None = None) -> Document:
        """Return a version of a document, the current one by default. Blocks.

        Neither how long it takes nor what it says tells one that may not be read from one that is
        not there.

        Raises:
            NotFound: if there is no such document or version, or it may not be read.
        """
        places = {(document_id, None), (document_id, version)}
        if not self._may("read", self._collections(places), len(places)):
            raise no_document(document_id, version)
        document = self._service.corpus.document(document_id, version)
        self._emission.whole([document])
        return document

    def stories(self, filters: Filters, *, limit: int, after: Place | None = None) -> list[Story]:
        """Return stories; see :meth:`index.corpus.Corpus.stories`. Blocks."""
        within = replace(filters, permitted=self._permitted)
        found = self._service.corpus.stories(within, limit=limit, after=after)
        self._emission.stories(found)
        return found

    def require_write(self, collection: str | None = None) -> None:
        """Refuse who may not add documents to a collection, or to any if none is named.

        It is no matter whether the collection is there.

        Raises:
            NotPermitted: if the role does not suffice.
        """
        if collection is None:
            allowed = self.principal.permitted("write") != frozenset()
        else:
            allowed = self.principal.may("write", collection)
        if not allowed:
            to = f"the collection {collection!r}" if collection else "any collection"
            raise NotPermitted(f"this key may not write to {to}")

    async def remove(self, document_id: str, require: Callable[[Document], None]) -> None:
        """Remove a document with all its versions.

        Args:
            document_id: the document.
            require: is shown its current version first, and raises if that should stay.

        Raises:
            NotFound: if there is no such document, or it may not be read.
            NotPermitted: if it may be read and not removed.
        """

        def work() -> None:
            collections = self._collections({(document_id, None)})
            if not self._may("read", collections, 1):
                raise no_document(document_id)
            self.require_write(collections[0])
            require(self._service.corpus.document(document_id))
            self._service.corpus.remove(document_id)

        await self.context.write(work)

    # -- recorded answers --------------------------------------------------------------------

    def answers(self, *, limit: int, before: Moment | None = None) -> list[Answer]:
        """Return the latest answers that may be read, newest first, at most ``limit``. Blocks."""
        left: list[Answer] = []
        while True:
            found = self._service.answers(limit=limit, asker=self._asker, before=before)
            readable = self._emission.readable(Shown().answer(answer) for answer in found)
            left += [answer for answer, may in zip(found, readable, strict=True) if may]
            if len(left) >= limit or len(found) < limit:
                return left[:limit]
            before = (found[-1].created_at, found[-1].id)

    def recorded(self, answer_id: str) -> Answer:
        """Return an answer given earlier, as it was recorded. Blocks.

        Raises:
            NotFound: if there is no such answer, or it may not be read.
        """
        answer = self._service.recorded(answer_id, self._asker)
        if not all(self._emission.readable([Shown().answer(answer)])):
            raise no_answer(answer_id)
        return answer

    def manifest(self, answer_id: str) -> Manifest | None:
        """Return what a recorded answer was made from; ``None`` if that was not recorded. Blocks.

        Raises:
            NotFound: if there is no such answer, or it may not be read.
        """
        found = self._manifest(answer_id)
        if found is None or self._permitted is None:
            return found
        return found.model_copy(update={"last_change": None})  # others change the record too

    async def replay(self, answer_id: str, *, recorded: bool) -> Replay:
        """Answer a recorded question again; see :meth:`qa.service.Service.replay`.

        Raises:
            NotFound: if there is no such answer, or it may not be read.
            DossierError: what that raises.
            ForeignWords: if the answer holds what may not be read.
        """
        await asyncio.to_thread(self._manifest, answer_id)
        made = await self._service.replay(answer_id, recorded=recorded, asker=self._asker)
        await self._require(lambda shown: shown.replay(made))
        if self._permitted is None:
            return made
        own = tuple(change for change in made.changes if change.kind != "record")
        return made.model_copy(update={"changes": own})

    def affected(
        self, *, documents: Sequence[str], since: date | None, behind: Moment | None = None
    ) -> Iterator[AffectedAnswer]:
        """Yield recorded answers whose sources changed; see :func:`qa.audit.affected.affected`."""
        found = self._service.affected(
            documents=documents, since=since, asker=self._asker, behind=behind
        )
        for answer in found:
            if all(self._emission.readable([Shown().affected(answer)])):
                yield answer

    # -- the rest ----------------------------------------------------------------------------

    def require_rule(self) -> None:
        """Refuse who has not the role of an admin on all collections.

        Raises:
            NotPermitted: if that is so.
        """
        if not self.principal.rules:
            raise NotPermitted("this asks for a key with the role admin on all collections")

    def _manifest(self, answer_id: str) -> Manifest | None:
        self.recorded(answer_id)
        manifest = self._service.manifest(answer_id, self._asker)
        if manifest and not all(self._emission.readable([Shown().manifest(manifest)])):
            raise no_answer(answer_id)
        return manifest

    def _collections(self, places: Iterable[tuple[str, int | None]]) -> list[str]:
        return list(self._service.corpus.catalog.collections_of(places).values())

    def _may(self, role: Role, collections: Sequence[str], wanted: int) -> bool:
        """Return whether all that was wanted is there and may be used so."""
        return len(collections) == wanted and all(self.principal.may(role, c) for c in collections)

    async def _require(self, show: Callable[[Shown], Shown]) -> None:
        if self._permitted is not None:
            await asyncio.to_thread(self._emission.require, show(Shown()))


def library_of(request: Request) -> Library:
    """Return the library as who sent ``request`` sees it.

    Raises:
        KeyRequired: on an open path without a key.
    """
    principal = request.scope.get("state", {}).get(STATE)
    if not isinstance(principal, Principal):
        raise KeyRequired("this asks for a key")
    return Library(context_of(request), principal)


async def _library(request: Request) -> Library:
    """Return the same without leaving the event loop: a busy server has no thread to spare."""
    return library_of(request)


Permitted = Annotated[Library, Depends(_library)]
"""The library, as a route takes it."""
