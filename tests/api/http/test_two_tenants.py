"""Two users on one server: on no route is there anything of the other's, nor that it exists.

The routes are those of the OpenAPI document: one that has no entry here fails.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from harbour import at_endpoint, send, serving, upload
from scripted_endpoint import scripted_endpoint
from sse import read_events
from tenants import WIRE, Tenant, make_key, seen, tenants, with_key

from qa.service import Service

# Many runs of what other tests cover; to measure them takes half as long again.
pytestmark = pytest.mark.no_cover

BRIDGE = "How much did the harbour bridge cost?"
STREAM = {"Accept": "text/event-stream"}
NO_DOCUMENT, NO_ANSWER = "d-000000000000", "a-000000000000"


class House:
    """A server with two users."""

    def __init__(
        self, client: httpx.Client, service: Service, users: tuple[Tenant, Tenant, Tenant]
    ) -> None:
        self.client = client
        self.service = service
        self.alpha, self.beta, self.ruler = users


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, embeddings: dict[str, Any]) -> Iterator[House]:
    """Two users with documents of one name, and of nearly one text, in a collection each."""
    place = tmp_path_factory.mktemp("tenants") / "data"
    with (
        serving(place, **embeddings) as (client, service),
        tenants(client, service) as users,
    ):
        yield House(client, service, users)


class Visit:
    """One user's use of one route, with an eye on the other."""

    def __init__(self, me: Tenant, other: Tenant) -> None:
        self.me = me
        self.other = other
        self.found = 0

    def get(self, path: str, *said: str, **given: Any) -> httpx.Response:
        return self._sent("GET", path, said, **given)

    def post(self, path: str, *said: str, **given: Any) -> httpx.Response:
        return self._sent("POST", path, said, **given)

    def delete(self, path: str, *said: str) -> httpx.Response:
        return self._sent("DELETE", path, said)

    def _sent(self, method: str, path: str, said: Sequence[str], **given: Any) -> httpx.Response:
        response = self.me.client.request(method, path, **given)
        text = seen(response, said)
        there = [mark for mark in self.other.marks if mark in text]
        assert not there, f"{method} {path} shows {there}:\n{response.text}"
        for coverage in coverages(response):
            self.of_own(coverage)
        self.found += any(mark in text for mark in self.me.marks)
        assert response.status_code < 500, response.text
        return response

    def of_own(self, coverage: dict[str, Any]) -> None:
        """Nothing is counted that is the other's: every document here has one passage."""
        assert coverage["documents"] <= len(self.me.documents)
        assert coverage["passages"] == coverage["documents"]
        assert set(coverage["outlets"]) <= {self.me.outlet}

    def foreign(self, method: str, path: str, own: str, unknown: str, **given: Any) -> None:
        """What is the other's is answered as what is not there, in every word."""
        of_other = self._sent(method, path.format(own), [own], **given)
        of_nobody = self._sent(method, path.format(unknown), [], **given)
        assert alike(of_other, own) == alike(of_nobody, unknown)


def alike(response: httpx.Response, named: str) -> tuple[int, str, list[str]]:
    """A response without the name that was asked for, and what differs from request to request."""
    own = response.headers["x-request-id"]
    text = response.text.replace(named, "…").replace(own, "…")
    return response.status_code, text, sorted(set(response.headers))


def coverages(response: httpx.Response) -> Iterator[dict[str, Any]]:
    """Every coverage anywhere in a response, also in the events of a stream."""
    kind = response.headers.get("content-type", "")
    bodies: list[Any] = []
    if kind.startswith("application/json") and response.content:
        bodies = [response.json()]
    elif kind.startswith("text/event-stream"):
        lines = response.text.splitlines()
        data = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
        bodies = [json.loads(one) for one in data if one != "[DONE]"]
    while bodies:
        body = bodies.pop()
        if isinstance(body, dict):
            bodies += body.values()
            if {"documents", "passages", "outlets"} <= body.keys():
                yield body
        elif isinstance(body, list):
            bodies += body


def foreign_filters(visit: Visit) -> Iterator[tuple[dict[str, Any], str, dict[str, Any], str]]:
    """Filters by what is the other's, each with one of the same kind by what is not there."""
    other = visit.other
    document = other.documents["report.txt"]
    yield {"documents": [document]}, document, {"documents": [NO_DOCUMENT]}, NO_DOCUMENT
    yield {"outlets": [other.outlet]}, other.outlet, {"outlets": ["Nobody"]}, "Nobody"
    yield {"collections": [other.name]}, other.name, {"collections": ["none"]}, "none"


