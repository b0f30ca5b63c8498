"""Sides, values and confidence of an answer as they go out over HTTP, whole and as a stream."""

from __future__ import annotations

from differing import REPORTS
from harbour import Serve
from sse import read_events

QUESTION = "How many workers joined the march through Ostby?"


def test_both_sides_go_out_with_their_sources(serve: Serve) -> None:
    client, _ = serve()
    for name, outlet, day, text in REPORTS[:2]:
        sent = {"name": name, "text": text, "outlet": outlet, "published_at": day.isoformat()}
        client.post("/v1/documents", json=sent).raise_for_status()
    answer = client.post("/v1/answers", json={"question": QUESTION}).json()
    (difference,) = answer["disagreements"]
    assert (difference["kind"], difference["about"]) == ("figures", QUESTION.rstrip("?"))
    outlets = {one["number"]: one["outlet"] for one in answer["citations"]}
    given = {v["text"]: [outlets[n] for n in v["citations"]] for v in difference["values"]}
    assert given == {"About 1,100": ["Ostby Courier"], "Some 700": ["Coast Radio"]}
    assert answer["values"] == difference["values"]
    assert answer["confidence"]["level"] == "low"

    headers = {"Accept": "text/event-stream"}
    with client.stream("POST", "/v1/answers", json={"question": QUESTION}, headers=headers) as sse:
        events = read_events(sse.iter_lines())
    streamed = "".join(e.data["text"] for e in events if e.name == "statement")
    assert streamed == answer["text"]
