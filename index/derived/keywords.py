"""Keyword search: a tantivy BM25 index over the passages, rebuildable from the record.

The only importer of tantivy. BM25 as in Robertson & Zaragoza 2009, "The Probabilistic Relevance
Framework", with tantivy's k1 = 1.2 and b = 0.75.
"""

from __future__ import annotations

import logging
import math
import re
import shutil
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from index.derived.faults import in_words, is_fault
from index.derived.following import Pending, pending, read_position
from index.derived.kept import KeptIndex, Stop, Stopped, Trouble
from index.derived.seal import checksum
from index.derived.trying import tried
from index.text.glue import CommonWords, unglue

if TYPE_CHECKING:
    from tantivy import Index, Query, Schema, Searcher, TextAnalyzer

    from index.derived.scope import Scope
    from index.record.catalog import Catalog

LAYOUT = "keywords-1"
"""Changed whenever the fields or the analysis change, so that an old index is rebuilt."""

CONTEXT_WEIGHT = 0.3
"""A word of the title or heading counts less than one of the passage itself."""

MAX_TERMS = 64
"""Most different words of a question that are looked up; more cost time and find no better."""

NAMED_DOCUMENTS = 500
"""Up to so many documents are named in a query; of more, the best passages of all are sifted."""

HEAP_BYTES = 64_000_000
"""Memory of the index writer."""

T = TypeVar("T")

logger = logging.getLogger("dossier.index")


