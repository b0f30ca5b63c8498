"""Sentence vectors: made with the passage's own, kept small, and gone when it goes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import texts
import wire
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scripted_endpoint import scripted_endpoint
from texts import origin

from index.corpus import Corpus
from index.embed import Vectors
from index.embed.embedded import DIMENSION, EmbeddedModel
from index.embed.endpoint import EndpointEmbedder
from index.intake.ingest import Embedded, Planned
from index.load.origins import Origin
from index.models import Hit
from index.record.sentences import pack, unpack

OpenCorpus = Callable[..., Corpus]
TOWER = (
    "\u00c4mter \U0001f600 in a row: it is \u00e9 72 metres high. "
    "It was paid for by the widow of a shipowner.\n"
)
QUESTION = "How long did the strike of the crane drivers last?"


class Renamed(EmbeddedModel):
    """The same vectors under another name, as another model would be."""

    @property
    def identity(self) -> str:
        return "another-model"


def ingest(corpus: Corpus, *origins: Origin) -> None:
    list(corpus.ingest(origins, limit=1_000_000))


def told(corpus: Corpus) -> tuple[int, int]:
    """What a reindex that embeds tells: passages to do, passages done."""
    planned, *done = corpus.reindex(embed=True)
    assert isinstance(planned, Planned)
    assert all(isinstance(event, Embedded) for event in done)
    return planned.documents, sum(event.passages for event in done if isinstance(event, Embedded))


def rows(corpus: Corpus) -> list[tuple[str, str, int, int]]:
    """Embedder, content, rows and bytes of what the record holds."""
    with sqlite3.connect(corpus.directory / "record.sqlite") as connection:
        wanted = "select embedder, content, rows, length(vectors) from sentences order by 1, 2"
        return connection.execute(wanted).fetchall()


def forget(corpus: Corpus, where: str = "true") -> None:
    """Leave the record as a version without sentence vectors would have."""
    with sqlite3.connect(corpus.directory / "record.sqlite") as connection:
        connection.execute(f"delete from sentences where {where}")


def expected(corpus: Corpus, hit: Hit, question: str) -> Vectors:
    """The nearness of a hit's sentences, worked out from its words alone."""
    embedder = corpus.embedder
    assert isinstance(embedder, EmbeddedModel)
    context = f"{hit.passage.context}\n" if hit.passage.context else ""
    shift = len(context) - hit.passage.span.start
    spans = [type(s.span)(s.span.start + shift, s.span.end + shift) for s in hit.passage.sentences]
    _, (vectors,) = embedder.embed_with_sentences([context + hit.text], [spans])
    found: Vectors = vectors @ embedder.embed_for_sentences(question)
    return found


def test_each_sentence_of_each_passage_has_one_vector(open_corpus: OpenCorpus) -> None:
    corpus = open_corpus()
    ingest(corpus, *texts.three())
    passages = [p for document in corpus.documents() for p in corpus.passages(document.id)]
    kept = rows(corpus)
    assert len(kept) == len(passages) == 3
    assert sorted(count for _, _, count, _ in kept) == sorted(len(p.sentences) for p in passages)
    # A byte for each number and four for the scale.
    assert all(size == count * (DIMENSION + 4) for _, _, count, size in kept)
    assert {embedder for embedder, *_ in kept} == {corpus.embedder.identity}


def test_nearness_is_that_of_the_sentences_as_they_stand_in_their_passage(
    open_corpus: OpenCorpus,
) -> None:
    corpus = open_corpus()
    ingest(
        corpus,
        *texts.three(),
        origin("title.txt", TOWER, title="The old water tower on the hill above Osk"),
    )
    hits = corpus.search(QUESTION).hits
    assert len(hits) == 4
    for hit in hits:
        assert len(hit.nearness) == len(hit.passage.sentences)
        assert hit.nearness == pytest.approx(expected(corpus, hit, QUESTION), abs=0.02)
    best = dict(zip(hits[0].nearness, hits[0].passage.sentences, strict=True))
    assert "ended on 12 April" in best[max(best)].span.cut(hits[0].document.text)


def test_the_vectors_are_the_same_after_a_reload_and_for_a_reader(open_corpus: OpenCorpus) -> None:
    corpus = open_corpus()
    ingest(corpus, *texts.three())
    before, kept = corpus.search(QUESTION), rows(corpus)
    corpus.close()
    for write in (True, False):
        again = open_corpus(write=write)
        assert rows(again) == kept
        assert again.search(QUESTION) == before
        again.close()


