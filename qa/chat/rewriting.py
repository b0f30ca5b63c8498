"""A model's wording of a follow-up, readable without the conversation. Off unless asked for.

The model sees the questions of the conversation and nothing of the documents or answers. What it
writes counts only if every word that carries content, every name and every figure of it stands in
the conversation, and nothing of the follow-up got lost; otherwise the rules of
:mod:`qa.conversation` do the work.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from dataclasses import dataclass

from qa.chat.model import ChatModel
from qa.conversation import standalone
from qa.errors import ModelError
from qa.models import Usage
from qa.question import Question
from qa.text.words import content_stems, fold, key, tokens

REWRITE_SECONDS = 10.0
"""Longest that the wording may take; the rules are at hand."""

REWRITE_TOKENS = 120
"""Most tokens that the model may write for it."""

LONGEST = 500
"""Characters of a question; what is longer is none."""

TURNS = 6
"""Earlier questions that are shown, the latest."""

_RULES = """\
You make the last question of a conversation readable without the conversation.

Rules:
1. Replace pronouns and what is left out by the words of the earlier questions that they stand for.
2. Use words of the conversation only. Add no name, date, figure or fact, and do not answer.
3. Keep every word of the last question that carries meaning.
4. If it can be read alone already, write it unchanged.
5. Write the question on one line and nothing else, in its own language."""

_LABEL = re.compile(
    r"^(?:standalone |rewritten |last |the )*(?:question|rewrite|answer)\s*:\s*", re.IGNORECASE
)
_NEGATION = frozenset({"not", "no", "never", "without", "none", "nobody", "nothing", "neither"})


@dataclass(frozen=True, slots=True)
class Rewritten:
    """How a question is understood."""

    text: str
    """The question, readable without the conversation."""
    usage: Usage | None = None
    """Tokens that the call took, where there was one and the endpoint counts them."""


@dataclass(frozen=True, slots=True)
class Rewriter:
    """Asks a model what a follow-up means."""

    model: ChatModel
    """The model, with a deadline and a limit of tokens of its own."""

    async def rewrite(self, question: Question) -> Rewritten:
        """Return the question as it reads without the conversation; by the rules if need be."""
        by_rule = standalone(question)
        if not question.history:
            return Rewritten(by_rule)
        reply, usage = "", None
        try:
            async with contextlib.aclosing(self.model.stream(_messages(question))) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Usage):
                        usage = piece
                    else:
                        reply += piece
        except ModelError:
            return Rewritten(by_rule, usage)
        usable = await asyncio.to_thread(_usable, reply, question)
        return Rewritten(usable or by_rule, usage)


def _messages(question: Question) -> list[dict[str, str]]:
    earlier = [turn.standalone for turn in question.history[-TURNS:]]
    listed = "\n".join(f"Earlier question: {_line(text)}" for text in earlier)
    asked = f"{listed}\nLast question: {_line(question.text)}"
    return [{"role": "system", "content": _RULES}, {"role": "user", "content": asked}]


def _line(text: str) -> str:
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").split())


def _usable(reply: str, question: Question) -> str | None:
    """Return the question of a reply if it may stand for the one that was asked."""
    lines = [line.strip() for line in reply.splitlines() if line.strip()]
    if len(lines) != 1:
        return None
    text = _LABEL.sub("", lines[0]).strip("\"'“”*` ")
    if not text or len(text) > LONGEST:
        return None
    turns = (turn for turn in question.history[-TURNS:])
    said = " ".join([question.text, *(f"{turn.question} {turn.standalone}" for turn in turns)])
    if not set(_telling(text)) <= set(_telling(said)):
        return None
    if not set(content_stems(question.text)) <= set(content_stems(text)):
        return None
    return text if _denials(text) == _denials(question.text) else None


def _telling(text: str) -> list[str]:
    """Return what of a text may not come from elsewhere: content words, and all that has digits."""
    figures = [key(token.text) for token in tokens(text) if any(c.isdigit() for c in token.text)]
    return content_stems(text) + figures


def _denials(text: str) -> int:
    words = [fold(token.text) for token in tokens(text)]
    return sum(word in _NEGATION or word.endswith("n't") for word in words)