def probing(visit: Visit) -> str:
    """A question in words that only the other's documents have."""
    return f"Where is the {visit.other.words[2]} kept?"


def ask(visit: Visit) -> None:
    answer = visit.post("/v1/answers", json={"question": BRIDGE}).json()
    assert answer["status"] == "answered"
    assert answer["coverage"]["documents"] == len(visit.me.documents)
    visit.post("/v1/answers", json={"question": "What will become of the old lighthouse?"})
    # About what only the other has, so that the nearest is quoted or nothing found.
    question = probing(visit)
    visit.post("/v1/answers", question, json={"question": question})
    # Both send the very same request under the very same key.
    again = {"Idempotency-Key": "one-for-both"}
    for _ in range(2):
        visit.post("/v1/answers", json={"question": BRIDGE}, headers=again).raise_for_status()
    streamed = visit.post("/v1/answers", json={"question": BRIDGE}, headers=STREAM)
    assert read_events(streamed.text.splitlines())[-1].data["answer"]["status"] == "answered"
    for theirs, name, nobodys, nobody in foreign_filters(visit):
        for headers in ({}, STREAM):
            given = [
                visit.post(
                    "/v1/answers",
                    said,
                    json={"question": BRIDGE, "filters": filters},
                    headers=headers,
                )
                for filters, said in ((theirs, name), (nobodys, nobody))
            ]
            assert alike(given[0], name) == alike(given[1], nobody)
            assert given[0].status_code == 422


def complete(visit: Visit) -> None:
    body = {"model": "dossier", "messages": [{"role": "user", "content": BRIDGE}]}
    whole = visit.post("/v1/chat/completions", json=body).json()
    assert whole["choices"][0]["message"]["annotations"]
    streamed = visit.post("/v1/chat/completions", json=body | {"stream": True})
    assert streamed.text.endswith("data: [DONE]\n\n")
    for theirs, name, nobodys, nobody in foreign_filters(visit):
        given = [
            visit.post("/v1/chat/completions", said, json=body | {"filters": filters})
            for filters, said in ((theirs, name), (nobodys, nobody))
        ]
        assert alike(given[0], name) == alike(given[1], nobody)


def respond(visit: Visit) -> None:
    body = {"model": "dossier", "input": BRIDGE}
    assert visit.post("/v1/responses", json=body).json()["status"] == "completed"
    assert "response.completed" in visit.post("/v1/responses", json=body | {"stream": True}).text
    theirs = f"resp_{visit.other.answers[0]}"
    given = [
        visit.post("/v1/responses", name, json=body | {"previous_response_id": f"resp_{name}"})
        for name in (visit.other.answers[0], NO_ANSWER)
    ]
    assert alike(given[0], theirs[5:]) == alike(given[1], NO_ANSWER)
    assert given[0].status_code == 404


def get_response(visit: Visit) -> None:
    visit.get(f"/v1/responses/resp_{visit.me.answers[0]}").raise_for_status()
    visit.foreign("GET", "/v1/responses/resp_{}", visit.other.answers[0], NO_ANSWER)


def search(visit: Visit) -> None:
    mine = visit.post("/v1/search", json={"query": "harbour bridge cost", "limit": 50}).json()
    assert {hit["document_id"] for hit in mine["hits"]} <= set(visit.me.documents.values())
    wire = visit.post("/v1/search", json={"query": "old lighthouse northern cape"}).json()
    assert len(wire["hits"][0]["copies"]) == visit.me.copies - 1
    for word in visit.other.words:
        visit.post("/v1/search", word, json={"query": word, "limit": 50})
    for theirs, name, nobodys, nobody in foreign_filters(visit):
        given = [
            visit.post("/v1/search", said, json={"query": "bridge", "filters": filters})
            for filters, said in ((theirs, name), (nobodys, nobody))
        ]
        assert alike(given[0], name) == alike(given[1], nobody)


