"""Who listens to the calls of a model: metrics and traces, where a way in has such.

The listener travels with the task, not with the arguments: composers, planners and rewriters need
not know that somebody counts. Without one nothing is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from qa.chat.reply import Reply


@dataclass
class ModelCall:
    """A call of a model, filled in while it goes on."""

    model: str
    """Name of the model that is asked for."""
    address: str
    """Address of the endpoint, without credentials."""
    parameters: Mapping[str, Any]
    """What is sent beside the messages, such as ``max_tokens``."""
    messages: Sequence[Mapping[str, str]]
    """What is sent; it holds words of questions and documents."""
    reply: Reply
    """What is known of the reply, as it comes in."""


Listen = Callable[[ModelCall], AbstractContextManager[object]]
"""Returns what surrounds a call; an error that ends the call passes through it."""

LISTENER: ContextVar[Listen | None] = ContextVar("model_listener", default=None)
"""The listener of this task and of those that it starts."""


def listened(call: ModelCall) -> AbstractContextManager[object]:
    """Return what surrounds ``call`` in this task."""
    listen = LISTENER.get()
    return nullcontext() if listen is None else listen(call)