shapes = st.tuples(st.integers(1, 6), st.integers(1, 40))
units = arrays.arrays(np.float32, shapes, elements=st.floats(-1, 1, width=32))


@given(units)
def test_what_is_packed_comes_back_but_for_half_a_step(matrix: Vectors) -> None:
    found = unpack(pack(matrix), len(matrix))
    assert found.shape == matrix.shape
    assert found.dtype == np.float32
    step = np.abs(matrix).max(axis=1, keepdims=True) / 127
    assert np.all(np.abs(found - matrix) <= step / 2 + 1e-6)
    # What was rounded once is not rounded further.
    assert unpack(pack(found), len(found)) == pytest.approx(found, abs=1e-6)


@given(st.integers(0, 2**32 - 1))
def test_cosines_of_packed_vectors_hardly_change(seed: int) -> None:
    draw = np.random.default_rng(seed).normal(size=(7, DIMENSION)).astype(np.float32)
    draw /= np.linalg.norm(draw, axis=1, keepdims=True)
    sentences, question = draw[1:], draw[0]
    found = unpack(pack(sentences), len(sentences))
    assert found @ question == pytest.approx(sentences @ question, abs=0.005)


def test_a_sentence_without_a_vector_stays_without_one() -> None:
    matrix = np.zeros((2, 8), np.float32)
    matrix[1, 3] = 1
    assert np.array_equal(unpack(pack(matrix), 2), matrix)


def test_what_is_removed_takes_its_sentences_with_it(open_corpus: OpenCorpus) -> None:
    corpus = open_corpus()
    ingest(corpus, *texts.three(), origin("again.txt", texts.FERRY))
    assert len(rows(corpus)) == 3  # one content, kept once
    by_name = {document.name: document.id for document in corpus.documents()}
    corpus.remove(by_name["ferry.txt"])
    assert len(rows(corpus)) == 3
    corpus.remove(by_name["again.txt"])
    assert len(rows(corpus)) == 2
    corpus.remove(by_name["harbour.txt"])
    corpus.remove(by_name["bridge.txt"])
    assert rows(corpus) == []


def test_sentences_of_another_embedder_are_replaced(open_corpus: OpenCorpus) -> None:
    corpus = open_corpus()
    ingest(corpus, *texts.three())
    before = corpus.search(QUESTION)
    corpus.close()
    changed = Corpus.open(corpus.directory, Renamed(threads=1), write=True)
    try:
        assert told(changed) == (3, 3)
        assert [(name, count) for name, _, count, _ in rows(changed)] == [
            ("another-model", count) for _, _, count, _ in rows(changed)
        ]
        assert len(rows(changed)) == 3
        after = changed.search(QUESTION)
        assert [hit.passage for hit in after.hits] == [hit.passage for hit in before.hits]
        assert after.hits[0].nearness == pytest.approx(before.hits[0].nearness, abs=0.01)
    finally:
        changed.close()


def test_an_endpoint_gives_no_sentences_and_needs_none(
    open_corpus: OpenCorpus, tmp_path: Path
) -> None:
    with scripted_endpoint() as endpoint:
        blind = EndpointEmbedder("scripted", endpoint.base_url, pause=0.01)
        corpus = Corpus.open(tmp_path / "data", blind, write=True)
        try:
            ingest(corpus, *texts.three())
            hits = corpus.search(QUESTION).hits
            assert hits[0].document.name == "harbour.txt"
            assert all(hit.nearness == () and "sentence" not in hit.scores for hit in hits)
            assert rows(corpus) == []
            assert told(corpus) == (0, 0)
        finally:
            corpus.close()
    seeing = open_corpus()
    assert told(seeing) == (3, 3)
    assert len(rows(seeing)) == 3
    assert all("sentence" in hit.scores for hit in seeing.search(QUESTION).hits)


