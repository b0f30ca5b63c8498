"""Who calls: somebody with a key, or whoever has the machine while there are no keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.access.grants import EVERY, Role, includes
from index.record.asker import Asker


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls, and what that may do."""

    id: str
    """Identifier of the key, or ``local``."""
    name: str
    """What the key's maker calls it."""
    grants: Mapping[str, str]
    """Role by collection, ``*`` standing for every collection."""

    def permitted(self, role: Role = "read") -> frozenset[str] | None:
        """Return the collections on which the role is held; ``None`` for all, empty for none."""
        if includes(self.grants.get(EVERY, ""), role):
            return None
        return frozenset(name for name, held in self.grants.items() if includes(held, role))

    def may(self, role: Role, collection: str) -> bool:
        """Return whether the role is held on a collection."""
        permitted = self.permitted(role)
        return permitted is None or collection in permitted

    @property
    def rules(self) -> bool:
        """Whether everything may be done and seen, other people's answers included."""
        return self.permitted("admin") is None

    @property
    def asker(self) -> Asker:
        """The same as far as the record has to know."""
        key = None if self == LOCAL else self.id
        return Asker(key, self.permitted("read"), everyones=self.rules)


LOCAL = Principal("local", "whoever has this machine", {EVERY: "admin"})
"""The caller while the record holds no key."""
