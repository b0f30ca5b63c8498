"""Questions about "the treaty" are not answered with another treaty."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import texts
from made_evidence import document, lines

from index.embed.embedded import EmbeddedModel
from qa import service as composition
from qa.question import Question
from qa.readable.another import without_others
from qa.service import build
from qa.settings import load_settings

KNOWN = "Osby and Varn closed their fisheries pact on 9 May 2024, and the pact covers three lakes."
OTHER = "In June 2023, Varn signed a border agreement with Norra."
LATER = "This agreement was signed in March 2022."
QUESTION = "When was the pact signed?"


def counted_less(question: str, *said: str) -> list[str]:
    """The sentences of one document that count less for a question than before."""
    before = lines(document("\n".join(said)))
    found = without_others(question, before)
    return [
        one.quote for one, old in zip(found, before, strict=True) if one.relevance < old.relevance
    ]


def test_the_answer_is_about_the_one_that_the_documents_are_about(
    tmp_path: Path, embedder: EmbeddedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(composition, "EmbeddedModel", lambda threads: embedder)
    made = build(load_settings(data=tmp_path / "data"), write=True)
    try:
        text = f"{KNOWN} {OTHER} Fishermen in Osby cheered.\n"
        list(made.corpus.ingest([texts.origin("pact.txt", text)], limit=100_000))
        answer = asyncio.run(made.answer(Question(text="When was the pact signed?")))
        other = asyncio.run(made.answer(Question(text="When did Varn sign a pact with Norra?")))
    finally:
        made.close()
    assert [one.text for one in answer.statements] == [KNOWN]
    assert other.statements[0].text == OTHER


def test_a_further_one_of_others_counts_less() -> None:
    assert counted_less(QUESTION, KNOWN, OTHER) == [OTHER]
    assert counted_less("Who signed the treaty?", KNOWN, OTHER) == [OTHER]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("When was the pact with Norra signed?", (KNOWN, OTHER)),
        ("When was the border pact signed?", (KNOWN, OTHER)),
        ("When did Norra sign the pact?", (KNOWN, OTHER)),
        ("When was a pact signed?", (KNOWN, OTHER)),
        ("When was the bridge opened?", (KNOWN, OTHER)),
        # Nothing came before it, so it is introduced here.
        (QUESTION, (OTHER, LATER)),
        (QUESTION, ("Varn signed a pact last year.", OTHER)),
        # With the same, told once more.
        (QUESTION, (KNOWN, "In June 2023, Varn signed a pact with Osby.")),
        # With nobody that is named.
        (QUESTION, (KNOWN, "In June 2023, Varn signed a pact with a neighbour.")),
        # Both are spoken of.
        (QUESTION, (KNOWN, "Before the pact, Varn signed a pact with Norra in 2023.")),
    ],
)
def test_what_may_be_the_one_that_is_meant_counts_as_before(
    question: str, said: tuple[str, ...]
) -> None:
    assert counted_less(question, *said) == []


def test_where_nothing_else_is_left_it_counts_as_before() -> None:
    only = lines(document(f"{KNOWN}\n{OTHER}"))[1:]
    assert without_others(QUESTION, only) == only
