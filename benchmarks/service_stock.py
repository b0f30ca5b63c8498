"""The service that the tutorials lead to, over passages and vectors of a dossier.

    python -m benchmarks.service_stock DOSSIER WORK PORT

FastAPI in front of llama-index's `CitationQueryEngine` over a persistent `ChromaVectorStore`, with
the same embedder and llama-index's mock model. It fills a prompt and checks nothing.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel

BATCH = 2_000


class Query(BaseModel):
    """What is asked."""

    question: str
    """The question."""


def main() -> None:
    """Build the index if it is not there, and serve until the process is ended."""
    import uvicorn

    dossier, work, port = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    uvicorn.run(app(dossier, work), host="127.0.0.1", port=port, log_level="warning")


def app(dossier: Path, work: Path) -> Any:
    """Return the application."""
    import chromadb
    from fastapi import FastAPI
    from llama_index.core import StorageContext, VectorStoreIndex
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.llms import MockLLM
    from llama_index.core.query_engine import CitationQueryEngine
    from llama_index.vector_stores.chroma import ChromaVectorStore

    from index.embed.embedded import EmbeddedModel

    model = EmbeddedModel(threads=2)
    model.embed_query("warm")

    class Same(BaseEmbedding):
        """The same embedder behind llama-index's contract."""

        def _get_query_embedding(self, query: str) -> list[float]:
            return model.embed_query(query).tolist()

        def _get_text_embedding(self, text: str) -> list[float]:
            return model.embed_passages([text])[0].tolist()

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

    collection = chromadb.PersistentClient(str(work)).get_or_create_collection(
        "stock", embedding_function=None
    )
    store = ChromaVectorStore(chroma_collection=collection)
    if not collection.count():
        storage = StorageContext.from_defaults(vector_store=store)
        VectorStoreIndex(
            _nodes(dossier, model.identity), storage_context=storage, embed_model=Same()
        )
    index = VectorStoreIndex.from_vector_store(store, embed_model=Same())
    engine = CitationQueryEngine.from_args(
        index, llm=MockLLM(max_tokens=64), similarity_top_k=8, citation_chunk_size=512
    )
    service = FastAPI()

    @service.post("/query")
    def query(asked: Query) -> dict[str, Any]:
        answer = engine.query(asked.question)
        sources = [{"text": n.node.get_content(), "score": n.score} for n in answer.source_nodes]
        return {"answer": str(answer), "sources": sources}

    return service


def _nodes(dossier: Path, identity: str) -> list[Any]:
    """Return the passages of a dossier with their vectors as llama-index's nodes."""
    from llama_index.core.schema import TextNode

    from index.record.catalog import Catalog

    catalog, nodes = Catalog(dossier / "record.sqlite"), []
    last = max(change.last for change in catalog.changes(0))
    for first in range(0, last + 1, BATCH):
        rows = list(catalog.passages_between(first, first + BATCH - 1))
        keys, vectors = catalog.vectors_between(identity, first, first + BATCH - 1)
        assert keys == [passage.key for passage, _ in rows]
        nodes += [
            TextNode(text=words, embedding=vector.tolist())
            for (_, words), vector in zip(rows, vectors, strict=True)
        ]
    return nodes


if __name__ == "__main__":
    main()
