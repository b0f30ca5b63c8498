"""What became of cited words, for citations that are no whole sentences and texts of any kind."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from earlier import body
from texts import origin

from index.corpus import Corpus
from index.intake.ingest import Ingested
from qa.audit.affected import AffectedAnswer, affected, changed_words
from qa.models import Answer

OpenCorpus = Callable[..., Corpus]

FIRST = "The dam of Osk is safe, the council said. It was built in 1961 by prisoners of war."


def ingest(corpus: Corpus, text: str) -> str:
    (event,) = [
        event
        for event in corpus.ingest([origin("dam.txt", text)], limit=10**6)
        if isinstance(event, Ingested)
    ]
    return event.document_id


def now(corpus: Corpus, quote: str, later: str) -> AffectedAnswer:
    """Record an answer that cites ``quote`` of FIRST, and return what it is after a change."""
    document = ingest(corpus, FIRST)
    answer = body("a-1")
    start = FIRST.index(quote)
    place = {"start": start, "end": start + len(quote)}
    cited = {"number": 1, "document_id": document, "version": 1, **place}
    answer["citations"] = [{**cited, "quote": quote}]
    parsed = Answer.model_validate(answer)
    corpus.catalog.answers.save("a-1", json.dumps(answer), parsed.created_at, citations=[cited])
    assert list(affected(corpus)) == []
    ingest(corpus, later)
    (found,) = affected(corpus)
    return found


def test_a_part_of_a_sentence_may_stand_in_another(open_corpus: OpenCorpus) -> None:
    later = "News.\n\nThe council repeats: The dam of Osk is safe, whatever they say."
    found = now(open_corpus(), "The dam of Osk is safe", later)
    assert not found.affected
    (cited,) = found.citations
    assert cited.state == "moved"
    assert cited.start is not None
    assert later[cited.start : cited.end] == cited.quote


def test_of_several_places_the_nearest_whole_one_counts(open_corpus: OpenCorpus) -> None:
    quote = "The dam of Osk is safe, the council said."
    later = f"{quote} Nothing is new. {quote} It was built in 1961 by prisoners of war."
    (cited,) = now(open_corpus(), quote, later).citations
    assert (cited.state, cited.start) == ("same", 0)


@pytest.mark.parametrize(
    ("was", "is_now", "told"),
    [
        ("Ten men fled.", "Twelve men fled.", "‘Ten’ is now ‘Twelve’"),
        ("About ten men fled.", "ten men fled.", "‘About’ is gone"),
        ("Ten men fled.", "Ten men reportedly fled.", "‘reportedly’ is new"),
        ("Ten men\nfled.", "Ten men fled.", "only white space differs"),
        (
            "a b c d e f g h",
            "a x c x e x g x",
            "‘b’ is now ‘x’; ‘d’ is now ‘x’; ‘f’ is now ‘x’; and 1 more",
        ),
    ],
)
def test_the_difference_is_told_in_words(was: str, is_now: str, told: str) -> None:
    assert changed_words(was, is_now) == told
