"""The OpenAPI document against the server that gives it out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

ROUTES = {
    ("post", "/v1/answers"): "createAnswer",
    ("get", "/v1/answers"): "listAnswers",
    ("get", "/v1/answers/affected"): "listAffectedAnswers",
    ("get", "/v1/answers/{answer_id}"): "getAnswer",
    ("get", "/v1/answers/{answer_id}/events"): "getAnswerEvents",
    ("get", "/v1/answers/{answer_id}/manifest"): "getManifest",
    ("post", "/v1/answers/{answer_id}/replay"): "replayAnswer",
    ("post", "/v1/chat/completions"): "createChatCompletion",
    ("post", "/v1/responses"): "createResponse",
    ("get", "/v1/responses/{response_id}"): "getResponse",
    ("get", "/v1/models"): "listModels",
    ("post", "/v1/search"): "search",
    ("post", "/v1/documents"): "addDocuments",
    ("get", "/v1/documents"): "listDocuments",
    ("get", "/v1/documents/{document_id}"): "getDocument",
    ("get", "/v1/documents/{document_id}/text"): "getDocumentText",
    ("delete", "/v1/documents/{document_id}"): "removeDocument",
    ("get", "/v1/jobs"): "listJobs",
    ("get", "/v1/jobs/{job_id}"): "getJob",
    ("delete", "/v1/jobs/{job_id}"): "cancelJob",
    ("get", "/v1/stories"): "listStories",
    ("get", "/livez"): "getLiveness",
    ("get", "/readyz"): "getReadiness",
    ("get", "/metrics"): "getMetrics",
}


@pytest.fixture(scope="session")
def described(scratch: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = scratch.get("/openapi.json").json()
    return found


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def validate(described: dict[str, Any], schema: dict[str, Any], value: Any) -> None:
    whole = {**schema, "components": described["components"]}
    jsonschema.Draft202012Validator(whole).validate(value)


def test_it_lists_exactly_the_routes(described: dict[str, Any]) -> None:
    listed = {(m, path): op["operationId"] for m, path, op in operations(described)}
    assert listed == ROUTES


def test_it_lists_every_route_that_answers(
    scratch: httpx.Client, described: dict[str, Any]
) -> None:
    """Each method on each listed path either is listed or is not allowed."""
    for path, methods in described["paths"].items():
        filled = re.sub(r"\{\w+\}", "d-nothing", path)
        for method in ("get", "post", "put", "patch", "delete", "head"):
            response = scratch.request(method.upper(), filled)
            readable = {"head"} if "get" in methods else set()
            assert (response.status_code == 405) == (method not in {*methods, *readable}), (
                method,
                path,
            )
            if response.status_code == 405:
                allowed = {name.strip().lower() for name in response.headers["allow"].split(",")}
                assert allowed == {*methods, *readable}


def test_everything_is_described(described: dict[str, Any]) -> None:
    for method, path, operation in operations(described):
        where = f"{method} {path}"
        assert operation["summary"], where
        assert len(operation["description"]) > 40, where
        assert operation["tags"], where
        assert set(operation["tags"]) <= {tag["name"] for tag in described["tags"]}
        for parameter in operation.get("parameters", []):
            assert parameter["description"], f"{where}: {parameter['name']}"
    for name, schema in described["components"]["schemas"].items():
        for field, described_field in schema.get("properties", {}).items():
            assert described_field.get("description") or field == "type", f"{name}.{field}"


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    names = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(described)))
    assert "Problem" in names
    assert names <= set(described["components"]["schemas"])


def test_every_error_is_documented_as_a_problem(described: dict[str, Any]) -> None:
    for method, path, operation in operations(described):
        responses = operation["responses"]
        assert "500" in responses
        for status, response in responses.items():
            if status >= "400":
                compatible = path.startswith(
                    ("/v1/chat/completions", "/v1/models", "/v1/responses")
                )
                expected = "application/json" if compatible else "application/problem+json"
                assert list(response["content"]) == [expected], (method, path, status)


def request_examples(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for method, path, operation in operations(described):
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        for example in body.get("examples", {}).values():
            yield method, path, example["value"]


def test_every_request_example_works(scratch: httpx.Client, described: dict[str, Any]) -> None:
    seen = set()
    answer = scratch.post("/v1/answers", json={"question": "How long is the bridge?"}).json()["id"]
    for method, path, value in request_examples(described):
        seen.add((method, path))
        operation = described["paths"][path][method]
        sent = operation["requestBody"]["content"]["application/json"]["schema"]
        validate(described, sent, value)
        response = scratch.request(method, path.replace("{answer_id}", answer), json=value)
        assert response.is_success, response.text
        given = operation["responses"][str(response.status_code)]["content"]["application/json"]
        validate(described, given["schema"], response.json())
    assert seen == {(method, path) for method, path in ROUTES if method == "post"}


def test_what_is_read_fits_its_schema(scratch: httpx.Client, described: dict[str, Any]) -> None:
    document = scratch.get("/v1/documents").json()["documents"][0]["id"]
    answer = scratch.post("/v1/answers", json={"question": "How long is the bridge?"}).json()["id"]
    queued = {"json": {"text": "It waits."}, "headers": {"Prefer": "respond-async"}}
    job = scratch.post("/v1/documents", **queued).json()["id"]
    for path, operation in ((p, o) for m, p, o in operations(described) if m == "get"):
        filled = path.replace("{document_id}", document).replace("{answer_id}", answer)
        filled = filled.replace("{job_id}", job).replace("{response_id}", f"resp_{answer}")
        response = scratch.get(filled)
        content = operation["responses"]["200"]["content"]
        media_type = response.headers["content-type"].partition(";")[0]
        assert list(content) == [media_type]
        if media_type == "application/json":
            validate(described, content[media_type]["schema"], response.json())


def test_a_problem_fits_its_schema(scratch: httpx.Client, described: dict[str, Any]) -> None:
    schema = {"$ref": "#/components/schemas/Problem"}
    for response in (
        scratch.get("/nowhere"),
        scratch.post("/v1/answers", json={}),
        scratch.post("/v1/answers", json={"question": ""}),
        scratch.get("/v1/documents/d-nothing"),
        scratch.put("/v1/documents"),
    ):
        assert response.headers["content-type"] == "application/problem+json"
        validate(described, schema, response.json())


def test_the_events_fit_their_schemas(scratch: httpx.Client, described: dict[str, Any]) -> None:
    from sse import read_events

    content = described["paths"]["/v1/answers"]["post"]["responses"]["200"]["content"]
    item = content["text/event-stream"]["itemSchema"]
    asked = {"question": "How long is the harbour bridge?"}
    response = scratch.post("/v1/answers", json=asked, headers={"Accept": "text/event-stream"})
    events = read_events(response.text.splitlines())
    assert {event.name for event in events} <= set(item["properties"]["event"]["enum"])
    for event in events:
        validate(described, item["properties"]["data"]["contentSchema"], event.data)


def test_a_form_as_described_works(scratch: httpx.Client, described: dict[str, Any]) -> None:
    content = described["paths"]["/v1/documents"]["post"]["requestBody"]["content"]
    form = content["multipart/form-data"]["schema"]
    validate(described, form, {"file": ["words"], "title": "T", "published_at": "2025-01-01"})
    files = [("file", ("described.txt", b"Sent as a form, as it is described."))]
    response = scratch.post("/v1/documents", files=files, data={"title": "T"})
    assert response.status_code == 201


def test_no_page_loads_anything_from_elsewhere(scratch: httpx.Client) -> None:
    assert scratch.get("/docs").status_code == 404
    assert scratch.get("/redoc").status_code == 404


def test_the_guide_names_every_route() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "http.md").read_text("utf-8")
    for method, path in ROUTES:
        shown = re.sub(r"\{\w+\}", "{id}", path)
        assert f"`{method.upper()} {shown}`" in guide
