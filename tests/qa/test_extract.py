"""The embedded answerer: which sentences, in which order."""

import asyncio

import texts

from index.load import parse
from index.models import Document, Passage, Span
from index.text.split import split
from qa.compose import EvidenceSentence
from qa.extract import Extractor
from qa.relevance import THRESHOLD


def document(name: str, text: str) -> tuple[Document, Passage]:
    from datetime import UTC, datetime

    draft = parse(texts.origin(name, text), text.encode(), limit=10_000)
    (passage,) = split(draft, document_id=name, version=1, budget=400)
    made = Document(
        id=name,
        version=1,
        source=f"upload:{name}",
        text=draft.text,
        media_type="text/plain",
        metadata=draft.metadata,
        sha256="",
        ingested_at=datetime(2024, 5, 1, tzinfo=UTC),
    )
    return made, passage


def evidence(name: str, text: str, *relevance: float) -> list[EvidenceSentence]:
    made, passage = document(name, text)
    spans = [sentence.span for sentence in passage.sentences]
    assert len(spans) == len(relevance)
    return [
        EvidenceSentence(made, span, passage, value)
        for span, value in zip(spans, relevance, strict=True)
    ]


def compose(
    sentences: list[EvidenceSentence], most: int = 4, question: str = "What happened?"
) -> list[str]:
    async def collect() -> list[str]:
        found = sorted(sentences, key=lambda s: -s.relevance)
        return [s.text async for s in Extractor(most).compose(question, found)]

    return asyncio.run(collect())


PIER = "The pier burned down in May. It was eighty years old. The town will build a new one."


def test_the_best_sentence_leads_and_the_others_follow_in_the_order_of_the_text() -> None:
    told = compose(evidence("pier.txt", PIER, 0.6, 0.5, 0.9))
    assert told == [
        "The town will build a new one.",
        "The pier burned down in May.",
        "It was eighty years old.",
    ]


def test_what_hardly_answers_is_left_out_and_nothing_is_said_below_the_threshold() -> None:
    other = "Firemen say that a lamp set the pier on fire."
    offered = evidence("pier.txt", PIER, 0.9, 0.05, 0.05) + evidence("b.txt", other, 0.1)
    assert compose(offered) == ["The pier burned down in May."]
    low = THRESHOLD - 0.01
    assert compose(evidence("pier.txt", PIER, low, low, low)) == []


def test_the_same_news_in_two_documents_is_told_once() -> None:
    copy = "In May the pier burned down."
    told = compose(evidence("a.txt", PIER, 0.9, 0.0, 0.0) + evidence("b.txt", copy, 0.8))
    assert told == ["The pier burned down in May."]


def test_other_documents_are_heard_before_more_of_the_same() -> None:
    other = "Firemen say that a lamp set the pier on fire."
    both = evidence("a.txt", PIER, 0.9, 0.7, 0.7) + evidence("b.txt", other, 0.65)
    assert "Firemen say that a lamp set the pier on fire." in compose(both, most=2)


def test_a_bare_quotation_is_not_left_without_its_speaker() -> None:
    text = "Mayor Olsen spoke to the crowd at noon. “We will build a better pier than this one.”"
    told = compose(evidence("pier.txt", text, 0.0, 0.9))
    assert told == [
        "Mayor Olsen spoke to the crowd at noon.",
        "“We will build a better pier than this one.”",
    ]


def test_a_statement_has_the_sentence_on_one_line_and_its_span_untouched() -> None:
    lines = (
        "The pier at Osby burned down in the second week of May, and the",
        "town council, which met on the following day in the school for",
        "want of a hall, said that it would build a new one by October.",
    )
    (wrapped,) = evidence("pier.txt", "\r\n".join(lines), 0.9)
    assert compose([wrapped]) == [" ".join(lines)]
    assert wrapped.quote == "\r\n".join(lines)
    assert wrapped.span == Span(0, len(wrapped.document.text))


def test_what_a_few_words_would_answer_is_not_padded_from_its_passage() -> None:
    text = "The price was not disclosed. The bells rang at noon. Boats filled the bay."
    offered = evidence("sale.txt", text, 0.9, 0.22, 0.2)
    first = "The price was not disclosed."
    assert compose(offered, question="How much did the yard cost?") == [first]
    assert compose(offered, question="Was the price disclosed?") == [first]
    assert len(compose(offered, question="Why was the yard sold?")) > 1
