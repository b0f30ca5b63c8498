"""Generator: an answer by a model, from numbered evidence and nothing else.

The model writes statements and names numbers; it never writes a quotation. What it cites is looked
up here and cut from the record, so no reply can forge one.

Statements come as structured output where the endpoint keeps to a schema, and as lines otherwise.
An endpoint that turns the schema down, or whose reply does not keep to it, is asked again for lines
before anything of the first reply has been told, so that an answer is in one form only.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from typing import TYPE_CHECKING, Literal

from qa.chat import prompt
from qa.chat.model import ChatModel
from qa.chat.prompt import Prompt
from qa.chat.statements import Parsed, StatementParser
from qa.chat.structured import SCHEMA, StructuredParser
from qa.compose import DraftStatement, EvidenceSentence, sum_usage
from qa.errors import FormRefused, ModelError, ModelIncomplete, ModelRefused
from qa.inert import inert
from qa.models import OutputForm, Usage
from qa.question import AnswererName

if TYPE_CHECKING:
    from qa.chat.calls import RecordedCall

Output = Literal["auto", "plain", "structured"]
"""Which form to ask for; ``auto`` is structured where the endpoint keeps to it."""

AGAIN_TOKENS = 80
"""Tokens that the model may write for each statement that it writes anew."""


class Generator:
    """The answerer that asks a model; one object for one answer.

    Args:
        model: The model to ask.
        context_tokens: Most tokens of evidence that are sent.
        output: Which form to ask for.
    """

    name: AnswererName = "model"
    """Which answerer this is."""

    def __init__(self, model: ChatModel, *, context_tokens: int, output: Output = "plain") -> None:
        self.chat = model
        """The model that is asked."""
        self.context_tokens = context_tokens
        """Most tokens of evidence that are sent."""
        self.deadline: float | None = None
        """When the answer has to be there, in the event loop's time, once it is begun."""
        self._output = output
        self._usage: Usage | None = None
        self._form: OutputForm | None = None

    @property
    def model(self) -> str:
        """The model's name."""
        return self.chat.name

    @property
    def usage(self) -> Usage | None:
        """Tokens that the calls took, once they are over and if the endpoint counts them."""
        return self._usage

    @property
    def form(self) -> OutputForm | None:
        """In which form the statements came; ``None`` if the model was not asked."""
        return self._form

    @property
    def withheld(self) -> str | None:
        """Everything that the model writes is passed on."""
        return None

    @property
    def calls(self) -> Sequence[RecordedCall]:
        """The calls so far, where the model keeps them."""
        return tuple(getattr(self.chat, "calls", ()))

    def count(self, usage: Usage) -> None:
        """Add the tokens of a call."""
        self._usage = sum_usage(self._usage, usage)

    async def compose(
        self, question: str, evidence: Sequence[EvidenceSentence]
    ) -> AsyncGenerator[DraftStatement, None]:
        """Yield the model's statements, each as soon as it is whole.

        Nothing is sent without evidence. A sentence that is not complete when the reply breaks off
        is not part of the answer.

        Args:
            question: The question, readable without the conversation.
            evidence: The sentences that may be cited, best first.

        Yields:
            Statements, with what they cite; none if the model finds no answer in the evidence.

        Raises:
            ModelError: as :meth:`ChatModel.stream`, after the statements that were complete; also
                if a whole reply holds neither a statement nor the word that there is none.
        """
        if not evidence:
            return
        self.deadline = asyncio.get_running_loop().time() + self.chat.timeout
        dialect = self.chat.dialect
        refused = False
        if self._output == "structured" or (self._output == "auto" and dialect.takes_structure):
            told = False
            try:
                async with contextlib.aclosing(self._structured(question, evidence)) as drafts:
                    async for draft in drafts:
                        told = True
                        yield draft
            except (FormRefused, ModelIncomplete) as error:
                if told or self._output == "structured":
                    raise
                refused = isinstance(error, FormRefused)
                if isinstance(error, _NotKept):
                    dialect.structure_was_not_kept(refused=False)
            else:
                return
        async with contextlib.aclosing(self._plain(question, evidence)) as drafts:
            async for draft in drafts:
                yield draft
        if refused:  # known for certain now: the same call went through without the schema
            dialect.structure_was_not_kept(refused=True)

    async def again(
        self,
        question: str,
        evidence: Sequence[EvidenceSentence],
        faulty: Sequence[tuple[str, str]],
    ) -> list[DraftStatement]:
        """Have the model write statements anew that what they cite does not bear out.

        One call, with the time that is left of the answer's deadline; a call that fails gives what
        came before, as the statements can be cut instead.

        Args:
            question: The question.
            evidence: The same as in :meth:`compose`.
            faulty: Each statement and what speaks against it.
        """
        asked = prompt.revision(question, evidence, faulty, budget=self.context_tokens)
        reader = StatementParser(len(asked.numbered))
        found: list[Parsed] = []
        limit = min(self.chat.max_tokens, AGAIN_TOKENS * (len(faulty) + 1))
        pieces = self.chat.stream(asked.messages, deadline=self.deadline, max_tokens=limit)
        with contextlib.suppress(ModelError):
            async with contextlib.aclosing(pieces):
                async for piece in pieces:
                    if isinstance(piece, Usage):
                        self.count(piece)
                    else:
                        found += reader.feed(piece)
            found += reader.finish()
        return [_draft(parsed, asked) for parsed in found]

    async def _plain(
        self, question: str, evidence: Sequence[EvidenceSentence]
    ) -> AsyncGenerator[DraftStatement, None]:
        asked = prompt.build(question, evidence, budget=self.context_tokens)
        reader = StatementParser(len(asked.numbered))
        async with contextlib.aclosing(self._read("plain", asked, reader)) as drafts:
            async for draft in drafts:
                yield draft

    async def _structured(
        self, question: str, evidence: Sequence[EvidenceSentence]
    ) -> AsyncGenerator[DraftStatement, None]:
        asked = prompt.build(question, evidence, budget=self.context_tokens, form="structured")
        reader = StructuredParser(len(asked.numbered))
        async with contextlib.aclosing(self._read("structured", asked, reader)) as drafts:
            async for draft in drafts:
                yield draft
        if reader.broken:
            raise ModelIncomplete(f"the list of statements of {self.model} is not whole")
        self.chat.dialect.structure_was_kept()

    async def _read(
        self, form: OutputForm, asked: Prompt, reader: StatementParser | StructuredParser
    ) -> AsyncGenerator[DraftStatement, None]:
        """Yield the statements of one call; raise if there is none and no word that says so."""
        self._form = form
        found = False
        schema = SCHEMA if form == "structured" else None
        pieces = self.chat.stream(asked.messages, schema=schema, deadline=self.deadline)
        try:
            async with contextlib.aclosing(pieces):
                async for piece in pieces:
                    if isinstance(piece, Usage):
                        self.count(piece)
                        continue
                    for parsed in _stated(reader.feed(piece), asked):
                        found = True
                        yield _draft(parsed, asked)
                    if isinstance(reader, StructuredParser) and reader.foreign and not found:
                        break  # the rest would be thrown away
        except ModelError as error:
            for parsed in _stated(reader.release(), asked):
                found = True
                yield _draft(parsed, asked)
            # What a model writes behind its end, or the loss of a connection then, takes nothing.
            if not (reader.ended and isinstance(error, ModelIncomplete)):
                raise
        for parsed in _stated(reader.finish(), asked):
            found = True
            yield _draft(parsed, asked)
        self._judge(reader, found=found)

    def _judge(self, reader: StatementParser | StructuredParser, *, found: bool) -> None:
        """Return if a reply that came whole is an answer.

        Raises:
            ModelRefused: if the model declined to answer, in words.
            ModelIncomplete: if it ended inside a thought or holds no statement.
        """
        if reader.refused and not found:
            raise ModelRefused(f"{self.model} declined to answer: {inert(reader.refused)}")
        if reader.thinking:
            raise ModelIncomplete(f"the reply of {self.model} ends inside its reasoning")
        if not found and not reader.absent:
            if isinstance(reader, StructuredParser) and not reader.kept:
                raise _NotKept(
                    f"the reply of {self.model} is not the JSON asked for", hint=FormRefused.hint
                )
            raise ModelIncomplete(f"the reply of {self.model} holds no statement")


def _stated(parsed: Sequence[Parsed], asked: Prompt) -> list[Parsed]:
    """Return what is stated, without words of the prompt that were repeated."""
    return [one for one in parsed if not asked.holds(one.text)]


def _draft(parsed: Parsed, asked: Prompt) -> DraftStatement:
    return DraftStatement(parsed.text, tuple(asked.numbered[n - 1] for n in parsed.numbers))


class _NotKept(ModelIncomplete):
    """A whole reply that does not keep to the schema."""
