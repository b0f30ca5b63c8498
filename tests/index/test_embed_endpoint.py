"""Embeddings from an OpenAI-compatible endpoint, spoken to over real sockets."""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import numpy as np
import pytest
import texts
from scripted_endpoint import Endpoint, scripted_endpoint
from scripted_replies import Reply, Request, garbage, hang, html, status, vector, vectors

from index.corpus import Corpus
from index.embed.endpoint import BATCH, REQUEST_TOKENS, EndpointEmbedder
from index.errors import DimensionChanged, EmbedderChanged, EmbeddingEndpointFailed
from index.intake.ingest import Finished, Rejected
from index.text.tokens import count

BUSY = status(429, headers={"Retry-After": "0"})


def embedder_at(endpoint: Endpoint, **options: object) -> EndpointEmbedder:
    return EndpointEmbedder("scripted", endpoint.base_url, pause=0.01, **options)  # type: ignore[arg-type]


def sent(endpoint: Endpoint) -> list[list[str]]:
    return [list(request.body["input"]) for request in endpoint.embedded]


def at_most(texts: int, refusal: Reply) -> Callable[[Request], Reply]:
    return lambda request: vectors() if len(request.body["input"]) <= texts else refusal


def test_vectors_come_back_in_order_even_if_the_endpoint_mixes_them() -> None:
    words = [f"pier {number}" for number in range(BATCH + 3)]
    with scripted_endpoint(embeddings=[vectors(reverse=True)]) as endpoint:
        embedder = embedder_at(endpoint)
        found = embedder.embed_passages(words)
        assert len(endpoint.embedded) == 2
    for row in (0, 1, BATCH, BATCH + 2):
        assert found[row] == pytest.approx(vector(words[row]), abs=1e-5)
    assert np.linalg.norm(found, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert embedder.runtime_seconds > 0
    assert embedder.embed_passages([]).shape[0] == 0


def test_vectors_are_brought_to_length_1() -> None:
    with scripted_endpoint(embeddings=[vectors(poison=3.0)]) as endpoint:
        found = embedder_at(endpoint).embed_passages(["pier", "bridge"])
    assert np.linalg.norm(found, axis=1) == pytest.approx(1.0, abs=1e-5)


class TestLengths:
    """What goes into one request, and what is cut."""

    def test_a_request_holds_so_many_tokens_and_no_more(self) -> None:
        words = [f"pier {number} " + "was closed again " * 400 for number in range(30)]
        with scripted_endpoint() as endpoint:
            found = embedder_at(endpoint).embed_passages(words)
            sizes = [sum(count(text) for text in batch) for batch in sent(endpoint)]
        assert [text for batch in sent(endpoint) for text in batch] == words
        assert len(sizes) > 1
        assert max(sizes) <= REQUEST_TOKENS < max(sizes) + count(words[0])
        assert found[29] == pytest.approx(vector(words[29]), abs=1e-5)

    def test_a_text_beyond_the_limit_is_cut_there_and_goes_alone_if_it_must(self) -> None:
        long = "pier " * 40_000
        with scripted_endpoint() as endpoint:
            embedder_at(endpoint, max_tokens=50).embed_passages(["short", long])
            embedder_at(endpoint, max_tokens=30_000).embed_passages(["short", long, "short"])
            embedder_at(endpoint, max_tokens=50, query_prefix="query: ").embed_query(long)
        first, *apart, query = sent(endpoint)
        assert first[0] == "short"
        assert long.startswith(first[1])
        assert 40 < count(first[1]) <= 50
        assert [len(batch) for batch in apart] == [1, 1, 1]
        assert 29_000 < count(apart[1][0]) <= 30_000
        assert query[0].startswith("query: pier")
        assert count(query[0]) <= 50

    @pytest.mark.parametrize(
        "refusal",
        [
            status(413, "payload too large"),
            status(422, "batch size 64 > maximum allowed batch size 10"),
            status(400, "Requested 392190 tokens", error_code="max_tokens_per_request"),
            status(500, "input is too large to process. increase the physical batch size"),
        ],
    )
    def test_a_batch_that_is_refused_for_its_size_goes_in_halves(self, refusal: Reply) -> None:
        words = [f"pier {number}" for number in range(2 * BATCH)]
        with scripted_endpoint(embeddings=[at_most(10, refusal)]) as endpoint:
            found = embedder_at(endpoint).embed_passages(words)
            sizes = [len(batch) for batch in sent(endpoint)]
        assert found[-1] == pytest.approx(vector(words[-1]), abs=1e-5)
        # Learned with the first batch, kept for the second.
        assert sizes[:4] == [64, 32, 16, 8]
        assert max(sizes[-8:]) == 8

    def test_one_text_that_is_refused_says_which_setting_to_lower(self) -> None:
        refusal = status(400, "This model's maximum context length is 512 tokens")
        with scripted_endpoint(embeddings=[refusal]) as endpoint:
            with pytest.raises(EmbeddingEndpointFailed, match="512 tokens") as caught:
                embedder_at(endpoint).embed_passages(["a", "b"])
            assert [len(batch) for batch in sent(endpoint)] == [2, 1]
        assert "DOSSIER_EMBEDDING_MAX_TOKENS (now 8191)" in caught.value.hint


class TestRetries:
    """Failures that pass, and the deadline."""

    @pytest.mark.parametrize("failure", [BUSY, status(429), status(503), status(500), hang(0.001)])
    def test_a_passing_failure_is_tried_again(self, failure: Reply) -> None:
        with scripted_endpoint(embeddings=[failure, failure, vectors()]) as endpoint:
            assert embedder_at(endpoint).embed_query("pier") == pytest.approx(vector("pier"))
            assert len(endpoint.embedded) == 3

    def test_a_request_that_hangs_leaves_time_for_another(self) -> None:
        with scripted_endpoint(embeddings=[hang(), vectors()]) as endpoint:
            embedder = embedder_at(endpoint, timeout=1.0)
            assert embedder.embed_query("pier") == pytest.approx(vector("pier"))

    @pytest.mark.parametrize("failure", [status(401), status(400), status(404), html(403)])
    def test_what_does_not_pass_is_not_tried_again(self, failure: Reply) -> None:
        with scripted_endpoint(embeddings=[failure]) as endpoint:
            with pytest.raises(EmbeddingEndpointFailed, match=f"status {failure.code}"):
                embedder_at(endpoint).embed_query("pier")
            assert len(endpoint.embedded) == 1

    def test_a_used_up_quota_does_not_pass(self) -> None:
        spent = status(429, "you are out of credit", error_code="insufficient_quota")
        with scripted_endpoint(embeddings=[spent]) as endpoint:
            with pytest.raises(EmbeddingEndpointFailed, match="out of credit"):
                embedder_at(endpoint).embed_query("pier")
            assert len(endpoint.embedded) == 1

    def test_it_gives_up_after_some_attempts(self) -> None:
        with scripted_endpoint(embeddings=[status(503, "overloaded")]) as endpoint:
            with pytest.raises(EmbeddingEndpointFailed, match="503 overloaded"):
                embedder_at(endpoint, retries=2).embed_query("pier")
            assert len(endpoint.embedded) == 3

    @pytest.mark.parametrize("late", ["45", ""])
    def test_a_wait_beyond_the_deadline_is_not_begun(self, late: str) -> None:
        asked = late or format_datetime(datetime.now(UTC) + timedelta(seconds=46), usegmt=True)
        busy = status(429, headers={"Retry-After": asked})
        with scripted_endpoint(embeddings=[busy]) as endpoint:
            with pytest.raises(EmbeddingEndpointFailed, match=r"asks to wait 4\d s.* 30 s"):
                embedder_at(endpoint, timeout=30.0).embed_query("pier")
            assert len(endpoint.embedded) == 1

    def test_an_answer_that_drips_is_given_up_at_the_deadline(self) -> None:
        # Eight pieces, each well within the time of a read, together twice the deadline.
        with scripted_endpoint(embeddings=[vectors(pause=0.2)]) as endpoint:
            with pytest.raises(EmbeddingEndpointFailed, match=r"takes too long.* 0\.8 s"):
                embedder_at(endpoint, timeout=0.8).embed_query("pier")
            assert len(endpoint.embedded) == 1

    def test_nobody_there_is_told(self) -> None:
        embedder = EndpointEmbedder("scripted", "http://127.0.0.1:9/v1", retries=1, pause=0.01)
        with pytest.raises(EmbeddingEndpointFailed, match="refused"):
            embedder.embed_query("pier")

    @pytest.mark.parametrize("address", ["no address", "http://[::1", "ftp://127.0.0.1/"])
    def test_what_is_no_address_is_told(self, address: str) -> None:
        embedder = EndpointEmbedder("scripted", address, retries=0)
        assert embedder.identity
        with pytest.raises(EmbeddingEndpointFailed):
            embedder.embed_query("pier")

    def test_the_vendor_is_not_called_without_a_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with scripted_endpoint() as endpoint:
            monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
            monkeypatch.setenv("OPENAI_API_KEY", "somebody else's")
            with pytest.raises(EmbeddingEndpointFailed, match="no key is set"):
                EndpointEmbedder("scripted").embed_query("pier")
            assert endpoint.embedded == []


class TestReplies:
    """What may come back."""

    @pytest.mark.parametrize(
        "reply",
        [
            status(401),
            html(),
            garbage(content_type="application/json"),
            garbage(b'{"data": 7}', content_type="application/json"),
            vectors(missing=1),
            vectors(poison=math.nan),
            vectors(poison=math.inf),
            vectors(dimensions=1, poison=0.0),
        ],
    )
    def test_what_is_no_vector_is_a_clear_error(self, reply: Reply) -> None:
        with (
            scripted_endpoint(embeddings=[reply]) as endpoint,
            pytest.raises(EmbeddingEndpointFailed) as caught,
        ):
            embedder_at(endpoint).embed_query("pier")
        assert "DOSSIER_EMBEDDING_BASE_URL" in caught.value.hint

    def test_a_key_is_not_repeated(self) -> None:
        with scripted_endpoint(embeddings=[status(401, "bad key sk-secret")]) as endpoint:
            embedder = EndpointEmbedder("scripted", endpoint.base_url, "sk-secret")
            with pytest.raises(EmbeddingEndpointFailed) as caught:
                embedder.embed_query("pier")
        assert endpoint.embedded[0].headers["authorization"] == "Bearer sk-secret"
        assert "sk-secret" not in str(caught.value)

    def test_a_change_of_dimension_is_refused(self) -> None:
        replies = [vectors(dimensions=16), vectors(dimensions=24)]
        with scripted_endpoint(embeddings=replies) as endpoint:
            embedder = embedder_at(endpoint)
            embedder.embed_query("pier")
            with pytest.raises(EmbeddingEndpointFailed, match="24 dimensions") as caught:
                embedder.embed_query("pier")
        assert "reindex --embed" in caught.value.hint


class TestSpace:
    """What belongs to the name of a space."""

    def test_a_length_can_be_asked_for(self) -> None:
        def shortening(request: Request) -> Reply:
            return vectors(dimensions=request.body.get("dimensions", 32))

        with scripted_endpoint(embeddings=[shortening]) as endpoint:
            assert embedder_at(endpoint).embed_query("pier").shape == (32,)
            assert embedder_at(endpoint, dimensions=8).embed_query("pier").shape == (8,)
        with (
            scripted_endpoint() as endpoint,
            pytest.raises(EmbeddingEndpointFailed, match="8 dimensions and returned 32") as caught,
        ):
            embedder_at(endpoint, dimensions=8).embed_query("pier")
        assert "DOSSIER_EMBEDDING_DIMENSIONS" in caught.value.hint

    def test_prefixes_go_before_questions_and_passages(self) -> None:
        with scripted_endpoint() as endpoint:
            embedder = embedder_at(endpoint, query_prefix="query: ", passage_prefix="passage: ")
            embedder.embed_query("pier")
            embedder.embed_passages(["pier", "bridge"])
            assert sent(endpoint) == [["query: pier"], ["passage: pier", "passage: bridge"]]

    def test_every_part_has_its_say_in_the_name(self) -> None:
        options = [
            {},
            {"dimensions": 256},
            {"query_prefix": "query: "},
            {"passage_prefix": "query: "},
            {"query_prefix": "a&passage_prefix=b"},
            {"query_prefix": "a", "passage_prefix": "b"},
        ]
        named = {EndpointEmbedder("m", "http://127.0.0.1/v1", **o).identity for o in options}  # type: ignore[arg-type]
        assert len(named) == len(options)
        # The same place, written otherwise, and no password in what is stored and shown.
        plain = EndpointEmbedder("m", "http://127.0.0.1/v1")
        assert EndpointEmbedder("m", "http://user:pass@127.0.0.1/v1/").identity == plain.identity
        assert EndpointEmbedder("m", max_tokens=300).identity == EndpointEmbedder("m").identity


class TestCorpus:
    """A corpus whose vectors come from an endpoint."""

    def test_it_works_with_it_and_says_so_when_it_fails(self, tmp_path: Path) -> None:
        with scripted_endpoint(embeddings=[vectors(), vectors(), status(500)]) as endpoint:
            embedder = embedder_at(endpoint, retries=0)
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

    def test_another_length_under_the_same_name_is_refused_until_all_is_embedded_again(
        self, tmp_path: Path
    ) -> None:
        lengths = {"now": 16}

        def reply(request: Request) -> Reply:
            return vectors(dimensions=lengths["now"])

        new = texts.origin("new.txt", "A new lighthouse was opened on the cape.\n")
        with scripted_endpoint(embeddings=[reply]) as endpoint:

            def opened() -> Corpus:
                return Corpus.open(tmp_path / "data", embedder_at(endpoint), write=True)

            corpus = opened()
            list(corpus.ingest(texts.three(), limit=100_000))
            corpus.close()
            lengths["now"] = 24  # another model under the same name
            corpus = opened()
            for use in (
                lambda: corpus.search("bridge"),
                lambda: list(corpus.ingest([new], limit=100_000)),
            ):
                with pytest.raises(DimensionChanged, match="now gives 24") as caught:
                    use()
                assert "dossier reindex --embed" in caught.value.hint
            assert [check.name for check in corpus.check() if not check.ok] == ["embedder"]
            assert len(corpus.documents()) == 3
            # An end after the old vectors were set aside, before the new ones are there.
            run = corpus.reindex(embed=True)
            next(run)
            run.close()
            with pytest.raises(EmbedderChanged, match="16 numbers"):
                corpus.search("bridge")
            corpus.close()
            corpus = opened()
            list(corpus.reindex(embed=True))
            assert corpus.search("repairs of the bridge").hits[0].document.name == "bridge.txt"
            assert all(check.ok for check in corpus.check())
            list(corpus.ingest([new], limit=100_000))
            found = corpus.search("bridge", limit=10).hits
            assert ["dense" in hit.scores for hit in found] == [True] * 4
            corpus.close()

    def test_what_an_unfinished_change_left_behind_does_no_harm(self, tmp_path: Path) -> None:
        lengths = {"old": 16, "new": 16}

        def reply(request: Request) -> Reply:
            return vectors(dimensions=lengths[request.body["model"]])

        with scripted_endpoint(embeddings=[reply]) as endpoint:

            def opened(model: str) -> Corpus:
                embedder = EndpointEmbedder(model, endpoint.base_url)
                return Corpus.open(tmp_path / "data", embedder, write=True)

            corpus = opened("old")
            list(corpus.ingest(texts.three(), limit=100_000))
            before = corpus.search("bridge")
            corpus.close()
            for lengths["new"] in (16, 24):  # the second time, what is left has another length
                corpus = opened("new")
                run = corpus.reindex(embed=True)
                next(run)
                next(run)  # all three are embedded, and not yet in use
                run.close()
                corpus.close()
            corpus = opened("old")
            assert corpus.search("bridge") == before
            corpus.close()
            corpus = opened("new")
            list(corpus.reindex(embed=True))
            assert corpus.search("repairs of the bridge").hits[0].document.name == "bridge.txt"
            corpus.close()
