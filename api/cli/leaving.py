"""A process that was told to end does, also where a thread of it would wait for long."""

from __future__ import annotations

import logging
import os
import threading
from types import TracebackType

logger = logging.getLogger("dossier.http")


class Leaving:
    """Ends the process some time after :meth:`begin`, unless the block is left before.

    A thread may wait for an endpoint, and Python waits for its threads. What such a thread has not
    recorded was never acknowledged; a transaction that it began is undone by SQLite.
    """

    def __init__(self) -> None:
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Leaving:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def begin(self, seconds: float, code: int) -> None:
        """End the process after ``seconds`` with the exit status ``code``."""

        def leave() -> None:
            logger.warning("work that did not end in time is given up")
            os._exit(code)

        self._timer = threading.Timer(seconds, leave)
        self._timer.daemon = True
        self._timer.start()
