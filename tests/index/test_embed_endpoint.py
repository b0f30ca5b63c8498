"""Embeddings from an OpenAI-compatible endpoint, spoken to over real sockets."""

from pathlib import Path

import numpy as np
import pytest
import texts
from scripted_endpoint import scripted_endpoint
from scripted_replies import garbage, html, status, vector, vectors

from index.corpus import Corpus
from index.embed.endpoint import BATCH, EndpointEmbedder
from index.errors import EmbeddingEndpointFailed
from index.ingest import Finished, Rejected


def test_vectors_come_back_in_order_even_if_the_endpoint_mixes_them() -> None:
    words = [f"pier {number}" for number in range(BATCH + 3)]
    with scripted_endpoint(embeddings=[vectors(reverse=True)]) as endpoint:
        embedder = EndpointEmbedder("scripted", endpoint.base_url)
        found = embedder.embed_passages(words)
        assert len(endpoint.embedded) == 2
    for row in (0, 1, BATCH, BATCH + 2):
        assert found[row] == pytest.approx(vector(words[row]), abs=1e-5)
    assert np.linalg.norm(found, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert embedder.runtime_seconds > 0
    assert embedder.embed_passages([]).shape[0] == 0


def test_a_passing_failure_is_tried_again() -> None:
    busy = status(429, headers={"Retry-After": "0"})
    with scripted_endpoint(embeddings=[busy, vectors()]) as endpoint:
        embedder = EndpointEmbedder("scripted", endpoint.base_url)
        assert embedder.embed_query("pier").ndim == 1
        assert len(endpoint.embedded) == 2


@pytest.mark.parametrize("reply", [status(401), html(), garbage(content_type="application/json")])
def test_what_is_no_vector_is_a_clear_error(reply: object) -> None:
    with (
        scripted_endpoint(embeddings=[reply]) as endpoint,  # type: ignore[list-item]
        pytest.raises(EmbeddingEndpointFailed) as caught,
    ):
        EndpointEmbedder("scripted", endpoint.base_url).embed_query("pier")
    assert "DOSSIER_EMBEDDING_BASE_URL" in caught.value.hint


def test_a_change_of_dimension_is_refused() -> None:
    replies = [vectors(dimensions=16), vectors(dimensions=24)]
    with scripted_endpoint(embeddings=replies) as endpoint:
        embedder = EndpointEmbedder("scripted", endpoint.base_url)
        embedder.embed_query("pier")
        with pytest.raises(EmbeddingEndpointFailed, match="24 dimensions"):
            embedder.embed_query("pier")


def test_a_corpus_works_with_it_and_says_so_when_it_fails(tmp_path: Path) -> None:
    with scripted_endpoint(embeddings=[vectors(), vectors(), status(500)]) as endpoint:
        embedder = EndpointEmbedder("scripted", endpoint.base_url, retries=0)
        corpus = Corpus.open(tmp_path / "data", embedder, write=True)
        *_, last = corpus.ingest(texts.three(), limit=100_000)
        assert isinstance(last, Finished)
        assert last.added == 3
        found = corpus.search("repairs of the bridge").hits
        assert found[0].document.name == "bridge.txt"
        assert corpus.catalog.embedder == embedder.identity
        new = texts.origin("new.txt", "A new lighthouse was opened on the cape.\n")
        told = list(corpus.ingest([new], limit=100_000))
        corpus_documents = corpus.documents()
        corpus.close()
    (rejected,) = [event for event in told if isinstance(event, Rejected)]
    assert isinstance(rejected.error, EmbeddingEndpointFailed)
    assert len(corpus_documents) == 3
