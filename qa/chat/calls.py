"""Calls: what was sent to a model for one answer and what came back, kept and played again.

A reply is kept word for word, up to a length, and the prompt by its hash: prompts hold the words of
documents, which the record has already. Played again, a reply takes the same way through parser
and checks as it did from the endpoint.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

from qa.chat.model import ChatModel
from qa.chat.reply import Reply
from qa.errors import FormRefused, ModelError, ModelIncomplete
from qa.models import Usage
from qa.question import Contract

LONGEST_REPLY = 100_000
"""Characters that are kept of one reply; one of ``DOSSIER_MODEL_MAX_TOKENS`` is far shorter."""

MOST_CALLS = 50
"""Calls that are kept for one answer."""


class RecordedCall(Contract):
    """One call of a model: its prompt by a hash, and its reply."""

    prompt_sha256: str
    """SHA-256 of the messages as JSON, in hexadecimal."""
    structured: bool = False
    """Whether the reply was to be of a given form."""
    reply: str = ""
    """What the model wrote, word for word."""
    cut: bool = False
    """Whether it wrote more than is kept."""
    changes: tuple[str, ...] = ()
    """Parameters that the endpoint was found not to take, such as ``without seed``."""
    usage: Usage | None = None
    """Tokens of the call, where the endpoint counts them."""
    error: str | None = None
    """Code of the error that ended the call, where one did."""
    message: str | None = None
    """What that error said."""
    served: str | None = None
    """The model's name as the endpoint gave it with the reply, where it did."""
    fingerprint: str | None = None
    """What the endpoint calls the state of its system (``system_fingerprint``), where it says."""


def prompt_hash(messages: Sequence[Mapping[str, str]]) -> str:
    """Return the SHA-256 of the messages of a call, in hexadecimal."""
    content = json.dumps([dict(message) for message in messages], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


class RecordingModel(ChatModel):
    """A model whose calls are kept; one object for one answer."""

    def __init__(self, name: str, **given: Any) -> None:
        super().__init__(name, **given)
        self.calls: list[RecordedCall] = []
        """The calls so far, in order."""
        self._last = Reply()

    def _begun(self, reply: Reply) -> None:
        self._last = reply

    async def stream(
        self, messages: Sequence[Mapping[str, str]], **given: Any
    ) -> AsyncGenerator[str | Usage, None]:
        """Send a conversation as :meth:`ChatModel.stream` does, and keep what comes back."""
        ended: dict[str, Any] = {}
        self._last = Reply()
        try:
            async with contextlib.aclosing(super().stream(messages, **given)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Usage):
                        ended["usage"] = piece
                    yield piece
        except ModelError as error:
            ended |= {"error": error.code, "message": str(error)}
            raise
        finally:
            reply = str(self._last.heard)
            if len(self.calls) < MOST_CALLS:
                call = RecordedCall(
                    prompt_sha256=prompt_hash(messages),
                    structured=given.get("schema") is not None,
                    reply=reply[:LONGEST_REPLY],
                    cut=len(reply) > LONGEST_REPLY,
                    served=self._last.served,
                    fingerprint=self._last.fingerprint,
                    changes=self.dialect.changes,
                    **ended,
                )
                self.calls.append(call)


class RecordedModel(ChatModel):
    """A model that gives the replies that were kept, in order, and calls no endpoint.

    Args:
        name: Name of the model that gave them.
        calls: What was kept.
    """

    def __init__(self, name: str, calls: Sequence[RecordedCall]) -> None:
        super().__init__(name)
        self.calls: list[RecordedCall] = []
        """The calls so far, each with the hash of the prompt that was given now."""
        self._kept = list(calls)

    async def stream(
        self, messages: Sequence[Mapping[str, str]], **given: Any
    ) -> AsyncGenerator[str | Usage, None]:
        """Give the next reply that was kept.

        Raises:
            FormRefused: if a form is asked for that this reply was not asked for.
            ModelIncomplete: if no reply is left, or the reply was too long to be kept.
            ModelError: the error that ended the call, where one did.
        """
        structured = given.get("schema") is not None
        if len(self.calls) == len(self._kept):
            raise ModelIncomplete(f"no further reply of {self.name} is in the record")
        call = self._kept[len(self.calls)]
        if structured and not call.structured:
            raise FormRefused(f"{self.name} was not asked for a form then")
        self.calls.append(call.model_copy(update={"prompt_sha256": prompt_hash(messages)}))
        if call.reply:
            yield call.reply
        if call.usage is not None:
            yield call.usage
        if call.cut:
            raise ModelIncomplete(f"the record holds the first {LONGEST_REPLY:,} characters only")
        if call.error is not None:
            raise _kind_of(call.error)(call.message or "the call failed")


def _kind_of(code: str) -> type[ModelError]:
    """Return the class of model errors with a code."""
    waiting = [ModelError]
    while waiting:
        kind = waiting.pop()
        if kind.__dict__.get("code") == code:
            return kind
        waiting += kind.__subclasses__()
    return ModelError