def list_documents(visit: Visit) -> None:
    first = visit.get("/v1/documents", params={"limit": 2}).json()
    rest = visit.get("/v1/documents", params={"after": first["next"], "limit": 200}).json()
    listed = {one["id"] for one in first["documents"] + rest["documents"]}
    assert listed == set(visit.me.documents.values())
    for params in (
        {"document": visit.other.documents["report.txt"]},
        {"outlet": visit.other.outlet},
        {"collection": visit.other.name},
    ):
        assert visit.get("/v1/documents", params=params).json()["documents"] == []
    # A place in the list may be one of the other's: it says nothing.
    visit.get("/v1/documents", params={"after": visit.other.documents["report.txt"]})


def get_document(visit: Visit) -> None:
    own = visit.me.documents["report.txt"]
    assert visit.get(f"/v1/documents/{own}").json()["latest"] >= 2
    theirs = visit.other.documents["report.txt"]
    visit.foreign("GET", "/v1/documents/{}", theirs, NO_DOCUMENT)
    visit.foreign("GET", "/v1/documents/{}?version=1", theirs, NO_DOCUMENT)
    visit.foreign("GET", "/v1/documents/{}?version=9", theirs, NO_DOCUMENT)
    assert visit.get(f"/v1/documents/{theirs}", theirs).status_code == 404


def get_text(visit: Visit) -> None:
    own = visit.me.documents["report.txt"]
    assert str(visit.me.cost) in visit.get(f"/v1/documents/{own}/text").text
    theirs = visit.other.documents["report.txt"]
    visit.foreign("GET", "/v1/documents/{}/text", theirs, NO_DOCUMENT)
    visit.foreign("GET", "/v1/documents/{}/text?version=1", theirs, NO_DOCUMENT)


def add_documents(visit: Visit) -> None:
    me, other = visit.me, visit.other
    theirs = other.documents["report.txt"]
    before = other.client.get(f"/v1/documents/{theirs}").json()
    # The name that the other's has, and the text that the other's has.
    text = other.client.get(f"/v1/documents/{theirs}/text").text
    for name in ("report.txt", "same.txt"):
        sent = {"name": name, "text": text, "collection": me.name}
        reply = visit.post("/v1/documents", json=sent).json()["documents"][0]
        assert reply["outcome"] == ("changed" if name == "report.txt" else "added")
        assert reply["id"] != theirs
    assert other.client.get(f"/v1/documents/{theirs}").json() == before
    me.client.delete(f"/v1/documents/{reply['id']}")
    *_, last = (one for one in me.texts() if one["name"] == "report.txt")
    send(me.client, **last).raise_for_status()
    # Into what is another's, nobody's, or nobody named.
    refused = [
        visit.post("/v1/documents", named, json={"text": "x", "collection": named})
        for named in (other.name, "nowhere")
    ]
    assert alike(refused[0], other.name) == alike(refused[1], "nowhere")
    assert refused[0].status_code == 403
    assert visit.post("/v1/documents", json={"text": "x"}).status_code == 403
    # A document does not say itself where it belongs.
    front = f"---\ncollection: {other.name}\ntitle: Planted\n---\nThe planted text is here.\n"
    files = {"file": ("planted.md", front.encode())}
    planted = visit.post("/v1/documents", files=files, data={"collection": me.name}).json()
    planted_id = planted["documents"][0]["id"]
    assert me.client.get(f"/v1/documents/{planted_id}").json()["collection"] == me.name
    assert other.client.get(f"/v1/documents/{planted_id}").status_code == 404
    me.client.delete(f"/v1/documents/{planted_id}").raise_for_status()
    assert visit.post("/v1/documents", files=files).status_code == 403


def remove_document(visit: Visit) -> None:
    me, other = visit.me, visit.other
    theirs = other.documents["report.txt"]
    visit.foreign("DELETE", "/v1/documents/{}", theirs, NO_DOCUMENT)
    matching = {"If-Match": '"something"'}
    visit.foreign("DELETE", "/v1/documents/{}", theirs, NO_DOCUMENT, headers=matching)
    assert other.client.get(f"/v1/documents/{theirs}").status_code == 200
    sent = send(me.client, name="passing.txt", text="It goes soon.", collection=me.name)
    passing = sent.json()["documents"][0]["id"]
    assert visit.delete(f"/v1/documents/{passing}").status_code == 204
    visit.found += 1  # nothing comes back


