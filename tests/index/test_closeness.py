"""The second stage of search: the sentence that answers decides, not what a passage has on average.

Each test names a passage that the first stage alone (score ``fused``) would have put elsewhere, or
a part of the score that only the words in question can have raised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from scripted_endpoint import scripted_endpoint
from texts import origin

from index.corpus import Corpus
from index.embed.embedded import EmbeddedModel
from index.embed.endpoint import EndpointEmbedder
from index.load.origins import Origin
from index.models import Hit
from index.record.sentences import NOTHING_NEAR
from index.search.closeness import Asked, Sentences, look_closer
from index.search.terms import Terms

OpenCorpus = Callable[..., Corpus]

HALL = (
    "The market hall of Torvik opens every Saturday, and most stalls sell fish and cheese. "
    "Traders complain that the roof lets in rain whenever the wind is from the west. "
    "The hall's oldest stall has belonged to one family for sixty years. "
    "A new café with twelve tables opened beside the north door last spring. "
    "After the flood of 1987 the lock keeper Ivar Moen was given a medal by the king. "
    "Children from the school painted the inner walls with boats and birds. "
    "Parking in the square is free until noon and costs ten crowns afterwards. "
    "The town wants to count its visitors from next year.\n"
)
CHESS = (
    "The chess club has a new king, since the old one was lost. "
    "Every member has given a crown towards it. "
    "The keeper of the score, Ana Lind, lists the games in a book. "
    "A flood of letters came after the club lost to Varn. "
    "The medal for the best opening is of tin. "
    "Somebody put a lock on the cupboard with the clocks. "
    "The club meets on Mondays.\n"
)
COUNCIL = (
    "The council met on Tuesday in the old school. "
    "It agreed on new benches for the square and on a longer season for the swimming pool. "
    "The budget for roads was put off until May. "
    "At the festival the jury handed its main prize to a story about twin sisters who run a "
    "lighthouse, shot on old cameras.\n"
)
MOVIES = "Movies are shown on Mondays. Tickets are cheap.\n"
TOWER = (
    "It was built in 1912 out of local granite. Repairs in 1970 replaced the upper steps. "
    "Two keepers lived in it until the light became automatic.\n"
)
TRIPS = (
    "The chapel of Torvik was built by monks, and a bus goes there on Sundays. "
    "Its guide sells postcards, honey and a map with the Skarholm lighthouse on it. "
    "Two bells hang in the tower. A school in Skarholm rings a third. The guide speaks German.\n"
)
FERRIES = """# Notes on ships

## Aurelia

It was built at the yard in Osk and was painted white by apprentices in one wet and windy week.

Four hundred people fit in. The engine was renewed in 2019. The crew has nine members in summer.

## Belinda

It came from a lake in the south and was carried over the hills on a waggon with forty wheels.

