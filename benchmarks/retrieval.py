"""Retrieval on outside sets: Dossier as shipped, its parts, and what peers use, in one run.

    python -m benchmarks.retrieval --shared ../shared --work /tmp/dossier-retrieval

One configuration for all sets. Documents are ranked by their best passage. Baselines: BM25 alone,
MiniLM alone (the embedder of many a peer), and the equal rank fusion of both (Cormack, Clarke &
Büttcher 2009, "Reciprocal Rank Fusion", with their k of 60). Then Dossier's stages, each on top of
the one before, and the second stage with one part left out at a time. Every figure has a 95 %
bootstrap interval over questions.

Vectors are remembered under ``--work``: the first run embeds for some minutes, later ones do not.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.evidence_sentences import sentences_in_articles
from benchmarks.fit_relevance import auroc
from benchmarks.minilm import MiniLM
from benchmarks.sets import RememberingModel, Row, open_corpus, read
from eval.statistics.intervals import bootstrap
from index.corpus import Corpus
from index.models import Hit
from index.record.rows import embedding_text
from index.search.closeness import BESIDE, WEIGHTS
from qa.evidence import gather
from qa.search.searching import Searcher

DEPTH = 50
"""Passages that each way of searching may return."""

Ranking = list[str]
"""Document identifiers, best first, each once."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--part", default="queries-dev", help="which questions of each set")
    parser.add_argument("--sets", nargs="+", default=[*METRICS, "wice"])
    parser.add_argument("--most", type=int, default=800, help="most questions of one set")
    options = parser.parse_args()
    for name in options.sets:
        corpus = open_corpus(options.shared, name, options.work)
        assert isinstance(corpus.embedder, RememberingModel)
        corpus.embedder.save()
        questions = _spread(read(options.shared, name, options.part), options.most)
        print(f"\n{name}: {len(questions)} questions, {len(corpus.documents())} documents")
        if name == "wice":
            for title, values in sentences_in_articles(corpus, questions).items():
                print(f"  {title:34}{_figure(values)}", flush=True)
        else:
            _documents(corpus, questions, METRICS[name], MiniLM(options.work / f"{name}.minilm"))
        if name == "clapnq":
            _answerable(corpus, questions)
        corpus.embedder.save()
        corpus.close()


