"""One question, several documents: what is found together, and how it is told."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import several
import texts

from index.corpus import Corpus
from index.embed.embedded import EmbeddedModel
from index.errors import InvalidFilter
from index.models import Filters
from qa.search.searching import MOST_BRIDGES, Found, Searcher


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, embedder: EmbeddedModel) -> Iterator[Corpus]:
    """The small world of :mod:`several`; tests leave it as it is."""
    opened = Corpus.open(tmp_path_factory.mktemp("several") / "data", embedder, write=True)
    list(opened.ingest(several.world(), limit=100_000))
    yield opened
    opened.close()


def titles(found: Found) -> list[str | None]:
    return [hit.document.metadata.title for hit in found.hits]


@pytest.mark.parametrize(("question", "needed"), several.QUESTIONS)
def test_all_documents_that_a_question_needs_are_found(
    corpus: Corpus, question: str, needed: list[str]
) -> None:
    assert set(needed) <= set(titles(Searcher(corpus).search(question, limit=4)))


def test_one_search_alone_finds_less(corpus: Corpus) -> None:
    alone = Searcher(corpus, by_side=False, hops=0, prefer_others=False)
    found = [
        set(needed) <= set(titles(alone.search(question, limit=4)))
        for question, needed in several.QUESTIONS
    ]
    assert sum(found) < len(found) - 3


@pytest.mark.parametrize("question", several.PLAIN)
def test_a_plain_question_is_one_search_in_its_order(corpus: Corpus, question: str) -> None:
    found = Searcher(corpus, prefer_others=False).search(question, limit=5)
    assert [(step.query, step.why) for step in found.steps] == [(question, "the question")]
    assert [hit.passage.id for hit in found.hits] == [
        hit.passage.id for hit in corpus.search(question, limit=5).hits
    ]


def test_the_steps_tell_what_each_search_brought(corpus: Corpus) -> None:
    found = Searcher(corpus).search("Where was the director of The Long Pier born?", limit=4)
    first, second, *_ = found.steps
    names = {hit.document.id: hit.document.metadata.title for hit in found.hits}
    assert first.why == "the question"
    assert "The Long Pier" in [names[document] for document in first.documents]
    assert second.query == "Ana Roth born"
    assert second.why == "Ana Roth, named in The Long Pier"
    assert [names[document] for document in second.documents] == ["Ana Roth"]
    told = [document for step in found.steps for document in step.documents]
    assert len(told) == len(set(told))
    assert set(told) <= set(names)


def test_each_side_is_told_in_its_turn(corpus: Corpus) -> None:
    found = Searcher(corpus).search("Who is older, Silje Mork or Otto Weil?", limit=4)
    assert [step.why for step in found.steps[:3]] == [
        "the question",
        "one side: Silje Mork",
        "one side: Otto Weil",
    ]
    assert set(titles(found)[:2]) == {"Silje Mork", "Otto Weil"}


def test_searches_are_bounded(corpus: Corpus) -> None:
    question = "Which film has the older director, The Long Pier or Two Lanterns?"
    assert 5 <= len(Searcher(corpus).search(question, limit=8).steps) <= 3 + MOST_BRIDGES
    assert len(Searcher(corpus, hops=1).search(question, limit=8).steps) == 3 + 1
    assert len(Searcher(corpus, hops=0).search(question, limit=8).steps) == 3


def test_filters_hold_in_every_step(corpus: Corpus) -> None:
    question = "Where was the director of The Long Pier born?"
    films = Filters(outlets=("Film Notes",))
    found = Searcher(corpus).search(question, films, limit=8)
    assert {hit.document.metadata.outlet for hit in found.hits} == {"Film Notes"}
    assert len(found.steps) > 1
    with pytest.raises(InvalidFilter):
        Searcher(corpus).search(question, replace(films, outlets=("Nobody",)), limit=8)


def test_every_passage_is_scored_for_the_whole_question(corpus: Corpus) -> None:
    question = "Where was the director of The Long Pier born?"
    everything = {hit.passage.id: hit for hit in corpus.search(question, limit=50).hits}
    found = Searcher(corpus).search(question, limit=3)
    assert "Ana Roth" in titles(found)
    for hit in found.hits:
        other = everything[hit.passage.id]
        assert hit.scores["dense"] == pytest.approx(other.scores["dense"], abs=1e-5)


def test_the_same_question_finds_the_same(corpus: Corpus) -> None:
    for question, _ in several.QUESTIONS[:1] + several.QUESTIONS[-1:]:
        assert Searcher(corpus).search(question, limit=8) == Searcher(corpus).search(
            question, limit=8
        )


def test_an_empty_corpus_is_searched_once(open_corpus) -> None:  # type: ignore[no-untyped-def]
    found = Searcher(open_corpus()).search("Who is older, Ada or Ivo?", limit=8)
    assert found.hits == ()
    assert len(found.steps) == 1


def test_one_passage_is_the_best_one(corpus: Corpus) -> None:
    found = Searcher(corpus).search("Where was the director of The Long Pier born?", limit=1)
    assert titles(found) == ["The Long Pier"]


class TestDiversity:
    @pytest.fixture
    def papers(self, open_corpus) -> Corpus:  # type: ignore[no-untyped-def]
        corpus: Corpus = open_corpus()
        said = (
            "The ferry strike was called off at noon, said the union in Varn",
            "The ferry strike was called off at noon, said the owners in Varn",
            "The ferry strike was called off at noon, said the council in Varn",
            "The ferry strike was called off at noon, said the crews in Varn",
        )
        list(
            corpus.ingest(
                [
                    *(
                        texts.origin(f"g{n}.txt", f"{words}.", outlet="Harbour Gazette")
                        for n, words in enumerate(said)
                    ),
                    texts.origin(
                        "post.txt",
                        "In Varn the ferry strike was called off at noon on Tuesday, as the Post "
                        "has heard from two of the crews.",
                        outlet="Salt Post",
                    ),
                    texts.origin("cows.txt", "Cows were sold at the market.", outlet="Farm Week"),
                ],
                limit=100_000,
            )
        )
        return corpus

    def test_another_outlet_comes_before_more_of_the_same(self, papers: Corpus) -> None:
        question = "Which ferry strike was called off at noon?"
        plain = Searcher(papers, prefer_others=False).search(question, limit=6)
        found = Searcher(papers).search(question, limit=6)

        def place(hits: Found, outlet: str) -> int:
            return [hit.document.metadata.outlet for hit in hits.hits].index(outlet)

        assert place(found, "Salt Post") < place(plain, "Salt Post")

    def test_what_does_not_fit_gains_nothing(self, papers: Corpus) -> None:
        found = Searcher(papers).search("Which ferry strike was called off at noon?", limit=6)
        assert found.hits[-1].document.metadata.outlet == "Farm Week"
