"""The objects of the OpenAI-compatible routes, in the part of that interface that is served.

What a client sends beside this part is taken and has no effect, as the interface demands of servers
that do not know a parameter; the fields under "Dossier's own" are sent through ``extra_body``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import FewFilters, Reply
from qa.question import AnswererName, FilterSet

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

    type: Literal["text"]
    """Only text can be asked."""
    text: str
    """The words."""


class Message(Sent):
    """One message of the conversation."""

    role: Literal["system", "developer", "user", "assistant"]
    """Who speaks. Only what the user asked counts: answers come from documents, so neither
    instructions nor earlier answers change them."""
    content: str | list[TextPart] | None = None
    """What is said."""

    def words(self) -> str:
        """Return the text of the message."""
        if isinstance(self.content, str):
            return self.content
        return "".join(part.text for part in self.content or ())


class StreamOptions(Sent):
    """What a stream should hold beside the answer."""

    include_usage: bool = False
    """Whether a last chunk tells the tokens used."""


class ChatRequest(Sent):
    """A conversation whose last message of the user is the question."""

    model: str = Field(max_length=200)
    """``dossier``, ``dossier-embedded`` or ``dossier-model``."""
    messages: Annotated[list[Message], Field(min_length=1, max_length=MOST_MESSAGES)]
    """The conversation, oldest message first."""
    stream: bool | None = False
    """Whether to send the answer sentence by sentence."""
    stream_options: StreamOptions | None = None
    """What the stream should hold beside the answer."""
    n: Annotated[int, Field(ge=1, le=1)] | None = 1
    """There is one answer."""
    filters: FewFilters = FilterSet()
    """Dossier's own: restrictions on the documents searched."""


class UrlCitation(Reply):
    """A citation in the words of the interface."""

    start_index: int
    """First code point of the marker in the message."""
    end_index: int
    """One past its last code point: ``content[start_index:end_index] == "[1]"``."""
    title: str
    """Outlet, title and day, where known."""
    url: str
    """The cited words in the stored text: the fragment counts code points (RFC 5147)."""


class Annotation(Reply):
    """A mark on a message."""

    type: Literal["url_citation"] = "url_citation"
    """There are only citations."""
    url_citation: UrlCitation
    """The citation."""
    dossier: dict[str, Any]
    """Dossier's own: the citation as ``POST /v1/answers`` gives it, with its quotation."""


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
    """Not used."""
    code: str
    """Stable name of the kind of error, the same as in problem documents."""


class OpenAIError(Reply):
    """An error on these routes."""

    error: ErrorBody
    """What went wrong."""
