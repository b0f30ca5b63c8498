"""The errors that only exist over HTTP; they hang in the tree of ``index.errors``."""

from __future__ import annotations

from typing import ClassVar

from api.limits.errors import TryLater
from index.errors import DossierError, InputError, NotFound


class MalformedBody(InputError):
    """A body that is not what its content type says."""

    code = "malformed_body"
    hint = "Send valid UTF-8 JSON, or a well-formed multipart form."


class BodyTooLarge(InputError):
    """A request body over the limit of its route."""

    code = "body_too_large"
    hint = "Send less at once; for documents the limit is DOSSIER_MAX_DOCUMENT_BYTES."


class TooManyDocuments(InputError):
    """More files than one request may bring."""

    code = "too_many_documents"
    hint = "Send them in several requests."


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


class KeyRequired(InputError):
    """A request without a key where one is needed."""

    code = "key_required"
    headers: ClassVar = {"WWW-Authenticate": 'Bearer realm="dossier"'}
    hint = "Send the header Authorization: Bearer dsk_…; `dossier keys create` makes a key."


class InvalidKey(InputError):
    """A key that is none, or is not valid any more."""

    code = "invalid_key"
    headers: ClassVar = {"WWW-Authenticate": 'Bearer realm="dossier", error="invalid_token"'}
    hint = "Check the key, or ask whoever runs the server for a new one."


class NotPermitted(InputError):
    """Something that may be seen but not done with the key that was sent."""

    code = "not_permitted"
    hint = "Use a key that is granted the role, or ask whoever runs the server for one."


class ForeignWords(DossierError):
    """A response that would have shown what its reader may not see; it was held back."""

    code = "held_back"
    hint = "This is a fault in Dossier: report the request id together with the server's log."


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


class QueueFull(TryLater):
    """More uploads wait than the server takes on."""

    code = "queue_full"
    hint = (
        "Send it again after as many seconds as the header Retry-After says; DOSSIER_MAX_JOBS is "
        "how many uploads may wait."
    )


class UrlIngestOff(InputError):
    """An address to be fetched by a server that fetches none."""

    code = "url_ingest_off"
    hint = (
        "Fetch it yourself and send what you got; DOSSIER_ALLOW_URL_INGEST lets the server do it."
    )


class InvalidIdempotencyKey(InputError):
    """An ``Idempotency-Key`` header that is none."""

    code = "invalid_idempotency_key"
    hint = 'Send one string of 1 to 255 printable ASCII characters: Idempotency-Key: "8e03978e".'


class IdempotencyKeyReused(InputError):
    """An ``Idempotency-Key`` that came with another request before."""

    code = "idempotency_key_reused"
    hint = "Use a new key for every request, and the old one only to send the same request again."


class IdempotencyKeyInUse(TryLater):
    """An ``Idempotency-Key`` whose first request is still under way."""

    code = "idempotency_key_in_use"
    hint = "Wait for the first request, or ask again after the seconds that Retry-After says."


class PreconditionFailed(InputError):
    """An ``If-Match`` header that does not name what is there now."""

    code = "precondition_failed"
    hint = "Read it again, look at what changed, and send its ETag of now."


class InvalidCursor(InputError):
    """A place in a list that is not one, or is one of another list."""

    code = "invalid_cursor"
    hint = "Send the `next` of the page before, with the same filters; or leave it away to begin."


class ShuttingDown(TryLater):
    """A request that came, or was not finished, while the server ends."""

    code = "shutting_down"
    hint = "Send it again after a moment: another server may be there by then."


class NotReady(DossierError):
    """Something that answering needs does not work."""

    code = "not_ready"
    hint = "The list `checks` says for each what to do; `dossier doctor` shows the same."
