"""The outside data sets, read by path: corpora, questions, and corpora ingested from them."""

from __future__ import annotations

import gzip
import json
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.corpus import Corpus
from index.embed import Vectors
from index.embed.embedded import EmbeddedModel
from index.load.origins import Origin
from index.models import Metadata, Span

Row = dict[str, Any]


def read(shared: Path, name: str, part: str) -> list[Row]:
    """Return the rows of ``benchmarks/NAME/PART.jsonl.gz`` under ``shared``."""
    with gzip.open(shared / "benchmarks" / name / f"{part}.jsonl.gz", "rt", encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def origins(rows: Sequence[Row]) -> list[Origin]:
    """Return the rows of a corpus as documents to ingest; ``upload:ID`` is their source."""
    found = []
    for row in rows:
        text = row.get("text") or "\n".join(row["sentences"])
        data = text.encode()
        given = Metadata(title=row["title"] or None, outlet=row["source"])
        source = f"upload:{row['id']}"
        found.append(Origin(source, f"{row['id']}.txt", given, data=data, size=len(data)))
    return found


class RememberingModel(EmbeddedModel):
    """The built-in embedder with a memory on disk, so that reruns cost nothing."""

    def __init__(self, path: Path) -> None:
        """Remember in ``path``, which is read if it is there."""
        super().__init__(threads=2)
        self._path = path
        self._known: dict[Any, Vectors] = pickle.loads(path.read_bytes()) if path.exists() else {}

    def embed_with_sentences(
        self, texts: Sequence[str], sentences: Sequence[Sequence[Span]]
    ) -> tuple[Vectors, list[Vectors]]:
        """Return the vectors, embedding only what is new."""
        keys = [
            ("sentences", text, tuple((span.start, span.end) for span in spans))
            for text, spans in zip(texts, sentences, strict=True)
        ]
        new = [
            i
            for i, text in enumerate(texts)
            if text not in self._known or (sentences[i] and keys[i] not in self._known)
        ]
        if new:
            rows, parts = super().embed_with_sentences(
                [texts[i] for i in new], [sentences[i] for i in new]
            )
            for i, row, part in zip(new, rows, parts, strict=True):
                self._known[texts[i]] = row
                if sentences[i]:
                    self._known[keys[i]] = part
        empty = np.empty((0, 0), np.float32)
        whole = np.stack([self._known[text] for text in texts])
        return whole, [self._known.get(key, empty) for key in keys]

    def embed_for_sentences(self, question: str) -> Vectors:
        """Return the vector, embedding only if it is new."""
        key = ("question", question)
        if key not in self._known:
            self._known[key] = super().embed_for_sentences(question)
        return self._known[key]

    def embed_query(self, text: str) -> Vectors:
        """Return the vector, embedding only if it is new."""
        key = f"query: {text}"
        if key not in self._known:
            self._known[key] = super().embed_query(text)
        return self._known[key]

    def save(self) -> None:
        """Write what is remembered to the file."""
        self._path.write_bytes(pickle.dumps(self._known))


def open_corpus(shared: Path, name: str, work: Path) -> Corpus:
    """Return the corpus of a set, ingested under ``work`` unless it is there already."""
    work.mkdir(parents=True, exist_ok=True)
    corpus = Corpus.open(work / name, RememberingModel(work / f"{name}.pickle"), write=True)
    for _ in corpus.ingest(origins(read(shared, name, "corpus")), limit=10_000_000):
        pass
    return corpus
