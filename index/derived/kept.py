"""An index in files that follows the record, and what it needs to be kept whole."""

from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from index.derived.following import Position, read_position, write_position
from index.derived.seal import Mark, Seal, State

if TYPE_CHECKING:
    from index.record.catalog import Catalog

ASIDE = "-damaged"
"""Follows the name of a folder that was set aside."""

Stop = Callable[[], bool]
"""Tells whether work that takes long shall end before it is done."""


class Stopped(Exception):
    """Work on an index was ended before it was done; nothing is wrong."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with an index."""

    why: str
    """The reason, in words."""
    usable: bool = False
    """Whether it can be asked all the same: it only lacks what is new."""


class KeptIndex(ABC):
    """What :class:`index.derived.upkeep.Upkeep` knows of an index."""

    name: ClassVar[str]
    """What to call it."""
    always_tried: ClassVar[bool] = False
    """Whether a server tries it at its start even if its files are those that were written."""

    def __init__(self, directory: Path, space: str, mark: Mark) -> None:
        """Keep an index in ``directory``.

        Args:
            directory: where its files are.
            space: what it depends on beside the record; another one means to start anew.
            mark: how its files are recognised.
        """
        self.directory = directory
        self.trouble: Trouble | None = None
        """What is wrong; the owner of the data directory mends it."""
        self.report: Callable[[], None] = lambda: None
        """Is called when trouble shows while the index is asked."""
        self._space = space
        self._seal = Seal(directory, mark, self._is_beside)

    @property
    def number(self) -> int:
        """The last change of the record that the index holds."""
        return self.position.number

    @property
    def position(self) -> Position:
        """How far it has come, from the start where it is of another space."""
        at = read_position(self._note)
        return at if at.space == self._space else Position(0, self._space)

    def state(self) -> tuple[State, str]:
        """Return whether its files are those that were written, and why not. Opens none."""
        at = read_position(self._note)
        if at.space != self._space:
            there = self.directory.is_dir() and any(self.directory.iterdir())
            return "damaged", "it is of another kind or unreadable" if there else "it is not there"
        if at.files is None:
            return "unsure", "the process ended while it was written to"
        why = self._seal.broken(at.files)
        return ("damaged", why) if why else ("whole", "")

    def seal(self, number: int) -> None:
        """Note that it holds the changes up to ``number``, and what its files are now."""
        write_position(self._note, Position(number, self._space, self._seal.files()))

    def unseal(self, number: int) -> None:
        """Note that it is about to be written to.

        If a loss of power takes this note, the one before it does not fit the files any more.
        """
        write_position(self._note, Position(number, self._space), flush=False)

    def set_aside(self) -> None:
        """Put its files where nobody opens them; those put there before go."""
        self.release()
        aside = self.aside
        shutil.rmtree(aside, ignore_errors=True)
        try:
            self.directory.rename(aside)
        except FileNotFoundError:
            return
        except OSError:
            shutil.rmtree(self.directory)

    def forget_aside(self) -> None:
        """Remove what was set aside."""
        with suppress(OSError):
            shutil.rmtree(self.aside)

    @property
    def aside(self) -> Path:
        """Where its files are put when they are damaged."""
        return self.directory.with_name(self.directory.name + ASIDE)

    @abstractmethod
    def needed(self, catalog: Catalog) -> bool:
        """Return whether the corpus is one that this index serves."""

    @abstractmethod
    def follow(self, catalog: Catalog, stop: Stop) -> None:
        """Bring it up to the record.

        Raises:
            Stopped: if ``stop`` said so; what is there can be built upon.
            BaseException: whatever its library raises.
        """

    @abstractmethod
    def tried(self, catalog: Catalog, stop: Stop) -> str | None:
        """Open and ask it in another process; return what is wrong, ``None`` if nothing.

        Raises:
            Stopped: if ``stop`` said so.
        """

    @abstractmethod
    def expected(self, catalog: Catalog) -> int:
        """Return how many passages it holds if it is up to the record."""

    @abstractmethod
    def count(self) -> int:
        """Return how many passages it holds; to be asked only once its files are trusted."""

    @abstractmethod
    def release(self) -> None:
        """Close its files. What cannot be closed in time is left to itself."""

    @property
    def _note(self) -> Path:
        return self.directory / "position.json"

    def _is_beside(self, name: str) -> bool:
        """Return whether a file does not belong to what is sealed."""
        return name.endswith(".lock") or name in {"position.json", "position.new"}
