"""A model and an embedder that mostly do their work, and fail for what has certain names.

A town is told of in one document. Asked about one of the :data:`TROUBLED` towns, the model fails in
the way of that town; a text that has one of the :data:`UNEMBEDDABLE` names gets no good vectors. So
every client knows beforehand what has to become of its request, whoever asks at the same time.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
from scripted_endpoint import Endpoint, scripted_endpoint
from scripted_replies import (
    Reply,
    Request,
    cut,
    drip,
    garbage,
    hang,
    html,
    number_of,
    reset,
    status,
    stream_error,
    text,
    vectors,
)


@dataclass(frozen=True)
class Trouble:
    """A way in which the model fails."""

    reply: Callable[[str], Reply]
    """Makes its reply of the words that would have been right."""
    status: int = 200
    """Status of a whole answer."""
    code: str = ""
    """Code of the problem; none where what came before makes an incomplete answer."""


TROUBLED = {
    "Busyton": Trouble(
        lambda _: status(429, "slow down", headers={"Retry-After": "60"}), 503, "model_busy"
    ),
    "Failford": Trouble(lambda _: status(500, "it broke"), 502, "model_error"),
    "Haltby": Trouble(lambda _: hang(60), 504, "model_timeout"),
    "Garbury": Trouble(lambda _: garbage(b"data: {not json\n\n"), 502, "model_error"),
    "Pagewick": Trouble(lambda _: html(), 502, "model_error"),
    "Voidham": Trouble(lambda _: cut(""), 502, "model_incomplete"),
    "Errwood": Trouble(lambda _: stream_error(""), 502, "model_error"),
    "Cutley": Trouble(lambda said: cut(said + "\nIt was")),
    "Losswell": Trouble(lambda said: reset(said + "\nIt was")),
    "Dripford": Trouble(lambda said: drip(said + "\n" + "It was opened. [1]\n" * 50, 0.02)),
}
"""Towns that the model cannot speak of."""

UNEMBEDDABLE = {
    "Embrook": status(500, "it broke"),
    "Stillbeck": hang(60),
    "Shortham": vectors(dimensions=16),
    "Fewton": vectors(missing=1),
    "Nanwick": vectors(poison=math.nan),
}
"""Names for which there are no good vectors."""

STUMBLES = 4
"""How often a text with a name such as ``Stumble7`` is turned away before it is embedded: more than
a request for vectors goes on trying, less than a job does."""

SOUND = [
    first + last
    for first in ("Al", "Bro", "Cas", "Dun", "El", "Far")
    for last in ("dra", "mere", "stow", "wick", "ney")
]
"""Towns of which the model speaks well."""

TOWNS = [*SOUND, *TROUBLED]


def metres(town: str) -> int:
    """Return how long the bridge of a town is."""
    return 311 + 17 * TOWNS.index(town)


def report(town: str) -> str:
    """Return the document about a town."""
    number = TOWNS.index(town)
    return (
        f"The {town} bridge is {metres(town)} metres long. "
        f"It was opened in {1890 + number} and carries {2 + number % 3} lanes of traffic. "
        f"The council of {town} said that its repair cost {21 + number} million crowns.\n"
    )


class Scripted:
    """The endpoint of a run."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.base_url = endpoint.base_url
        self.asked = 0
        """Requests that came in so far."""
        self._endpoint = endpoint
        self._port = endpoint.server.server_address[1]

    @property
    def left(self) -> int:
        """How many requests were given up by who made them."""
        return len(self._endpoint.left)

    def connections(self) -> int:
        """Return how many connections to the endpoint are open, seen from here."""
        mine = psutil.Process().net_connections(kind="tcp")
        return sum(one.laddr[1:] == (self._port,) and bool(one.raddr) for one in mine)

    def forget(self) -> None:
        """Drop the requests, which would fill the memory, and count them."""
        requests = self._endpoint.requests
        number = len(requests)
        del requests[:number]
        self.asked += number


@contextmanager
def soak_endpoint() -> Iterator[Scripted]:
    """Run the endpoint on a free port for the length of the block."""
    stumbled: dict[str, int] = {}
    lock = threading.Lock()

    def embed(request: Request) -> Reply:
        words = str(request.body["input"])
        for name, reply in UNEMBEDDABLE.items():
            if name in words:
                return reply
        with lock:
            for name in re.findall(r"Stumble\w+", words)[:1]:
                stumbled[name] = stumbled.get(name, 0) + 1
                if stumbled[name] <= STUMBLES:
                    return status(503, "not now")
        return vectors()

    with scripted_endpoint(_chat, embeddings=(embed,)) as endpoint:
        yield Scripted(endpoint)


def _chat(request: Request) -> Reply:
    """Say how long the bridge is that the question names, or fail in the way of its town."""
    question = request.prompt.splitlines()[-1]
    town = next(name for name in TOWNS if name in question)
    number = number_of(f"{town} bridge is", request)
    said = f"The {town} bridge is {metres(town)} metres long. [{number}]"
    return TROUBLED[town].reply(said) if town in TROUBLED else text(said)