class KeywordIndex(KeptIndex):
    """BM25 over the passages of one data directory.

    Words are folded to lower case without accents and stemmed (Snowball English); very common
    words are left out of questions, not of the index. One that cannot be read finds nothing, and
    says so by :attr:`out_of_use`.
    """

    name = "keyword index"

    def __init__(self, directory: Path) -> None:
        super().__init__(directory, LAYOUT, checksum)
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._index: Index | None = None
        self._seen: tuple[int, int, int] | None = None
        self._failed_at: tuple[int, int] | None = None

    @property
    def out_of_use(self) -> bool:
        """Whether it could not be asked just now, so that words found nothing."""
        return self._index is None or bool(self.trouble and not self.trouble.usable)

    def needed(self, catalog: Catalog) -> bool:
        """Return that every corpus needs it."""
        return True

    def follow(self, catalog: Catalog, stop: Stop = lambda: False) -> None:
        """Bring the index up to the record; only the owner of the data directory may.

        Raises:
            Stopped: if ``stop`` said so.
            BaseException: what tantivy raises.
        """
        with self._writing:
            if read_position(self._note).space != LAYOUT:
                self.release()
                shutil.rmtree(self.directory, ignore_errors=True)
            at = self.position.number
            changes = catalog.changes(at)
            if not changes:
                return
            self.directory.mkdir(parents=True, exist_ok=True)
            self.unseal(at)
            self._apply(catalog, pending(changes), stop)
            self.seal(changes[-1].number)

    def search(
        self, query: str, limit: int, *, scope: Scope | None = None
    ) -> list[tuple[int, float]]:
        """Return the best passages for the words of ``query``, best first, as (key, BM25 score).

        Args:
            query: any text; it has no syntax.
            limit: most passages to return.
            scope: what to search within; ``None`` searches all.
        """
        terms = query_terms(query)

        def best(index: Index) -> list[tuple[int, float]]:
            if not terms:
                return []
            searcher, wanted = index.searcher(), _query(index.schema, terms)
            if scope is None or scope.ids is None:
                return _found(searcher, wanted, limit)
            if len(scope.ids) <= NAMED_DOCUMENTS:
                wanted = _within(index.schema, wanted, scope.ids.tolist())
                return _found(searcher, wanted, limit) if len(scope.ids) else []
            return _best_within(searcher, wanted, limit, scope)

        # Equal scores come in the order of the segments, which differs from build to build.
        found = self._ask(best, list[tuple[int, float]]())
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))

    def rarity(self, words: Sequence[str]) -> dict[str, float]:
        """Return how rare each word is among the passages, from 0 (in all) to 1 (in none).

        It is the inverse document frequency as BM25 counts it, divided by that of a word which
        does not occur. A word that is cut into several index terms counts as its rarest one.
        Without an index common words count little and all others as rare.
        """

        def rare(index: Index) -> dict[str, float]:
            searcher, analyze = index.searcher(), analyzer().analyze
            total = searcher.num_docs

            def count(word: str) -> int:
                counts = (searcher.doc_freq("words", term) for term in analyze(word))
                return min(counts, default=total)

            return {word: _idf(total, count(word)) / _idf(total, 0) for word in words}

        return self._ask(rare, {}) or _supposed(words)

    def asked(self, query: str) -> dict[str, float]:
        """Return the terms of a question that are looked up, each with its rarity, 0..1."""
        terms = query_terms(query)

        def rare(index: Index) -> dict[str, float]:
            searcher = index.searcher()
            most = _idf(searcher.num_docs, 0)
            count = searcher.doc_freq
            return {t: _idf(searcher.num_docs, count("words", t)) / most for t in terms}

        return self._ask(rare, dict.fromkeys(terms, 1.0))

    def tried(self, catalog: Catalog, stop: Stop = lambda: False) -> str | None:
        """Open and ask it in another process; return what is wrong, ``None`` if nothing.

        Raises:
            Stopped: if ``stop`` said so.
        """
        return tried(_try, self.directory, stop=stop)

    def expected(self, catalog: Catalog) -> int:
        """Return how many passages it holds if it is up to the record."""
        return catalog.passage_count()

    def count(self) -> int:
        """Return how many passages it holds."""
        with self._lock:
            index = self._opened()
            return int(index.searcher().num_docs) if index else 0

    def release(self) -> None:
        """Release the files."""
        with self._lock:
            self._index = self._seen = None

    close = release

    def _ask(self, question: Callable[[Index], T], otherwise: T) -> T:
        """Return what ``question`` finds, or ``otherwise`` where there is no index to ask."""
        if self.trouble and not self.trouble.usable and not self._is_mended():
            return otherwise
        try:
            with self._lock:
                index = self._opened()
                if index is not None:
                    self._reload(index)
            return otherwise if index is None else question(index)
        except BaseException as error:
            if not is_fault(error):
                raise
            self._failed_at = self._noted_at()
            self.release()
            self.trouble = Trouble(in_words(error))
            logger.warning("the keyword index cannot be read: %s", in_words(error))
            self.report()
            return otherwise

    def _is_mended(self) -> bool:
        """Return whether the index was written anew, by whichever process owns it, since it failed.

        Then it counts as sound.
        """
        if self._failed_at is None or self._noted_at() == self._failed_at:
            return False
        if self.position.files is None:
            return False
        self._failed_at = self.trouble = None
        return True

    def _noted_at(self) -> tuple[int, int]:
        try:
            status = self._note.stat()
        except OSError:
            return (0, 0)
        return (status.st_ino, status.st_mtime_ns)

    def _opened(self) -> Index | None:
        if self._index is None and (self.directory / "meta.json").exists():
            self._index = _open(self.directory)
        return self._index

    def _reload(self, index: Index) -> None:
        """See what another process has committed, which replaces the file of what there is."""
        try:
            file = (self.directory / "meta.json").stat()
        except FileNotFoundError:  # it is being built anew; what is open can be read until then
            return
        seen = (file.st_ino, file.st_mtime_ns, file.st_size)
        if seen != self._seen:
            index.reload()
            self._seen = seen

    def _apply(self, catalog: Catalog, work: Pending, stop: Stop) -> None:
        import tantivy

        with self._lock:
            index = self._opened()
            if index is None:
                index = self._index = tantivy.Index(_schema(), path=str(self.directory))
                index.register_tokenizer("english", analyzer())
        writer: Any = index.writer(heap_size=HEAP_BYTES, num_threads=1)
        try:
            for first, last in (*work.remove, *work.add):
                span = tantivy.Query.range_query(
                    index.schema, "key", tantivy.FieldType.Unsigned, first, last
                )
                writer.delete_documents_by_query(span)
            for first, last in work.add:
                for passage, text in catalog.passages_between(first, last):
                    if stop():
                        raise Stopped
                    document = tantivy.Document(
                        document=passage.document_id,
                        words=f"{text} {_unglued(text)}",
                        context=passage.context,
                    )
                    # A plain integer would be taken as signed, which the field is not.
                    document.add_unsigned("key", passage.key)
                    writer.add_document(document)
            writer.commit()
            writer.wait_merging_threads()
        finally:
            writer = None  # it holds a lock, and a traceback would hold it
        index.reload()


def _open(directory: Path) -> Index:
    import tantivy

    index = tantivy.Index.open(str(directory))
    index.register_tokenizer("english", analyzer())
    return index


