"""Server-sent events, read as a browser reads them (HTML standard, section 9.2.6)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass
class Event:
    """One event off the wire."""

    name: str
    """Its ``event`` field."""
    id: str
    """Its ``id`` field."""
    data: dict[str, Any]
    """Its ``data`` field, as JSON."""


def read_events(lines: Iterable[str]) -> list[Event]:
    """Return the events of a stream, comments left out."""
    events, fields = [], {}
    for line in lines:
        if line:
            name, _, value = line.partition(":")
            if name:
                fields[name] = value.removeprefix(" ")
        elif "data" in fields:
            events.append(Event(fields["event"], fields["id"], json.loads(fields["data"])))
            fields = {}
    return events
