"""A corpus of any size made by a seed: documents, an embedder that costs nothing, questions.

Words are drawn by Zipf's law from the words that the tokenizer knows as one token, so a passage has
about as many words and tokens as one of English prose. Every document has a topic with its own
words, so that neighbours exist for words and for vectors. Nothing here means anything.
"""

from __future__ import annotations

import csv
import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.embed import Vectors
from index.models import Filters
from index.text import tokens

DIMENSIONS = 384
"""Those of the built-in embedder."""

FIRST_DAY, DAYS = date(2015, 1, 1), 3650
TOPICS, TOPIC_WORDS = 400, 60
RARE_OUTLET = "Outlet Rare"
"""The outlet of one document in two hundred."""

BUCKETS = 8192
PER_FOLDER = 1000


def filters() -> dict[str, Filters]:
    """Return what is searched within, by the name that the report gives it."""
    year = FIRST_DAY + timedelta(days=4 * 365)
    return {
        "none": Filters(),
        "10 % by date": Filters(since=year, until=year + timedelta(days=364)),
        "0.5 % by date": Filters(since=year, until=year + timedelta(days=17)),
        "0.5 % by outlet": Filters(outlets=(RARE_OUTLET,)),
    }


@lru_cache(maxsize=1)
def vocabulary() -> list[str]:
    """Return lower-case words of English, most frequent first."""
    found = (t.decode("utf-8", "replace") for t in tokens._encoder().token_byte_values())
    words = {t[1:] for t in found if t[:1] == " " and t[1:].isascii() and t[1:].islower()}
    known = [(tokens.rank(w), w) for w in words if len(w) > 1 and w.isalpha()]
    return [word for place, word in sorted((p, w) for p, w in known if p is not None)]


class Embedder:
    """Vectors out of hashed words, rare ones counting more: deterministic, and nearly free."""

    def __init__(self, seed: int) -> None:
        """Make the vectors of the words from ``seed``."""
        self.identity = f"synthetic-{DIMENSIONS}-{seed}"
        self.runtime_seconds = self.cpu_seconds = 0.0
        made = np.random.default_rng(seed).standard_normal((BUCKETS, DIMENSIONS))
        self._table = made.astype(np.float32)
        self._weights = {w: min(1.0, p / 2000) for p, w in enumerate(vocabulary())}

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text."""
        began, spent = time.perf_counter(), time.thread_time()
        rows = np.stack([self._vector(text) for text in texts])
        self.runtime_seconds += time.perf_counter() - began
        self.cpu_seconds += time.thread_time() - spent
        return rows

    def embed_query(self, text: str) -> Vectors:
        """Return the unit vector of a question."""
        row: Vectors = self.embed_passages([text])[0]
        return row

    def _vector(self, text: str) -> Vectors:
        words = text.lower().replace(".", "").split()
        weights = np.array([self._weights.get(w, 1.0) for w in words], np.float32)
        row = weights @ self._table[[_bucket(w) for w in words]] + 1e-6
        unit: Vectors = (row / np.linalg.norm(row)).astype(np.float32)
        return unit


@cache
def _bucket(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=4).digest(), "big") % BUCKETS


@dataclass(frozen=True, slots=True)
class Written:
    """One made document."""

    name: str
    title: str
    outlet: str
    published_at: date
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """Its words, a blank line between paragraphs."""
        return "\n\n".join(self.paragraphs) + "\n"


def documents(passages: int, seed: int) -> Iterator[Written]:
    """Yield documents with ``passages`` paragraphs together, each about one passage long."""
    draw, words = np.random.default_rng(seed), vocabulary()
    topics = draw.integers(300, len(words), (TOPICS, TOPIC_WORDS))
    made = number = 0
    while made < passages:
        count = min(int(draw.integers(2, 9)), passages - made)
        topic = topics[draw.integers(TOPICS)]
        rare = draw.random() < 0.005
        yield Written(
            name=f"{number // PER_FOLDER:03}/{number:06}.txt",
            title=" ".join(words[i] for i in draw.choice(topic, 5)).capitalize(),
            outlet=RARE_OUTLET if rare else f"Outlet {int(draw.zipf(1.5)) % 40}",
            published_at=FIRST_DAY + timedelta(days=int(draw.integers(DAYS))),
            paragraphs=tuple(_paragraph(draw, words, topic) for _ in range(count)),
        )
        made, number = made + count, number + 1


def _paragraph(draw: np.random.Generator, words: Sequence[str], topic: NDArray[np.int64]) -> str:
    count = int(draw.integers(110, 150))
    # By Zipf's law the word of rank r has a share of 1/r: ranks are uniform in their logarithm.
    chosen = np.exp(draw.random(count) * np.log(len(words))).astype(np.int64) - 1
    own = draw.random(count) < 0.2
    chosen[own] = draw.choice(topic, int(own.sum()))
    text, at = [], 0
    while at < count:
        length = int(draw.integers(8, 20))
        text.append(
            " ".join(words[i] for i in chosen[at : at + length].tolist()).capitalize() + "."
        )
        at += length
    return " ".join(text)


def write(folder: Path, made: Sequence[Written]) -> None:
    """Write documents as text files with a table of their metadata in each folder."""
    tables: dict[Path, list[Written]] = {}
    for document in made:
        path = folder / document.name
        tables.setdefault(path.parent, []).append(document)
    for place, inside in tables.items():
        place.mkdir(parents=True, exist_ok=True)
        with (place / "metadata.csv").open("w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(["file", "title", "outlet", "published_at"])
            for d in inside:
                rows.writerow([Path(d.name).name, d.title, d.outlet, d.published_at.isoformat()])
                (folder / d.name).write_text(d.text, encoding="utf-8")


def questions(made: Sequence[Written], count: int, seed: int) -> list[str]:
    """Return questions of eight words, each from one sentence or two of a document."""
    draw = np.random.default_rng([seed, 1])
    found = []
    for at in draw.integers(0, len(made), count):
        paragraph = made[at].paragraphs[draw.integers(len(made[at].paragraphs))]
        words = paragraph.lower().replace(".", "").split()
        start = int(draw.integers(0, len(words) - 8))
        found.append(" ".join(words[start : start + 8]))
    return found
