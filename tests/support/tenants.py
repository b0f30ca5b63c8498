"""Two users of one server, a collection each, and what must never be seen of the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from harbour import send

from api.access.keys import digest, new_secret
from qa.service import Service

WIRE = (
    "The island council voted on Monday to sell the old lighthouse at the northern cape. "
    "The tower has stood empty since the keeper retired in 1987, and its lamp was taken to the "
    "museum two years later. The council expects bids until the end of summer. "
    "Whoever buys it must open the stairs to visitors on four days of each year."
)
"""A text that an agency sends to everybody."""

BRIDGE = "The harbour bridge cost {cost} million crowns, said {who} of the {what} office."


@dataclass(eq=False)
class Tenant:
    """A user with a key, and what is his."""

    name: str
    """Name of the user, which is that of his collection."""
    cost: int
    """What the bridge cost, as his documents have it."""
    words: tuple[str, ...]
    """Words that only his documents, or what is said of them, have."""
    copies: int
    """How many of his documents are the agency's text."""
    secret: str = ""
    """His key."""
    client: httpx.Client = field(default_factory=httpx.Client)
    """Sends it."""
    documents: dict[str, str] = field(default_factory=dict)
    """Identifiers of his documents by their names."""
    answers: list[str] = field(default_factory=list)
    """Identifiers of answers that he was given."""

    @property
    def outlet(self) -> str:
        """Who published his documents."""
        return f"{self.words[0].capitalize()} Gazette"

    @property
    def marks(self) -> list[str]:
        """All that tells of him, in lower case."""
        known = [*self.words, self.name, self.secret, *self.documents.values(), *self.answers]
        return [mark.lower() for mark in (*known, f"{self.cost} million")]

    def texts(self) -> Iterator[dict[str, str]]:
        """Yield what he sends."""
        one, two, three = self.words
        common = {"collection": self.name, "published_at": "2024-06-11"}
        said = BRIDGE.format(cost=self.cost, who=two, what=three)
        yield {**common, "name": "report.txt", "title": f"Bridge: {two}", "text": said} | {
            "outlet": self.outlet,
            "author": f"{two.capitalize()} Writer",
            "url": f"https://{three}.example/bridge",
        }
        for number in range(self.copies):
            yield {**common, "name": f"wire {number}.txt", "text": WIRE, "outlet": self.outlet}
        notes = f"A note of {one} on its own matters. The {three} is kept in a shed by the pond."
        yield {**common, "name": f"{three}.txt", "title": one, "text": notes}


ALPHA = ("alphonse", "quillmarsh", "tamberlane")
BETA = ("betancourt", "brindlewick", "corvantes")


@contextmanager
def tenants(client: httpx.Client, service: Service) -> Iterator[tuple[Tenant, Tenant, Tenant]]:
    """Put two users and one who rules over all on a server, with documents and answers of each."""
    alpha = Tenant("house-alpha", 311, ALPHA, copies=2)
    beta = Tenant("house-beta", 417, BETA, copies=1)
    ruler = Tenant("ruler", 0, ("ruler", "ruler", "ruler"), copies=0)
    with ExitStack() as stack:
        for one in (alpha, beta, ruler):
            grants = {"*": "admin"} if one is ruler else {one.name: "write"}
            one.secret = make_key(service, one.name, grants)
            one.client = stack.enter_context(with_key(client, one.secret))
        for one in (alpha, beta):
            for text in one.texts():
                reply = send(one.client, **text)
                assert reply.status_code == 201, reply.text
                one.documents[text["name"]] = reply.json()["documents"][0]["id"]
            for question in ("How much did the harbour bridge cost?", "What was sold?"):
                answer = one.client.post("/v1/answers", json={"question": question}).json()
                one.answers.append(answer["id"])
            (changed, *_) = one.texts()
            changed["text"] = changed["text"].replace("harbour", "new harbour")
            assert send(one.client, **changed).json()["documents"][0]["outcome"] == "changed"
        yield alpha, beta, ruler


def make_key(service: Service, name: str, grants: dict[str, str], **given: Any) -> str:
    """Make a key as the command line does, and return its secret."""
    secret = new_secret()
    service.corpus.catalog.keys.create(name, digest(secret), grants, **given)
    return secret


@contextmanager
def with_key(client: httpx.Client, secret: str) -> Iterator[httpx.Client]:
    """Return a client of the same server that sends a key."""
    headers = {"Authorization": f"Bearer {secret}"}
    with httpx.Client(
        base_url=client.base_url, timeout=60, trust_env=False, headers=headers
    ) as keyed:
        yield keyed


def seen(response: httpx.Response, said: Sequence[str] = ()) -> str:
    """Return all of a response in lower case, without what the request itself ``said``."""
    heads = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    text = f"{heads}\n{response.text}".lower()
    for words in said:
        text = text.replace(words.lower(), "")
    return text