def job_of(user: Tenant, name: str = "queued.txt") -> str:
    """Send something as a job, wait for its end, and return the job's path."""
    sent = {"name": name, "text": f"The {user.words[1]} waits.", "collection": user.name}
    headers = {"Prefer": "respond-async"}
    path: str = user.client.post("/v1/documents", json=sent, headers=headers).headers["location"]
    while (job := user.client.get(path).json())["status"] in {"queued", "running"}:
        time.sleep(0.01)
    user.client.delete(f"/v1/documents/{job['documents'][0]['id']}").raise_for_status()
    return path


def list_jobs(visit: Visit) -> None:
    mine, theirs = (job_of(user).rpartition("/")[2] for user in (visit.me, visit.other))
    listed = {job["id"] for job in visit.get("/v1/jobs?limit=200").json()["jobs"]}
    assert mine in listed
    assert theirs not in listed


def get_job(visit: Visit) -> None:
    visit.get(job_of(visit.me)).raise_for_status()
    theirs = job_of(visit.other).rpartition("/")[2]
    visit.foreign("GET", "/v1/jobs/{}", theirs, "j-0000000000000000")


def cancel_job(visit: Visit) -> None:
    visit.delete(job_of(visit.me)).raise_for_status()
    theirs = job_of(visit.other).rpartition("/")[2]
    visit.foreign("DELETE", "/v1/jobs/{}", theirs, "j-0000000000000000")


def list_stories(visit: Visit) -> None:
    stories = visit.get("/v1/stories").json()["stories"]
    assert [story["documents"] for story in stories] == ([2] if visit.me.copies == 2 else [])
    own = {"collection": visit.me.name}
    assert visit.get("/v1/stories", params=own).json()["stories"] == stories
    assert visit.get("/v1/stories", params={"collection": visit.other.name}).json()["stories"] == []
    visit.found += visit.me.copies == 1  # there is no story to be seen


def list_answers(visit: Visit) -> None:
    found = visit.get("/v1/answers?limit=200", probing(visit)).json()["answers"]
    listed = [one["id"] for one in found]
    assert set(visit.me.answers) <= set(listed)
    assert not set(visit.other.answers) & set(listed)


def get_answer(visit: Visit) -> None:
    visit.get(f"/v1/answers/{visit.me.answers[0]}").raise_for_status()
    visit.foreign("GET", "/v1/answers/{}", visit.other.answers[0], NO_ANSWER)
    assert (
        visit.get(f"/v1/answers/{visit.other.answers[0]}", *visit.other.answers).status_code == 404
    )


def get_events(visit: Visit) -> None:
    told = visit.get(f"/v1/answers/{visit.me.answers[0]}/events", headers=STREAM)
    assert read_events(told.text.splitlines())[-1].data["answer"]["id"] == visit.me.answers[0]
    theirs = visit.other.answers[0]
    visit.foreign("GET", "/v1/answers/{}/events", theirs, NO_ANSWER, headers=STREAM)
    # Of a stream that could be taken up again as well.
    asked = {"question": BRIDGE, "resumable": True}
    sent = visit.other.client.post("/v1/answers", json=asked, headers=STREAM)
    going_on = read_events(sent.text.splitlines())[-1].data["answer"]["id"]
    visit.other.answers.append(going_on)
    visit.foreign("GET", "/v1/answers/{}/events", going_on, NO_ANSWER, headers=STREAM)


def get_manifest(visit: Visit) -> None:
    manifest = visit.get(f"/v1/answers/{visit.me.answers[0]}/manifest").json()
    assert manifest["documents"]
    assert manifest["last_change"] is None  # others change the record too
    visit.foreign("GET", "/v1/answers/{}/manifest", visit.other.answers[0], NO_ANSWER)


def replay(visit: Visit) -> None:
    for recorded in (True, False):
        body = {"json": {"recorded": recorded}}
        made = visit.post(f"/v1/answers/{visit.me.answers[0]}/replay", **body).json()
        assert made["answer"]["status"] == "answered"
        assert "record" not in {change["kind"] for change in made["changes"]}
        theirs = visit.other.answers[0]
        visit.foreign("POST", "/v1/answers/{}/replay", theirs, NO_ANSWER, **body)


def list_affected(visit: Visit) -> None:
    mine = visit.get("/v1/answers/affected").json()["answers"]
    assert visit.me.answers[0] in {one["id"] for one in mine}
    for name in (visit.other.documents["report.txt"], NO_DOCUMENT):
        found = visit.get("/v1/answers/affected", params={"document": name}).json()
        assert (found["answers"], found["more"]) == ([], False)


