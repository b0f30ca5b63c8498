"""``dossier keys``: who may call the HTTP service, and what they may do."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import click

from api.cli import options
from api.cli.output import write, write_json

if TYPE_CHECKING:
    from index.record.keys import Key
    from qa.service import Service


@click.group()
@options.data
def keys() -> None:
    """Make, list and revoke the keys of the HTTP service.

    It works beside a running server, which heeds a change from its next request on. While there is
    no key, the server asks for none and listens to its own machine only; once one was made, every
    request needs one, also after all were revoked. The command line needs none: whoever can read
    the data directory has everything.
    """


@keys.command()
@click.argument("name", type=options.TEXT)
@options.several(
    "--grant",
    "grants",
    "COLLECTION:ROLE",
    "What it may do: `read` (search, ask, read), `write` (add and remove documents too) or `admin` "
    "(everything) on a collection; `default` is that of documents without one, * is every one",
)
@options.day("--expires", "Last day (UTC) on which it works; without it, until it is revoked.")
@options.data
def create(name: str, grants: tuple[str, ...], expires: date | None) -> None:
    """Make a key called NAME and print it: this once, for only its hash is kept."""
    from api.access.grants import EVERY, InvalidGrant, read_grants
    from api.access.keys import digest, new_secret
    from qa.visible import one_line

    granted = read_grants(grants)
    if not name.strip():
        raise InvalidGrant("a key needs a name", hint="Call it after who will use it.")
    now = datetime.now(UTC)
    end = datetime.combine(expires + timedelta(days=1), time(), UTC) if expires else None
    if end is not None and end <= now:
        raise InvalidGrant(f"{expires} is over", hint="Give a day that is yet to come, or today.")
    secret = new_secret()
    with options.service(options.settings(), write=False) as service:
        first = not service.corpus.catalog.keys.any()
        empty = [name for name in granted if name != EVERY and not _has_documents(service, name)]
        key = service.corpus.catalog.keys.create(name.strip(), digest(secret), granted, end)
    write(f"key {key.id} ({one_line(key.name)}) may {_told(key)}", err=True)
    for collection in empty:
        note = f"note: no document is in the collection {one_line(collection)!r} yet"
        click.echo(note, err=True)
    if first:
        click.echo("From now on the HTTP service answers nobody without a key.", err=True)
    click.echo("This is the key; it is not kept and cannot be shown again:", err=True)
    click.echo(secret)


@keys.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@options.data
def list_keys(as_json: bool) -> None:
    """List the keys: id, name, what they may do, the day they were made, and their state.

    As a table on a terminal and separated by tabs elsewhere.
    """
    from api.cli.display import Display

    with options.service(options.settings(), write=False) as service:
        found = service.corpus.catalog.keys.all()
    if as_json:
        write_json(json.dumps([_shown(key) for key in found], indent=2, ensure_ascii=False))
        return
    rows = [
        [key.id, key.name, _told(key), key.created_at.date().isoformat(), _state(key)]
        for key in found
    ]
    if rows:
        Display(sys.stdout).rows(["id", "name", "may", "made", "state"], rows)
    else:
        click.echo("There are no keys yet; `dossier keys create` makes one.", err=True)


@keys.command()
@click.argument("key_id", metavar="ID", type=options.TEXT)
@options.data
def revoke(key_id: str) -> None:
    """Close the key ID for good; answers that it was given stay recorded."""
    with options.service(options.settings(), write=False) as service:
        service.corpus.catalog.keys.revoke(key_id)
    click.echo(f"{key_id} opens nothing any more", err=True)


def _has_documents(service: Service, collection: str) -> bool:
    from index.models import Filters

    return bool(service.corpus.documents(Filters(permitted=frozenset({collection})), limit=1))


def _told(key: Key) -> str:
    """Return what a key may do, in words."""
    return ", ".join(f"{role} {collection}" for collection, role in sorted(key.grants.items()))


def _state(key: Key) -> str:
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at.date()}"
    if key.expires_at is None:
        return "active"
    last = key.expires_at.date() - timedelta(days=1)
    return f"active until {last}" if key.opens(datetime.now(UTC)) else f"expired {last}"


def _shown(key: Key) -> dict[str, object]:
    return {
        "id": key.id,
        "name": key.name,
        "grants": dict(sorted(key.grants.items())),
        "created_at": key.created_at.isoformat(),
        "expires_at": key.expires_at.isoformat() if key.expires_at else None,
        "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
        "active": key.opens(datetime.now(UTC)),
    }
