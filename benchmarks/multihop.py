"""What several searches for one question bring: sides, second hop and diversity, one by one.

    python -m benchmarks.multihop --shared ../shared --work /tmp/dossier-multihop

For each configuration of the Searcher: the share of questions whose evidence documents are all
among the first 8 (with a 95 % bootstrap interval), the share of evidence documents found, the mean
number of searches and the time. A second set asks for one document each: there the searches must
not cost anything, so the right document first and its mean reciprocal rank are shown beside.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.sets import RememberingModel, Row, open_corpus, read
from index.corpus import Corpus
from qa.search.searching import Found, Searcher

LIMIT = 8
Search = Callable[[str], Found]


def configurations(corpus: Corpus) -> dict[str, Searcher]:
    """Return the searchers to compare, each with one part more than the one before."""
    return {
        "one search": Searcher(corpus, by_side=False, hops=0, prefer_others=False),
        "+ sides": Searcher(corpus, hops=0, prefer_others=False),
        "+ second hop": Searcher(corpus, prefer_others=False),
        "  hop without sides": Searcher(corpus, by_side=False, prefer_others=False),
        "+ diversity (shipped)": Searcher(corpus),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--part", default="queries-dev", help="which questions of each set")
    parser.add_argument("--sets", nargs="+", default=["twowiki101", "clapnq"])
    parser.add_argument("--show", action="store_true", help="print the questions that are missed")
    options = parser.parse_args()
    for name in options.sets:
        corpus = open_corpus(options.shared, name, options.work)
        assert isinstance(corpus.embedder, RememberingModel)
        corpus.embedder.save()
        rows = read(options.shared, name, options.part)
        asked = [row for row in rows if row["evidence"] and row["type"] != "unanswerable"]
        print(f"\n{name}: {len(asked)} questions, {len(corpus.documents())} documents")
        shipped = {}
        for title, searcher in configurations(corpus).items():
            shipped = _measure(title, searcher, asked)
        if options.show:
            _show(shipped, asked, corpus)
        corpus.embedder.save()
        corpus.close()


def _measure(title: str, searcher: Searcher, asked: Sequence[Row]) -> dict[str, Found]:
    """Print the figures of one configuration and return what it found."""
    for row in asked:  # embeds what is not remembered, so that the times are those of searching
        searcher.search(row["question"], limit=LIMIT)
    began = time.perf_counter()
    found = {row["id"]: searcher.search(row["question"], limit=LIMIT) for row in asked}
    milliseconds = (time.perf_counter() - began) / len(asked) * 1000
    every, share, first, reciprocal = [], [], [], []
    for row in asked:
        sources = [hit.document.source for hit in found[row["id"]].hits]
        gold = {f"upload:{evidence['id']}" for evidence in row["evidence"]}
        every.append(gold <= set(sources))
        share.append(len(gold & set(sources)) / len(gold))
        ranks = [rank for rank, source in enumerate(dict.fromkeys(sources), 1) if source in gold]
        first.append(ranks[:1] == [1])
        reciprocal.append(1 / ranks[0] if ranks else 0.0)
    low, high = interval(every)
    searches = np.mean([len(f.steps) for f in found.values()])
    print(
        f"{title:22} all in top {LIMIT} {np.mean(every):.3f} [{low:.3f}, {high:.3f}]  "
        f"recall {np.mean(share):.3f}  first {np.mean(first):.3f}  MRR {np.mean(reciprocal):.3f}  "
        f"{searches:.2f} searches, {milliseconds:.0f} ms",
        flush=True,
    )
    return found


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % interval of a mean, by the percentile bootstrap (Efron 1979), 2,000 draws."""
    generator = np.random.default_rng(7)
    numbers = np.asarray(values, float)
    means = generator.choice(numbers, (2000, len(numbers))).mean(axis=1)
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def _show(found: dict[str, Found], asked: Sequence[Row], corpus: Corpus) -> None:
    titles = {d.source: d.metadata.title or d.name for d in corpus.documents()}
    for row in asked:
        result = found[row["id"]]
        sources = {hit.document.source for hit in result.hits}
        missed = [e["id"] for e in row["evidence"] if f"upload:{e['id']}" not in sources]
        if missed:
            print(f"\n{row['question']}\n  missed: {[titles[f'upload:{i}'] for i in missed]}")
            print(f"  found: {[hit.document.metadata.title for hit in result.hits]}")
            for step in result.steps:
                print(f"  {step.query!r}: {step.why}")


if __name__ == "__main__":
    main()
