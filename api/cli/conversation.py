"""A conversation: questions that build on earlier ones, and the commands between them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from api.cli import excerpt, render, sources, transcript
from api.cli.answers import follow, name_of, teller, with_status
from api.cli.display import Display
from index.errors import InputError, InvalidFilter, NotFound
from qa.models import Answer, Citation
from qa.question import FilterSet, Question, Turn
from qa.visible import one_line, visible
from qa.when.timing import event

if TYPE_CHECKING:
    from qa.question import AnswererName
    from qa.service import Service

COMMANDS = {
    "/sources": "list the documents that are searched; those just cited are marked",
    "/open N": "show citation [N] of the last answer in its context",
    "/save FILE": "write the conversation with its citations as Markdown",
    "/filters": "show the filters; `/filters outlet=CNN since=2025-01-01` sets, `clear` lifts them",
    "/help": "show this",
    "/quit": "leave",
}
"""The commands with what they do; everything else that is typed is a question."""

_TURNS = 20
"""Earlier questions that are sent along; what follows from older ones is in their wording."""
_LISTED = 50
_DAYS = frozenset({"since", "until", "as_of"})
_KEYS = _DAYS | {"outlet", "document", "collection", "language", "date"}


class Conversation:
    """Questions, answers and filters of one conversation.

    Args:
        service: Who answers.
        display: Where everything is shown.
        filters: Restrictions on the documents to begin with.
        answerer: Which answerer to use; ``None`` takes the configured one.
    """

    def __init__(
        self,
        service: Service,
        display: Display,
        filters: FilterSet,
        answerer: AnswererName | None,
    ) -> None:
        self.service = service
        self.display = display
        self.filters = filters
        self.answerer = answerer
        self.answers: list[Answer] = []
        self._saved: set[Path] = set()

    async def take(self, line: str) -> bool:
        """Act on what was typed: answer a question or carry out a command.

        Returns:
            Whether the conversation goes on.

        Raises:
            DossierError: if the question or command does not fit, or something failed; the
                conversation can go on.
        """
        line = line.strip()
        if not line.startswith("/"):
            if line:
                await self._ask(line)
            return True
        command, _, rest = line.partition(" ")
        if command in {"/quit", "/exit"}:
            return False
        carry_out = {
            "/sources": self._sources,
            "/open": self._open,
            "/save": self._save,
            "/filters": self._set_filters,
            "/help": self._help,
        }.get(command)
        if carry_out is None:
            raise InputError(f"there is no command {command}", hint="/help lists the commands.")
        carry_out(rest.strip())
        return True

    async def _ask(self, text: str) -> None:
        history = tuple(
            Turn(question=answer.question, standalone=answer.standalone, answer=answer.id)
            for answer in self.answers[-_TURNS:]
        )
        question = Question(
            text=text, filters=self.filters, answerer=self.answerer, history=history
        )
        with self.display.status("searching") as status:
            each = with_status(status, teller(self.service, self.display))
            self.answers.append(await follow(self.service, question, each))
        self.display.line([])

    def _help(self, _rest: str) -> None:
        for command, meaning in COMMANDS.items():
            self.display.line([(f"{command:<12}", "heading"), (f"  {meaning}", "")])

    def _sources(self, _rest: str) -> None:
        cited: dict[str, str] = {}
        for citation in self.answers[-1].citations if self.answers else ():
            marks = cited.get(citation.document_id, "")
            cited[citation.document_id] = f"{marks}[{citation.number}]"
        found = list(
            islice(sources.pages(self.service.corpus, self.filters.to_filters()), _LISTED + 1)
        )
        rows = [[*sources.row(document), cited.get(document.id, "")] for document in found]
        self.display.rows(
            ["id", "version", "published", "outlet", "title", "cited"], rows[:_LISTED]
        )
        if len(found) > _LISTED:
            self.display.words("… and more; `dossier sources` lists all", "dim")

    def _open(self, rest: str) -> None:
        citation = self._cited(rest)
        document = self.service.corpus.document(citation.document_id, citation.version)
        passages = self.service.corpus.passages(document.id, document.version)
        name = name_of(self.service, citation)
        self.display.lines(
            excerpt.lines(citation, name, document, passages, styled=self.display.styled)
        )

    def _cited(self, number: str) -> Citation:
        """Return the citation of the last answer with this number."""
        citations = self.answers[-1].citations if self.answers else ()
        for citation in citations:
            if number.strip("[]") == str(citation.number):
                return citation
        there = f"It has [1] to [{len(citations)}]." if citations else "It cites nothing."
        raise NotFound(
            f"the last answer has no citation {number!r}" if self.answers else "no answer yet",
            hint=there if self.answers else "Ask a question first, then `/open 1`.",
        )

    def _save(self, rest: str) -> None:
        if not rest:
            raise InputError("no file was named", hint="`/save talk.md` writes the conversation.")
        path = Path(rest.strip("\"'")).expanduser()
        if path.exists() and path.resolve() not in self._saved:
            raise InputError(f"{path} exists and is kept", hint="Save under another name.")
        text = transcript.markdown(self.answers, lambda c: name_of(self.service, c))
        try:
            path.write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            raise InputError(f"{path}: {error.strerror}", hint="Save somewhere else.") from error
        self._saved.add(path.resolve())
        self.display.words(
            f"saved {render.count(len(self.answers), 'answer')} to {visible(str(path))}"
        )

    def _set_filters(self, rest: str) -> None:
        if rest:
            wanted = changed(self.filters, rest)
            self.service.corpus.validate(wanted.to_filters())
            self.filters = wanted
        words = render.filter_words(self.filters)
        told = " ".join(f'date="{name}={day}"' for name, day in self.filters.dates.items())
        self.display.words(words or "no filters: all documents are searched")
        if told:
            self.display.words(one_line(told))
        if words and not self.service.corpus.documents(self.filters.to_filters(), limit=1):
            self.display.words("no document passes these filters", "warning")


def changed(filters: FilterSet, words: str) -> FilterSet:
    """Return filters changed as ``words`` say.

    Args:
        filters: What holds so far.
        words: ``clear``, or pairs ``key=value`` with the keys outlet, document, collection,
            language, since, until, as_of, and date for the day of an event (``date="the
            treaty=2025-01-17"``). A key that is named replaces what held for it, without a value
            it lifts it; those that name something may be named several times. Values with spaces
            stand in quotation marks.

    Raises:
        InvalidFilter: if a pair cannot be read.
    """
    if words == "clear":
        return FilterSet()
    values: dict[str, list[str]] = {}
    for key, value in _pairs(words):
        values.setdefault(key, []).extend([value] if value else [])
    updates: dict[str, object] = {}
    for key, given in values.items():
        if key in _DAYS:
            updates[key] = _day(given[-1]) if given else None
        elif key == "date":
            updates["dates"] = dict(event(value) for value in given)
        else:
            updates[f"{key}s"] = tuple(given)
    return filters.model_copy(update=updates)


def _pairs(words: str) -> Iterator[tuple[str, str]]:
    usage = 'For example `/filters outlet="The Times" since=2025-01-01`, or `/filters clear`.'
    try:
        tokens = shlex.split(words)
    except ValueError as error:
        raise InvalidFilter(f"{words}: a quotation mark is not closed", hint=usage) from error
    for token in tokens:
        key, equals, value = token.partition("=")
        if not equals or key not in _KEYS:
            raise InvalidFilter(f"{token!r} is not a filter", hint=usage)
        yield key, value


def _day(value: str) -> object:
    try:
        return datetime.strptime(value, "%Y-%m-%d").date()
    except ValueError as error:
        raise InvalidFilter(f"{value!r} is not a day", hint="Write YYYY-MM-DD.") from error
