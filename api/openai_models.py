"""The objects of the OpenAI-compatible routes, in the part of that interface that is served.

What a client sends beside this part is taken and has no effect, as the interface demands of servers
that do not know a parameter. What would change the form of the reply is refused instead, as the
client would read something else than it asked for. The fields under "Dossier's own" are sent
through ``extra_body``.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from api.schemas import FewFilters, Reply
from qa.question import AnswererName, FilterSet, Turn

MODELS: dict[str, AnswererName | None] = {
    "dossier": None,
    "dossier-embedded": "embedded",
    "dossier-model": "model",
}
"""Names that a client may ask for, each with the answerer it stands for; the first takes the
configured one."""

MOST_MESSAGES = 101
"""Messages of one conversation at most: fifty earlier turns and the question."""


class Sent(BaseModel):
    """Base of what clients send: further fields are taken and have no effect."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class TextPart(Sent):
    """A part of a message."""

    type: Literal["text", "input_text", "output_text", "refusal"]
    """Only text can be asked."""
    text: str = ""
    """The words."""


def _shape(value: Any) -> str:
    return "(list)" if isinstance(value, list) else "(text)"


Words = Annotated[
    Annotated[str, Tag("(text)")] | Annotated[list[TextPart], Tag("(list)")],
    Discriminator(_shape),
]
"""What is said, in one piece or in parts. Tags in brackets are left out of what errors point at."""


class Message(Sent):
    """One message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    """Who speaks. Only what the user asked counts: answers come from documents, so neither
    instructions nor earlier answers change them."""
    content: Words | None = None
    """What is said."""

    def words(self) -> str:
        """Return the text of the message."""
        if isinstance(self.content, str):
            return self.content
        return "".join(part.text for part in self.content or ())


class Form(Sent):
    """The form that a reply is to have."""

    type: Literal["text"]
    """An answer is text; where JSON is wanted, ``POST /v1/answers`` has it."""


class Asked(Sent):
    """What requests of every kind have in common."""

    model: str = Field(max_length=200)
    """``dossier``, ``dossier-embedded`` or ``dossier-model``."""
    stream: bool | None = False
    """Whether to send the answer sentence by sentence."""
    tool_choice: Literal["none", "auto"] | None = None
    """No tool is ever called, so none can be required."""
    filters: FewFilters = FilterSet()
    """Dossier's own: restrictions on the documents searched."""
    as_of: date | None = None
    """Dossier's own: the same as ``as_of`` among the filters."""
    answerer: AnswererName | None = None
    """Dossier's own: which answerer to use, whatever the model's name says."""
    history: Annotated[tuple[Turn, ...], Field(max_length=50)] = ()
    """Dossier's own: questions before the conversation, as in ``POST /v1/answers``."""

    @property
    def restrictions(self) -> FilterSet:
        """The filters with the day to look from."""
        if self.as_of is None:
            return self.filters
        return self.filters.model_copy(update={"as_of": self.as_of})

    @model_validator(mode="after")
    def _one_day(self) -> Self:
        if self.as_of and self.filters.as_of not in (None, self.as_of):
            raise ValueError("as_of is told twice")
        return self


class StreamOptions(Sent):
    """What a stream should hold beside the answer."""

    include_usage: bool = False
    """Whether a last chunk tells the tokens used."""


class ChatRequest(Asked):
    """A conversation whose last message of the user is the question."""

    messages: Annotated[list[Message], Field(min_length=1, max_length=MOST_MESSAGES)]
    """The conversation, oldest message first."""
    stream_options: StreamOptions | None = None
    """What the stream should hold beside the answer."""
    n: Annotated[int, Field(ge=1, le=1)] | None = 1
    """There is one answer."""
    response_format: Form | None = None
    """The form of the reply."""
    modalities: list[Literal["text"]] | None = None
    """Nothing is spoken."""
    logprobs: Literal[False] | None = None
    """There are no probabilities of tokens."""


class OutputForm(Sent):
    """The form that a response is to have."""

    format: Form | None = None
    """The form of its text."""


class InputMessage(Message):
    """A message among the items of an input."""

    type: Literal["message"] = "message"
    """What it is."""


class OtherItem(Sent):
    """Anything else among them, such as the call of a tool; it has no effect."""

    type: str
    """What it is."""


def _kind(item: Any) -> str:
    given = item.get("type") if isinstance(item, dict) else getattr(item, "type", None)
    return "(message)" if given in (None, "message") else "(other)"


Item = Annotated[
    Annotated[InputMessage, Tag("(message)")] | Annotated[OtherItem, Tag("(other)")],
    Discriminator(_kind),
]
"""One item of an input; one without a type is a message."""


class ResponseRequest(Asked):
    """A question, or a conversation that ends with one."""

    input: Annotated[
        Annotated[str, Tag("(text)")]
        | Annotated[list[Item], Field(max_length=MOST_MESSAGES), Tag("(list)")],
        Discriminator(_shape),
    ]
    """The question, or the conversation, oldest message first."""
    previous_response_id: Annotated[str, Field(max_length=200)] | None = None
    """A response that you were given: the input goes on from there."""
    background: Literal[False] | None = None
    """Nothing is done in the background."""
    conversation: None = None
    """There are no conversations kept; say ``previous_response_id``."""
    prompt: None = None
    """There are no prompts kept."""
    text: OutputForm | None = None
    """The form of the reply."""

    def messages(self) -> list[Message]:
        """Return the conversation."""
        if isinstance(self.input, str):
            return [Message(role="user", content=self.input)]
        return [item for item in self.input if isinstance(item, InputMessage)]


class Served(Reply):
    """One model that can be asked."""

    id: str
    """Its name."""
    object: Literal["model"] = "model"
    """What this is."""
    created: int = 0
    """There is no such day."""
    owned_by: str = "dossier"
    """Who serves it."""


class ServedModels(Reply):
    """The models that can be asked."""

    object: Literal["list"] = "list"
    """What this is."""
    data: list[Served]
    """The models."""


class ErrorBody(Reply):
    """What went wrong, as clients of the interface read it."""

    message: str
    """What went wrong and what to do about it."""
    type: str
    """``invalid_request_error`` or ``server_error``."""
    param: str | None
    """The parameter that it is about, where it is about one."""
    code: str
    """Stable name of the kind of error, the same as in problem documents."""


class OpenAIError(Reply):
    """An error on these routes."""

    error: ErrorBody
    """What went wrong."""
