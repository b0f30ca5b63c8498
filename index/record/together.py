"""Small writes of many threads in one transaction: one wait for the disk serves them all.

While one is written others come in; the next to have its turn writes all that wait. Databases call
this group commit. Each is told of its own end, and one that fails does not take the others with it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

Change = Callable[["Connection"], None]


@dataclass
class _Waiting:
    change: Change
    done: bool = False
    error: Exception | None = None


class Together:
    """Carries out changes, those that come at one time in one transaction.

    Args:
        write: begins a transaction, and commits it or rolls it back at its end.
    """

    def __init__(self, write: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._write = write
        self._waiting: list[_Waiting] = []
        self._adding = threading.Lock()
        self._turn = threading.Lock()

    def carry_out(self, change: Change) -> None:
        """Carry out a change, and return when it is safe on the disk.

        It may be carried out twice, if the transaction that it shared failed.

        Raises:
            Exception: whatever it raised, or what kept its transaction from the disk.
        """
        mine = _Waiting(change)
        with self._adding:
            self._waiting.append(mine)
        with self._turn:
            if not mine.done:  # whoever had the turn before may have taken it along
                with self._adding:
                    waiting, self._waiting = self._waiting, []
                try:
                    self._carry_out(waiting)
                finally:  # who was interrupted leaves the others' to the next
                    left = [one for one in waiting if not one.done and one is not mine]
                    with self._adding:
                        self._waiting[:0] = left
        if mine.error is not None:
            raise mine.error

    def _carry_out(self, waiting: Sequence[_Waiting]) -> None:
        if len(waiting) > 1 and self._succeeded(waiting):
            return
        for one in waiting:
            try:
                with self._write() as connection:
                    one.change(connection)
            except Exception as error:  # raised where it belongs
                one.error = error
            one.done = True

    def _succeeded(self, waiting: Sequence[_Waiting]) -> bool:
        try:
            with self._write() as connection:
                for one in waiting:
                    one.change(connection)
        except Exception:  # whose it is shows when each is carried out alone
            return False
        for one in waiting:
            one.done = True
        return True
