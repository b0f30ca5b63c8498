"""The corpus inside llama-index."""

from collections.abc import Callable

import texts

from index.corpus import Corpus
from index.models import Filters


def test_nodes_are_cut_from_the_stored_text(open_corpus: Callable[..., Corpus]) -> None:
    from index.llamaindex import CorpusRetriever

    corpus = open_corpus()
    list(corpus.ingest(texts.three(), limit=10_000))
    herald = Filters(outlets=("Varn Herald",))
    retriever = CorpusRetriever(corpus, filters=herald, limit=2)
    nodes = retriever.retrieve("What will the repairs of the bridge cost?")
    assert len(nodes) == 2
    best = nodes[0].node
    document = corpus.document(str(best.ref_doc_id))
    assert document.name == "bridge.txt"
    assert best.get_content() == document.text[best.start_char_idx : best.end_char_idx]
    assert best.metadata["published_at"] == "2024-06-20"
    assert nodes[0].score is not None
    assert nodes[1].score is not None
    assert nodes[0].score >= nodes[1].score