def readiness(visit: Visit) -> None:
    assert visit.get("/readyz").json() == {"status": "ready"}
    assert visit.get("/readyz?verbose").status_code == 403
    visit.found += 1  # it tells of nobody


def numbers(visit: Visit) -> None:
    assert visit.get("/metrics").status_code == 403
    visit.found += 1  # they are of everybody


def nothing_of_anybody(path: str) -> Callable[[Visit], None]:
    def look(visit: Visit) -> None:
        visit.get(path).raise_for_status()
        visit.found += 1

    return look


TABLE: dict[tuple[str, str], Callable[[Visit], None]] = {
    ("post", "/v1/answers"): ask,
    ("get", "/v1/answers"): list_answers,
    ("get", "/v1/answers/affected"): list_affected,
    ("get", "/v1/answers/{answer_id}"): get_answer,
    ("get", "/v1/answers/{answer_id}/manifest"): get_manifest,
    ("post", "/v1/answers/{answer_id}/replay"): replay,
    ("get", "/v1/answers/{answer_id}/events"): get_events,
    ("post", "/v1/chat/completions"): complete,
    ("post", "/v1/responses"): respond,
    ("get", "/v1/responses/{response_id}"): get_response,
    ("get", "/v1/models"): nothing_of_anybody("/v1/models"),
    ("post", "/v1/search"): search,
    ("post", "/v1/documents"): add_documents,
    ("get", "/v1/documents"): list_documents,
    ("get", "/v1/documents/{document_id}"): get_document,
    ("get", "/v1/documents/{document_id}/text"): get_text,
    ("delete", "/v1/documents/{document_id}"): remove_document,
    ("get", "/v1/jobs"): list_jobs,
    ("get", "/v1/jobs/{job_id}"): get_job,
    ("delete", "/v1/jobs/{job_id}"): cancel_job,
    ("get", "/v1/stories"): list_stories,
    ("get", "/livez"): nothing_of_anybody("/livez"),
    ("get", "/readyz"): readiness,
    ("get", "/metrics"): numbers,
}
"""What each route is tried with; a new route needs an entry."""


def test_every_route_is_tried(house: House) -> None:
    described = house.ruler.client.get("/openapi.json").json()["paths"]
    routes = {(method, path) for path, methods in described.items() for method in methods}
    assert routes == set(TABLE)


@pytest.mark.parametrize("route", TABLE, ids=" ".join)
@pytest.mark.parametrize("user", ["alpha", "beta"])
def test_nothing_of_the_other_is_seen(house: House, route: tuple[str, str], user: str) -> None:
    me, other = (house.alpha, house.beta) if user == "alpha" else (house.beta, house.alpha)
    visit = Visit(me, other)
    TABLE[route](visit)
    assert visit.found, "nothing of one's own was seen either, so that this proves nothing"


def test_who_rules_over_all_sees_both(house: House) -> None:
    ruler = house.ruler.client
    listed = {one["id"] for one in ruler.get("/v1/documents").json()["documents"]}
    both = {*house.alpha.documents.values(), *house.beta.documents.values()}
    assert both <= listed
    answers = {one["id"] for one in ruler.get("/v1/answers?limit=200").json()["answers"]}
    assert {*house.alpha.answers, *house.beta.answers} <= answers
    for answer in (*house.alpha.answers, *house.beta.answers):
        assert ruler.get(f"/v1/answers/{answer}").status_code == 200
    (story,) = ruler.get("/v1/stories").json()["stories"]
    assert story["documents"] == house.alpha.copies + house.beta.copies
    assert ruler.get("/readyz?verbose").json()["checks"]


