"""Generator: an answer by a model, from numbered evidence and nothing else.

The model writes statements and names numbers; it never writes a quotation. What it cites is looked
up here and cut from the record, so no reply can forge one.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Sequence

from qa import prompt
from qa.compose import DraftStatement, EvidenceSentence
from qa.errors import ModelError, ModelIncomplete
from qa.model import ChatModel
from qa.models import AnswererName, Usage
from qa.statements import Parsed, StatementParser


class Generator:
    """The answerer that asks a model; one object for one answer.

    Args:
        model: The model to ask.
        context_tokens: Most tokens of evidence that are sent.
    """

    name: AnswererName = "model"
    """Which answerer this is."""

    def __init__(self, model: ChatModel, *, context_tokens: int) -> None:
        self._model = model
        self._context_tokens = context_tokens
        self._usage: Usage | None = None

    @property
    def model(self) -> str:
        """The model's name."""
        return self._model.name

    @property
    def usage(self) -> Usage | None:
        """Tokens that the call took, once it is over and if the endpoint counts them."""
        return self._usage

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
        asked = prompt.build(question, evidence, budget=self._context_tokens)
        parser = StatementParser(len(asked.numbered))
        found = False

        def draft(parsed: Parsed) -> DraftStatement:
            cited = tuple(asked.numbered[number - 1] for number in parsed.numbers)
            return DraftStatement(parsed.text, cited)

        try:
            async with contextlib.aclosing(self._model.stream(asked.messages)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Usage):
                        self._usage = piece
                        continue
                    for parsed in parser.feed(piece):
                        found = True
                        yield draft(parsed)
        except ModelError:
            for parsed in parser.release():
                yield draft(parsed)
            raise
        for parsed in parser.finish():
            found = True
            yield draft(parsed)
        if not found and not parser.absent:
            raise ModelIncomplete(f"the reply of {self.model} holds no statement")