Ninety people fit in. The engine is still the first one, of 1964. The crew has three members.
"""
BITTEN = "The dog bit the postman in the lane. The council bought him boots.\n"
BITER = "The postman bit the dog in the lane. The council wrote to him about it.\n"
ORCHARD = (
    "The orchard society planted forty apple trees along the road to Varn. Each has a label.\n"
)


def everything() -> list[Origin]:
    return [
        origin("hall.txt", HALL),
        origin("chess.txt", CHESS),
        origin("council.txt", COUNCIL),
        origin("movies.txt", MOVIES),
        origin("tower.txt", TOWER, title="Skarholm lighthouse"),
        origin("trips.txt", TRIPS, title="Sunday trips"),
        origin("bitten.txt", BITTEN),
        origin("biter.txt", BITER),
        origin("orchard.txt", ORCHARD),
    ]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, embedder: EmbeddedModel) -> Iterator[Corpus]:
    """All documents above but the ships; tests leave it as it is."""
    opened = Corpus.open(tmp_path_factory.mktemp("closeness") / "data", embedder, write=True)
    list(opened.ingest(everything(), limit=100_000))
    yield opened
    opened.close()


def found(corpus: Corpus, question: str) -> dict[str, Hit]:
    """The hits by document name, best first; of a document its best passage."""
    hits: dict[str, Hit] = {}
    for hit in corpus.search(question, limit=20).hits:
        hits.setdefault(hit.document.name, hit)
    return hits


def nearest(hit: Hit) -> str:
    """The sentence of a hit that comes nearest to the question."""
    at = max(range(len(hit.nearness)), key=hit.nearness.__getitem__)
    return hit.passage.sentences[at].span.cut(hit.document.text)


def test_one_sentence_that_answers_beats_a_passage_with_the_same_words_scattered(
    corpus: Corpus,
) -> None:
    hits = found(corpus, "Which lock keeper was given a medal by the king after the flood?")
    hall, chess = hits["hall.txt"], hits["chess.txt"]
    assert chess.scores["fused"] > hall.scores["fused"]
    assert next(iter(hits)) == "hall.txt"
    # Both passages have all the words; only one has them in a sentence.
    assert hall.scores["passage_cover"] == chess.scores["passage_cover"] == pytest.approx(1)
    assert hall.scores["cover"] == pytest.approx(1)
    assert chess.scores["cover"] < 0.4
    assert "Ivar Moen" in nearest(hall)


def test_a_sentence_that_means_it_in_other_words_lifts_its_passage(corpus: Corpus) -> None:
    hits = found(corpus, "Which film got the award for best picture?")
    council, movies = hits["council.txt"], hits["movies.txt"]
    for hit in (council, movies):
        assert "keyword" not in hit.scores
        assert hit.scores["cover"] == hit.scores["passage_cover"] == hit.scores["title_cover"] == 0
    assert movies.scores["dense"] > council.scores["dense"] + 0.01
    assert council.scores["sentence"] > movies.scores["sentence"] + 0.03
    assert council.score > movies.score
    assert nearest(council).startswith("At the festival")


def test_a_passage_that_does_not_repeat_its_subject_is_found_by_its_title(corpus: Corpus) -> None:
    hits = found(corpus, "When was the Skarholm lighthouse built?")
    tower, trips = hits["tower.txt"], hits["trips.txt"]
    assert trips.scores["fused"] > tower.scores["fused"]
    assert trips.scores["keyword"] > 2 * tower.scores["keyword"]
    assert next(iter(hits)) == "tower.txt"
    assert tower.scores["title_cover"] > 0.5
    assert tower.scores["passage_cover"] < 0.5
    assert trips.scores["title_cover"] == 0
    # Title and passage together have every word of the question that counts.
    assert tower.scores["title_cover"] + tower.scores["passage_cover"] == pytest.approx(1)


def test_a_passage_is_found_by_the_heading_above_it(open_corpus: OpenCorpus) -> None:
    corpus = open_corpus(passage_tokens=30)
    list(corpus.ingest([origin("ships.md", FERRIES), origin("o.txt", ORCHARD)], limit=100_000))
    for name, year in (("Aurelia", "2019"), ("Belinda", "1964")):
        hits = corpus.search(f"How many people fit in the {name}?", limit=9).hits
        right, wrong = (
            next(hit for hit in hits if other in hit.text)
            for other in (year, "1964" if year == "2019" else "2019")
        )
        assert name not in right.text
        assert right is hits[0]
        assert right.scores["title_cover"] > wrong.scores["title_cover"] == 0
        assert right.scores["passage_cover"] == wrong.scores["passage_cover"] > 0


def test_words_in_the_order_of_the_question_count_more(corpus: Corpus) -> None:
    for question, name, other in (
        ("What if the dog bit the postman?", "bitten.txt", "biter.txt"),
        ("What if the postman bit the dog?", "biter.txt", "bitten.txt"),
    ):
        hits = found(corpus, question)
        assert hits[name].scores["cover"] == hits[other].scores["cover"]
        assert hits[name].scores["sequence"] > hits[other].scores["sequence"] > 0


def test_a_heading_counts_for_the_passage_and_not_as_a_sentence(open_corpus: OpenCorpus) -> None:
    corpus = open_corpus()
    text = "# Who repaired the weir at Osk?\n\nThe archive does not know. A note has been lost.\n"
    list(corpus.ingest([origin("weir.md", text), origin("o.txt", ORCHARD)], limit=100_000))
    weir = found(corpus, "Who repaired the weir at Osk?")["weir.md"]
    heading, *rest = weir.passage.sentences
    assert not heading.evidence
    assert all(sentence.evidence for sentence in rest)
    assert weir.scores["passage_cover"] == pytest.approx(1)
    assert weir.scores["cover"] == weir.scores["sequence"] == 0
    assert weir.nearness[0] > max(weir.nearness[1:])
    assert weir.scores["sentence"] == max(weir.nearness[1:])


def test_a_second_passage_on_the_matter_speaks_for_the_document(open_corpus: OpenCorpus) -> None:
    first = "The dyke at Osk broke in the night of 4 March, and the lower town stood under water."
    second = "Engineers mended the dyke at Osk with clay and willow before the next high tide came."
    more = [origin("orchard.txt", ORCHARD), origin("chess.txt", CHESS), origin("h.txt", HALL)]
    together = open_corpus("together", passage_tokens=20)
    apart = open_corpus("apart", passage_tokens=20)
    list(together.ingest([origin("a.txt", f"{first}\n\n{second}\n"), *more], limit=100_000))
    list(apart.ingest([origin("a.txt", first), origin("b.txt", second), *more], limit=100_000))
    question = "What happened to the dyke at Osk?"
    one, two = (
        {hit.text: hit.score for hit in corpus.search(question, limit=3).hits}
        for corpus in (together, apart)
    )
    best, other = sorted((first, second), key=two.__getitem__, reverse=True)
    assert one[best] > two[best] + 0.05
    assert one[other] == pytest.approx(two[other])


def test_a_search_that_has_no_words_to_look_up_still_ranks(corpus: Corpus) -> None:
    hits = corpus.search("???", limit=3).hits
    assert len(hits) == 3
    assert all(hit.scores["cover"] == hit.scores["title_cover"] == 0 for hit in hits)


def test_the_same_search_has_the_same_result_to_the_last_digit(corpus: Corpus) -> None:
    question = "Which lock keeper was given a medal by the king after the flood?"
    assert corpus.search(question) == corpus.search(question)
    hits = corpus.search(question, limit=9).hits
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_nothing_found_is_nothing_to_look_at() -> None:
    sentences = Sentences(NOTHING_NEAR, Terms(str.split).of)
    assert look_closer([], lambda _: {}, Asked({}, frozenset(), None), sentences) == []


def test_an_embedder_that_sees_no_sentences_ranks_by_its_passages_and_by_words(
    tmp_path: Path,
) -> None:
    with scripted_endpoint() as endpoint:
        blind = EndpointEmbedder("scripted", endpoint.base_url, pause=0.01)
        corpus = Corpus.open(tmp_path / "blind", blind, write=True)
        try:
            list(corpus.ingest(everything(), limit=100_000))
            hits = found(corpus, "Which lock keeper was given a medal by the king after the flood?")
            assert next(iter(hits)) == "hall.txt"
            for hit in hits.values():
                assert "sentence" not in hit.scores
                assert hit.nearness == ()
            assert hits["hall.txt"].scores["cover"] > hits["chess.txt"].scores["cover"]
            # Where no word is shared, the nearer passage comes first.
            dense = [hit.scores["dense"] for hit in found(corpus, "qwertz").values()]
            assert dense == sorted(dense, reverse=True)
            assert dense[0] > dense[-1]
        finally:
            corpus.close()
