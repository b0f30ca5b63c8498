"""Log lines: one JSON object each, or plain words; in both, one line is one record.

What clients send may be in a message (a name, a path), so control characters are written as escapes
and keys are made unreadable before anything is written. Questions and documents are never logged.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

from starlette.types import Scope

from api.access.keys import without_secrets
from api.telemetry.exchange import Exchange

LOGGER = "dossier.requests"
"""Name of the logger that has one record for each request."""

LONGEST = 2_000
"""Characters of a message that are written."""

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BUT_NEWLINES = re.compile(_CONTROLS.pattern.replace(r"\x00-\x1f", r"\x00-\x09\x0b-\x1f"))


def visible(text: str, controls: re.Pattern[str] = _CONTROLS) -> str:
    """Return ``text`` in one line that no terminal takes for orders, without keys."""
    text = without_secrets(text).encode("utf-8", "backslashreplace").decode()
    return controls.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class RequestLog:
    """Logs one record for each request."""

    def __init__(self) -> None:
        self._logger = logging.getLogger(LOGGER)

    def began(self, _scope: Scope) -> None:
        """Wait for the end: one line tells all."""

    def ended(self, _begun: object, exchange: Exchange) -> None:
        """Log a request that is over."""
        told = {
            "request_id": exchange.request_id,
            "key": exchange.caller,
            "method": exchange.method,
            "route": exchange.route,
            "status": exchange.status,
            "code": exchange.code,
            "ms": round(exchange.seconds * 1000, 1),
            "bytes": exchange.sent,
            "whole": exchange.whole,
        }
        self._logger.info("request", extra={"told": told})


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON, in ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": visible(record.getMessage())[:LONGEST],
        }
        told = getattr(record, "told", None)
        if isinstance(told, dict):
            line |= told
        if record.exc_info:
            line["exception"] = visible(self.formatException(record.exc_info), _BUT_NEWLINES)
        return json.dumps(line, default=str)


class Visible(logging.Filter):
    """Makes what passes a handler fit for one line, whatever formatter writes it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, with what might be somebody else's words made visible."""
        record.msg = visible(str(record.msg))
        if isinstance(record.args, tuple):
            record.args = tuple(_shown(value) for value in record.args)
        if record.exc_info and not record.exc_text:
            told = logging.Formatter().formatException(record.exc_info)
            record.exc_text = visible(told, _BUT_NEWLINES)
        return True


def _shown(value: object) -> object:
    return value if value is None or isinstance(value, int | float) else visible(str(value))
