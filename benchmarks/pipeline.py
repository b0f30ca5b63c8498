"""Ingest, answers and memory, against a stock llama-index pipeline with the same embedder.

    python -m benchmarks.pipeline --shared ../shared [--set sample|clapnq] [--questions 60]

The other side is what the tutorials show: `VectorStoreIndex.from_documents` over a persistent
`ChromaVectorStore` and a `CitationQueryEngine`, with llama-index's mock model, so that no time is
spent in a model on either side. Both sides run in processes of their own, one after the other, on
the same documents and questions; figures to quote are the ratios. Dossier's answers are whole: its
sentences are chosen, checked and cited, while the other side only fills a prompt.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.sets import origins, read
from eval.cases import load
from eval.sample import cases_path, documents_dir
from index.load.origins import Origin, find
from index.models import Metadata

LIMIT = 10_000_000
Figures = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--set", choices=["sample", "clapnq"], action="append")
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--side", choices=["dossier", "stock"])
    options = parser.parse_args()
    for name in options.set or ["sample", "clapnq"]:
        if options.side:
            print(json.dumps(_side(options.side, options.shared, name, options.questions)))
            continue
        ours, theirs = (
            _in_own_process(side, options.shared, name, options.questions)
            for side in ("dossier", "stock")
        )
        _print(name, ours, theirs)


def _in_own_process(side: str, shared: Path, name: str, questions: int) -> Figures:
    command = [sys.executable, "-m", "benchmarks.pipeline", "--side", side, "--set", name]
    command += ["--shared", str(shared), "--questions", str(questions)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: Figures = json.loads(done.stdout.strip().splitlines()[-1])
    return figures


def _print(name: str, ours: Figures, theirs: Figures) -> None:
    print(f"\n{name}: {ours['documents']} documents, {ours['passages']} passages of Dossier,")
    print(f"  {theirs['passages']} nodes of the stock pipeline, {ours['questions']} questions")
    print(f"  {'':34}{'dossier':>10}{'stock':>10}{'ratio':>8}")
    for key in ("ingest_s", "embed_share", "answer_p50_s", "retrieve_p50_s", "peak_mb"):
        ratio = ours[key] / theirs[key]
        print(f"  {key:34}{ours[key]:>10.3f}{theirs[key]:>10.3f}{ratio:>8.2f}")
    for key in ("reingest_s", "first_over_reingest", "evidence_p50_s", "compose_p50_s"):
        print(f"  {key:34}{ours[key]:>10.3f}")


def _material(shared: Path, name: str, count: int) -> tuple[list[Origin], list[str]]:
    if name == "sample":
        found = find([documents_dir()], Metadata())
        documents = [origin for origin in found if isinstance(origin, Origin)]
        return documents, [case.question for case in load(cases_path()).cases][:count]
    rows = read(shared, name, "queries-dev")
    return origins(read(shared, name, "corpus")), [row["question"] for row in rows][:count]


def _side(side: str, shared: Path, name: str, count: int) -> Figures:
    documents, questions = _material(shared, name, count)
    with tempfile.TemporaryDirectory() as folder:
        run = _dossier if side == "dossier" else _stock
        figures = run(Path(folder), documents, questions)
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures | {"documents": len(documents), "questions": len(questions)}


def _dossier(folder: Path, documents: Sequence[Origin], questions: Sequence[str]) -> Figures:
    import asyncio

    import chromadb  # noqa: F401  # imported before the clock starts, as on the other side

    from index.intake.ingest import Finished
    from qa.evidence import gather
    from qa.question import Question
    from qa.service import build
    from qa.settings import load_settings

    service = build(load_settings(data=folder / "data", answerer="embedded"), write=True)
    corpus = service.corpus
    corpus.embedder.embed_query("warm")
    runs = []
    for _ in range(2):
        began = time.perf_counter()
        last = [*corpus.ingest(documents, limit=LIMIT)][-1]
        assert isinstance(last, Finished)
        runs.append((time.perf_counter() - began, last))
    total, retrieve, evidence = [], [], []
    for question in questions:
        answer = asyncio.run(service.answer(Question(text=question)))
        total.append(answer.timings)
        began = time.perf_counter()
        hits = corpus.search(question, limit=service.settings.top_passages).hits
        found = time.perf_counter()
        gather(question, hits, corpus)
        retrieve.append(found - began)
        evidence.append(time.perf_counter() - found)
    first, again = runs[0], runs[1]
    figures = {
        "passages": corpus.search("warm").passages,
        "ingest_s": first[0],
        "embed_share": first[1].embedding_seconds / first[0],
        "reingest_s": again[0],
        "first_over_reingest": first[0] / again[0],
        "answer_p50_s": statistics.median(t["total"] for t in total),
        "compose_p50_s": statistics.median(t["compose"] for t in total),
        "retrieve_p50_s": statistics.median(retrieve),
        "evidence_p50_s": statistics.median(evidence),
    }
    service.close()
    return figures


def _stock(folder: Path, documents: Sequence[Origin], questions: Sequence[str]) -> Figures:
    import chromadb
    from llama_index.core import Document, StorageContext, VectorStoreIndex
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.llms import MockLLM
    from llama_index.core.query_engine import CitationQueryEngine
    from llama_index.vector_stores.chroma import ChromaVectorStore

    from index.embed.embedded import EmbeddedModel
    from index.load import parse

    model = EmbeddedModel(threads=2)
    model.embed_query("warm")

    class Same(BaseEmbedding):
        """The same embedder behind llama-index's contract."""

        def _get_query_embedding(self, query: str) -> list[float]:
            return model.embed_query(query).tolist()

        def _get_text_embedding(self, text: str) -> list[float]:
            return model.embed_passages([text])[0].tolist()

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return model.embed_passages(texts).tolist()

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

    before = model.runtime_seconds
    began = time.perf_counter()
    texts = [parse(d, d.read(LIMIT), limit=LIMIT).text for d in documents]
    collection = chromadb.PersistentClient(str(folder)).get_or_create_collection(
        "stock", embedding_function=None
    )
    index = VectorStoreIndex.from_documents(
        [Document(text=text) for text in texts],
        storage_context=StorageContext.from_defaults(
            vector_store=ChromaVectorStore(chroma_collection=collection)
        ),
        embed_model=Same(),
    )
    ingest = time.perf_counter() - began
    share = (model.runtime_seconds - before) / ingest
    engine = CitationQueryEngine.from_args(
        index, llm=MockLLM(max_tokens=64), similarity_top_k=8, citation_chunk_size=512
    )
    total, retrieve = [], []
    for question in questions:
        began = time.perf_counter()
        engine.query(question)
        total.append(time.perf_counter() - began)
        began = time.perf_counter()
        index.as_retriever(similarity_top_k=8).retrieve(question)
        retrieve.append(time.perf_counter() - began)
    return {
        "passages": collection.count(),
        "ingest_s": ingest,
        "embed_share": share,
        "answer_p50_s": statistics.median(total),
        "retrieve_p50_s": statistics.median(retrieve),
    }


if __name__ == "__main__":
    main()
