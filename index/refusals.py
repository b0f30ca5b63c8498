"""What an OpenAI-compatible endpoint says when it refuses: status, headers, body.

Knows nothing of the client that received them; works on what such endpoints send. Chat
(:mod:`qa.chat.model`) and embeddings (:mod:`index.embed.endpoint`) share it.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

VENDOR_URL = "https://api.openai.com/v1"
"""Where a call goes without a base URL; stated so that the client does not read the environment."""

_WORDS_LIMIT = 300
_USER = re.compile(r"^([a-z][a-z0-9+.-]*://)?[^/?#]*@", re.IGNORECASE)
_QUERY = re.compile(r"[?#].*", re.DOTALL)


def without_credentials(address: str) -> str:
    """Return an address without user, password, query and fragment, fit to show and to record."""
    return _QUERY.sub("", _USER.sub(r"\1", address))


def tidy(words: object, secret: str = "") -> str:
    """Return foreign words fit to show: one line without controls and secret, not endless."""
    kept = (" " if unicodedata.category(c)[0] in "CZ" else c for c in str(words)[:10_000])
    line = " ".join("".join(kept).split())
    if secret:  # some endpoints repeat the key that they refuse
        line = line.replace(secret, "***")
    return line if len(line) <= _WORDS_LIMIT else line[:_WORDS_LIMIT] + "…"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reply with an error status."""

    status: int
    """The HTTP status, 400 or above."""
    headers: Mapping[str, str]
    """The headers, found without regard to case."""
    body: object
    """The error object out of the body, or the body's text if it is not JSON."""
    secret: str = ""
    """The key that was sent, kept out of every message."""

    @property
    def code(self) -> str:
        """The endpoint's name for the error, if it gives one."""
        return str(self.body.get("code") or "") if isinstance(self.body, Mapping) else ""

    @property
    def words(self) -> str:
        """The endpoint's own words; empty if it sent a web page."""
        if isinstance(self.body, Mapping):
            for name in ("message", "detail", "error"):
                if isinstance(self.body.get(name), str):
                    return tidy(self.body[name], self.secret)
            return tidy(dict(self.body), self.secret)
        text = str(self.body or "")
        return "" if re.search(r"<!doctype|<html", text, re.IGNORECASE) else tidy(text, self.secret)

    @property
    def complaint(self) -> str:
        """Where a parameter would be named that the endpoint does not take."""
        param = self.body.get("param") if isinstance(self.body, Mapping) else None
        return f"{param or ''} {self.words}" if self.status in (400, 422) else ""

    @property
    def is_passing(self) -> bool:
        """Whether the same call may succeed a little later."""
        if self.code == "insufficient_quota":
            return False
        return self.status in (408, 409, 429) or self.status >= 500

    def retry_after(self, now: datetime) -> float | None:
        """Return the seconds that ``Retry-After`` asks for, if it does (RFC 9110, 10.2.3)."""
        value = self.headers.get("retry-after", "").strip()
        if re.fullmatch(r"\d{1,9}(\.\d+)?", value):
            return float(value)
        with contextlib.suppress(ValueError, TypeError):
            moment = parsedate_to_datetime(value)
            if moment.tzinfo is None:  # "-0000": UTC, of unknown origin
                moment = moment.replace(tzinfo=UTC)
            return max(0.0, (moment - now).total_seconds())
        return None
