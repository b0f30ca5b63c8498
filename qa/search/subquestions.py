"""A model's plan for a question: the questions to look up one by one. Off unless asked for.

The model sees the question and nothing of the documents, so that no document can steer what is
searched for. What it writes is only ever searched with: it is not shown as an answer and cannot
widen the filters. Without a usable reply the rules of :mod:`qa.search.plan` do the work alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from dataclasses import dataclass

from qa.chat.model import ChatModel
from qa.errors import ModelIncomplete
from qa.models import Usage

MOST_SUBQUESTIONS = 4
"""Sub-questions that are searched for."""

LONGEST = 300
"""Characters of a sub-question; a longer line is no question."""

PLAN_SECONDS = 15.0
"""Longest that a plan may take; searching without one is better than waiting."""

PLAN_TOKENS = 250
"""Most tokens that the model may write for a plan."""

NONE_NEEDED = "NONE"
"""What the model is to write if one look-up is enough."""

_RULES = f"""\
You plan the look-ups for an analyst's question. The documents are searched by the words you \
write, one search for each line; you do not see them.

Rules:
1. Write the questions that have to be looked up one by one to answer it, one per line, at most \
{MOST_SUBQUESTIONS}. For a comparison, write one for each side.
2. Each must be readable alone: repeat names, titles and dates as the question writes them.
3. Add no name, date or fact that the question does not have, and do not answer it.
4. If one look-up is enough, write {NONE_NEEDED} and nothing else.
5. No numbering, headings or further words. Write in the question's language."""

_BULLET = re.compile(r"^\s*(?:[-*•–]|\(?\d{1,2}[.):])\s*")


@dataclass(frozen=True, slots=True)
class Planned:
    """What a model planned."""

    questions: tuple[str, ...]
    """The sub-questions; empty if one look-up is enough."""
    usage: Usage | None
    """Tokens that the call took, if the endpoint counts them."""


@dataclass(frozen=True, slots=True)
class Planner:
    """Asks a model for the sub-questions of a question."""

    model: ChatModel
    """The model, with a deadline and a limit of tokens of its own."""

    def plan(self, question: str) -> Planned:
        """Return the model's plan. Blocks; not to be called where an event loop runs.

        Args:
            question: the question, readable without the conversation.

        Raises:
            ModelError: as :meth:`ChatModel.stream`, or if the reply holds no question.
        """
        return asyncio.run(self._plan(question))

    async def _plan(self, question: str) -> Planned:
        asked = question.encode("utf-8", "replace").decode("utf-8").strip()
        messages = [{"role": "system", "content": _RULES}, {"role": "user", "content": asked}]
        reply, usage = "", None
        async with contextlib.aclosing(self.model.stream(messages)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Usage):
                    usage = piece
                else:
                    reply += piece
        if reply.strip(" \n.*\"'").upper() == NONE_NEEDED:
            return Planned((), usage)
        found = _questions(reply, asked)
        if not found:
            raise ModelIncomplete(f"the reply of {self.model.name} holds no sub-question")
        return Planned(found, usage)


def _questions(reply: str, asked: str) -> tuple[str, ...]:
    """Return the lines of a reply that can be searched for."""
    lines = (" ".join(_BULLET.sub("", line).split()) for line in reply.splitlines())
    usable = (
        line
        for line in lines
        if any(c.isalnum() for c in line) and len(line) <= LONGEST and not line.endswith(":")
    )
    different = {line.casefold(): line for line in usable if line.casefold() != asked.casefold()}
    return tuple(different.values())[:MOST_SUBQUESTIONS]
