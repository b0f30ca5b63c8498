"""The rebuildable indexes are kept whole: looked at when they are opened, built anew if need be.

The record is the truth and has the vectors, so that nothing is ever embedded for this. While an
index is out of use its trouble is told, and searches go on without it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.derived.faults import in_words, is_fault
from index.derived.kept import KeptIndex, Stopped, Trouble
from index.errors import DiskFull, StateError
from index.storage import is_full

if TYPE_CHECKING:
    from index.record.catalog import Catalog

MANY = 20_000
"""Passages from which nobody waits while an index is built for the first time."""
FIRST_WAIT, LONGEST_WAIT = 0.25, 8.0
"""Seconds between attempts to mend an index; each is twice the one before."""

logger = logging.getLogger("dossier.index")


class Upkeep:
    """Keeps the indexes of one data directory up with its record; for its owner only."""

    def __init__(
        self, catalog: Catalog, indexes: Sequence[KeptIndex], *, in_background: bool
    ) -> None:
        """Take over ``indexes``; :meth:`start` looks at them.

        Args:
            catalog: the record.
            indexes: what follows it.
            in_background: mend in a thread, while others use what is whole. Without, whoever
                calls waits, and what fails is tried again at the next occasion.
        """
        self._catalog = catalog
        self._indexes = tuple(indexes)
        self._in_background = in_background
        self._closed = threading.Event()
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.mended: dict[str, str] = {}
        """What was wrong with indexes that were built anew, by their names."""
        for index in self._indexes:
            index.report = self.wake

    def start(self) -> None:
        """Look at every index, and bring those that are sound up to the record.

        One that is not is set aside and built anew. In the background mode this does not wait
        for that, nor for an index that takes long to be tried.
        """
        for index in self._indexes:
            if self._in_background and index.always_tried and index.needed(self._catalog):
                index.trouble = Trouble("it is being looked at")
                continue
            self._attempt(index, build=not self._in_background)
        self.wake()

    def follow(self, *, wait: bool = False) -> None:
        """Bring the indexes up to the record. What fails is told by their trouble, not raised.

        Args:
            wait: do here too what would be done in the background.
        """
        for index in self._indexes:
            if wait or not self._in_background:
                self._attempt(index, look=index.trouble is not None)
            elif index.trouble is None:
                if self._is_long(index):
                    index.trouble = Trouble("it is being built")
                else:
                    self._attempt(index, look=False)
        self.wake()

    def wake(self) -> None:
        """Have what is in trouble mended, in the background mode; never waits."""
        if not self._in_background or self._closed.is_set():
            return
        if not any(index.trouble for index in self._indexes):
            return
        with self._lock:
            self._wake.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """End what is under way. An index that is not whole by then is at the next start."""
        self._closed.set()
        self._wake.set()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join()

    def _is_long(self, index: KeptIndex) -> bool:
        """Return whether an index is yet to be built for a corpus that is large already."""
        return (
            index.number == 0
            and index.needed(self._catalog)
            and self._catalog.passage_count() > MANY
        )

    def _run(self) -> None:
        wait = FIRST_WAIT
        while not self._closed.is_set():
            self._wake.clear()
            for index in self._indexes:
                if index.trouble:
                    self._attempt(index)
            with self._lock:
                if not any(index.trouble for index in self._indexes):
                    self._thread = None
                    return
            # Who writes again may have made room, but shall not make this a busy loop.
            self._closed.wait(wait / 4)
            self._wake.wait(wait)
            wait = min(2 * wait, LONGEST_WAIT)

    def _attempt(self, index: KeptIndex, *, look: bool = True, build: bool = True) -> None:
        """Make an index whole if that can be done; otherwise note its trouble.

        Args:
            index: the index.
            look: compare its files with what was noted, and try it if that is called for.
            build: build it anew where it is damaged; otherwise only set it aside.
        """
        usable = False
        try:
            if not index.needed(self._catalog):
                index.trouble = None
                return
            why = self._damage(index) if look else None
            if why is None:
                usable = True
                why = self._followed(index, count=look)
                usable = False
            if why is not None:
                self._set_aside(index, why)
                if not build:
                    return
                self._build(index)
            index.trouble = None
            # What was recorded while it was in trouble nobody else has brought it.
            why = self._followed(index, count=False)
            if why is not None:
                index.trouble = Trouble(why)
            index.forget_aside()
        except Stopped:
            return
        except StateError as error:  # of the record, or that there is no room
            index.trouble = Trouble(str(error), usable=usable)
        except BaseException as error:
            if not is_fault(error):
                raise
            logger.warning("the %s could not be mended: %s", index.name, in_words(error))
            index.trouble = Trouble(in_words(error), usable=usable)
        if index.trouble and is_full(index.directory.parent):
            index.forget_aside()  # the room is needed more than what it was

    def _damage(self, index: KeptIndex) -> str | None:
        """Return what is wrong with the files of an index, ``None`` if they can be trusted."""
        if not self._catalog.last_change:
            return None  # there is nothing that it could hold
        state, why = index.state()
        if state == "damaged":
            return why
        if state == "whole" and not (index.always_tried and self._in_background):
            return None
        wrong = index.tried(self._catalog, self._closed.is_set)
        if wrong is None and state == "unsure":
            index.seal(index.number)
        return wrong

    def _followed(self, index: KeptIndex, *, count: bool) -> str | None:
        """Bring an index up to the record; return what is wrong with it if that fails.

        Args:
            index: the index.
            count: also compare how many passages it holds with how many there are.

        Raises:
            DiskFull: if there is no room; what the index holds can still be asked.
            StateError: if it is the record that fails.
        """
        last = self._catalog.last_change
        try:
            index.follow(self._catalog, self._closed.is_set)
            if count and index.number == last:
                found, there = index.count(), index.expected(self._catalog)
                if found != there and last == self._catalog.last_change:
                    return f"it holds {found} of {there} passages"
        except (Stopped, StateError):
            raise
        except BaseException as error:
            if not is_fault(error):
                raise
            index.release()
            if is_full(index.directory.parent):
                raise DiskFull(f"{index.directory}: no room left on the disk") from error
            return in_words(error)
        return None

    def _set_aside(self, index: KeptIndex, why: str) -> None:
        if index.name in self.mended and not index.directory.exists():
            return  # an attempt before this one did so
        logger.warning("the %s is set aside and built anew: %s", index.name, why)
        index.trouble = Trouble(why)
        self.mended[index.name] = why
        index.set_aside()

    def _build(self, index: KeptIndex) -> None:
        began = time.perf_counter()
        while index.number < self._catalog.last_change:
            index.follow(self._catalog, self._closed.is_set)
        took = time.perf_counter() - began
        logger.warning("the %s is whole again, after %.1f s", index.name, took)
