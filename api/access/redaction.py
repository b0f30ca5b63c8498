"""No key in a log, wherever a caller put it: in an address it would be logged with the request."""

from __future__ import annotations

import logging

from api.access.keys import without_secrets


class WithoutSecrets(logging.Filter):
    """Makes keys unreadable in what passes a handler."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, without the keys in its message and arguments."""
        if isinstance(record.msg, str):
            record.msg = without_secrets(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(
                without_secrets(value) if isinstance(value, str) else value for value in record.args
            )
        return True
