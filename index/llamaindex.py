"""A corpus as a llama-index retriever, so that anything of that ecosystem can search it.

Importing this module imports llama-index, which takes seconds; nothing else in Dossier does.
Contract: ``llama_index.core.base.base_retriever.BaseRetriever``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import (
    NodeRelationship,
    NodeWithScore,
    QueryBundle,
    RelatedNodeInfo,
    TextNode,
)

from index.models import METADATA_FIELDS, Filters, Hit

if TYPE_CHECKING:
    from index.corpus import Corpus


class CorpusRetriever(BaseRetriever):
    """Retrieves passages as nodes.

    Each node's text is ``document.text[start_char_idx:end_char_idx]`` of the document named by its
    ``ref_doc_id``; its metadata hold the publication's, dates as ISO 8601.
    """

    def __init__(
        self, corpus: Corpus, *, filters: Filters | None = None, limit: int = 8, **options: Any
    ) -> None:
        """Retrieve from ``corpus``.

        Args:
            corpus: the documents.
            filters: which of them to search; all by default.
            limit: most passages to return.
            options: passed on to llama-index, such as ``callback_manager``.
        """
        self._corpus = corpus
        self._filters = filters or Filters()
        self._limit = limit
        super().__init__(**options)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._corpus.search(query_bundle.query_str, self._filters, limit=self._limit)
        return [NodeWithScore(node=_node(hit), score=hit.score) for hit in found.hits]


def _node(hit: Hit) -> TextNode:
    known = ((name, getattr(hit.document.metadata, name)) for name in METADATA_FIELDS)
    span = hit.passage.span
    return TextNode(
        id_=hit.passage.id,
        text=hit.text,
        start_char_idx=span.start,
        end_char_idx=span.end,
        metadata={
            "version": hit.document.version,
            **{name: str(value) for name, value in known if value is not None},
        },
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=hit.document.id)},
    )
