"""Short answers on an outside set: does the answer hold a gold one, and is the short one it?

    python -m benchmarks.short_answers --shared ../shared --work /tmp/dossier-retrieval

The whole corpus of the set is the dossier and the shipped answerer answers, without a model. Golds
and answers are compared as SQuAD does. Containment is a gold answer among the words of the answer's
text, apart for questions whose paragraph is among the passages found and for others. EM and F1 are
those of the short answer, 0 where none is given, then of those given alone, and of the likeliest
phrase whether it is sure enough or not. ``held half`` has the questions about articles that the
weights never saw (``benchmarks/fit_spans.py``). Every figure has a 95 % bootstrap interval.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.answering import Answered, answered, answerer_of
from benchmarks.fit_spans import held_out
from benchmarks.sets import RememberingModel, Row, open_corpus, read
from benchmarks.squad import contains, f1, normalised
from eval.statistics.intervals import bootstrap
from qa.extract import choose
from qa.settings import load_settings
from qa.short.short_answer import likeliest

if TYPE_CHECKING:
    from index.corpus import Corpus


@dataclass(frozen=True)
class Result:
    """What became of one question."""

    held: bool
    """Whether its article was held out."""
    found: bool
    """Whether its paragraph is among the passages found."""
    answered: bool
    """Whether there is an answer."""
    contained: bool
    """Whether the answer's text has a gold answer."""
    words: int
    """Words of the answer's text."""
    short: tuple[float, float] | None
    """Exact match and F1 of the short answer."""
    any: tuple[float, float]
    """The same for the likeliest phrase."""
    seconds: float
    """What finding the likeliest phrase took."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--set", default="squadshift_newwiki")
    parser.add_argument("--limit", type=int, default=10_000, help="most questions, by chance")
    parser.add_argument("--seed", type=int, default=1, help="which ones, where there are more")
    options = parser.parse_args()
    corpus = open_corpus(options.shared, options.set, options.work)
    assert isinstance(corpus.embedder, RememberingModel)
    rows = [q for q in read(options.shared, options.set, "queries-dev") if q["answer"]]
    random.Random(options.seed).shuffle(rows)
    results = asyncio.run(_results(corpus, rows[: options.limit]))
    corpus.embedder.save()
    corpus.close()
    _show("all", results)
    _show("held half", [result for result in results if result.held])


async def _results(corpus: Corpus, rows: Sequence[Row]) -> list[Result]:
    answerer = answerer_of(corpus)
    most = load_settings(data=corpus.directory).max_statements
    return [_result(row, most, await answered(answerer, row["question"])) for row in rows]


def _result(row: Row, most: int, given: Answered) -> Result:
    answer, text = given.answer, row["question"]
    began = time.process_time()
    guess = likeliest(text, choose(given.evidence, most))
    seconds = time.process_time() - began
    gold = {f"upload:{evidence['id']}" for evidence in row["evidence"]}
    said = " ".join(statement.text for statement in answer.statements)
    return Result(
        held=held_out(row),
        found=any(hit.document.source in gold for hit in given.found.hits),
        answered=answer.status == "answered",
        contained=contains(said, row["answer"]),
        words=len(said.split()),
        short=_compared(answer.short.text, row) if answer.short else None,
        any=_compared(guess.span.cut(guess.sentence.document.text), row) if guess else (0.0, 0.0),
        seconds=seconds,
    )


def _compared(text: str, row: Row) -> tuple[float, float]:
    words = normalised(text)
    golds = [normalised(answer) for answer in row["answer"]]
    exact = float(words in golds)
    return exact, max([exact, *(f1(words, gold) for gold in golds)])


def _show(title: str, results: Sequence[Result]) -> None:
    given = [result.short for result in results if result.short]
    all_shown = [result.short or (0.0, 0.0) for result in results]
    print(f"\n{title}: {len(results)} questions")
    _line("answered", [result.answered for result in results])
    _line("answer holds a gold one", [result.contained for result in results])
    _line("  paragraph found", [result.contained for result in results if result.found])
    _line("  paragraph not found", [result.contained for result in results if not result.found])
    _line("short answer given", [bool(result.short) for result in results])
    for name, pairs in (
        ("short answer, none counts 0", all_shown),
        ("short answers given", given),
        ("likeliest phrase", [result.any for result in results]),
    ):
        _line(f"{name}: EM", [pair[0] for pair in pairs])
        _line(f"{name}: F1", [pair[1] for pair in pairs])
    words = statistics.mean(result.words for result in results)
    cost = 1000 * statistics.median(result.seconds for result in results)
    print(f"  {words:.0f} words an answer; {cost:.1f} ms of processor for a short one (median)")


def _line(title: str, values: Sequence[float]) -> None:
    if not values:
        return
    low, high = bootstrap([float(value) for value in values])
    print(f"  {title:36}{statistics.mean(values):.3f} [{low:.3f}, {high:.3f}]  n={len(values)}")


if __name__ == "__main__":
    main()
