"""Which documents filters leave, alone and together."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import product
from pathlib import Path

import pytest
import texts
from hypothesis import given, settings
from hypothesis import strategies as st

from index.corpus import Corpus
from index.embed.embedded import EmbeddedModel
from index.errors import InvalidFilter
from index.load import Origin, find
from index.models import Document, Filters, Metadata

LIMIT = 1_000_000
NOTE = "A note on the bridge, the ferry and the harbour, number {}.\n"
OUTLETS = ("Varn Herald", "Öresund Post", None)
COLLECTIONS = ("Ports", "ÉTUDES", None)
LANGUAGES = ("en", "en-GB", "enm", None)
DAYS = (date(2024, 4, 14), date(2024, 6, 20), None)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, embedder: EmbeddedModel) -> Iterator[Corpus]:
    """A document for every combination of what filters look at."""
    made = Corpus.open(tmp_path_factory.mktemp("filters"), embedder, write=True)
    kinds = product(OUTLETS, COLLECTIONS, LANGUAGES, DAYS)
    origins = [
        texts.origin(
            f"{number}.txt",
            NOTE.format(number),
            outlet=outlet,
            collection=collection,
            language=language,
            published_at=day,
        )
        for number, (outlet, collection, language, day) in enumerate(kinds)
    ]
    list(made.ingest(origins, limit=LIMIT))
    yield made
    made.close()


def passes(document: Document, filters: Filters) -> bool:
    """What the filters say in words, over again."""
    known = document.metadata
    day = known.published_at
    names = ((filters.outlets, known.outlet), (filters.collections, known.collection))
    language = (known.language or "").partition("-")[0]
    return (
        all(
            not wanted or (name is not None and name.lower() in {w.lower() for w in wanted})
            for wanted, name in names
        )
        and (
            not filters.languages
            or language in {code[:2].lower() for code in filters.languages if code}
        )
        and (not filters.documents or document.id in filters.documents)
        and (not filters.since or (day is not None and day >= filters.since))
        and (not filters.until or (day is not None and day <= filters.until))
        and (not filters.as_of or (day is not None and day <= filters.as_of))
    )


some_days = st.sampled_from([None, date(2024, 4, 13), *DAYS[:2], date(2024, 6, 21)])


@settings(deadline=None)
@given(
    st.builds(
        Filters,
        outlets=st.sets(st.sampled_from(["VARN herald", "öresund POST", "Öresund Post"])).map(
            tuple
        ),
        collections=st.sets(st.sampled_from(["ports", "études"])).map(tuple),
        languages=st.sets(st.sampled_from(["en", "EN-us", "de"])).map(tuple),
        since=some_days,
        until=some_days,
        as_of=some_days,
    )
)
def test_every_combination_leaves_what_passes_each_of_them(
    corpus: Corpus, filters: Filters
) -> None:
    last = min((day for day in (filters.until, filters.as_of) if day), default=None)
    if filters.since and last and filters.since > last:
        with pytest.raises(InvalidFilter, match=str(filters.since)):
            corpus.documents(filters)
        return
    expected = [document.id for document in corpus.documents() if passes(document, filters)]
    assert [document.id for document in corpus.documents(filters)] == expected
    assert corpus.search("bridge", filters, limit=1).documents == len(expected)


def test_what_matches_nothing_together_finds_nothing_and_not_everything(corpus: Corpus) -> None:
    ports = corpus.documents(Filters(collections=("Ports",)))
    nothing = Filters(documents=(ports[0].id,), collections=("études",))
    found = corpus.search("the bridge", nothing)
    assert (found.hits, found.documents, found.passages) == ((), 0, 0)
    unknown = corpus.search("the bridge", Filters(languages=("de",)))
    assert (unknown.hits, unknown.documents) == ((), 0)


def test_a_search_finds_only_what_the_filters_leave(corpus: Corpus) -> None:
    as_of = Filters(collections=("PORTS",), languages=("en-US",), as_of=date(2024, 5, 1))
    found = corpus.search("the bridge", as_of, limit=50)
    assert found.hits
    assert found.latest == date(2024, 4, 14)
    for hit in found.hits:
        assert passes(hit.document, as_of)
    assert {hit.document.metadata.language for hit in found.hits} <= {"en", "en-GB"}


def test_llama_index_gets_the_same(corpus: Corpus) -> None:
    from index.llamaindex import CorpusRetriever

    filters = Filters(collections=("ports",), as_of=date(2024, 5, 1))
    nodes = CorpusRetriever(corpus, filters=filters, limit=5).retrieve("the bridge")
    assert nodes
    for one in nodes:
        assert one.node.metadata["collection"] == "Ports"
        assert one.node.metadata["published_at"] == "2024-04-14"


@pytest.mark.parametrize(
    ("filters", "named", "hint"),
    [
        (Filters(collections=("Roads",)), "'Roads'", "Collections here: Ports, ÉTUDES"),
        (Filters(outlets=("Roads",)), "'Roads'", "Outlets here: Varn Herald, Öresund Post"),
        (Filters(languages=("english",)), "'english'", "ISO 639-1"),
        (Filters(languages=("",)), "''", "ISO 639-1"),
        (Filters(since=date(2025, 1, 2), as_of=date(2025, 1, 1)), "as_of 2025-01-01", "as_of"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_what_could_be_is_told(
    corpus: Corpus, filters: Filters, named: str, hint: str
) -> None:
    with pytest.raises(InvalidFilter, match=named) as caught:
        corpus.search("bridge", filters)
    assert hint in caught.value.hint


def test_a_filter_on_an_empty_corpus_says_that_nothing_is_known(
    open_corpus: Callable[..., Corpus],
) -> None:
    with pytest.raises(InvalidFilter) as caught:
        open_corpus().search("bridge", Filters(collections=("Ports",)))
    assert "none is known" in caught.value.hint


def test_many_names_are_not_all_listed(open_corpus: Callable[..., Corpus]) -> None:
    corpus = open_corpus()
    origins = [texts.origin(f"{n}.txt", texts.FERRY, collection=f"shelf {n:02}") for n in range(30)]
    list(corpus.ingest(origins, limit=LIMIT))
    with pytest.raises(InvalidFilter) as caught:
        corpus.search("ferry", Filters(collections=("Roads",)))
    assert "shelf 19, …" in caught.value.hint
    assert "shelf 20" not in caught.value.hint


MATTER = "---\ntitle: Ferry\ncollection: {}\ncategory: News\ntags: [a]\nsection: Sea\n---\n"


def test_a_collection_is_only_ever_stated(
    tmp_path: Path, open_corpus: Callable[..., Corpus]
) -> None:
    files = {
        "front.md": MATTER.format("Front matter") + texts.FERRY,
        "other.md": MATTER.replace("collection: {}\n", "") + texts.FERRY,
        "side.txt": texts.BRIDGE,
        "side.txt.meta.json": '{"collection": " Side\\n car "}',
        "row.txt": texts.HARBOUR,
        "metadata.csv": "file,collection\nrow.txt,Table\nfront.md,\n",
        "page.html": (
            '<html><head><meta name="collection" content="Web"><meta property="article:section" '
            f'content="News"></head><body><p>{texts.FERRY}</p></body></html>'
        ),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    corpus = open_corpus()

    def collections(given: Metadata) -> dict[str, str | None]:
        origins = [one for one in find([tmp_path], given) if isinstance(one, Origin)]
        list(corpus.ingest(origins, limit=LIMIT))
        return {d.name: d.metadata.collection for d in corpus.documents() if d.name in files}

    stated = collections(Metadata())
    assert stated == {
        "front.md": "Front matter",
        "other.md": None,
        "side.txt": "Side car",
        "row.txt": "Table",
        "page.html": None,
    }
    assert not any("collection" in d.metadata.inferred for d in corpus.documents())
    assert {d.version for d in corpus.documents()} == {1}
    assert set(collections(Metadata(collection="Flag")).values()) == {"Flag"}
    # Another collection makes a new version, as any other metadata does.
    assert {d.version for d in corpus.documents()} == {2}
    assert {len(corpus.passages(d.id)) > 0 for d in corpus.documents()} == {True}
