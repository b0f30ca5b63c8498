"""The errors that only exist over HTTP; they hang in the tree of ``index.errors``."""

from __future__ import annotations

from index.errors import DossierError, InputError, NotFound


class MalformedBody(InputError):
    """A body that is not what its content type says."""

    code = "malformed_body"
    hint = "Send valid UTF-8 JSON, or a well-formed multipart form."


class BodyTooLarge(InputError):
    """A request body over the limit of its route."""

    code = "body_too_large"
    hint = "Send less at once; for documents the limit is DOSSIER_MAX_DOCUMENT_BYTES."


class UnsupportedMediaType(InputError):
    """A body of a content type that the route does not read."""

    code = "unsupported_media_type"
    hint = "Set the Content-Type header to a type that /openapi.json lists for this route."


class NotAcceptable(InputError):
    """An ``Accept`` header that leaves nothing that the route could send."""

    code = "not_acceptable"
    hint = "Accept application/json, or text/event-stream for events as they happen."


class UntrustedHost(InputError):
    """A ``Host`` header that does not name this server."""

    code = "untrusted_host"
    hint = (
        "Call the server by the address it listens on (localhost, 127.0.0.1, [::1]); a proxy in "
        "front must send such a Host header."
    )


class CrossSiteRequest(InputError):
    """A change asked for by a web page of another site."""

    code = "cross_site_request"
    hint = "Send the request from a program or from a page of this server."


class UnknownModel(NotFound):
    """A model's name that no answerer has."""

    code = "model_not_found"
    hint = "GET /v1/models lists the names; `dossier` takes the configured answerer."


class UnusableConversation(InputError):
    """A conversation without a question at its end."""

    code = "unusable_conversation"
    hint = "End the messages with one of the role `user` that holds the question."


class RejectedDocuments(InputError):
    """Several documents were sent and none could be ingested, each for its own reason."""

    code = "documents_rejected"
    hint = "The list `documents` says for each what is wrong and what to do."


class NotReady(DossierError):
    """Something that answering needs does not work."""

    code = "not_ready"
    hint = "The list `checks` says for each what to do; `dossier doctor` shows the same."
