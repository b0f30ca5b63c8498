"""Uploads as jobs: accepted, followed, cancelled, and never lost."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from harbour import Serve, followed, serving, upload
from served import served
from tenants import make_key, with_key
from write_gate import Gate

from index.record.jobs import JobDocument, JobRecord
from qa.service import Service

CheckProblem = Callable[[httpx.Response, int, str], dict[str, Any]]

ASYNC = {"Prefer": "respond-async"}
TEXT = {"name": "tide.txt", "text": "High water comes twice a day."}


def queue(client: httpx.Client, *files: tuple[str, bytes], **fields: str) -> httpx.Response:
    parts = [("file", (name, data)) for name, data in files]
    return client.post("/v1/documents", files=parts, data=fields, headers=ASYNC)


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, embeddings: dict[str, Any]
) -> Iterator[tuple[httpx.Client, Service]]:
    place = tmp_path_factory.mktemp("jobs") / "data"
    with serving(place, **embeddings) as (client, service):
        yield client, service


@pytest.fixture
def client(house: tuple[httpx.Client, Service]) -> httpx.Client:
    return house[0]


def staged(service: Service) -> list[str]:
    return sorted(path.name for path in (service.settings.data / "jobs").glob("*"))


def test_an_upload_becomes_a_job_that_is_followed_to_its_end(
    house: tuple[httpx.Client, Service],
) -> None:
    client, service = house
    files = ("crane.txt", b"The crane lifts forty tonnes."), ("bad.pdf", b"no pdf"), ("e.txt", b"")
    response = queue(client, *files, outlet="Harbour Office")
    assert response.status_code == 202
    assert response.headers["preference-applied"] == "respond-async"
    assert int(response.headers["retry-after"]) >= 1
    path = response.headers["location"]
    accepted = response.json()
    assert path == f"/v1/jobs/{accepted['id']}"
    assert accepted["counts"]["total"] == 3
    job = followed(client, path)
    assert job["status"] == "done"
    assert job["created_at"] <= job["started_at"] <= job["finished_at"]
    assert job["counts"] == accepted["counts"] | {"waiting": 0, "added": 1, "rejected": 2}
    crane, bad, empty = job["documents"]
    assert (crane["name"], crane["outcome"], crane["version"]) == ("crane.txt", "added", 1)
    assert crane["passages"] == 1
    assert bad["problem"]["code"] == "broken_document"
    assert bad["problem"]["status"] == 422
    assert empty["problem"]["code"] == "empty_document"
    found = client.get(f"/v1/documents/{crane['id']}").json()
    assert (found["outlet"], found["source"]) == ("Harbour Office", "upload:crane.txt")
    # It is what the same upload would be without a job.
    again = upload(client, files[0], outlet="Harbour Office").json()["documents"][0]
    assert again == {"name": "crane.txt", "outcome": "unchanged", "id": crane["id"],
                     "version": 1, "passages": 1}  # fmt: skip
    assert staged(service) == []


@pytest.mark.parametrize(
    ("prefer", "status"),
    [
        (["respond-async"], 202),
        (["handling=lenient", 'wait=10, Respond-Async; x="y"'], 202),
        (["return=minimal"], 200),
        (["respond-asynchronously"], 200),
        ([""], 200),
    ],
)
def test_it_is_the_client_who_asks_for_a_job(
    client: httpx.Client, prefer: list[str], status: int
) -> None:
    client.post("/v1/documents", json=TEXT).raise_for_status()
    headers = [("Prefer", value) for value in prefer]
    assert client.post("/v1/documents", json=TEXT, headers=headers).status_code == status


def test_large_uploads_become_jobs_where_that_is_set(
    serve: Serve, embeddings: dict[str, Any]
) -> None:
    client, _ = serve(**embeddings, jobs_from_bytes=1_000)
    assert client.post("/v1/documents", json=TEXT).status_code == 201
    large = client.post("/v1/documents", json={"name": "long", "text": "It is long. " * 100})
    assert large.status_code == 202
    assert "preference-applied" not in large.headers
    assert followed(client, large.headers["location"])["documents"][0]["outcome"] == "added"


def test_what_cannot_be_a_job_is_refused_at_once(
    client: httpx.Client, problem_of: CheckProblem
) -> None:
    refused = client.post("/v1/documents", json={"text": ["x"]}, headers=ASYNC)
    problem_of(refused, 422, "invalid_request")
    problem_of(client.get("/v1/jobs/j-0000"), 404, "not_found")
    problem_of(client.delete("/v1/jobs/j-0000"), 404, "not_found")


def test_a_job_of_which_nothing_can_be_taken_in_has_failed(client: httpx.Client) -> None:
    job = followed(client, queue(client, ("a.pdf", b"no"), ("b.pdf", b"no")).headers["location"])
    assert job["status"] == "failed"
    assert job["counts"]["rejected"] == 2


def test_jobs_are_listed_page_by_page(client: httpx.Client) -> None:
    made = [queue(client, (f"n{n}.txt", b"A note."), ("m.txt", b"A.")).json() for n in range(3)]
    for job in made:
        followed(client, f"/v1/jobs/{job['id']}")
    first = client.get("/v1/jobs?limit=2")
    ids = [job["id"] for job in first.json()["jobs"]]
    assert ids == [made[2]["id"], made[1]["id"]]
    assert "documents" not in first.json()["jobs"][0]
    assert f"after={first.json()['next']}" in first.headers["link"]
    second = client.get("/v1/jobs", params={"limit": 2, "after": first.json()["next"]}).json()
    assert second["jobs"][0]["id"] == made[0]["id"]
    assert client.get("/v1/jobs?after=x").status_code == 422


@pytest.fixture
def held(house: tuple[httpx.Client, Service], tmp_path: Path) -> Iterator[Gate]:
    """Something is being written: jobs wait until it opens."""
    _, service = house
    gate = Gate(tmp_path / "gate")
    with gate.held(service.corpus):
        yield gate


def test_a_job_that_waits_can_be_cancelled(house: tuple[httpx.Client, Service], held: Gate) -> None:
    client, service = house
    path = queue(client, ("late.txt", b"It is late."), ("later.txt", b"Later.")).headers["location"]
    told = client.delete(path).raise_for_status().json()
    assert [one["outcome"] for one in told["documents"]] == ["cancelled"] * 2
    held.open()
    job = followed(client, path)
    assert job["status"] == "cancelled"
    assert job["counts"]["cancelled"] == 2
    assert client.delete(path).json() == job
    found = client.get("/v1/documents?limit=200").json()["documents"]
    assert not {"late.txt", "later.txt"} & {document["name"] for document in found}
    deadline = time.monotonic() + 20
    while staged(service) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert staged(service) == []


def test_the_queue_is_bounded(
    serve: Serve, embeddings: dict[str, Any], tmp_path: Path, problem_of: CheckProblem
) -> None:
    client, service = serve(**embeddings, max_jobs=2)
    gate = Gate(tmp_path / "gate")
    with gate.held(service.corpus):
        paths = [queue(client, (f"{n}.txt", b"A note.")).headers["location"] for n in range(2)]
        refused = queue(client, ("2.txt", b"A note."))
        problem_of(refused, 503, "queue_full")
        assert int(refused.headers["retry-after"]) >= 1
        assert len(staged(service)) == 2
        gate.open()
    for path in paths:
        assert followed(client, path)["status"] == "done"
    assert queue(client, ("2.txt", b"A note.")).status_code == 202


def test_a_job_is_of_its_maker_and_of_who_may_write_there(
    serve: Serve, embeddings: dict[str, Any]
) -> None:
    client, service = serve(**embeddings)
    grants = ({"a": "write"}, {"a": "write", "b": "read"}, {"a": "read"}, {"b": "write"})
    keys = [make_key(service, str(n), grant) for n, grant in enumerate(grants)]
    with (
        with_key(client, keys[0]) as maker,
        with_key(client, keys[1]) as colleague,
        with_key(client, keys[2]) as reader,
        with_key(client, keys[3]) as stranger,
    ):
        assert queue(reader, ("x.txt", b"x"), collection="a").status_code == 403
        assert queue(maker, ("x.txt", b"x"), collection="b").status_code == 403
        path = queue(maker, ("x.txt", b"It is a's."), collection="a").headers["location"]
        job = followed(maker, path)
        assert job["documents"][0]["outcome"] == "added"
        assert maker.get(f"/v1/documents/{job['documents'][0]['id']}").json()["collection"] == "a"
        for other, sees in ((colleague, True), (reader, False), (stranger, False)):
            assert other.get(path).status_code == (200 if sees else 404)
            assert other.delete(path).status_code == (200 if sees else 404)
            assert [j["id"] for j in other.get("/v1/jobs").json()["jobs"]] == [job["id"]] * sees
    assert client.get(path).status_code == 401


def test_a_job_goes_on_after_a_kill(
    tmp_path: Path, embeddings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    for name, value in embeddings.items():
        monkeypatch.setenv(f"DOSSIER_{name.upper()}", value)
    files = [(f"{n}.txt", b"Barge %d carried gravel to the lock." % n) for n in range(60)]
    with served(data) as (process, url):
        with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
            path = queue(client, *files).headers["location"]
            while not client.get(path).json()["counts"]["added"]:
                time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    with (
        served(data) as (_, url),
        httpx.Client(base_url=url, timeout=60, trust_env=False) as client,
    ):
        job = followed(client, path)
        assert job["status"] == "done"
        counts = job["counts"]
        assert counts["added"] + counts["unchanged"] == 60
        assert [one["name"] for one in job["documents"]] == [name for name, _ in files]
        found = client.get("/v1/documents?limit=200").json()["documents"]
        assert sorted(one["name"] for one in found) == sorted(name for name, _ in files)
        assert {one["latest"] for one in found} == {1}
    assert list((data / "jobs").iterdir()) == []


def test_what_no_job_owns_is_swept_away(tmp_path: Path, embeddings: dict[str, Any]) -> None:
    left = tmp_path / "data" / "jobs" / "j-of-a-killed-server"
    left.mkdir(parents=True)
    (left / "0").write_bytes(b"half a file")
    with serving(tmp_path / "data", **embeddings) as (client, service):
        assert followed(client, queue(client, ("a.txt", b"A.")).headers["location"])
        assert staged(service) == []


def test_jobs_of_other_processes_are_found(house: tuple[httpx.Client, Service]) -> None:
    client, service = house
    jobs: JobRecord = service.corpus.catalog.jobs
    path = service.settings.data.parent / "beside.txt"
    path.write_text("It lies beside.")
    for action in ("add", "remove"):
        job_id = jobs.new_id()
        one = JobDocument(path.as_uri(), path.name, action=action, place=str(path))
        assert jobs.add(job_id, [one], caller="local", collection="default", most=9)
        job = followed(client, f"/v1/jobs/{job_id}")
        (told,) = job["documents"]
        assert (job["status"], told["outcome"]) == ("done", f"{action}ed".replace("ee", "e"))
