"""A suite for planted regressions: some cases need keywords, some need meaning, some are silent.

* ``code-*``: many reports alike but for a code name, which only keywords tell apart.
* ``sense-*``: questions that share no word with their document, which only vectors bring together.
* ``silent-*``: codes that no report has.

A scripted model answers them: it repeats the evidence sentence that holds the answer, or says that
there is none. Its faults are planted by the tests.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from scripted_replies import Reply, Request, text

from eval.cases import Case, Suite
from eval.suites.opened import OpenedSuite
from index.load.origins import Origin

if TYPE_CHECKING:
    from index.corpus import Corpus

CODES = 22
FILLERS = 100
SILENT = 12

_SENSE = (
    ("The clinic in Varnholt shut in May.", "Which hospital was closed?"),
    ("Dogs are no longer let onto the beach at Ombray.", "Where are pets forbidden by the sea?"),
    ("The violinist Maud Perrin broke her wrist on stage.", "Which musician was injured?"),
    ("Thieves took nine paintings from the villa of a banker.", "What art was stolen?"),
    ("The night train to Korsk runs again after two years.", "Which rail service resumed?"),
    ("A whale was seen in the estuary of the Lune.", "Which sea animal was spotted in the river?"),
    (
        "The bakery Holm sells its loaves at half price after six.",
        "Where is bread cheaper at night?",
    ),
    ("Teachers in Arden walked out over unpaid wages.", "Why was there a strike at schools?"),
    ("The astronomer Ilse Brandt named a comet after her cat.", "What was called like an animal?"),
    ("Bees have come back to the roof of the town hall.", "Which insects returned to a building?"),
    ("The mayor of Quill was fined for speeding.", "Which politician drove too fast?"),
    ("Miners in Stokke found a nugget as large as a fist.", "What gold was dug up?"),
    ("The chess prodigy Tomas Reik is only eight.", "How old is the gifted board game player?"),
    ("A flood washed away the footbridge of Denholt.", "What did high water destroy?"),
    ("Penguins at the zoo of Marl hatched three chicks.", "Which birds had offspring?"),
    ("The novelist Petra Voss burnt her last manuscript.", "Which writer destroyed a book?"),
)


def _code(number: int) -> str:
    """Return digits that word pieces take apart, so that vectors can hardly tell them apart."""
    digits = str(int(hashlib.sha256(str(number).encode()).hexdigest(), 16))
    return f"{digits[:5]}{digits[5:10]}"


def _report(number: int) -> str:
    beams = 11 + number * 3
    return (
        f"Inspection {_code(number)} found {beams} cracked beams under the deck of the bridge. "
        "The bridge stays open to cars while the beams are replaced one by one."
    )


def _documents() -> dict[str, str]:
    reports = {f"report-{n}.txt": _report(n) for n in range(CODES + FILLERS)}
    news = {f"news-{n}.txt": sentence for n, (sentence, _) in enumerate(_SENSE)}
    return reports | news


def _cases() -> tuple[Case, ...]:
    codes = [
        {
            "id": f"code-{n}",
            "question": f"How many cracked beams did inspection {_code(n)} find?",
            "type": "single",
            "expected": [[str(11 + n * 3)]],
            "documents": {"all_of": [f"report-{n}.txt"]},
            "tags": ["code"],
        }
        for n in range(CODES)
    ]
    sense = [
        {
            "id": f"sense-{n}",
            "question": question,
            "type": "single",
            "expected": [[sentence.removesuffix(".")]],
            "documents": {"all_of": [f"news-{n}.txt"]},
            "tags": ["sense"],
        }
        for n, (sentence, question) in enumerate(_SENSE)
    ]
    silent = [
        {
            "id": f"silent-{n}",
            "question": f"How many cracked beams did inspection {_code(10_000 + n)} find?",
            "type": "unanswerable",
            "absent": [_code(10_000 + n)],
            "tags": ["silent"],
        }
        for n in range(SILENT)
    ]
    return tuple(Case.model_validate(case) for case in (*codes, *sense, *silent))


def _ingest(corpus: Corpus) -> None:
    origins = [
        Origin(source=f"upload:{name}", name=name, data=body.encode())
        for name, body in _documents().items()
    ]
    for _ in corpus.ingest(origins, limit=100_000):
        pass


def planted_suite() -> OpenedSuite:
    """Return the suite with its documents."""
    return OpenedSuite(Suite("planted", "0" * 64, _cases()), _ingest)


_SENTENCE_OF = {question: sentence for sentence, question in _SENSE}


def _needle(question: str) -> str:
    code = re.search(r"inspection (\d{10})", question)
    return f"Inspection {code[1]}" if code else _SENTENCE_OF[question][:40]


def careful() -> Callable[[Request], Reply]:
    """Return a model that repeats the sentence with the answer, and is silent without one."""

    def reply(request: Request) -> Reply:
        number, sentence = _found(request)
        return text(f"{sentence} [{number}]") if number else text("NOT_IN_EVIDENCE")

    return reply


def careless(every: int = 3) -> Callable[[Request], Reply]:
    """Return a model that leaves out every third citation."""
    count = itertools.count(1)

    def reply(request: Request) -> Reply:
        number, sentence = _found(request)
        if not number:
            return text("NOT_IN_EVIDENCE")
        return text(sentence if next(count) % every == 0 else f"{sentence} [{number}]")

    return reply


def talkative() -> Callable[[Request], Reply]:
    """Return a model that tells the first sentence of the evidence rather than nothing."""

    def reply(request: Request) -> Reply:
        number, sentence = _found(request)
        if not number:
            number, sentence = _lines(request)[0]
        return text(f"{sentence} [{number}]")

    return reply


def _found(request: Request) -> tuple[int, str]:
    needle = _needle(re.findall(r"^Question: (.*)$", request.prompt, re.MULTILINE)[-1])
    for number, sentence in _lines(request):
        if needle in sentence:
            # Reworded: of words that stand in the evidence as they are, the source is known anyway.
            return number, f"One report says that {sentence[0].lower()}{sentence[1:]}"
    return 0, ""


def _lines(request: Request) -> list[tuple[int, str]]:
    return [(int(n), s) for n, s in re.findall(r"^\[(\d+)\] (.*)$", request.prompt, re.MULTILINE)]