def _try(directory: Path) -> str | None:
    """Open the index and use each of its files; return what is wrong. Runs in another process."""
    import tantivy

    if not (directory / "meta.json").exists():
        return "it is not there"
    index = _open(directory)
    searcher = index.searcher()
    everything: Any = searcher.search(
        tantivy.Query.all_query(), max(1, searcher.num_docs), count=True
    )
    if everything.count != searcher.num_docs:
        return f"it finds {everything.count} of {searcher.num_docs} passages"
    keys = searcher.fast_field_values("key", [at for _, at in everything.hits])
    if len({int(key) for key in keys if key}) != searcher.num_docs:
        return "passages have no key or the same"
    for _, at in everything.hits[:: max(1, len(everything.hits) // 100)]:
        searcher.doc(at)
    for word in ("the", "of", "and"):
        searcher.search(_query(index.schema, analyzer().analyze(word)), 10)
    return None


def _supposed(words: Sequence[str]) -> dict[str, float]:
    analyze = analyzer().analyze
    return {word: 0.1 if set(analyze(word)) & COMMON else 1.0 for word in words}


def _idf(total: int, found: int) -> float:
    """Return the inverse document frequency as BM25 counts it."""
    return math.log(1 + (total - found + 0.5) / (found + 0.5))


def _query(schema: Schema, terms: Sequence[str]) -> Query:
    import tantivy

    should = tantivy.Occur.Should
    words: list[Any] = []
    for term in terms:
        words.append((should, tantivy.Query.term_query(schema, "words", term)))
        heading = tantivy.Query.term_query(schema, "context", term)
        words.append((should, tantivy.Query.boost_query(heading, CONTEXT_WEIGHT)))
    return tantivy.Query.boolean_query(words)


def _within(schema: Schema, wanted: Query, ids: list[str]) -> Query:
    import tantivy

    named = tantivy.Query.term_set_query(schema, "document", ids)
    must = tantivy.Occur.Must
    within = tantivy.Query.const_score_query(named, 0.0)
    return tantivy.Query.boolean_query([(must, wanted), (must, within)])


def _found(searcher: Searcher, wanted: Query, limit: int) -> list[tuple[int, float]]:
    found = searcher.search(wanted, limit, count=False).hits
    keys = searcher.fast_field_values("key", [at for _, at in found])
    return [(int(key), float(hit[0])) for key, hit in zip(keys, found, strict=True) if key]


def _best_within(
    searcher: Searcher, wanted: Query, limit: int, scope: Scope
) -> list[tuple[int, float]]:
    """Return the best of a large scope: ever more of the whole, until enough are within it."""
    assert scope.keys is not None
    total = searcher.num_docs
    asked = min(total, 2 * limit * max(1, total // max(1, len(scope.keys))))
    while True:
        found = _found(searcher, wanted, asked)
        keys = np.array([key for key, _ in found], np.int64)
        inside = np.flatnonzero(np.isin(keys, scope.keys, assume_unique=True))[:limit]
        if len(inside) == limit or len(found) < asked or asked == total:
            return [found[i] for i in inside]
        asked = min(total, asked * 4)


def _schema() -> Schema:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("key", stored=True, indexed=True, fast=True)
    builder.add_text_field("document", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("words", tokenizer_name="english", index_option="freq")
    builder.add_text_field("context", tokenizer_name="english", index_option="freq")
    return builder.build()


def analyzer() -> TextAnalyzer:
    """Return the chain that turns text into index terms."""
    import tantivy

    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(64))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


_LONG_WORD = re.compile(r"[^\W\d_]{5,}")


def _unglued(text: str) -> str:
    """Return the parts of words that lost the space between them, as further terms."""
    found: list[str] = []
    for word in _LONG_WORD.findall(text):
        found += _parts(word)
    return " ".join(found)


@lru_cache(maxsize=65_536)
def _parts(word: str) -> tuple[str, ...]:
    return unglue(word, CommonWords()) or ()


def query_terms(query: str) -> list[str]:
    """Return the index terms of a question, each once, common words left out if others remain."""
    terms = list(dict.fromkeys(analyzer().analyze(query)))
    return [term for term in terms if term not in COMMON][:MAX_TERMS] or terms[:MAX_TERMS]


_COMMON = (
    "a about an and ani are as at be been but by can could did do doe for from had has have he her "
    "him his how i if in into is it me my no of on or our she should so than that the their them "
    "there these they thi this those to us was we were what when where which who whom whose whi "
    "why will with would you your"
)
COMMON = frozenset(_COMMON.split())
"""Stemmed question and function words, which would only add noise to the scores."""
