"""RAMDocs: are both sides shown where documents differ, and is none invented where they agree?

    python -m benchmarks.disagreement --shared ../shared --work /tmp/ramdocs

Each question is asked of its own documents by the embedded answerer. Of a question of type
``conflict`` some documents give a right answer and some a wrong one; of type ``ambiguous`` they
tell of several things of one name; of type ``single`` they agree. A value is shown if a quotation
that the answer cites has it word for word, but for case, punctuation and words such as "about".
"""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from benchmarks.sets import Row, origins, read
from eval.statistics.intervals import wilson
from qa.models import Answer
from qa.question import FilterSet, Question
from qa.service import Service, build
from qa.settings import load_settings
from qa.text.words import key, tokens

LIGHT = frozenset({"about", "around", "a", "an", "the", "people"})


def main() -> None:
    """Ingest the set once, ask its questions, print what was shown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=None)
    options = parser.parse_args()
    settings = load_settings(data=options.work, answerer="embedded")
    service = build(settings, write=True)
    documents = origins(read(options.shared, "ramdocs", "corpus"))
    for _ in service.corpus.ingest(documents, limit=settings.max_document_bytes):
        pass
    questions = read(options.shared, "ramdocs", "queries-dev")[: options.limit]
    counts = asyncio.run(ask(service, questions))
    service.close()
    report(counts)


async def ask(service: Service, questions: list[Row]) -> Counter[str]:
    """Ask the questions and count what their answers show."""
    known = {d.source.removeprefix("upload:"): d.id for d in service.corpus.documents()}
    counts: Counter[str] = Counter()
    for row in questions:
        own = tuple(known[name] for name in row["docs"] if name in known)
        filters = FilterSet(documents=own)
        answer = await service.answer(Question(text=row["question"], filters=filters))
        counts[f"{row['type']}: questions"] += 1
        for finding in judged(row, answer):
            counts[f"{row['type']}: {finding}"] += 1
    return counts


def judged(row: Row, answer: Answer) -> Iterable[str]:
    """Yield what is true of an answer."""
    if not answer.statements:
        yield "refused"
        return
    if answer.disagreements:
        yield "labelled as differing"
    if row["type"] != "conflict":
        return
    right = [is_shown(value, answer) for value in row["answer"]]
    wrong = [is_shown(value, answer) for value in row["wrong_answers"]]
    if any(right) and any(wrong):
        yield "both sides shown"
    if all(right) and all(wrong):
        yield "every value shown"
    if any(wrong) and not any(right):
        yield "misinformation alone"
        if not answer.disagreements:
            yield "misinformation alone and undisputed"


def is_shown(value: str, answer: Answer) -> bool:
    """Return whether a quotation that an answer cites has a value."""
    wanted = _words(value)
    wanted = [word for word in wanted if word not in LIGHT] or wanted
    for citation in answer.citations:
        words = _words(citation.quote)
        if any(words[i : i + len(wanted)] == wanted for i in range(len(words) - len(wanted) + 1)):
            return True
    return False


def _words(text: str) -> list[str]:
    return [key(token.text).replace(",", "") for token in tokens(text)]


def report(counts: Counter[str]) -> None:
    """Print shares with 95 % intervals (Wilson)."""
    for name in sorted(counts):
        kind = name.split(":")[0]
        among = counts[f"{kind}: questions"]
        share = counts[name] / among
        low, high = wilson(share, among)
        print(f"{name:52} {counts[name]:4} of {among:4}  {share:.3f} [{low:.3f}, {high:.3f}]")


if __name__ == "__main__":
    main()
