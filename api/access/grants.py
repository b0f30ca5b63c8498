"""Grants: a role on a collection. A role includes those before it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from index.errors import InputError, InvalidMetadata
from index.load.metadata import read_fields

Role = Literal["read", "write", "admin"]
"""What may be done: search, ask and read; add and remove documents as well; everything."""

ROLES: tuple[Role, ...] = get_args(Role)
"""The roles, each of which includes those before it."""

EVERY = "*"
"""Stands for every collection, also those that are yet to come."""


class InvalidGrant(InputError):
    """A grant that is not written as grants are."""

    code = "invalid_grant"
    hint = "Write COLLECTION:ROLE with the role read, write or admin; * is every collection."


def includes(role: str, wanted: Role) -> bool:
    """Return whether who has ``role`` may do what ``wanted`` allows."""
    return role in ROLES and ROLES.index(role) >= ROLES.index(wanted)


def read_grants(words: Iterable[str]) -> dict[str, Role]:
    """Return grants written as ``COLLECTION:ROLE``, as role by collection.

    Names of collections are spelled as documents have them, upper and lower case included.

    Raises:
        InvalidGrant: if one is not written so, or a collection is granted twice or none is.
    """
    grants: dict[str, Role] = {}
    for given in words:
        name, _, role = given.rpartition(":")
        try:
            collection = read_fields({"collection": name}, "--grant").collection
        except InvalidMetadata as error:
            raise InvalidGrant(str(error)) from error
        if collection is None or role not in ROLES:
            raise InvalidGrant(f"{given!r} is not COLLECTION:ROLE")
        if collection in grants:
            raise InvalidGrant(f"the collection {collection!r} is granted twice")
        grants[collection] = role
    if not grants:
        raise InvalidGrant("a key without any grant opens nothing")
    return grants
