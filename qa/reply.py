"""Reply: what came of a streamed chat reply, and whether it is whole.

A stream that just ends looks complete to a client. It is whole only if it said ``stop`` and held
text; everything else has a name here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qa.errors import ModelIncomplete, ModelRefused
from qa.models import Usage


@dataclass(slots=True)
class Reply:
    """What is known of a reply while its chunks come in."""

    chunks: int = 0
    """Chunks received."""
    choices: int = 0
    """Chunks of them that held a choice."""
    text: bool = False
    """Whether any text came."""
    refusal: str = ""
    """The model's words of refusal, in the field made for them."""
    finish: str | None = None
    """Why the model stopped; ``None`` until it says so."""
    usage: Usage | None = None
    """Tokens used, where the endpoint says."""

    def note(self, chunk: Any) -> str:
        """Take in one chunk and return its text.

        The client builds its objects without validation, so nothing about a chunk is certain.

        Raises:
            TypeError: if it is not a chat chunk.
        """
        choices, usage = getattr(chunk, "choices", None), getattr(chunk, "usage", None)
        if choices is None and usage is None:
            raise TypeError("not a chat chunk")
        self.chunks += 1
        if usage is not None:
            counts = (getattr(usage, f"{kind}_tokens", None) for kind in ("prompt", "completion"))
            prompt, completion = (n if isinstance(n, int) and n >= 0 else 0 for n in counts)
            self.usage = Usage(prompt_tokens=prompt, completion_tokens=completion)
        text = ""
        for choice in (choices or ())[:1]:  # one choice was asked for
            self.choices += 1
            delta = getattr(choice, "delta", None)
            content = getattr(delta, "content", None)
            if content is not None and not isinstance(content, str):
                raise TypeError("the content is not text")
            text = content or ""
            self.text = self.text or bool(text.strip())
            self.refusal += str(getattr(delta, "refusal", None) or "")
            self.finish = getattr(choice, "finish_reason", None) or self.finish
        return text

    def check(self, model: str, max_tokens: int) -> None:
        """Return if the reply is whole.

        Args:
            model: The model's name, for the message.
            max_tokens: The limit that was set, for the message.

        Raises:
            ModelRefused: if the model or a filter declined to answer.
            ModelIncomplete: if it ended early or holds nothing.
        """
        if self.refusal:
            raise ModelRefused(f"{model} declined to answer: {self.refusal}")
        if self.finish == "content_filter":
            raise ModelRefused(f"a content filter stopped the reply of {model}")
        if self.choices and self.finish is None:
            raise ModelIncomplete(f"the reply of {model} was cut off")
        if self.finish == "length":
            raise ModelIncomplete(
                f"the reply of {model} was cut at {max_tokens} tokens",
                hint="Raise DOSSIER_MODEL_MAX_TOKENS.",
            )
        if self.finish not in (None, "stop"):
            raise ModelIncomplete(f"the reply of {model} ended for the reason {self.finish!r}")
        if not self.text:
            raise ModelIncomplete(f"the reply of {model} is empty")
