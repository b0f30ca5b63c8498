"""Cross-encoders from a folder: what they score, what is cut, and what is wrong with bad ones."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import texts
from tiny_cross_encoder import write_cross_encoder

from index.corpus import Corpus
from index.errors import RerankerUnusable
from index.pairs.files import locate
from index.rerank.cross_encoder import CrossEncoder

WEIGHTS = {"pier": 1.0, "ferry": 4.0, "bridge": 2.0, "closed": 0.5}
QUERY = "Was the bridge or the ferry closed?"
TEXTS = [
    "The pier was closed.",
    "The bridge was closed, and the pier and much else along the northern shore of the bay.",
    "The ferry sails.",
    "Nothing of the kind.",
]
SCORES = [0.5, 2.5, 4.0, 0.0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_cross_encoder(tmp_path / "model", WEIGHTS)


def test_each_text_gets_its_own_score_whatever_it_is_run_with(folder: Path) -> None:
    model = CrossEncoder(str(folder), threads=1)
    together = model.scores(QUERY, TEXTS * 5)
    assert together.dtype == np.float32
    assert together.tolist() == SCORES * 5
    assert [model.scores(QUERY, [text]).tolist() for text in TEXTS] == [[s] for s in SCORES]
    assert model.scores(QUERY, []).shape == (0,)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"types": False}, SCORES),
        ({"integers": "INT32"}, SCORES),
        # The second label against the first, which is 1 throughout.
        ({"labels": 2}, [score - 1 for score in SCORES]),
        ({"file": "onnx/model.onnx"}, SCORES),
        ({"config": {}}, SCORES),
    ],
)
def test_models_differ_in_form(tmp_path: Path, options: dict, expected: list[float]) -> None:  # type: ignore[type-arg]
    write_cross_encoder(tmp_path, WEIGHTS, **options)
    texts = [text.replace("and the pier", "and it") for text in TEXTS]
    assert CrossEncoder(str(tmp_path)).scores(QUERY, texts).tolist() == expected


def test_one_of_several_files_is_named(folder: Path) -> None:
    write_cross_encoder(folder, {word: -w for word, w in WEIGHTS.items()}, file="onnx/small.onnx")
    assert CrossEncoder(str(folder)).scores(QUERY, TEXTS).tolist() == SCORES
    named = CrossEncoder(str(folder), "onnx/small.onnx")
    assert named.scores(QUERY, TEXTS).tolist() == [-score for score in SCORES]
    assert named.identity != CrossEncoder(str(folder)).identity
    with pytest.raises(RerankerUnusable, match=r"no other\.onnx; there is model.onnx, onnx/small"):
        CrossEncoder(str(folder), "other.onnx").scores(QUERY, TEXTS)


def test_the_identity_is_that_of_the_files(folder: Path, tmp_path: Path) -> None:
    identity = CrossEncoder(str(folder) + "/").identity
    assert identity.startswith("model@")
    assert CrossEncoder(str(folder)).identity == identity
    write_cross_encoder(folder, WEIGHTS | {"pier": 2.0})
    assert CrossEncoder(str(folder)).identity != identity


def test_only_the_passage_is_cut(tmp_path: Path) -> None:
    config = {"model_type": "bert", "max_position_embeddings": 20, "pad_token_id": 0}
    model = CrossEncoder(str(write_cross_encoder(tmp_path, WEIGHTS, config=config)))
    # Three marks and a query of five words leave room for twelve words of the passage.
    query = "where is the old ferry"
    assert model.scores(query, ["x " * 11 + "ferry"]).tolist() == [4.0]
    assert model.scores(query, ["x " * 12 + "ferry"]).tolist() == [0.0]
    assert model.scores(query, ["ferry " + "x " * 5_000]).tolist() == [4.0]
    # A query that leaves no room is itself cut at half.
    assert model.scores("ferry " + "x " * 500, ["the ferry"]).tolist() == [4.0]
    assert model.scores("x " * 500 + "ferry", ["the ferry"]).tolist() == [0.0]


@pytest.mark.parametrize(
    ("config", "beside", "length"),
    [
        ({"max_position_embeddings": 256}, {}, 256),
        ({"max_position_embeddings": 8192}, {"model_max_length": 1024}, 1024),
        ({"max_position_embeddings": 512}, {"model_max_length": int(1e30)}, 512),
        (
            {"model_type": "xlm-roberta", "max_position_embeddings": 514, "pad_token_id": 1},
            {},
            512,
        ),
        ({"max_position_embeddings": -1}, {"model_max_length": None}, 512),
    ],
)
def test_the_length_is_read_from_the_files(
    tmp_path: Path, config: dict[str, object], beside: dict[str, object], length: int
) -> None:
    write_cross_encoder(tmp_path, WEIGHTS, config=config)
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(beside))
    assert locate(str(tmp_path), "", RerankerUnusable).max_length == length
    tokenizer = json.loads((tmp_path / "tokenizer.json").read_text())
    tokenizer["truncation"] = {
        "direction": "Right",
        "max_length": 100,
        "strategy": "LongestFirst",
        "stride": 0,
    }
    (tmp_path / "tokenizer.json").write_text(json.dumps(tokenizer))
    assert locate(str(tmp_path), "", RerankerUnusable).max_length == 100


def test_threads_share_one_model(folder: Path) -> None:
    model = CrossEncoder(str(folder), threads=1)
    found: list[list[float]] = []
    threads = [
        threading.Thread(target=lambda: found.append(model.scores(QUERY, TEXTS).tolist()))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [SCORES] * 4


def _no(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def _put(name: str, content: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(content)


def _with(**options: object) -> Callable[[Path], object]:
    return lambda folder: write_cross_encoder(folder, WEIGHTS, **options)  # type: ignore[arg-type]


def _other_tokenizer(folder: Path) -> None:
    """Put the tokenizer of a model with more words into the folder."""
    more = {f"{first}{second}": 1.0 for first in "abcdefgh" for second in "abcdefgh"}
    other = write_cross_encoder(folder.parent / "other", more | {"text": 1.0})
    (other / "tokenizer.json").replace(folder / "tokenizer.json")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_no("model.onnx"), "has no model.onnx and no onnx/model.onnx"),
        (_no("tokenizer.json"), "has no tokenizer.json"),
        (_no("config.json"), "has no config.json"),
        (_put("config.json", "{"), "config.json: "),
        (_put("config.json", "[]"), "config.json is not a JSON object"),
        (_put("model.onnx", "no model"), "model.onnx does not load"),
        (_put("tokenizer.json", "{}"), "tokenizer.json does not load"),
        (_other_tokenizer, "the model fails"),
        (_with(labels=3), r"array of \(2, 3\) for 2 pairs"),
        (_with(extra_input="pixel_values"), "wants an input pixel_values"),
    ],
)
def test_what_is_wrong_with_a_folder_is_told(
    folder: Path, spoil: Callable[[Path], object], told: str
) -> None:
    spoil(folder)
    with pytest.raises(RerankerUnusable, match=told) as caught:
        CrossEncoder(str(folder)).scores(QUERY, TEXTS)
    assert str(folder) in str(caught.value)
    assert "DOSSIER_RERANKER" in caught.value.hint


def test_scores_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    write_cross_encoder(tmp_path, {"text": float("nan")})
    with pytest.raises(RerankerUnusable, match="no numbers"):
        CrossEncoder(str(tmp_path)).scores("text", ["text"])


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RerankerUnusable, match=r"there is no folder .*/nowhere"):
        CrossEncoder(str(tmp_path / "nowhere")).scores(QUERY, TEXTS)


class TestHub:
    """Names on the hub; nothing leaves this machine."""

    NAME = "harbour/reader"

    @pytest.fixture(autouse=True)
    def _empty_cache(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)

    def test_without_the_package_the_extra_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(__import__("sys").modules, "huggingface_hub", None)
        with pytest.raises(RerankerUnusable, match=self.NAME) as caught:
            CrossEncoder(self.NAME).scores(QUERY, TEXTS)
        assert "dossier-qa[cross-encoder]" in caught.value.hint

    def test_without_a_network_the_folder_is_recommended(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
        with pytest.raises(RerankerUnusable, match=self.NAME) as caught:
            CrossEncoder(self.NAME).scores(QUERY, TEXTS)
        assert "give a folder" in caught.value.hint

    def test_a_model_is_fetched_once_at_its_revision(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (folder / "pytorch_model.bin").write_bytes(b"to be left where it is")
        (folder / "model.py").write_text("raise SystemExit")
        with _hub(self.NAME, folder) as (address, asked):
            monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", address)
            monkeypatch.setattr(
                "huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE",
                address + "/{repo_id}/resolve/{revision}/{filename}",
            )
            model = CrossEncoder(f"{self.NAME}@v1")
            assert model.scores(QUERY, TEXTS).tolist() == SCORES
            assert model.identity.startswith("reader@")
            fetched = {path.rpartition("/")[2] for path in asked if "/resolve/" in path}
            assert fetched == {"model.onnx", "tokenizer.json", "config.json"}
            assert any(path.endswith("/revision/v1") for path in asked)
            before = len(asked)
            again = CrossEncoder(f"{self.NAME}@v1")
            assert again.scores(QUERY, TEXTS).tolist() == SCORES
            assert len(asked) == before
            with pytest.raises(RerankerUnusable, match=r"harbour/other"):
                CrossEncoder("harbour/other").scores(QUERY, TEXTS)


COMMIT = "0123456789abcdef0123456789abcdef01234567"


@contextmanager
def _hub(name: str, folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Serve the files of a folder as the hub does; yields the address and the paths asked for."""
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}
    asked: list[str] = []

    class Hub(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            """Stay silent."""

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            asked.append(path)
            headers = {"X-Repo-Commit": COMMIT}
            if path.startswith(f"/api/models/{name}/revision/"):
                body = json.dumps({"id": name, "sha": COMMIT, "siblings": []}).encode()
            elif path.startswith(f"/api/models/{name}/tree/"):
                listed = [
                    {"type": "file", "path": path, "size": len(data), "oid": f"{len(data):040x}"}
                    for path, data in files.items()
                ]
                body = json.dumps(listed).encode()
            elif path.startswith(f"/{name}/resolve/{COMMIT}/"):
                body = files[path.removeprefix(f"/{name}/resolve/{COMMIT}/")]
                headers["ETag"] = f'"{len(body):040x}"'
            else:
                self.send_error(404)
                return
            self.send_response(200)
            for key, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(key, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class TestSearch:
    """The order of a search."""

    QUESTION = "Who said what about the strike, the bridge and the ferry?"

    def names(self, corpus: Corpus, limit: int = 8) -> list[str]:
        return [hit.document.name for hit in corpus.search(self.QUESTION, limit=limit).hits]

    def test_the_first_hits_are_put_in_its_order_and_the_rest_stay_behind(
        self, open_corpus: Callable[..., Corpus], tmp_path: Path
    ) -> None:
        plain = open_corpus()
        list(plain.ingest(texts.three(), limit=100_000))
        before = plain.search(self.QUESTION)
        order = [hit.document.name for hit in before.hits]
        assert len(order) == 3
        plain.close()
        # The last of three gets the highest weight, the first the lowest.
        words = {"harbour.txt": "strike", "bridge.txt": "bridge", "ferry.txt": "ferry"}
        weights = {words[name]: float(n - 1) for n, name in enumerate(order)}
        model = CrossEncoder(str(write_cross_encoder(tmp_path / "model", weights)))

        corpus = open_corpus(reranker=model)
        found = corpus.search(self.QUESTION)
        assert [hit.document.name for hit in found.hits] == order[::-1]
        assert [hit.scores["rerank"] for hit in found.hits] == [1.0, 0.0, -1.0]
        close = {hit.document.name: hit.score for hit in before.hits}
        for hit in found.hits:
            assert hit.scores["close"] == close[hit.document.name]
            assert hit.score == pytest.approx(1 / (1 + np.exp(-hit.scores["rerank"])))
        assert corpus.search(self.QUESTION) == found
        # Also what would not have been among the first comes first.
        assert self.names(corpus, limit=1) == order[-1:]
        corpus.close()

        two = open_corpus(reranker=model, reranker_candidates=2)
        hits = two.search(self.QUESTION).hits
        assert [hit.document.name for hit in hits] == [order[1], order[0], order[2]]
        assert "rerank" not in hits[2].scores
        assert [hit.score for hit in hits] == sorted((h.score for h in hits), reverse=True)

    def test_the_title_is_read_too(
        self, open_corpus: Callable[..., Corpus], tmp_path: Path
    ) -> None:
        model = CrossEncoder(str(write_cross_encoder(tmp_path / "model", {"regatta": 3.0})))
        corpus = open_corpus(reranker=model)
        titled = texts.origin("a.txt", texts.FERRY, title="Regatta of the year")
        list(corpus.ingest([titled, *texts.three()[::2]], limit=100_000))
        hits = corpus.search("regatta").hits
        assert [hit.scores["rerank"] for hit in hits] == [3.0, 0.0, 0.0]

    def test_one_that_fails_is_an_error_and_a_failed_check(
        self, open_corpus: Callable[..., Corpus], tmp_path: Path
    ) -> None:
        corpus = open_corpus(reranker=CrossEncoder(str(tmp_path / "nowhere")))
        assert corpus.search(self.QUESTION).hits == ()  # nothing to order
        list(corpus.ingest(texts.three(), limit=100_000))
        with pytest.raises(RerankerUnusable, match="nowhere"):
            corpus.search(self.QUESTION)
        (check,) = [check for check in corpus.check() if check.name == "reranker"]
        assert not check.ok
        assert check.hint
