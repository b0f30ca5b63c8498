"""Copies of one story: found at ingest, told with what each adds, counted once in a search."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest
import wire
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from texts import origin

from index.corpus import Corpus
from index.load.origins import Origin
from index.models import Filters
from index.record.stories import StoryRecord
from index.stories.bands import CROWD, Bands
from index.stories.story import Story, is_copy
from index.stories.wording import Wording, wording
from index.text.split import sentences

OpenCorpus = Callable[..., Corpus]


def ingest(corpus: Corpus, *origins: Origin) -> None:
    list(corpus.ingest(origins, limit=1_000_000))


def names(story: Story) -> list[str]:
    return [story.canonical.name, *(copy.document.name for copy in story.copies)]


def words(told: str) -> Wording:
    return wording(told, sentences(told))


def id_of(corpus: Corpus, name: str) -> str:
    return next(document.id for document in corpus.documents() if document.name == name)


ALL = ["nordwire.txt", "post.txt", "herald.txt", "varn.txt", "gazette.txt"]


@pytest.fixture
def told(open_corpus: OpenCorpus) -> Corpus:
    corpus = open_corpus()
    ingest(corpus, *wire.outlets(), wire.independent(), *wire.weather())
    return corpus


def test_one_wire_story_in_five_outlets_is_one_story(told: Corpus) -> None:
    (story,) = told.stories()
    assert names(story) == ALL
    assert story.first_seen == date(2024, 5, 3)
    assert story.name == story.canonical.id
    adds = {
        copy.document.name: [span.cut(copy.document.text) for span in copy.adds]
        for copy in story.copies
    }
    assert adds == {
        "post.txt": [],
        "herald.txt": [],
        "varn.txt": [
            "In Varn, ferry captains said that they would welcome more traffic.",
            "The town council will discuss a second landing stage on Monday.",
        ],
        "gazette.txt": [],
    }
    shares = {copy.document.name: copy.share for copy in story.copies}
    assert shares["post.txt"] == shares["herald.txt"] == shares["gazette.txt"] == 1
    assert 0.75 < shares["varn.txt"] < 0.9


@pytest.mark.no_cover  # many runs of what other tests cover
def test_copies_are_found_over_many_runs_and_in_any_order(open_corpus: OpenCorpus) -> None:
    everything = [*wire.outlets(), wire.independent(), *wire.weather()]
    for number in range(3):
        shuffled = random.Random(number).sample(everything, len(everything))
        for one in shuffled:
            corpus = open_corpus(f"data{number}")
            ingest(corpus, one)
            corpus.close()
        corpus = open_corpus(f"data{number}", write=False)
        (story,) = corpus.stories()
        # Two were published on the first day: of those the one recorded first is canonical.
        day_one = [one.name for one in shuffled if one.name in ALL[:2]]
        assert names(story)[:2] == day_one
        assert set(names(story)) == set(ALL)
        corpus.close()


def test_an_earlier_copy_that_comes_late_becomes_the_first_seen(told: Corpus) -> None:
    early = origin("early.txt", wire.wire(), published_at=date(2024, 5, 1))
    undated = origin("undated.txt", wire.wire())
    ingest(told, early, undated)
    (story,) = told.stories()
    assert story.canonical.name == "early.txt"
    assert story.copies[-1].document.name == "undated.txt"
    assert len(story.copies) == 6


def test_without_the_first_the_others_are_still_one_story(told: Corpus) -> None:
    left = list(ALL)
    while len(left) > 1:
        (story,) = told.stories()
        assert names(story) == left
        told.remove(id_of(told, left.pop(0)))
    assert told.stories() == []
    ingest(told, wire.outlets()[0])
    assert names(told.stories()[0]) == ["nordwire.txt", "gazette.txt"]


def test_a_document_that_changes_leaves_its_story_or_joins_one(told: Corpus) -> None:
    ingest(told, origin("nordwire.txt", "The agency has withdrawn its report on the quay."))
    (story,) = told.stories()
    assert names(story) == ALL[1:]
    ingest(told, origin("own.txt", wire.wire(), published_at=date(2024, 5, 1)))
    (story,) = told.stories()
    assert names(story) == ["own.txt", *ALL[1:]]
    ingest(told, wire.outlets()[0])
    assert len(told.stories()[0].copies) == 5


def test_filters_decide_which_copies_there_are(told: Corpus) -> None:
    (story,) = told.stories(Filters(since=date(2024, 5, 4)))
    assert names(story) == ["herald.txt", "varn.txt", "gazette.txt"]
    # Without the agency's text, the longer copy adds what the short one lacks.
    assert len(story.copies[0].adds) == 6
    assert told.stories(Filters(outlets=("herald",))) == []


def test_no_more_stories_than_asked_for_the_largest_first(told: Corpus) -> None:
    speech = "The mayor opened the new library in the old mill and thanked everyone who helped. "
    speech += "It has forty thousand books and a reading room over the weir."
    ingest(told, origin("a.txt", speech), origin("b.txt", f"{speech}\n"))
    assert [len(story.copies) for story in told.stories()] == [4, 1]
    assert [len(story.copies) for story in told.stories(limit=1)] == [4]


def test_a_press_review_does_not_make_one_story_of_its_articles(open_corpus: OpenCorpus) -> None:
    corpus = open_corpus()
    quay, other = "\n\n".join(wire.PARAGRAPHS), wire.INDEPENDENT
    ingest(
        corpus,
        origin("quay.txt", quay, published_at=date(2024, 5, 1)),
        origin("other.txt", other, published_at=date(2024, 5, 2)),
        origin("review.txt", f"{quay}\n\n{other}\n", published_at=date(2024, 5, 3)),
    )
    (story,) = corpus.stories()
    assert names(story) == ["quay.txt", "review.txt"]


def test_a_record_from_before_there_were_stories_gets_them_by_reindex(
    told: Corpus, open_corpus: OpenCorpus
) -> None:
    path = told.directory / "record.sqlite"
    told.close()
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(text("delete from stories where document_id < 'd-8'"))
        connection.execute(text("update stories set signature = x'00', story = document_id"))
    engine.dispose()
    corpus = open_corpus()
    assert corpus.stories() == []
    assert list(corpus.reindex()) == []
    assert names(corpus.stories()[0]) == ALL


def test_a_story_counts_once_in_a_search(told: Corpus) -> None:
    hits = told.search("why does the north quay close in autumn", limit=10).hits
    by_name = {hit.document.name: hit for hit in hits}
    assert {"nordwire.txt", "own.txt"} <= set(by_name)
    # The short copy, the whole ones and the edited one have nothing to say of their own.
    assert not {"post.txt", "herald.txt", "gazette.txt"} & set(by_name)
    copies = {told.document(name).name for name in by_name["nordwire.txt"].copies}
    assert {"post.txt", "gazette.txt"} <= copies
    assert by_name["own.txt"].copies == ()


def test_a_passage_with_something_of_its_own_stays(told: Corpus) -> None:
    hits = told.search("ferry captains of Varn would welcome more traffic", limit=10).hits
    assert hits[0].document.name == "varn.txt"
    assert "second landing stage" in hits[0].text
    assert hits[0].copies == ()


def test_the_earliest_copy_that_the_filters_leave_stands_for_the_others(told: Corpus) -> None:
    late = Filters(since=date(2024, 5, 4), outlets=("varn", "gazette"))
    hits = told.search("timber piles rotted through in eleven places", late).hits
    assert [hit.document.name for hit in hits] == ["varn.txt"]
    short = Filters(since=date(2024, 5, 4), outlets=("herald", "gazette"))
    hits = told.search("timber piles rotted through in eleven places", short).hits
    assert {hit.document.name for hit in hits} == {"herald.txt", "gazette.txt"}
    of_herald = next(hit for hit in hits if hit.document.name == "herald.txt")
    assert [told.document(name).name for name in of_herald.copies] == ["gazette.txt"]


@pytest.mark.parametrize(
    ("old", "new"),
    [("eleven", "twelve"), ("pilot", "harbour master"), ("will be done", "will not be done")],
)
def test_a_copy_that_differs_in_a_word_stays_beside_the_first(
    open_corpus: OpenCorpus, old: str, new: str
) -> None:
    corpus = open_corpus(passage_tokens=500)
    more = "Until then the pilot waits. The work will be done by men of the town."
    text = "\n\n".join([*wire.PARAGRAPHS, wire.INDEPENDENT, more])
    ingest(
        corpus,
        origin("first.txt", text, published_at=date(2024, 5, 1)),
        origin("other.txt", text.replace(old, new), published_at=date(2024, 5, 2)),
        origin("third.txt", text.replace(" on ", " ").upper(), published_at=date(2024, 5, 3)),
    )
    (story,) = corpus.stories()
    assert names(story) == ["first.txt", "other.txt", "third.txt"]
    hits = corpus.search("why does the quay in Lindholm close").hits
    assert {hit.document.name for hit in hits} == {"first.txt", "other.txt"}
    copies = {hit.document.name: hit.copies for hit in hits}
    assert copies == {"first.txt": (id_of(corpus, "third.txt"),), "other.txt": ()}


def test_the_same_words_in_documents_of_no_story_are_found_once(open_corpus: OpenCorpus) -> None:
    corpus = open_corpus(passage_tokens=60)
    same = wire.PARAGRAPHS[0]
    ingest(
        corpus,
        origin("late.txt", f"{same}\n\n{wire.INDEPENDENT}", published_at=date(2024, 5, 2)),
        origin("early.txt", f"{same}\n\n{wire.weather()[0].data.decode()}"),  # type: ignore[union-attr]
    )
    assert corpus.stories() == []
    hits = corpus.search("timber piles rotted through in eleven places", limit=20).hits
    assert [hit.document.name for hit in hits if hit.text == same] == ["late.txt"]


def test_copies_do_not_push_other_documents_out(open_corpus: OpenCorpus) -> None:
    corpus = open_corpus()
    many = [
        origin(f"{n}.txt", f"{wire.wire()}", title=f"Quay {n}", published_at=date(2024, 5, 1 + n))
        for n in range(25)
    ]
    ingest(corpus, *many, wire.independent())
    hits = corpus.search("the quay in Lindholm will close", limit=2).hits
    assert [hit.document.name for hit in hits] == ["0.txt", "own.txt"]
    assert len(hits[0].copies) == 24


@pytest.mark.no_cover  # many runs of what other tests cover
def test_a_copy_is_found_after_many_of_the_same_words_came_and_went(
    open_corpus: OpenCorpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.stories.bands._UNSORTED", CROWD + 1)
    corpus = open_corpus()
    for number in range(CROWD + 1):
        ingest(corpus, origin(f"gone{number}.txt", wire.wire()))
        corpus.remove(id_of(corpus, f"gone{number}.txt"))
    ingest(corpus, *wire.outlets())
    (story,) = corpus.stories()
    assert set(names(story)) == set(ALL)


def test_a_copy_that_is_removed_while_a_search_runs_says_nothing(
    told: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = id_of(told, "nordwire.txt")
    members = StoryRecord.members

    def removed_then(self: StoryRecord, *given: Any) -> dict[str, tuple[str, ...]]:
        found = members(self, *given)
        monkeypatch.undo()
        told.remove(first)
        return found

    monkeypatch.setattr(StoryRecord, "members", removed_then)
    hits = told.search("when will the north quay be closed").hits
    assert {hit.document.name for hit in hits} & set(ALL)
    assert first not in {name for hit in hits for name in (hit.document.id, *hit.copies)}


def test_passages_of_a_copy_that_begin_elsewhere_fall_away_all_the_same(
    open_corpus: OpenCorpus,
) -> None:
    corpus = open_corpus(passage_tokens=60)
    text = "\n\n".join(wire.PARAGRAPHS)
    ingest(
        corpus,
        origin("first.txt", text, published_at=date(2024, 5, 1)),
        origin("later.txt", f"{wire.OWN}\n\n{text}", published_at=date(2024, 5, 2)),
    )
    hits = corpus.search("concrete wall for the quay in Lindholm", limit=10).hits
    own = [hit for hit in hits if hit.document.name == "later.txt"]
    assert all("Varn" in hit.text for hit in own)
    assert {hit.passage.number for hit in hits if hit.document.name == "first.txt"} == set(
        range(len(corpus.passages(id_of(corpus, "first.txt"))))
    )


LONG = wire.wire() + wire.INDEPENDENT
SENTENCES = [span.cut(LONG) for span in sentences(LONG)[1:]]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (wire.wire(), wire.INDEPENDENT, False),
        (wire.wire(), wire.wire().replace("eleven", "11"), True),
        (wire.wire(), wire.wire().replace("crowns", "kroner").replace("said", "announced"), True),
        # One correction among nine sentences is a copy with a correction, many are another story.
        (wire.wire(), wire.wire().replace("1974", "1982"), False),
        (LONG, LONG.replace("dates from 1891", "dates from 1892"), True),
        (wire.wire(), wire.wire().replace("14", "19").replace("1891", "1901"), False),
        (wire.wire(), "The quay was built in 1891 and last repaired in 1974.", False),
        ("No berth was lost.", "No berth was lost!", True),
        ("***", "***", False),
        (
            "The council did vote for the new ferry on Monday evening after a debate of four hours "
            "in the old town hall by the river.",
            "The council did not vote for the new ferry on Monday evening after a debate of four "
            "hours in the old town hall by the river.",
            False,
        ),
    ],
)
def test_what_is_a_copy(one: str, other: str, same: bool) -> None:
    assert is_copy(words(one), words(other)) == same
    assert is_copy(words(other), words(one)) == same


def test_reports_of_one_template_are_not_copies() -> None:
    one, other = (words(report.read(10_000).decode()) for report in wire.weather())
    assert not is_copy(one, other)


def test_what_shares_a_band_is_proposed_however_many_there_are() -> None:
    numbers = np.random.default_rng(5).integers(0, 2**32, (2_600, 128), dtype=np.uint32)
    bands = Bands([str(n) for n in range(100)], numbers[:100])
    # Of 200 million pairs of bands a handful agree by chance, as their hashes are short.
    strangers = [bands.add(str(number), numbers[number], 8) for number in range(100, 2_600)]
    assert sum(map(len, strangers)) < 25
    for number in (0, 99, 100, 1_000, 2_599):
        alike = numbers[number].copy()
        alike[8:] = np.random.default_rng(number).integers(0, 2**32, 120, dtype=np.uint32)
        assert str(number) in bands.add(f"like {number}", alike, 8)
        assert bands.add("again", numbers[number], 1) == [str(number)]


@given(st.permutations(SENTENCES), st.data())
def test_a_cut_or_wrapped_text_is_a_copy_and_adds_nothing(
    chosen: list[str], data: st.DataObject
) -> None:
    long = " ".join(chosen)
    kept = data.draw(st.integers(len(chosen) // 2, len(chosen)))
    cut = data.draw(st.sampled_from([" ", "\n"])).join(chosen[:kept]).replace(", ", ",\n", 2)
    assert is_copy(words(long), words(cut))


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_texts_can_be_compared(one: str, other: str) -> None:
    assert is_copy(words(one), words(one)) == bool(words(one).words)
    assert is_copy(words(one), words(other)) == is_copy(words(other), words(one))
