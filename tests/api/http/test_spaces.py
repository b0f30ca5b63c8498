"""Over HTTP: vectors of another space, and a cross-encoder of one's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from harbour import TEXTS, Serve, at_endpoint, serving
from scripted_endpoint import scripted_endpoint
from scripted_replies import Reply, Request, number_of, text, vectors
from tiny_cross_encoder import write_cross_encoder

CheckProblem = Callable[[httpx.Response, int, str], dict[str, Any]]
QUERY = {"query": "harbour bridge and ferry"}
QUESTION = {"question": "How long is the harbour bridge?", "answerer": "embedded"}


def put(client: httpx.Client) -> None:
    for sent in TEXTS:
        client.post("/v1/documents", json=sent).raise_for_status()


def refuses(client: httpx.Client, code: str, problem_of: CheckProblem) -> None:
    """Every route that needs vectors says so, and what to do."""
    sent = {"name": "new.txt", "text": "A new lighthouse was opened on the cape."}
    for path, body in (
        ("/v1/search", QUERY),
        ("/v1/answers", QUESTION),
        ("/v1/documents", sent),
    ):
        problem = problem_of(client.post(path, json=body), 503, code)
        assert "dossier reindex --embed" in problem["hint"], path
    failed = problem_of(client.get("/readyz"), 503, "not_ready")
    assert [check["name"] for check in failed["checks"]] == ["embedder"]
    assert client.get("/v1/documents").status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"embedding_model": "another"},
        {"embedding_passage_prefix": "passage: "},
        {"embedding_query_prefix": "query: "},
    ],
)
def test_another_space_is_a_problem(
    tmp_path: Path, problem_of: CheckProblem, changed: dict[str, str]
) -> None:
    with scripted_endpoint() as endpoint:
        given = at_endpoint(endpoint.base_url)
        with serving(tmp_path / "data", **given) as (client, _):
            put(client)
        with serving(tmp_path / "data", **given | changed) as (client, service):
            refuses(client, "embedder_changed", problem_of)
            list(service.corpus.reindex(embed=True))
            found = client.post("/v1/search", json=QUERY).json()
            assert len(found["hits"]) == 3
            assert client.get("/readyz").status_code == 200


def test_another_length_is_a_problem(tmp_path: Path, problem_of: CheckProblem) -> None:
    lengths = {"now": 16}

    def reply(_: Request) -> Reply:
        return vectors(dimensions=lengths["now"])

    with scripted_endpoint(embeddings=[reply]) as endpoint:
        given = at_endpoint(endpoint.base_url)
        with serving(tmp_path / "data", **given) as (client, _):
            put(client)
        lengths["now"] = 24
        with serving(tmp_path / "data", **given) as (client, _):
            refuses(client, "dimension_changed", problem_of)


def test_a_cross_encoder_orders_passages_and_is_named_in_the_answer(
    serve: Serve, embeddings: dict[str, Any], problem_of: CheckProblem, tmp_path: Path
) -> None:
    folder = write_cross_encoder(tmp_path / "gulls", {"ferry": 3.0})
    client, _ = serve(**embeddings, reranker=str(folder), reranker_candidates=3)
    put(client)
    hits = client.post("/v1/search", json=QUERY).json()["hits"]
    assert [hit["scores"]["rerank"] for hit in hits] == [3.0, 0.0, 0.0]
    assert hits[0]["title"] == "Last ferry"
    assert hits[0]["scores"].keys() >= {"close", "rerank"}
    answer = client.post("/v1/answers", json=QUESTION).json()
    assert answer["reranker"].startswith("gulls@")
    assert client.get(f"/v1/answers/{answer['id']}").json() == answer
    checks = client.get("/readyz?verbose").json()["checks"]
    assert "reranker" in {check["name"] for check in checks}


def test_a_cross_encoder_that_cannot_be_used_is_a_problem(
    serve: Serve, embeddings: dict[str, Any], problem_of: CheckProblem, tmp_path: Path
) -> None:
    client, _ = serve(**embeddings, reranker=str(tmp_path / "nowhere"))
    put(client)
    problem = problem_of(client.post("/v1/search", json=QUERY), 503, "reranker_unusable")
    assert "nowhere" in problem["detail"]
    problem_of(client.post("/v1/answers", json=QUESTION), 503, "reranker_unusable")
    problem_of(client.get("/readyz"), 503, "not_ready")


def test_an_entailment_model_that_cannot_be_used_is_a_problem_where_it_is_needed(
    serve: Serve, problem_of: CheckProblem, tmp_path: Path
) -> None:
    def reply(request: Request) -> Reply:
        return text(f"The bridge was 310 million crowns. [{number_of('310 million', request)}]")

    with scripted_endpoint(reply) as endpoint:
        given = at_endpoint(endpoint.base_url) | {"model_output": "plain", "repair": "off"}
        client, _ = serve(**given, entailment=str(tmp_path / "nowhere"))
        put(client)
        asked = {"question": "How much did the harbour bridge cost?"}
        sent = asked | {"answerer": "model"}
        problem = problem_of(client.post("/v1/answers", json=sent), 503, "entailment_unusable")
        assert "nowhere" in problem["detail"]
        answer = client.post("/v1/answers", json=asked | {"answerer": "embedded"}).json()
        assert (answer["status"], answer["entailment"]) == ("answered", None)
        checks = problem_of(client.get("/readyz"), 503, "not_ready")["checks"]
        assert [check["name"] for check in checks] == ["entailment"]