class TestOfAnOlderVersion:
    """A record that has vectors of passages, but not of all their sentences."""

    @pytest.mark.parametrize("where", ["true", "content = (select min(content) from sentences)"])
    def test_it_is_searched_by_passages(self, open_corpus: OpenCorpus, where: str) -> None:
        corpus = open_corpus()
        ingest(corpus, *texts.three())
        forget(corpus, where)
        hits = corpus.search(QUESTION).hits
        assert hits[0].document.name == "harbour.txt"
        assert len(hits) == 3
        # One without is enough: scores of two kinds could not be compared.
        assert all(hit.nearness == () and "sentence" not in hit.scores for hit in hits)

    def test_a_reindex_that_embeds_makes_what_lacks_and_no_more(
        self, open_corpus: OpenCorpus
    ) -> None:
        corpus = open_corpus()
        ingest(corpus, *texts.three())
        before, kept = corpus.search(QUESTION), rows(corpus)
        forget(corpus, "content = (select min(content) from sentences)")
        assert list(corpus.reindex()) == []
        assert len(rows(corpus)) == 2  # without being asked to, nothing is embedded
        assert told(corpus) == (1, 1)
        assert rows(corpus) == kept
        after = corpus.search(QUESTION)
        assert [hit.passage for hit in after.hits] == [hit.passage for hit in before.hits]
        for one, other in zip(after.hits, before.hits, strict=True):
            assert one.nearness == pytest.approx(other.nearness, abs=0.02)
        assert told(corpus) == (0, 0)

    def test_a_document_with_the_same_words_brings_them(self, open_corpus: OpenCorpus) -> None:
        corpus = open_corpus()
        ingest(corpus, *texts.three())
        kept = rows(corpus)
        forget(corpus)
        ingest(corpus, *(origin(f"again-{o.name}", o.data or b"") for o in texts.three()))
        assert [content for _, content, _, _ in rows(corpus)] == [c for _, c, _, _ in kept]
        assert all("sentence" in hit.scores for hit in corpus.search(QUESTION).hits)


class TestCopies:
    """A passage that stands for a copy is told with the nearness of its own sentences."""

    PLAIN = "\n\n".join(wire.PARAGRAPHS)
    ASKED = "Which berths will the fishing boats of Torvik lose at the coal pier?"

    def standing(self, corpus: Corpus, limit: int) -> Hit:
        """The passage of the first document that stands for the copy's."""
        question = self.ASKED
        hits = corpus.search(question, limit=limit).hits
        for hit in hits:
            assert len(hit.nearness) == len(hit.passage.sentences)
            assert hit.nearness == pytest.approx(expected(corpus, hit, question), abs=0.02)
        assert "copy.txt" not in {hit.document.name for hit in hits}
        # It has no title of its own: only the copy's can have brought it to the top.
        (hit,) = (hit for hit in hits if hit.document.name == "first.txt")
        assert hit.passage.context == ""
        assert hit.scores["title_cover"] == pytest.approx(1)
        return hit

    def copies(self) -> tuple[Origin, Origin]:
        """The one seen first, which says more, and a copy of eight sentences whose title fits."""
        return (
            origin("first.txt", f"{wire.OWN}\n\n{self.PLAIN}", published_at=date(2024, 5, 1)),
            origin("copy.txt", self.PLAIN, title=self.ASKED, published_at=date(2024, 5, 2)),
        )

    def test_where_both_were_found(self, open_corpus: OpenCorpus) -> None:
        corpus = open_corpus()
        ingest(corpus, *self.copies(), *texts.three())
        assert len(self.standing(corpus, 8).nearness) > 8

    def test_where_only_the_copy_was_found(self, open_corpus: OpenCorpus) -> None:
        corpus = open_corpus()
        first, copy = self.copies()
        many = [
            origin(
                f"{number}.txt",
                f"Coal pier {number} has berths for {number + 7} fishing boats.",
                title=f"Fishing boats at coal pier {number}",
            )
            for number in range(60)
        ]
        ingest(corpus, first, copy, *many)
        assert len(self.standing(corpus, 20).nearness) > 8


def test_the_same_words_cut_into_other_sentences_have_vectors_of_their_own(
    open_corpus: OpenCorpus,
) -> None:
    text = "Die Fähre fährt am 3. Mai um 9 Uhr ab. Sie hält in Lund. Sie kostet 12 Kronen.\n"
    corpus = open_corpus()
    ingest(corpus, origin("a.txt", text, language="en"), origin("b.txt", text, language="de"))
    counts = {}
    for document in corpus.documents():
        (passage,) = corpus.passages(document.id)
        counts[document.name] = len(passage.sentences)
    assert counts == {"a.txt": 4, "b.txt": 3}
    assert sorted(count for _, _, count, _ in rows(corpus)) == [3, 4]
    for hit in corpus.search("Wann fährt die Fähre?").hits:
        assert len(hit.nearness) == len(hit.passage.sentences)
    ingest(corpus, origin("a.txt", text, language="de"))
    (hit,) = corpus.search("Wann fährt die Fähre?").hits
    assert len(hit.nearness) == 3
