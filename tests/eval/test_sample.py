"""What the sample promises about itself holds in the texts."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from eval.cases import Case, load
from eval.normalise import contains, normalise
from eval.sample import cases_path, documents_dir, ingest_sample
from eval.suites.binding import Binding
from index.models import Document
from qa.service import Service

SUITE = load(cases_path(), name="sample")
ANSWERABLE = [case for case in SUITE.cases if case.answerable]


@pytest.fixture
def documents(service: Service) -> dict[str, Document]:
    return {document.name: document for document in service.corpus.documents()}


def test_there_are_enough_cases_of_every_type() -> None:
    types = Counter(case.type for case in SUITE.cases)
    assert len(SUITE.cases) >= 45
    assert types["unanswerable"] >= 12
    assert min(types.values()) >= 5
    assert len({case.question for case in SUITE.cases if not case.filters.to_filters()}) == sum(
        not case.filters.to_filters() for case in SUITE.cases
    )


def test_a_short_prefix_holds_every_type() -> None:
    assert {case.type for case in SUITE.cases[:10]} == {case.type for case in SUITE.cases}


def test_every_file_is_a_document_and_keeps_its_words(documents: dict[str, Document]) -> None:
    files = {path.name for path in documents_dir().iterdir()} - {"metadata.csv"}
    assert set(documents) == files
    assert {name.rpartition(".")[2] for name in files} == {"txt", "md", "html", "eml"}
    for document in documents.values():
        assert 250 <= len(document.text.split()) <= 600, document.name


def test_metadata_comes_from_the_table_the_files_or_nowhere(
    documents: dict[str, Document],
) -> None:
    with (documents_dir() / "metadata.csv").open(encoding="utf-8", newline="") as file:
        table = {row["file"]: row for row in csv.DictReader(file)}
    for name, row in table.items():
        metadata = documents[name].metadata
        assert (metadata.title, metadata.outlet, str(metadata.published_at)) == (
            row["title"],
            row["outlet"],
            row["published_at"],
        )
        assert not metadata.inferred & {"title", "outlet", "published_at"}
    own = {name: documents[name].metadata for name in set(documents) - set(table)}
    assert str(own["caspian-economy.md"].published_at) == "2025-01-22"
    assert own["skywatch-drones.html"].outlet == "Skywatch Register"
    assert str(own["caspian-preview.eml"].published_at) == "2025-01-14"
    assert own["roundtable-notes.txt"].outlet is None
    assert own["roundtable-notes.txt"].published_at is None


@pytest.mark.parametrize("case", ANSWERABLE, ids=lambda case: case.id)
def test_each_expected_fact_stands_in_the_named_documents(
    case: Case, documents: dict[str, Document]
) -> None:
    texts = {name: normalise(documents[name].text) for name in case.documents.names}
    for fact in case.expected:
        assert any(
            contains(text, normalise(wording)) for wording in fact for text in texts.values()
        )
    for name, text in texts.items():
        assert any(
            contains(text, normalise(wording)) for fact in case.expected for wording in fact
        ), f"{name} holds none of the facts"


def test_quotes_and_absences_are_as_claimed(service: Service) -> None:
    binding = Binding(SUITE, service.corpus)
    for case in SUITE.cases:
        assert all(binding.ids(case).values())


def test_an_unanswerable_case_says_why() -> None:
    for case in SUITE.cases:
        if not case.answerable:
            assert set(case.tags) & {
                "off_topic",
                "near_miss",
                "noise",
                "filter",
            }, case.id
            if "undisclosed" in case.tags:
                assert case.quotes, case.id
            elif "off_topic" in case.tags or "filter" in case.tags:
                assert case.absent, case.id


def test_what_only_the_noise_says_is_in_the_files_and_is_no_evidence(
    documents: dict[str, Document],
) -> None:
    for name, words in (
        ("lantern-missiles.txt", "900 tonnes of gold"),
        ("harbour-wire.txt", "Harbour master retires"),
    ):
        assert words in (documents_dir() / name).read_text(encoding="utf-8")
        at = documents[name].text.find(words)
        assert at < 0 or any(span.start <= at < span.end for span in documents[name].noise)


def test_the_wire_story_comes_in_two_near_copies(documents: dict[str, Document]) -> None:
    one, other = (
        {line for line in documents[name].text.splitlines() if len(line) > 80}
        for name in ("harbour-wire.txt", "northgate-wire.txt")
    )
    assert len(one & other) >= 4
    assert one - other
    assert other - one


def test_the_sample_is_ingested_only_once(service: Service) -> None:
    before = [(d.id, d.version) for d in service.corpus.documents()]
    ingest_sample(service.corpus)
    assert [(d.id, d.version) for d in service.corpus.documents()] == before


def test_a_sample_document_that_cannot_be_ingested_is_an_error(service: Service) -> None:
    from index.errors import DocumentTooLarge

    with pytest.raises(DocumentTooLarge):
        ingest_sample(service.corpus, limit=100)
