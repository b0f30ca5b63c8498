"""Small question sets in the layouts in which such sets are published; all texts original."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from pathlib import Path

MILL = (
    "The paper mill at Orrin was built in 1904 by Hedda Vall. It stands on the east bank.\n"
    "In its first year the mill employed 240 workers. Most of them came from the valley.\n"
)
MILL_AGAIN = "A county guide says that the paper mill at Orrin employed 310 workers at first.\n"
LIGHT = (
    "The lighthouse on Skerra has a lamp of 60,000 candela. Its keeper left in 1987.\n"
    "Since then the lamp is switched from the harbour office in Dunmoor.\n"
)
CANAL = "The Tamsin canal links Orrin with the sea and has eleven locks.\n"

CORPUS = [
    {"id": "mill", "title": "Orrin mill", "text": MILL, "source": "Valley Post"},
    {"id": "guide/mill", "title": "", "text": MILL_AGAIN, "label": "misinfo", "answer": "310"},
    {"id": "light", "title": "Skerra light", "text": LIGHT, "published_at": "2021-05-03T08:00:00"},
    {"id": "canal", "title": "Tamsin canal", "sentences": [CANAL.strip(), "It froze in 1947."]},
]
QUERIES = [
    {
        "id": "built",
        "question": "When was the paper mill at Orrin built?",
        "type": "extractive",
        "answer": ["1904", "in 1904"],
        "evidence": [{"id": "mill", "fact": "1904", "start": MILL.index("1904")}],
    },
    {
        "id": "lamp",
        "question": "From where is the lamp on Skerra switched?",
        "type": "answerable",
        "answer": ["It has been operated remotely from an office at the harbour of a town nearby."],
        "evidence": [
            {
                "id": "light",
                "fact": [
                    "Since then the lamp is switched from the harbour office in Dunmoor.",
                    "These words stand nowhere.",
                ],
            }
        ],
    },
    {
        "id": "workers",
        "question": "How many people worked in the mill at first?",
        "type": "conflict",
        "answer": ["240"],
        "wrong_answers": ["310"],
        "docs": ["mill", "guide/mill"],
        "evidence": [{"id": "mill", "fact": "240"}],
    },
    {
        "id": "both",
        "question": "Which of the two stands by the water that froze?",
        "type": "multihop",
        "answer": None,
        "evidence": [{"id": "mill", "fact": None}, {"id": "canal", "fact": None}],
    },
    {
        "id": "cost",
        "question": "What did the lighthouse cost?",
        "type": "unanswerable",
        "answer": None,
        "evidence": [],
        "near_miss": "light",
    },
    {
        "id": "claim",
        "question": "The canal has more locks than any other.",
        "type": "claim_not_supported",
        "answer": "not_supported",
        "evidence": [{"id": "canal"}],
    },
    {"id": "lost", "question": "Who?", "type": "single", "answer": ["A"], "evidence": []},
]


def write_rows(path: Path, rows: Iterable[object]) -> Path:
    """Write rows as JSON Lines, compressed if the name says so."""
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def write_benchmark(folder: Path, *, ending: str = ".jsonl.gz") -> Path:
    """Write ``corpus`` and ``queries-dev`` into a folder."""
    write_rows(folder / f"corpus{ending}", CORPUS)
    write_rows(folder / f"queries-dev{ending}", QUERIES)
    return folder


def write_beir(folder: Path) -> Path:
    """Write a set of two documents and three queries, judged in two splits."""
    write_rows(
        folder / "corpus.jsonl",
        [
            {"_id": "d1", "title": "Mill", "text": MILL, "metadata": {}},
            {"_id": "d2", "title": "Light", "text": LIGHT, "metadata": {}},
            {"_id": "d3", "title": "Empty", "text": "", "metadata": {}},
        ],
    )
    write_rows(
        folder / "queries.jsonl",
        [
            {"_id": 1, "text": "paper mill history"},
            {"_id": 2, "text": "lighthouse lamp"},
            {"_id": 3, "text": "nothing there"},
        ],
    )
    judged = folder / "qrels"
    judged.mkdir()
    (judged / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\n1\td1\t2\n1\td2\t1\n2\td1\t0\n3\td3\t1\n"
    )
    (judged / "train.tsv").write_text("query-id\tcorpus-id\tscore\n2\td2\t1\n")
    return folder


def write_squad(path: Path) -> Path:
    """Write a file of two articles, with one question that cannot be answered."""

    def asked(id_: str, question: str, answer: str | None, text: str) -> dict[str, object]:
        answers = [{"text": answer, "answer_start": text.find(answer)}] if answer else []
        return {"id": id_, "question": question, "answers": answers, "is_impossible": not answers}

    mill = {
        "context": MILL,
        "qas": [
            asked("q1", "Who built the mill?", "Hedda Vall", MILL),
            asked("q2", "Who burnt the mill down?", None, MILL),
            {"id": "q3", "question": "Where?", "answers": [{"text": "Oslo", "answer_start": 3}]},
        ],
    }
    light = {"context": LIGHT, "qas": [asked("q4", "When did its keeper go?", "1987", LIGHT)]}
    articles = [
        {"title": "Orrin_mill", "paragraphs": [mill]},
        {"title": "Skerra light", "paragraphs": [light, {"context": CANAL, "qas": []}]},
    ]
    path.write_text(json.dumps({"version": "v2.0", "data": articles}), encoding="utf-8")
    return path
