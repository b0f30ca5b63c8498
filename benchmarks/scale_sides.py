"""The sides that `benchmarks/scale.py` compares, each a process that does what it is told.

    python -m benchmarks.scale_sides NAME FOLDER WORK SEED

Commands come as lines of JSON and are answered likewise.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import synthetic
from index.models import Filters, Metadata
from index.search.retriever import CANDIDATES

Figures = dict[str, Any]
LIMIT = 8
CHROMA_BATCH = 5_000


class Dossier:
    """Ours, through the corpus' public door."""

    def __init__(self, folder: Path, seed: int) -> None:
        """Open the corpus in ``folder``."""
        from index.corpus import Corpus

        self.embedder = synthetic.Embedder(seed)
        self.corpus = Corpus.open(folder, self.embedder, write=True)

    def ingest(self, path: str) -> Figures:
        """Take in all that lies under ``path``."""
        from index.intake.ingest import Finished
        from index.load.origins import Origin, find

        def work() -> Finished:
            origins = [o for o in find([Path(path)], Metadata()) if isinstance(o, Origin)]
            last = [*self.corpus.ingest(origins, limit=10_000_000)][-1]
            assert isinstance(last, Finished)
            assert not last.rejected
            return last

        figures, last = _measured(work, self.embedder)
        return figures | {"passages": last.passages, "embedded": last.embedded}

    def search(self, questions: Sequence[str], filter: str) -> Figures:  # noqa: A002
        """Search as a caller does: keywords, vectors, fusion, documents."""
        wanted = synthetic.filters()[filter]
        return _timed(
            questions, self.embedder, lambda q, _: self.corpus.search(q, wanted, limit=LIMIT)
        )

    def vectors(self, questions: Sequence[str], filter: str) -> Figures:  # noqa: A002
        """Search by vectors only and load what was found, as Chroma does."""
        wanted = synthetic.filters()[filter]
        return _timed(questions, self.embedder, lambda _, vector: self._nearest(vector, wanted))

    def _nearest(self, vector: Any, wanted: Filters) -> Any:
        retriever = self.corpus.retriever
        retriever.validate(wanted)
        retriever.exact.follow(self.corpus.catalog)
        found = retriever._dense(vector, retriever.documents.scope(wanted))
        return self.corpus.catalog.passages(list(found)[:LIMIT])

    def quality(self, questions: Sequence[str]) -> Figures:
        """Return how many of the nearest passages are found, against the plain product."""
        retriever, shares = self.corpus.retriever, {}
        best_of_all: list[list[str]] = []
        for name, wanted in synthetic.filters().items():
            retriever.validate(wanted)
            keys = retriever.documents.scope(wanted).keys
            retriever.exact.follow(self.corpus.catalog)
            held, hits = retriever.exact._held, 0
            rows = held._there() if keys is None else held.rows(keys)
            for question in questions:
                vector = self.embedder.embed_query(question)
                scores = held.scored(vector, rows)
                there = held.keys if rows is None else held.keys[rows]
                best = set(there[np.argsort(-scores)[:LIMIT]].tolist())
                found = retriever.exact.search(vector, CANDIDATES, keys=keys)[:LIMIT]
                hits += len(best & {key for key, _ in found})
                if keys is None:
                    best_of_all.append([str(key) for key in best])
            shares[name] = hits / (LIMIT * len(questions))
        return {"shares": shares, "best": best_of_all}


class Chroma:
    """A raw collection with documents and metadata."""

    def __init__(self, folder: Path, seed: int) -> None:
        """Open the collection in ``folder``."""
        import chromadb

        self.embedder = synthetic.Embedder(seed)
        client = chromadb.PersistentClient(str(folder))
        self.collection = client.get_or_create_collection(
            "passages", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )

    def build(self, source: str) -> Figures:
        """Put the passages of the corpus in ``source`` into the collection."""
        from index.record.catalog import Catalog

        if self.collection.count():
            return {"seconds": 0.0, "passages": self.collection.count()}
        catalog, seconds = Catalog(Path(source) / "record.sqlite"), 0.0
        known = {d.id: d.metadata for d in catalog.documents(Filters())}
        last = max(change.last for change in catalog.changes(0))
        for first in range(0, last + 1, CHROMA_BATCH):
            rows = list(catalog.passages_between(first, first + CHROMA_BATCH - 1))
            keys, vectors = catalog.vectors_between(
                self.embedder.identity, first, first + CHROMA_BATCH - 1
            )
            assert keys == [passage.key for passage, _ in rows]
            metadata = [known[passage.document_id] for passage, _ in rows]
            began = time.perf_counter()
            self.collection.add(
                ids=[str(key) for key in keys],
                embeddings=np.array(vectors),
                documents=[words for _, words in rows],
                metadatas=[
                    {"outlet": m.outlet, "published": _day(m.published_at)} for m in metadata
                ],
            )
            seconds += time.perf_counter() - began
        return {"seconds": seconds, "passages": self.collection.count()}

    def recall(self, questions: Sequence[str], best: Sequence[Sequence[str]]) -> Figures:
        """Return how many of the nearest passages are found."""
        vectors = [self.embedder.embed_query(question) for question in questions]
        found = self.collection.query(query_embeddings=vectors, n_results=LIMIT)["ids"]
        pairs = zip(found, best, strict=True)
        return {"share": sum(len({*a} & {*b}) for a, b in pairs) / (LIMIT * len(questions))}

    def search(self, questions: Sequence[str], filter: str) -> Figures:  # noqa: A002
        """Query the collection with the filter as its ``where``."""
        where = _where(synthetic.filters()[filter])
        matching = len(self.collection.get(where=where, include=[])["ids"]) if where else None
        return _timed(
            questions,
            self.embedder,
            lambda _, vector: self.collection.query(
                query_embeddings=[vector], n_results=LIMIT, where=where
            ),
        ) | {"matching": self.collection.count() if matching is None else matching}