def _spread(questions: Sequence[Row], most: int) -> list[Row]:
    """Return at most so many questions, taken evenly from all of them."""
    step = -(-len(questions) // most)
    return list(islice(questions, 0, None, step))


def _documents(corpus: Corpus, questions: Sequence[Row], metrics: Metrics, peer: MiniLM) -> None:
    """Print the metrics of every way of searching."""
    asked = [q for q in questions if q["evidence"] and q["type"] != "unanswerable"]
    gold = [{f"upload:{evidence['id']}" for evidence in q["evidence"]} for q in asked]
    texts = [q["question"] for q in asked]
    sources = {d.id: d.source for d in corpus.documents()}
    passages = list(corpus.catalog.passages_between(0, 2**62))
    of_key = {passage.key: sources[passage.document_id] for passage, _ in passages}

    def show(title: str, rankings: Sequence[Ranking]) -> None:
        figures = (
            f"{name} {_figure([metric(r, g) for r, g in zip(rankings, gold, strict=True)])}"
            for name, metric in metrics.items()
        )
        print(f"  {title:34}{'   '.join(figures)}", flush=True)

    words = [[key for key, _ in corpus.keywords.search(text, 2 * DEPTH)] for text in texts]
    matrix = peer.embed([embedding_text(passage, own) for passage, own in passages])
    keys = np.array([passage.key for passage, _ in passages])
    near = [keys[np.argsort(-(matrix @ v), kind="stable")[: 2 * DEPTH]] for v in peer.embed(texts)]
    show("BM25", [_ranking(of_key[k] for k in found) for found in words])
    show("MiniLM", [_ranking(of_key[int(k)] for k in found) for found in near])
    equal = [_equal_fusion(a, b) for a, b in zip(words, near, strict=True)]
    show("equal rank fusion of both", [_ranking(of_key[k] for k in found) for found in equal])
    hits = [corpus.search(text, limit=DEPTH).hits for text in texts]

    def order(score: Callable[[Sequence[Hit]], Sequence[float]]) -> list[Ranking]:
        rankings = []
        for found in hits:
            ranked = sorted(zip(score(found), found, strict=True), key=lambda pair: -pair[0])
            rankings.append(_ranking(hit.document.source for _, hit in ranked))
        return rankings

    show("built-in embedder", order(lambda found: [h.scores.get("dense", 0) for h in found]))
    show("+ keywords (first stage)", order(lambda found: [h.scores["fused"] for h in found]))
    show(
        "+ sentences (second stage)", [_ranking(h.document.source for h in found) for found in hits]
    )
    for part in WEIGHTS:
        show(f"    without {part}", order(lambda found, part=part: _without(found, part)))  # type: ignore[misc]
    searcher = Searcher(corpus)
    # Enough passages for ten documents; where the first eight count, eight are asked for.
    limit = 8 if "all in 8" in metrics else 25
    found = [searcher.search(text, limit=limit).hits for text in texts]
    show(
        "+ sides, hops, diversity: shipped", [_ranking(h.document.source for h in f) for f in found]
    )


def _without(hits: Sequence[Hit], part: str) -> list[float]:
    """Return the scores of the second stage with one part left out."""
    top = max((hit.scores.get("keyword", 0.0) for hit in hits), default=0.0) or 1.0
    own = []
    for hit in hits:
        parts = {**hit.scores, "keyword": hit.scores.get("keyword", 0.0) / top}
        own.append(sum(w * parts.get(name, 0.0) for name, w in WEIGHTS.items() if name != part))
    middle = float(np.median(own)) if own else 0.0
    best: dict[str, list[int]] = {}
    for at in sorted(range(len(hits)), key=lambda i: -own[i]):
        best.setdefault(hits[at].document.id, []).append(at)
    for first, *others in best.values():
        if others:
            own[first] += BESIDE * max(own[others[0]] - middle, 0.0)
    return own


def _answerable(corpus: Corpus, questions: Sequence[Row]) -> None:
    """Print how well the relevance of the best sentence tells answerable from silent."""
    searcher = Searcher(corpus)
    labels, dense, relevance = [], [], []
    for question in questions:
        hits = searcher.search(question["question"], limit=8).hits
        evidence = gather(question["question"], hits, corpus)
        labels.append(int(question["type"] == "answerable"))
        dense.append(max((hit.scores.get("dense", 0.0) for hit in hits), default=0.0))
        relevance.append(max((sentence.relevance for sentence in evidence), default=0.0))
    for title, scores in (("highest cosine", dense), ("relevance", relevance)):
        at, of = np.array(scores), np.array(labels)
        low, high = _auroc_interval(at, of)
        print(f"  answerable or not, AUROC by {title}: {auroc(at, of):.3f} ({low:.3f}-{high:.3f})")


def _auroc_interval(scores: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    draw = np.random.default_rng(7)
    picks = draw.integers(len(labels), size=(1000, len(labels)))
    found = [auroc(scores[pick], labels[pick]) for pick in picks]
    low, high = np.percentile(found, [2.5, 97.5])
    return float(low), float(high)


def _ranking(sources: Iterable[str]) -> Ranking:
    return list(dict.fromkeys(sources))


def _sources(hits: Iterable[Hit]) -> Ranking:
    return _ranking(hit.document.source for hit in hits)


def _equal_fusion(one: Sequence[int], other: Sequence[int]) -> list[int]:
    scores: dict[int, float] = {}
    for ranked in (one, other):
        for rank, key in enumerate(ranked):
            scores[int(key)] = scores.get(int(key), 0.0) + 1 / (60 + rank + 1)
    return sorted(scores, key=lambda key: (-scores[key], key))


def _figure(values: Sequence[float]) -> str:
    low, high = bootstrap(values)
    return f"{np.mean(values):.3f} ({low:.3f}-{high:.3f})"


def first(ranking: Ranking, gold: set[str]) -> float:
    """Return 1 if the first document is right."""
    return float(ranking[:1] != [] and ranking[0] in gold)


def reciprocal_rank(ranking: Ranking, gold: set[str]) -> float:
    """Return 1 divided by the rank of the first right document, 0 if it is not in the first 10."""
    return next((1 / rank for rank, found in enumerate(ranking[:10], 1) if found in gold), 0.0)


def ndcg(ranking: Ranking, gold: set[str]) -> float:
    """Return nDCG@10 with relevance 0 or 1 (Järvelin & Kekäläinen 2002)."""
    gain = sum(1 / np.log2(rank + 1) for rank, d in enumerate(ranking[:10], 1) if d in gold)
    return float(gain / sum(1 / np.log2(rank + 1) for rank in range(1, min(10, len(gold)) + 1)))


def all_in_eight(ranking: Ranking, gold: set[str]) -> float:
    """Return 1 if all right documents are among the first 8."""
    return float(gold <= set(ranking[:8]))


Metrics = dict[str, Callable[[Ranking, set[str]], float]]

METRICS: dict[str, Metrics] = {
    "scifact": {"nDCG@10": ndcg},
    "clapnq": {"R@1": first, "MRR@10": reciprocal_rank},
    "squadshift_newwiki": {"R@1": first, "MRR@10": reciprocal_rank},
    "twowiki101": {"all in 8": all_in_eight},
}

if __name__ == "__main__":
    main()