def test_a_text_of_the_other_does_not_join_two_of_ones_own(house: House) -> None:
    """Halves of one text are no copies of each other, and must not become one story by the whole.

    Else whoever sends both halves of a text that he guesses would learn that another has it.
    """
    first = "The dam at Vrana cost 12 million crowns, its keeper said. " + " ".join(
        f"Sluice {n} was painted by the {word} crew." for n, word in enumerate(ORDINALS[:12])
    )
    second = "The dam at Vrana cost 12 million crowns, the ledger of the works says. " + " ".join(
        f"Turbine {n} was greased by the {word} team." for n, word in enumerate(ORDINALS[12:])
    )
    parts = {"half one.txt": first, "half two.txt": second}
    question = {"question": "How much did the dam at Vrana cost?"}
    made = [send(house.alpha.client, name=name, text=text, collection=house.alpha.name) for
            name, text in parts.items()]  # fmt: skip
    ids = {one.json()["documents"][0]["id"] for one in made}
    before = house.alpha.client.post("/v1/answers", json=question).json()
    whole = send(house.beta.client, text=f"{first} {second}", collection=house.beta.name).json()
    try:
        after = house.alpha.client.post("/v1/answers", json=question).json()
        assert before["values"][0]["origins"] == 2
        for name in ("text", "values", "citations", "confidence"):
            assert after[name] == before[name]
        # To who may see all three they are one story.
        all_three = house.ruler.client.post("/v1/answers", json=question).json()
        assert all_three["values"][0]["origins"] == 1
    finally:
        for one in (*ids, whole["documents"][0]["id"]):
            house.ruler.client.delete(f"/v1/documents/{one}").raise_for_status()


ORDINALS = [
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"),
    *("tenth", "red", "blue", "green", "white", "black", "amber", "grey", "violet", "northern"),
    *("southern", "eastern", "western", "upper", "lower"),
]


def test_one_name_in_two_collections_is_two_documents(house: House) -> None:
    text = {"name": "shared.txt", "text": "The quay is closed."}
    sent = [send(house.ruler.client, **text, collection=name) for name in ("quay", "pier", "Quay")]
    sent.append(send(house.ruler.client, **text))
    sent.append(send(house.ruler.client, **text, collection="default"))
    ids = [one.json()["documents"][0]["id"] for one in sent]
    assert len(set(ids)) == 4  # "default" is where documents without a collection are
    assert [one.json()["documents"][0]["name"] for one in sent] == ["shared.txt"] * 5
    listed = house.ruler.client.get("/v1/documents", params={"document": ids}).json()["documents"]
    assert {one["name"] for one in listed} == {"shared.txt"}
    for one in set(ids):
        house.ruler.client.delete(f"/v1/documents/{one}").raise_for_status()


def test_a_document_of_before_keeps_its_identifier(house: House) -> None:
    """Records made before collections were part of a name have plain names in any collection."""
    from codecs import BOM_UTF8

    from index.load.origins import Origin
    from index.models import Metadata

    given = Metadata(collection="archive")
    origin = Origin("upload:old.txt", "old.txt", given, data=BOM_UTF8 + b"It was there before.")
    list(house.service.corpus.ingest([origin], limit=10_000))
    (old,) = (d for d in house.service.corpus.documents() if d.source == "upload:old.txt")
    send_to = {"name": "old.txt", "text": "It was there before, and is."}
    again = send(house.ruler.client, **send_to, collection="archive").json()["documents"][0]
    assert (again["id"], again["outcome"], again["version"]) == (old.id, "changed", 2)
    others = [
        send(house.ruler.client, **send_to, **where).json()["documents"][0]
        for where in ({"collection": "elsewhere"}, {}, {})
    ]
    assert [one["outcome"] for one in others] == ["added", "added", "unchanged"]
    assert len({old.id, *(one["id"] for one in others)}) == 3
    assert house.service.corpus.document(old.id).collection == "archive"
    for one in {old.id, *(one["id"] for one in others)}:
        house.ruler.client.delete(f"/v1/documents/{one}").raise_for_status()


