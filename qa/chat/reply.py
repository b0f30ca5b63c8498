"""Reply: what came of a streamed chat reply, and whether it is whole.

A stream that just ends looks complete to a client. It is whole only if it said ``stop`` and held
text; everything else has a name here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from index.refusals import tidy
from qa.chat.heard import Heard
from qa.errors import ModelIncomplete, ModelRefused
from qa.inert import inert
from qa.models import Usage

# What endpoints were seen to give as finish reason, beside the words of the original.
_WHOLE = frozenset({"stop", "eos", "eos_token", "end_turn", "stop_sequence"})
_CUT = frozenset({"length", "max_tokens", "model_length"})
_CALLED = frozenset({"tool_calls", "function_call", "tool_use"})
# The fields of a delta that hold reasoning or calls, by one endpoint or another.
_THOUGHTS = ("reasoning_content", "reasoning")
_TOOLS = ("tool_calls", "function_call")

_SHORT = 200
_NOTHING: Mapping[str, object] = {}


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
    thought: bool = False
    """Whether reasoning came, in a field apart from the text."""
    tools: bool = False
    """Whether the model called a tool, though it was given none."""
    finish: str | None = None
    """Why the model stopped; ``None`` until it says so."""
    usage: Usage | None = None
    """Tokens used, where the endpoint says."""
    served: str | None = None
    """The model's name as the endpoint gives it."""
    fingerprint: str | None = None
    """What the endpoint calls the state of its system, where it says."""
    heard: Heard = field(default_factory=Heard)
    """The text so far."""
    half: str = ""
    """The first half of a surrogate pair whose second half is still to come."""

    def note(self, chunk: object) -> str:
        """Take in one chunk and return its text.

        Args:
            chunk: what an event of the stream held. Nothing about it is certain.

        Raises:
            TypeError: if it is not a chat chunk.
        """
        whole = _fields(chunk)
        choices, usage = whole.get("choices"), whole.get("usage")
        if choices is None and usage is None:
            raise TypeError("not a chat chunk")
        self.chunks += 1
        self.served = _name(whole.get("model")) or self.served
        self.fingerprint = _name(whole.get("system_fingerprint")) or self.fingerprint
        if usage is not None:
            counts = (_fields(usage).get(f"{kind}_tokens") for kind in ("prompt", "completion"))
            prompt, completion = (n if isinstance(n, int) and n >= 0 else 0 for n in counts)
            self.usage = Usage(prompt_tokens=prompt, completion_tokens=completion)
        if not choices:
            return ""
        if not isinstance(choices, list):
            raise TypeError("the choices are no list")
        return self._note_choice(_fields(choices[0]))  # one was asked for

    def _note_choice(self, choice: Mapping[str, object]) -> str:
        self.choices += 1
        delta = _fields(choice.get("delta"))
        content = delta.get("content")
        if content is not None and not isinstance(content, str):
            raise TypeError("the content is not text")
        text = self._joined(content or "")
        self.heard.add(text)
        self.text = self.text or bool(text.strip())
        if len(delta) > 1 or not content:  # most chunks hold a piece of text and nothing else
            self.refusal += str(delta.get("refusal") or "")
            self.thought = self.thought or any(delta.get(name) for name in _THOUGHTS)
            self.tools = self.tools or any(delta.get(name) for name in _TOOLS)
        self.finish = str(choice.get("finish_reason") or "") or self.finish
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
            raise ModelRefused(f"{model} declined to answer: {inert(self.refusal)}")
        if self.finish == "content_filter":
            raise ModelRefused(f"a content filter stopped the reply of {model}")
        if self.choices and self.finish is None:
            raise ModelIncomplete(f"the reply of {model} was cut off")
        if self.finish in _CUT:
            only = "" if self.text or not self.thought else ", all of them its reasoning"
            raise ModelIncomplete(
                f"the reply of {model} was cut at {max_tokens} tokens{only}",
                hint="Raise DOSSIER_MODEL_MAX_TOKENS.",
            )
        if self.finish in _CALLED or (self.tools and not self.text):
            raise ModelIncomplete(
                f"{model} called a tool where it should have answered ({self.finish})"
            )
        if self.finish is not None and self.finish not in _WHOLE:
            raise ModelIncomplete(f"the reply of {model} ended for the reason {self.finish!r}")
        if not self.text:
            kind = "holds nothing but its reasoning" if self.thought else "is empty"
            raise ModelIncomplete(f"the reply of {model} {kind}")

    def _joined(self, text: str) -> str:
        """Return the text with surrogate pairs put together; a half without the other is replaced.

        Some endpoints tear a character beyond the basic plane in two chunks, each half escaped.
        """
        if text.isascii() and not self.half:
            return text
        text, self.half = self.half + text, ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self.half = text[:-1], text[-1]
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _fields(holder: object) -> Mapping[str, object]:
    return holder if isinstance(holder, dict) else _NOTHING


def _name(value: object) -> str | None:
    """Return a name, if there is one that is a text, and not an endless one."""
    if not isinstance(value, str):
        return None
    return (_tidied(value) if len(value) <= _SHORT else tidy(value)) or None


@lru_cache(maxsize=16)  # it is the same in every chunk
def _tidied(name: str) -> str:
    return tidy(name)
