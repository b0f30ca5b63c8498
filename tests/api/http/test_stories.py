"""GET /v1/stories, over a real server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
import wire
from harbour import Serve, send

CheckProblem = Callable[[httpx.Response, int, str], dict[str, Any]]


def test_stories_are_told_with_what_each_copy_adds(
    serve: Serve, embeddings: dict[str, Any]
) -> None:
    client, _ = serve(**embeddings)
    for origin in [*wire.outlets(), wire.independent()]:
        known = origin.given
        send(
            client,
            name=origin.name,
            text=origin.read(10_000).decode(),
            outlet=known.outlet,
            published_at=str(known.published_at),
        ).raise_for_status()
    for copy in ("speech-a", "speech-b"):
        send(client, name=copy, text="The mayor thanked the divers.").raise_for_status()
    reply = client.get("/v1/stories").json()
    large, small = reply["stories"]
    assert (large["documents"], small["documents"], reply["more"]) == (5, 2, False)
    assert large["canonical"]["outlet"] == "nordwire"
    assert large["first_seen"] == "2024-05-03"
    assert small["first_seen"] is None
    (varn,) = [copy for copy in large["copies"] if copy["document"]["outlet"] == "varn"]
    text = client.get(f"/v1/documents/{varn['document']['id']}/text").text
    assert varn["added"] == len(varn["adds"]) == 2
    for sentence in varn["adds"]:
        assert text[sentence["start"] : sentence["end"]] == sentence["text"]
    one = client.get("/v1/stories", params={"limit": 1}).json()
    assert ([story["documents"] for story in one["stories"]], one["more"]) == ([5], True)
    late = client.get("/v1/stories", params={"since": "2024-05-04"}).json()["stories"]
    assert [story["canonical"]["outlet"] for story in late] == ["herald"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"limit": 0}, "invalid_request"),
        ({"limit": 101}, "invalid_request"),
        ({"since": "2024-05-04", "until": "2024-05-01"}, "invalid_filter"),
    ],
)
def test_stories_that_cannot_be_listed_are_told_why(
    client: httpx.Client, problem_of: CheckProblem, query: dict[str, Any], code: str
) -> None:
    problem_of(client.get("/v1/stories", params=query), 422, code)
