"""The two embedders: the built-in one and an OpenAI-compatible endpoint."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import texts

from index.corpus import Corpus
from index.embed import SentenceEmbedder, embedded
from index.embed.embedded import EmbeddedModel
from index.embed.endpoint import EndpointEmbedder
from index.errors import EmbedderChanged, WeightsUnusable
from index.models import Span
from index.text.split import sentences


def test_vectors_are_unit_length_and_alike_texts_are_near(embedder: EmbeddedModel) -> None:
    vectors = embedder.embed_passages(
        ["The cat sat on the mat.", "A cat is sitting on a rug.", "Interest rates rose in May."]
    )
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    near, far = vectors[0] @ vectors[1], vectors[0] @ vectors[2]
    assert near > far + 0.2


def test_rows_come_back_in_the_order_given_whatever_their_length(embedder: EmbeddedModel) -> None:
    sentences = [f"Pier {n} " + "was closed again " * (n % 7) for n in range(40)]
    together = embedder.embed_passages(sentences)
    for row in (0, 6, 13, 39):
        alone = embedder.embed_passages([sentences[row]])[0]
        assert together[row] @ alone > 0.99


def test_empty_and_enormous_texts_are_embedded(embedder: EmbeddedModel) -> None:
    assert embedder.embed_passages([]).shape == (0, embedded.DIMENSION)
    assert embedder.embed_passages(["", "word " * 20_000]).shape == (2, embedded.DIMENSION)


def test_sentences_cost_nothing_and_change_nothing_of_the_whole(embedder: EmbeddedModel) -> None:
    passages = [texts.HARBOUR, "", texts.FERRY, "Short.", texts.BRIDGE]
    whole, parts = embedder.embed_with_sentences(passages, [sentences(text) for text in passages])
    assert np.array_equal(whole, embedder.embed_passages(passages))
    assert [part.shape for part in parts] == [
        (len(sentences(text)), embedded.DIMENSION) for text in passages
    ]
    lengths = np.linalg.norm(np.concatenate(parts), axis=1)
    assert lengths == pytest.approx(1.0, abs=1e-5)


def test_a_sentence_is_found_by_its_place_in_the_text_whatever_stands_before_it(
    embedder: EmbeddedModel,
) -> None:
    text = "Ünlü 😀 漢字 naïve\u0301 \u200b— and so on. Two cracks were found in the bridge."
    first, second = Span(0, text.index(" Two")), Span(text.index("Two"), len(text))
    _, (rows,) = embedder.embed_with_sentences([text], [[second, first]])
    asked = embedder.embed_for_sentences("cracks in a bridge")
    assert rows[0] @ asked > rows[1] @ asked + 0.1


def test_a_sentence_tells_what_its_pronoun_stands_for(embedder: EmbeddedModel) -> None:
    asked = embedder.embed_for_sentences("Who owns the Aurelia ferry?")
    owner = "It belongs to a bank."

    def near(before: str) -> float:
        text = f"{before} {owner}"
        span = Span(len(before) + 1, len(text))
        return float(embedder.embed_with_sentences([text], [[span]])[1][0][0] @ asked)

    assert near("The ferry Aurelia sails at noon.") > near("The orchard is in bloom.") + 0.1


def test_a_sentence_past_what_is_read_has_a_row_of_zeros(embedder: EmbeddedModel) -> None:
    start, end = "The quay was closed.", "The bridge was opened."
    text = f"{start} {'word ' * 600}{end}"
    spans = [Span(0, len(start)), Span(len(text) - len(end), len(text)), Span(0, 0)]
    _, (rows,) = embedder.embed_with_sentences([text], [spans])
    assert np.linalg.norm(rows[0]) == pytest.approx(1.0, abs=1e-5)
    assert not rows[1].any()
    assert not rows[2].any()


def test_questions_in_the_space_of_sentences_have_no_prefix_and_unit_length(
    embedder: EmbeddedModel,
) -> None:
    for question in ("", "a", "Who owns the ferry?", "word " * 1_000):
        vector = embedder.embed_for_sentences(question)
        assert vector.shape == (embedded.DIMENSION,)
        assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)
    text = "Tomas Brandt owns the ferry."
    _, (rows,) = embedder.embed_with_sentences([text], [[Span(0, len(text))]])
    assert rows[0] @ embedder.embed_for_sentences(text) > 0.99
    assert rows[0] @ embedder.embed_query(text) < 0.95


def test_only_the_built_in_embedder_sees_sentences(embedder: EmbeddedModel) -> None:
    assert isinstance(embedder, SentenceEmbedder)
    assert not isinstance(EndpointEmbedder("any"), SentenceEmbedder)


def test_time_in_the_runtime_is_counted(embedder: EmbeddedModel) -> None:
    before = embedder.runtime_seconds
    embedder.embed_query("How long did it take?")
    assert embedder.runtime_seconds > before


def test_other_weights_than_the_pinned_ones_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.util

    spec = importlib.util.find_spec(embedded.PACKAGE)
    assert spec is not None
    assert spec.submodule_search_locations
    source = Path(spec.submodule_search_locations[0]) / embedded.FOLDER
    package = tmp_path / embedded.PACKAGE
    shutil.copytree(source, package / embedded.FOLDER)
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    tokenizer = package / embedded.FOLDER / "tokenizer.json"
    tokenizer.write_text(tokenizer.read_text() + " ")
    with pytest.raises(WeightsUnusable, match=r"tokenizer\.json") as caught:
        EmbeddedModel().embed_query("anything")
    assert "make install" in caught.value.hint
    tokenizer.unlink()
    with pytest.raises(WeightsUnusable, match=r"tokenizer\.json"):
        EmbeddedModel().embed_query("anything")


class Renamed(EmbeddedModel):
    """The same vectors under another name, as another model would be."""

    @property
    def identity(self) -> str:
        return "another-model"


def test_vectors_of_two_embedders_are_never_mixed(
    open_corpus: Callable[..., Corpus], tmp_path: Path
) -> None:
    corpus = open_corpus()
    list(corpus.ingest(texts.three(), limit=10_000))
    corpus.close()
    changed = Corpus.open(tmp_path / "data", Renamed(threads=1), approximate_from=1, write=True)
    try:
        with pytest.raises(EmbedderChanged, match="another-model") as caught:
            changed.search("bridge")
        assert "reindex --embed" in caught.value.hint
        with pytest.raises(EmbedderChanged):
            list(changed.ingest(texts.three(), limit=10_000))
        assert not all(check.ok for check in changed.check())
        list(changed.reindex(embed=True))
        assert changed.search("bridge repairs").hits[0].document.name == "bridge.txt"
        assert changed.approximate is not None
        assert changed.approximate.count() == 3
        assert all(check.ok for check in changed.check())
    finally:
        changed.close()
