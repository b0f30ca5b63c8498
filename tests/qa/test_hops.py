"""The second hop: which names of the first passages are searched for next."""

from collections.abc import Iterator

import pytest
import several
import texts

from index.corpus import Corpus
from index.embed.embedded import EmbeddedModel
from qa.search.searching import Searcher


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, embedder: EmbeddedModel) -> Iterator[Corpus]:
    """The small world of :mod:`several`; tests leave it as it is."""
    opened = Corpus.open(tmp_path_factory.mktemp("hops") / "data", embedder, write=True)
    list(opened.ingest(several.world(), limit=100_000))
    yield opened
    opened.close()


def queries(corpus: Corpus, question: str) -> list[str]:
    """The searches after those for the question and its sides."""
    steps = Searcher(corpus).search(question, limit=6).steps
    return [step.query for step in steps if ", named in " in step.why]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Where was the director of The Long Pier born?", "Ana Roth born"),
        ("Where was the composer of Salt Roads born?", "Ines Corda composer born"),
        ("Who founded the owner of the Aurelia?", "Tellus Shipping founded owner"),
        ("What did Mara Lind's husband study?", "Tomas Reeve husband study"),
    ],
)
def test_the_name_closest_to_what_is_asked_comes_first(
    corpus: Corpus, question: str, first: str
) -> None:
    assert queries(corpus, question)[0] == first


@pytest.mark.parametrize(
    "question",
    [
        "Who directed The Long Pier?",
        "When was the Eastmere Bridge opened?",
        "How high is Mount Orr?",
        "Who is Mara Lind married to?",
        "Why did rents fall when the cannery closed?",
    ],
)
def test_what_the_first_passage_covers_needs_no_second_hop(corpus: Corpus, question: str) -> None:
    assert queries(corpus, question) == []


def test_a_comparison_crosses_from_each_side(corpus: Corpus) -> None:
    question = "Which film has the older director, The Long Pier or Two Lanterns?"
    made = queries(corpus, question)
    assert made[0].startswith("Ana Roth ")
    assert made[1].startswith("Bo Lindqvist ")


def test_names_of_the_question_are_not_searched_for_again(corpus: Corpus) -> None:
    made = queries(corpus, "Was Ana Roth, who directed The Long Pier, ever awarded a prize?")
    assert not any(query.startswith("Ana Roth") for query in made)


def test_a_date_leads_to_what_else_was_then(corpus: Corpus) -> None:
    made = queries(
        corpus, "What stood under water in the year in which the Eastmere Bridge opened?"
    )
    assert made[0].startswith("1911 ")


def test_a_name_without_a_document_of_its_own_brings_what_mentions_it(open_corpus) -> None:  # type: ignore[no-untyped-def]
    corpus: Corpus = open_corpus()
    written = {
        "The Copper Gate": "The Copper Gate was painted by Hanne Ulv for the old station.",
        "Prizes of the year": "Among the winners of the harbour prize stood Hanne Ulv, aged 80.",
        "Painters at work": "The painter Rolf Sund won a prize for a mural in the station.",
        "Station news": "The painter of the timetable won no prize, said the station.",
    }
    list(
        corpus.ingest(
            [texts.origin(f"{title}.txt", words, title=title) for title, words in written.items()],
            limit=100_000,
        )
    )
    found = Searcher(corpus).search("Which prize did the painter of The Copper Gate win?", limit=2)
    assert {hit.document.metadata.title for hit in found.hits} == {
        "The Copper Gate",
        "Prizes of the year",
    }


def test_a_namesake_in_brackets_is_about_the_name(open_corpus) -> None:  # type: ignore[no-untyped-def]
    corpus: Corpus = open_corpus()
    written = {
        "Rust (play)": "Rust is a play of 1951 written by Lena Ohm, about three locksmiths.",
        "Lena Ohm (writer)": "She trained as a nurse in Osk and married a sailor.",
        "Nurses of Osk": "The nurses of Osk trained in the old hospital, where writers visited.",
        "A writer's nurse": "The writer was trained by a nurse in the play of her life.",
    }
    list(
        corpus.ingest(
            [texts.origin(f"{title}.txt", words, title=title) for title, words in written.items()],
            limit=100_000,
        )
    )
    found = Searcher(corpus).search("As what was the writer of Rust trained?", limit=2)
    assert {hit.document.metadata.title for hit in found.hits} == {
        "Rust (play)",
        "Lena Ohm (writer)",
    }
