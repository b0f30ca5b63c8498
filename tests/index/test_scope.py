"""What filters leave, out of memory: always what the record itself would answer."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import texts
from hypothesis import given, settings
from hypothesis import strategies as st
from word_embedder import WordEmbedder

from index.corpus import Corpus
from index.derived.keywords import NAMED_DOCUMENTS
from index.derived.scope import Documents
from index.load.origins import Origin
from index.models import Filters

LIMIT = 1_000_000
OpenCorpus = Callable[..., Corpus]
OUTLETS = ("Varn Herald", "varn herald", "Öresund Post", "\N{KELVIN SIGN}ronos", None)
COLLECTIONS = ("Ports", "ÉTUDES", None)
LANGUAGES = ("en", "EN-GB", "enm", "de", None)
DAYS = (date(2024, 4, 14), date(2024, 6, 20), date(1, 1, 1), None)


def numbered(number: int, words: str = "A note on the bridge") -> Origin:
    """A document whose metadata are drawn from all lists by its number."""
    return texts.origin(
        f"{number}.txt",
        f"{words}, number {number}.\n",
        outlet=OUTLETS[number % 5],
        collection=COLLECTIONS[number // 5 % 3],
        language=LANGUAGES[number // 15 % 5],
        published_at=DAYS[number // 75 % 4],
    )


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    """Documents of all kinds, some of which changed their kind and some of which went."""
    corpus = Corpus.open(tmp_path_factory.mktemp("scope"), WordEmbedder(), write=True)
    list(corpus.ingest([numbered(n) for n in range(300)], limit=LIMIT))
    moved = [texts.origin(f"{n}.txt", "It moved.\n", outlet="New Outlet") for n in range(0, 300, 7)]
    list(corpus.ingest(moved, limit=LIMIT))
    for document in corpus.documents()[::9]:
        corpus.remove(document.id)
    yield corpus
    corpus.close()


some_days = st.sampled_from([None, date(1, 1, 1), date(2024, 4, 13), *DAYS[:2], date(2024, 6, 21)])
some_outlets = ["VARN herald", "öresund POST", "Kronos", "New Outlet", "nowhere"]


@pytest.mark.no_cover  # many runs of what other tests cover
@settings(deadline=None)
@given(
    st.builds(
        Filters,
        outlets=st.sets(st.sampled_from(some_outlets)).map(tuple),
        collections=st.sets(st.sampled_from(["ports", "études", "none such", "Default"])).map(
            tuple
        ),
        languages=st.sets(st.sampled_from(["en", "EN-us", "de", "fr"])).map(tuple),
        since=some_days,
        until=some_days,
        as_of=some_days,
        permitted=st.none()
        | st.frozensets(st.sampled_from(["Ports", "ports", "ÉTUDES", "default"])),
    ),
    st.none() | st.sets(st.integers(0, 299), max_size=20),
)
def test_memory_and_record_give_one_answer(
    changed: Corpus, filters: Filters, numbers: set[int] | None
) -> None:
    if numbers is not None:
        known = [document.id for document in changed.documents()]
        some = tuple(known[number % len(known)] for number in numbers)
        filters = Filters(
            **{f: getattr(filters, f) for f in filters.__dataclass_fields__ if f != "documents"},
            documents=some,
        )
    documents = changed.retriever.documents
    documents.follow(changed.catalog)
    scope = documents.scope(filters)
    assert scope.extent == changed.catalog.extent(filters)
    left = [document.id for document in changed.catalog.documents(filters)]
    if not filters:
        assert scope.documents is None
        assert scope.keys is None
        return
    assert scope.documents == frozenset(left)
    assert scope.keys is not None
    keys = sorted(p.key for one in left for p in changed.passages(one))
    assert scope.keys.tolist() == keys


def test_every_field_of_filters_is_looked_at(changed: Corpus) -> None:
    given_alone = {
        "outlets": ("varn herald",),
        "documents": (changed.documents()[0].id,),
        "since": date(2024, 5, 1),
        "until": date(2024, 5, 1),
        "collections": ("ports",),
        "languages": ("de",),
        "as_of": date(2024, 5, 1),
        "permitted": frozenset({"Ports"}),
    }
    assert given_alone.keys() == Filters.__dataclass_fields__.keys()
    documents = changed.retriever.documents
    documents.follow(changed.catalog)
    whole = documents.scope(Filters()).extent.documents
    for field, value in given_alone.items():
        left = documents.scope(Filters(**{field: value}))  # type: ignore[arg-type]
        assert 0 < left.extent.documents < whole, field
        assert left.extent == changed.catalog.extent(Filters(**{field: value}))  # type: ignore[arg-type]


def test_what_followed_step_by_step_is_what_is_read_at_once(changed: Corpus) -> None:
    stepwise, fresh = changed.retriever.documents, Documents()
    for documents in (stepwise, fresh):
        documents.follow(changed.catalog)
    for field in ("outlet", "collection"):
        assert fresh.names(field) == stepwise.names(field)
    wanted = Filters(outlets=("New Outlet",))
    assert fresh.scope(wanted).extent == stepwise.scope(wanted).extent
    assert fresh.scope(Filters()).extent == stepwise.scope(Filters()).extent


def test_a_reader_sees_what_the_owner_changed_since(
    open_corpus: OpenCorpus, tmp_path: Path
) -> None:
    owner = open_corpus()
    list(owner.ingest(texts.three(), limit=LIMIT))
    reader = open_corpus(write=False)
    herald = Filters(outlets=("Varn Herald",))
    assert reader.search("bridge", herald).documents == 2
    moved = texts.origin("harbour.txt", texts.HARBOUR, outlet="Varn Herald")
    list(owner.ingest([moved], limit=LIMIT))
    assert reader.search("bridge", herald).documents == 3
    owner.remove(next(d.id for d in owner.documents() if d.name == "bridge.txt"))
    found = reader.search("bridge", herald)
    assert (found.documents, found.earliest) == (2, date(2024, 5, 2))


@pytest.mark.no_cover  # many runs of what other tests cover
def test_words_are_found_alike_in_a_small_and_a_large_scope(open_corpus: OpenCorpus) -> None:
    count = NAMED_DOCUMENTS + 100
    corpus = open_corpus(using=WordEmbedder())
    origins = [
        texts.origin(
            f"{n}.txt",
            f"Report {n} is on {'the bridge' if n % 3 else 'a ferry'}.\n",
            outlet="Few" if n % 20 == 0 else "Many",
        )
        for n in range(count)
    ]
    list(corpus.ingest(origins, limit=LIMIT))
    documents = corpus.retriever.documents
    documents.follow(corpus.catalog)
    for outlet in ("Few", "Many"):
        scope = documents.scope(Filters(outlets=(outlet,)))
        assert scope.keys is not None
        everything = corpus.keywords.search("report on a ferry", count)
        for limit in (1, 7, count):
            found = corpus.keywords.search("report on a ferry", limit, scope=scope)
            within = [hit for hit in everything if hit[0] in set(scope.keys.tolist())]
            assert [score for _, score in found] == pytest.approx(
                [score for _, score in within[:limit]], rel=1e-5
            )
            assert {key for key, _ in found} <= set(scope.keys.tolist())
    assert documents.scope(Filters(outlets=("Few",))).extent.documents < NAMED_DOCUMENTS
