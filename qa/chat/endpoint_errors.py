"""What a chat endpoint's refusals mean: status, headers and body in, one of our errors out."""

from __future__ import annotations

import re

from index.refusals import Refusal
from qa.chat.dialect import complains_of_form
from qa.errors import ModelBusy, ModelError, ModelUnauthorized

NOT_AN_API = "Check DOSSIER_MODEL_BASE_URL: it mostly ends in /v1."
"""Hint for a reply that no such endpoint sends."""

_TOO_LONG = "Lower DOSSIER_MODEL_CONTEXT_TOKENS, or use a model with a longer context."
_LONG_CONTEXT = re.compile(
    r"context[_ ](length|size|window)|too many tokens|prompt is too long", re.IGNORECASE
)


class Rejection(Refusal):
    """A reply of a chat endpoint with an error status."""

    __slots__ = ()

    @property
    def may_be_of_form(self) -> bool:
        """Whether it may be the structured output that the endpoint does not take.

        Not all say so: a bare 400 counts, one that names another reason does not.
        """
        if self.status not in (400, 422, 500, 501):
            return False
        if _LONG_CONTEXT.search(f"{self.code} {self.words}"):
            return False
        return self.status != 500 or complains_of_form(self.words)

    def error(self, base_url: str, model: str) -> ModelError:
        """Return the error that says so to the reader, with the endpoint's own words."""
        words = self.words or f"status {self.status}"
        if self.status in (401, 403):
            return ModelUnauthorized(f"{base_url} refused the key: {words}")
        if self.status == 404:
            if not self.words:
                return ModelError(f"{base_url} has nothing there: {words}", hint=NOT_AN_API)
            return ModelError(f"{base_url} does not know the model {model!r}: {words}")
        if self.status == 429:
            return ModelBusy(f"{base_url} turned the call away: {words}")
        if _LONG_CONTEXT.search(f"{self.code} {words}"):
            return ModelError(f"the evidence is too long for {model}: {words}", hint=_TOO_LONG)
        return ModelError(f"{base_url} failed with status {self.status}: {words}")
