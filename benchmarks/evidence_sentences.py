"""Which sentences of an article bear out a claim: recall of the gold sentences in the first five.

A claim may be borne out by several sets of sentences; the best one counts, as the share of it that
is found. Baseline: BM25 over the sentences of the article as the set cuts them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from benchmarks.sets import Row
from index.corpus import Corpus
from index.derived.keywords import analyzer, query_terms
from index.models import Filters, Span
from qa.compose import EvidenceSentence
from qa.evidence import gather

FIRST = 5


def sentences_in_articles(corpus: Corpus, claims: Sequence[Row]) -> dict[str, list[float]]:
    """Return the recall of each claim by each way of ranking."""
    documents = {document.source: document for document in corpus.documents()}
    found: dict[str, list[float]] = {
        "BM25": [],
        "by relevance": [],
        "by what each adds: shipped": [],
    }
    for claim in claims:
        gold = [set(e["supporting_sentences"]) for e in claim["evidence"]]
        gold = [numbers for numbers in gold if numbers]
        if not gold:
            continue
        document = documents[f"upload:{claim['doc']}"]
        lines = _lines(document.text)
        words = [span.cut(document.text) for span in lines]
        text = claim["question"]
        hits = corpus.search(text, Filters(documents=(document.id,)), limit=60).hits
        evidence = gather(text, hits, corpus)
        likely = sorted(evidence, key=lambda sentence: -sentence.relevance)
        found["BM25"].append(_recall(_by_bm25(text, words)[:FIRST], gold))
        found["by relevance"].append(_recall(_numbers(likely, lines), gold))
        found["by what each adds: shipped"].append(_recall(_numbers(evidence, lines), gold))
    return found


def _lines(text: str) -> list[Span]:
    """Return the sentences as the set cuts them: one per line of the ingested text."""
    spans, at = [], 0
    for line in text.split("\n"):
        spans.append(Span(at, at + len(line)))
        at += len(line) + 1
    return spans


def _numbers(ranked: Sequence[EvidenceSentence], lines: Sequence[Span]) -> list[int]:
    """Return the first lines that the sentences stand in."""
    numbers: dict[int, None] = {}
    for sentence in ranked:
        numbers.update({n: None for n, line in enumerate(lines) if line.overlaps(sentence.span)})
        if len(numbers) >= FIRST:
            break
    return list(numbers)[:FIRST]


def _recall(found: Sequence[int], gold: Sequence[set[int]]) -> float:
    return max(len(numbers & set(found)) / len(numbers) for numbers in gold)


def _by_bm25(claim: str, sentences: Sequence[str]) -> list[int]:
    analyze = analyzer().analyze
    read = [Counter(analyze(sentence)) for sentence in sentences]
    mean = sum(sum(words.values()) for words in read) / len(read)
    scores = [0.0] * len(read)
    for term in query_terms(claim):
        among = sum(term in words for words in read)
        idf = math.log(1 + (len(read) - among + 0.5) / (among + 0.5))
        for number, words in enumerate(read):
            room = 1.2 * (0.25 + 0.75 * sum(words.values()) / mean)
            scores[number] += idf * words[term] * 2.2 / (words[term] + room)
    return sorted(range(len(read)), key=lambda number: -scores[number])
