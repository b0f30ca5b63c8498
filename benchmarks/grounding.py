"""How well the grounding check tells supported claims from others, on the dev split of WiCE.

    python -m benchmarks.grounding [--shared ../shared] [--errors 10] [--entailment FOLDER]

WiCE (Kamoi et al., 2023) has claims out of Wikipedia, each with the article that it cites and, if
an annotator found any, the numbers of the sentences that support it. Three settings are measured:

* ``cited``: the claim against its supporting sentences, for the claims that have some. This is what
  a statement of an answer meets; it is hard, because even partly supported claims come with
  sentences that speak of the same things.
* ``article``: every claim against the five sentences of its article that cover it best.
* ``whole``: every claim against all sentences of its article.

For each: accuracy and F1 of supported against the rest by the verdict, the verdicts by label, and
the area under the ROC curve of the score, beside that of plain word overlap. With an entailment
model of one's own, the same with its say.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from qa.checking.entailment import Consulted, EntailmentModel
from qa.grounding import Check, Grounding, check
from qa.text.words import content_stems

SENTENCES = 5


@dataclass(frozen=True)
class Case:
    """A claim with the words it is held against."""

    claim: str
    quotes: list[str]
    label: str


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="outside data")
    parser.add_argument("--errors", type=int, default=0, help="show so many wrong verdicts")
    parser.add_argument("--entailment", default="", help="folder or hub name of a model to ask")
    options = parser.parse_args()
    model = Consulted(EntailmentModel(options.entailment)) if options.entailment else None
    for name, cases in settings(options.shared / "benchmarks" / "wice").items():
        report(name, cases, options.errors, partial(check, entailment=model))


def settings(folder: Path) -> dict[str, list[Case]]:
    """Return the cases of each setting."""
    articles = {row["id"]: row["sentences"] for row in rows(folder / "corpus.jsonl.gz")}
    claims = rows(folder / "queries-dev.jsonl.gz")
    whole = [Case(row["question"], articles[row["doc"]], row["answer"]) for row in claims]
    return {"cited": cited(claims, articles), "article": best(claims, articles), "whole": whole}


def rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def cited(claims: list[dict[str, Any]], articles: dict[str, list[str]]) -> list[Case]:
    cases = []
    for row in claims:
        numbers = row["evidence"][0].get("supporting_sentences") or []
        quotes = [articles[row["doc"]][number] for number in numbers]
        if quotes:
            cases.append(Case(row["question"], quotes, row["answer"]))
    return cases


def best(claims: list[dict[str, Any]], articles: dict[str, list[str]]) -> list[Case]:
    cases = []
    for row in claims:
        wanted = set(content_stems(row["question"]))
        rest = [(sentence, set(content_stems(sentence))) for sentence in articles[row["doc"]]]
        quotes = []
        for _ in range(SENTENCES):
            sentence, stems = max(rest, key=lambda pair: len(pair[1] & wanted), default=("", set()))
            if not stems & wanted:
                break
            quotes.append(sentence)
            wanted -= stems
        cases.append(Case(row["question"], quotes, row["answer"]))
    return cases


def report(name: str, cases: list[Case], errors: int, held: Check) -> None:
    began = time.perf_counter()
    verdicts = [held(case.claim, case.quotes) for case in cases]
    spent = (time.perf_counter() - began) / len(cases)
    truth = [case.label == "supported" for case in cases]
    said = [verdict.support == "supported" for verdict in verdicts]
    right = sum(t and s for t, s in zip(truth, said, strict=True))
    f1 = 2 * right / max(1, sum(truth) + sum(said))
    accuracy = sum(t == s for t, s in zip(truth, said, strict=True)) / len(cases)
    plain = [overlap(case) for case in cases]
    print(f"{name}: {len(cases)} claims, {sum(truth)} supported, {1000 * spent:.1f} ms each")
    print(f"  accuracy {accuracy:.3f}  F1 {f1:.3f}  (all supported: F1 {always(truth):.3f})")
    area = auroc([verdict.score for verdict in verdicts], truth)
    print(f"  AUROC {area:.3f}  (word overlap {auroc(plain, truth):.3f})")
    for label in ("supported", "partially_supported", "not_supported"):
        counts = Counter(
            v.support for c, v in zip(cases, verdicts, strict=True) if c.label == label
        )
        print(f"  {label:20}", dict(sorted(counts.items())))
    show(cases, verdicts, errors)


def show(cases: list[Case], verdicts: list[Grounding], errors: int) -> None:
    for case, verdict in zip(cases, verdicts, strict=True):
        if (case.label == "supported") != (verdict.support == "supported") and errors > 0:
            errors -= 1
            print(f"\n  {case.label} but {verdict.support}: {verdict.reason}\n  C {case.claim}")
            for quote in case.quotes:
                print(f"  Q {quote}")


def overlap(case: Case) -> float:
    wanted = set(content_stems(case.claim))
    there = {s for quote in case.quotes for s in content_stems(quote)}
    return len(wanted & there) / max(1, len(wanted))


def always(truth: list[bool]) -> float:
    return 2 * sum(truth) / (len(truth) + sum(truth))


def auroc(scores: list[float], truth: list[bool]) -> float:
    """Return the chance that a true case scores above a false one, ties counting half."""
    good = [s for s, t in zip(scores, truth, strict=True) if t]
    bad = [s for s, t in zip(scores, truth, strict=True) if not t]
    wins = sum((g > b) + 0.5 * (g == b) for g in good for b in bad)
    return wins / (len(good) * len(bad))


if __name__ == "__main__":
    main()