def test_answers_are_for_who_asked_and_may_still_read_what_they_cite(house: House) -> None:
    from index.load.origins import find
    from index.models import Metadata

    where = house.service.settings.data.parent / "moving.txt"
    where.write_text("The weir at Holm cost 9,000 crowns, its keeper said.", encoding="utf-8")
    corpus = house.service.corpus

    def put(collection: str) -> None:
        list(corpus.ingest(find([where], Metadata(collection=collection)), limit=10_000))

    put("weirs")
    keys = [make_key(house.service, name, {"weirs": "read"}) for name in ("one", "two")]
    with with_key(house.client, keys[0]) as one, with_key(house.client, keys[1]) as two:
        asked = {"question": "How much did the weir at Holm cost?"}
        answer = one.post("/v1/answers", json=asked).json()
        assert answer["status"] == "answered"
        paths = [f"/v1/answers/{answer['id']}", f"/v1/answers/{answer['id']}/manifest"]
        assert [one.get(path).status_code for path in paths] == [200, 200]
        # Another with the same rights did not ask.
        assert [two.get(path).status_code for path in paths] == [404, 404]
        assert two.get("/v1/answers").json()["answers"] == []
        assert house.ruler.client.get(paths[0]).json() == answer
        put("secret")
        gone = [one.get(path) for path in paths]
        assert [alike(r, answer["id"]) for r in gone] == [
            alike(one.get(path.replace(answer["id"], NO_ANSWER)), NO_ANSWER) for path in paths
        ]
        assert one.get("/v1/answers").json()["answers"] == []
        assert one.get("/v1/answers/affected").json()["answers"] == []
        for recorded in (True, False):
            replayed = one.post(f"{paths[0]}/replay", json={"recorded": recorded})
            assert replayed.status_code == 404
        cited = answer["citations"][0]["document_id"]
        assert one.get(f"/v1/documents/{cited}?version=1").status_code == 404
        assert house.ruler.client.get(paths[0]).json() == answer
        put("weirs")
        assert one.get(paths[0]).json() == answer
        corpus.remove(cited)
        assert one.get(paths[0]).json() == answer  # what is gone was allowed to be read


def test_collections_are_told_apart_by_every_letter(house: House) -> None:
    sent = send(house.ruler.client, text="The mole is wet.", collection="Mole").json()
    with with_key(house.client, make_key(house.service, "small", {"mole": "write"})) as small:
        assert small.get("/v1/documents").json()["documents"] == []
        assert send(small, text="x", collection="Mole").status_code == 403
        assert small.post("/v1/search", json={"query": "mole"}).json()["hits"] == []
    house.ruler.client.delete(f"/v1/documents/{sent['documents'][0]['id']}")


def test_documents_without_a_collection_are_those_of_default(house: House) -> None:
    sent = upload(house.ruler.client, ("loose.txt", b"The loose leaf lies on the jetty."))
    loose = sent.json()["documents"][0]["id"]
    with with_key(house.client, make_key(house.service, "d", {"default": "write"})) as keyed:
        assert [d["id"] for d in keyed.get("/v1/documents").json()["documents"]] == [loose]
        query = {"query": "loose leaf", "filters": {"collections": ["default"]}}
        hits = keyed.post("/v1/search", json=query).json()["hits"]
        assert [hit["document_id"] for hit in hits] == [loose]
        assert keyed.delete(f"/v1/documents/{loose}").status_code == 204


def test_the_wire_is_not_told_to_be_elsewhere(house: House) -> None:
    """The other has the same text word for word: neither search nor answer knows of it."""
    for me in (house.alpha, house.beta):
        answer = me.client.post("/v1/answers", json={"question": "What was sold by vote?"}).json()
        assert {c["document_id"] for c in answer["citations"]} <= set(me.documents.values())
        for citation in answer["citations"]:
            assert set(citation["copies"]) <= set(me.documents.values())
    with_the_text = {"text": WIRE, "name": "again.txt", "collection": house.beta.name}
    again = send(house.beta.client, **with_the_text).json()["documents"][0]
    (story,) = house.beta.client.get("/v1/stories").json()["stories"]
    assert story["documents"] == 2
    house.beta.client.delete(f"/v1/documents/{again['id']}").raise_for_status()


def test_an_upload_takes_no_less_time_because_the_other_has_the_text(tmp_path: Path) -> None:
    """What is embedded once is kept by its content; who has it is not to be told by the clock."""
    with scripted_endpoint() as endpoint:
        given = at_endpoint(endpoint.base_url)
        with serving(tmp_path / "data", **given) as (client, service), ExitStack() as stack:

            def embedded(collection: str, name: str) -> int:
                secret = make_key(service, name, {collection: "write"})
                keyed = stack.enter_context(with_key(client, secret))
                before = len(endpoint.embedded)
                sent = send(keyed, text=WIRE, name=name, collection=collection)
                assert sent.json()["documents"][0]["outcome"] == "added"
                return len(endpoint.embedded) - before

            first = embedded("one", "a.txt")
            assert first > 0
            assert embedded("two", "b.txt") == first
            assert embedded("two", "c.txt") == 0  # its own text is known
