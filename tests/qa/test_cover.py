"""The order of evidence: each next sentence is the one that adds most to those before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_evidence import document, lines, sentence
from scripted_endpoint import scripted_endpoint
from texts import origin

from index.corpus import Corpus
from index.embed import Vectors
from index.embed.embedded import EmbeddedModel
from index.embed.endpoint import EndpointEmbedder
from qa.compose import EvidenceSentence
from qa.evidence import CONSIDERED, EMBEDDED, gather, measured
from qa.search.cover import in_order_of_cover

OpenCorpus = Callable[..., Corpus]

ASKED = "Which architect designed the Varn theatre and when did its curtain first rise?"
WHO = "Architect Mette Holm designed the Varn theatre."
WHO_AGAIN = "The Varn theatre is a work that architect Mette Holm designed for the town."
WHEN = "Its curtain first rose on 3 March 1908."
OTHER = "Tickets are sold at the tobacconist's on the square."


def alone(*words: str, likeness: Sequence[float] = ()) -> list[EvidenceSentence]:
    """Sentences that stand at the beginning of a document each."""
    return [
        replace(sentence(document(text, name=f"n{number}"), text), likeness=like)
        for number, (text, like) in enumerate(
            zip(words, likeness or [0.5] * len(words), strict=True)
        )
    ]


def order(question: str, evidence: Sequence[EvidenceSentence], **weights: float) -> list[str]:
    return [found.quote for found in in_order_of_cover(question, evidence, weights)]


def test_the_other_half_of_a_question_comes_before_the_first_again() -> None:
    likeness = [0.8, 0.78, 0.7, 0.5]
    found = order(ASKED, alone(WHO, WHO_AGAIN, WHEN, OTHER, likeness=likeness))
    assert {found[0]} <= {WHO, WHO_AGAIN}
    assert found[1] == WHEN
    assert found[3] == OTHER
    # Asked for one half only, the two that tell it lead.
    found = order("Which architect designed the Varn theatre?", alone(WHO, WHEN, WHO_AGAIN))
    assert {found[0], found[1]} == {WHO, WHO_AGAIN}


def test_what_was_told_still_counts_half() -> None:
    evidence = alone(OTHER, WHO, WHO_AGAIN, likeness=[0.5, 0.5, 0.5])
    assert order("Who is the architect of the theatre?", evidence)[2] == OTHER


def test_a_synonym_covers_a_word() -> None:
    bought, wrote = "The firm acquired two mills there.", "The poet painted two mills there."
    evidence = alone(wrote, bought)
    assert order("Which company bought mills?", evidence)[0] == bought
    # Told under one name, it is told under the other too.
    again = "The corporation purchased two mills there, it announced."
    where = "Both mills stand at Osk."
    found = order("Which company bought mills at Osk?", alone(bought, again, where))
    assert found.index(where) < 2


def test_a_telling_word_counts_more_than_a_common_one() -> None:
    evidence = alone("The port was busy on Monday.", "The dredger was busy on Monday.")
    assert "port" in order("port dredger", evidence, port=1.0, dredger=0.1)[0]
    assert "dredger" in order("port dredger", evidence, port=0.1, dredger=1.0)[0]


def test_the_likelier_of_two_that_cover_the_same_comes_first() -> None:
    evidence = alone("The bridge was painted.", "The bridge was cleaned.", likeness=[0.4, 0.6])
    assert "cleaned" in order("the bridge", evidence)[0]
    assert "painted" in order("the bridge", list(reversed(evidence)))[1]


def test_what_a_report_begins_with_comes_before_what_it_ends_with() -> None:
    report = document(
        "The bridge was closed on Monday.\nBuses were full.\nThe bridge was closed on Monday."
    )
    first, _, last = (
        replace(found, span=type(found.span)(at, at + len(found.span)))
        for found, at in zip(lines(report), (0, 33, 50), strict=True)
    )
    assert first.quote == last.quote
    assert in_order_of_cover("the bridge", [last, first], {}) == [first, last]


def test_a_sentence_that_says_more_comes_before_a_fragment() -> None:
    long = "Painters from three villages cleaned, sanded and varnished every door of a school."
    assert order("harbour", alone("Doors varnished.", long))[0] == long


def test_ties_keep_their_order_and_nothing_is_nothing() -> None:
    one, two = alone("Rain fell.", "Rain fell.")
    assert in_order_of_cover("snow", [one, two], {}) == [one, two]
    assert in_order_of_cover("snow", [two, one], {}) == [two, one]
    assert in_order_of_cover("rain", [two, one], {}) == [two, one]
    assert in_order_of_cover("rain", [], {}) == []


WORDS = "the a of and port dredger bridge ferry strike council Monday 42 crowns – ? company bought"
texts_of_words = st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=8).map(" ".join)


@given(
    texts_of_words,
    st.lists(st.tuples(texts_of_words, st.floats(-1, 1)), max_size=8),
    st.dictionaries(st.sampled_from(WORDS.split()), st.floats(0, 1)),
)
def test_every_sentence_is_there_once_and_the_order_is_always_the_same(
    question: str, told: list[tuple[str, float]], weights: dict[str, float]
) -> None:
    words, likeness = [one for one, _ in told], [like for _, like in told]
    evidence = alone(*words, likeness=likeness)
    found = in_order_of_cover(question, evidence, weights)
    assert sorted(map(id, found)) == sorted(map(id, evidence))
    assert in_order_of_cover(question, evidence, weights) == found


def told() -> list[tuple[str, str]]:
    """Reports that tell the first half of :data:`ASKED` often and the second once."""
    return [
        ("who.txt", f"{WHO} {OTHER}\n"),
        ("again.txt", f"{WHO_AGAIN} The stage is of oak.\n"),
        ("third.txt", "For the Varn theatre, designed by architect Mette Holm, cranes came.\n"),
        ("when.txt", f"Rain fell all day. {WHEN} The mayor spoke for an hour.\n"),
    ]


def test_the_evidence_of_an_answer_begins_with_both_halves(open_corpus: OpenCorpus) -> None:
    corpus = open_corpus()
    list(corpus.ingest([origin(*one) for one in told()], limit=100_000))
    hits = corpus.search(ASKED).hits
    found = [one.quote for one in gather(ASKED, hits, corpus)]
    assert WHEN in found[:2]
    assert any("Mette Holm" in quote for quote in found[:2])
    # As they were measured, what tells of the architect is all before.
    by_likeness = sorted(gather(ASKED, hits, corpus), key=lambda one: -one.likeness)
    assert WHEN not in [one.quote for one in by_likeness[:3]]
    assert found == [one.quote for one in gather(ASKED, hits, corpus)]


class Counting(EmbeddedModel):
    """The built-in embedder, which notes what it was given as passages."""

    def __init__(self) -> None:
        super().__init__(threads=1)
        self.given: list[str] = []

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.given += texts
        return super().embed_passages(texts)


def many() -> str:
    """Thirty sentences about one strike."""
    days = [
        f"On day {n} of the strike, {n * 7 + 3} drivers stood at gate {n % 5}." for n in range(30)
    ]
    return " ".join(days) + "\n"


def test_only_the_likeliest_sentences_are_embedded_for_themselves(tmp_path: Path) -> None:
    embedder = Counting()
    corpus = Corpus.open(tmp_path / "data", embedder, write=True)
    try:
        list(corpus.ingest([origin("strike.txt", many())], limit=100_000))
        question = "How many drivers stood at the gate on day 12 of the strike?"
        hits = corpus.search(question).hits
        assert embedder.given == []
        found = measured(question, hits, corpus)
        assert len(found) == CONSIDERED
        assert len(embedder.given) == EMBEDDED
        assert "On day 12 of the strike, 87 drivers stood at gate 2." in embedder.given
        # The others have the likeness that their nearness suggests, on the same scale.
        rest = [(one, of) for one, of in found if one.quote not in embedder.given]
        assert 0 < len(rest) == CONSIDERED - EMBEDDED
        near = {
            s.span: n for h in hits for s, n in zip(h.passage.sentences, h.nearness, strict=True)
        }
        for one, features in found:
            assert features.nearness == near[one.span]
        by_nearness = sorted(rest, key=lambda pair: pair[1].nearness)
        suggested = [features.sentence_cosine for _, features in by_nearness]
        assert suggested == sorted(suggested)
        assert all(0.3 < cosine < 0.9 for cosine in suggested)
        assert gather(question, hits, corpus)[0].quote.startswith("On day 12 ")
    finally:
        corpus.close()


def test_an_embedder_that_sees_no_sentences_embeds_all_that_are_considered(tmp_path: Path) -> None:
    with scripted_endpoint() as endpoint:
        blind = EndpointEmbedder("scripted", endpoint.base_url, pause=0.01)
        corpus = Corpus.open(tmp_path / "data", blind, write=True)
        try:
            list(corpus.ingest([origin("strike.txt", many())], limit=100_000))
            question = "How many drivers stood at the gate on day 12 of the strike?"
            hits = corpus.search(question).hits
            before = len(endpoint.embedded)
            found = measured(question, hits, corpus)
            sent = [len(request.body["input"]) for request in endpoint.embedded[before:]]
            assert sorted(sent) == [1, CONSIDERED]
            # What a sentence's own nearness would be is not known; its passage's stands in.
            dense = {hit.passage.id: hit.scores["dense"] for hit in hits}
            for one, features in found:
                assert features.nearness == pytest.approx(dense[one.passage.id])
            assert gather(question, hits, corpus)[0].quote.startswith("On day 12 ")
        finally:
            corpus.close()


def test_no_hits_are_no_evidence(open_corpus: OpenCorpus) -> None:
    assert gather(ASKED, [], open_corpus()) == []