class Stock:
    """llama-index's pipeline into Chroma."""

    def __init__(self, folder: Path, seed: int) -> None:
        """Make the pipeline and its collection in ``folder``."""
        import chromadb
        from llama_index.core.base.embeddings.base import BaseEmbedding
        from llama_index.core.ingestion import IngestionPipeline
        from llama_index.core.node_parser import SentenceSplitter
        from llama_index.vector_stores.chroma import ChromaVectorStore

        embedder = self.embedder = synthetic.Embedder(seed)

        class Same(BaseEmbedding):
            """The same vectors behind llama-index's contract."""

            def _get_query_embedding(self, query: str) -> list[float]:
                return embedder.embed_query(query).tolist()  # type: ignore[no-any-return]

            def _get_text_embedding(self, text: str) -> list[float]:
                return embedder.embed_query(text).tolist()  # type: ignore[no-any-return]

            def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
                return embedder.embed_passages(texts).tolist()  # type: ignore[no-any-return]

            async def _aget_query_embedding(self, query: str) -> list[float]:
                return self._get_query_embedding(query)

        collection = chromadb.PersistentClient(str(folder)).get_or_create_collection(
            "stock", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )
        self.adding = [0.0, 0.0]
        collection.add = self._clocked(collection.add)  # type: ignore[method-assign]
        self.collection = collection
        # Long enough for a made paragraph with its metadata, too short for two.
        self.pipeline = IngestionPipeline(
            transformations=[
                SentenceSplitter(chunk_size=200, chunk_overlap=0, include_metadata=False),
                Same(embed_batch_size=64),
            ],
            vector_store=ChromaVectorStore(chroma_collection=collection),
            disable_cache=True,
        )

    def _clocked(self, add: Callable[..., None]) -> Callable[..., None]:
        def clocked(*args: Any, **given: Any) -> None:
            wall, cpu = time.perf_counter(), time.process_time()
            add(*args, **given)
            self.adding[0] += time.perf_counter() - wall
            self.adding[1] += time.process_time() - cpu

        return clocked

    def ingest(self, path: str) -> Figures:
        """Take in the text files in the folder ``path`` with their metadata."""
        import csv

        from llama_index.core import Document

        self.adding = [0.0, 0.0]

        def work() -> int:
            with (Path(path) / "metadata.csv").open(encoding="utf-8") as file:
                rows = list(csv.DictReader(file))
            documents = [
                Document(
                    text=(Path(path) / row["file"]).read_text(encoding="utf-8"),
                    metadata={
                        "title": row["title"],
                        "outlet": row["outlet"],
                        "published": _day(date.fromisoformat(row["published_at"])),
                    },
                )
                for row in rows
            ]
            return len(self.pipeline.run(documents=documents))

        figures, passages = _measured(work, self.embedder)
        added = {"add_seconds": self.adding[0], "add_cpu_s": self.adding[1]}
        return figures | added | {"passages": passages}


def _measured(work: Callable[[], Any], embedder: synthetic.Embedder) -> tuple[Figures, Any]:
    """Run ``work`` and return its seconds with the time of embedding taken off, and its result."""
    wall, cpu = time.perf_counter(), _cpu_seconds()
    before, cpu_before = embedder.runtime_seconds, embedder.cpu_seconds
    result = work()
    embedding = embedder.runtime_seconds - before
    seconds = time.perf_counter() - wall - embedding
    spent = _cpu_seconds() - cpu - (embedder.cpu_seconds - cpu_before)
    return {"seconds": seconds, "cpu_s": spent, "embedding_s": embedding}, result


def _cpu_seconds() -> float:
    """Return the processor time of this process and of its children that have ended."""
    return sum(os.times()[:4])


def _timed(
    questions: Sequence[str], embedder: synthetic.Embedder, search: Callable[[str, Any], Any]
) -> Figures:
    """Return the seconds of each search, the time of embedding taken off."""
    seconds = []
    for question in questions:
        vector = embedder.embed_query(question)
        before, began = embedder.runtime_seconds, time.perf_counter()
        search(question, vector)
        seconds.append(time.perf_counter() - began - (embedder.runtime_seconds - before))
    return {"seconds": seconds}


def _where(filters: Filters) -> Any:
    if filters.outlets:
        return {"outlet": filters.outlets[0]}
    if filters.since and filters.until:
        first, last = _day(filters.since), _day(filters.until)
        return {"$and": [{"published": {"$gte": first}}, {"published": {"$lte": last}}]}
    return None


def _day(day: date | None) -> int:
    return day.toordinal() if day else 0


def _memory() -> Figures:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    status = Path("/proc/self/statm")
    now = int(status.read_text().split()[1]) * resource.getpagesize() / 2**20
    return {"peak_mb": peak, "now_mb": now if status.exists() else peak}


def main() -> None:
    name, folder, _, seed = sys.argv[1:]
    kind = {"dossier": Dossier, "chroma": Chroma, "stock": Stock}[name]
    side = kind(Path(folder), int(seed))  # type: ignore[abstract]
    for line in sys.stdin:
        given = json.loads(line)
        what = given.pop("do")
        reply = _memory() if what == "end" else getattr(side, what)(**given)
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
