"""A cross-encoder of the user's choice, on onnxruntime.

Any model for sequence classification that reads a pair of texts and was exported to ONNX: with one
number per pair (the usual for reranking), or two, of which the second stands for "relevant". Such
models are published by sentence-transformers, BAAI, mixedbread and others; see the README for how
to export one. Why ONNX and not PyTorch: ``docs/decisions/007-reranking.md``.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.errors import RerankerUnusable
from index.rerank.files import ModelFiles, locate

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

Integer = type[np.int64] | type[np.int32]

BATCH = 8
"""Pairs per run, as for the embedder; pairs of one length together, little padding."""

_INTEGERS: dict[str, Integer] = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}


@dataclass(frozen=True, slots=True)
class _Loaded:
    session: InferenceSession
    tokenizer: Tokenizer
    inputs: dict[str, Integer]
    output: str
    pad: int
    max_length: int
    digest: str


@dataclass
class CrossEncoder:
    """Reads question and passage together; loaded at first use, safe to share by threads."""

    source: str
    """A folder with the model's files, or its name on the hub (``owner/name@revision``)."""
    file: str = ""
    """The ONNX file inside it; empty means ``model.onnx`` or ``onnx/model.onnx``."""
    threads: int = 2
    """Threads that one run may use."""
    _loaded: _Loaded | None = field(default=None, init=False, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, init=False, repr=False)

    @property
    def identity(self) -> str:
        """Last part of the source, with a hash of the files that were loaded.

        Raises:
            RerankerUnusable: if they cannot be loaded.
        """
        name = self.source.rstrip("/\\").replace("\\", "/").rpartition("/")[2].partition("@")[0]
        loaded = self._loaded
        if loaded is None:
            with self._lock:
                loaded = self._load()
        return f"{name}@{loaded.digest}"

    def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return how relevant each text is to ``query``, as log-odds; higher is better.

        A pair that is longer than the model can read loses the end of its text, never of the
        query; only a query longer than half of that is itself cut there. Pairs are run in order of
        length. Quantised models scale by batch, so that a score can depend a little on the other
        texts; the same query and texts always give the same scores.

        Raises:
            RerankerUnusable: if the model cannot be loaded or gives no usable scores.
        """
        out = np.empty(len(texts), np.float32)
        with self._lock:
            loaded = self._load()
            pairs = _encode(loaded, query, texts)
            order = sorted(range(len(pairs)), key=lambda i: len(pairs[i].ids))
            for at in range(0, len(order), BATCH):
                rows = order[at : at + BATCH]
                out[rows] = self._run(loaded, [pairs[i] for i in rows])
        return out

    def _load(self) -> _Loaded:
        if self._loaded is None:
            loaded = _load(locate(self.source, self.file), self.threads)
            # Two short pairs tell a model for another task from one that can be used.
            self._run(loaded, _encode(loaded, "question", ["text", "another text"]))
            self._loaded = loaded
        return self._loaded

    def _run(self, loaded: _Loaded, pairs: Sequence[Encoding]) -> NDArray[np.float32]:
        width = max(len(pair.ids) for pair in pairs)
        shape = (len(pairs), width)
        tensors = {
            "input_ids": np.full(shape, loaded.pad, np.int64),
            "attention_mask": np.zeros(shape, np.int64),
            "token_type_ids": np.zeros(shape, np.int64),
        }
        for row, pair in enumerate(pairs):
            tensors["input_ids"][row, : len(pair.ids)] = pair.ids
            tensors["attention_mask"][row, : len(pair.ids)] = 1
            tensors["token_type_ids"][row, : len(pair.ids)] = pair.type_ids
        feed = {name: tensors[name].astype(kind) for name, kind in loaded.inputs.items()}
        try:
            found = np.asarray(loaded.session.run([loaded.output], feed)[0], np.float32)
        except Exception as error:  # onnxruntime's errors have no root of their own
            raise RerankerUnusable(f"{self.source}: the model fails: {_reason(error)}") from error
        return self._relevance(found, len(pairs))

    def _relevance(self, found: NDArray[np.float32], count: int) -> NDArray[np.float32]:
        if found.shape == (count, 2):
            found = found[:, 1] - found[:, 0]
        if found.shape not in {(count,), (count, 1)}:
            raise RerankerUnusable(
                f"{self.source}: the model gives an array of {found.shape} for {count} pairs; "
                "a cross-encoder gives one or two numbers each"
            )
        if not np.isfinite(found).all():
            raise RerankerUnusable(f"{self.source}: the model gives scores that are no numbers")
        return found.reshape(count)


def _encode(loaded: _Loaded, query: str, texts: Sequence[str]) -> list[Encoding]:
    tokenizer = loaded.tokenizer
    tokenizer.no_truncation()
    words = tokenizer.encode(query, add_special_tokens=False)
    most = loaded.max_length // 2
    if len(words.ids) > most:
        query = query[: words.offsets[most - 1][1]]
    tokenizer.enable_truncation(loaded.max_length, strategy="only_second")
    pairs: list[Encoding] = tokenizer.encode_batch([(query, text) for text in texts])
    return pairs


def _load(files: ModelFiles, threads: int) -> _Loaded:
    import onnxruntime
    from tokenizers import Tokenizer

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Spinning threads would hold a core between questions.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3  # its warnings on graphs are for those who make them
    try:
        # By path: weights that stand beside the model are found from there only.
        session = onnxruntime.InferenceSession(
            str(files.model), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime's errors have no root of their own
        raise RerankerUnusable(f"{files.model} does not load: {_reason(error)}") from error
    try:
        tokenizer = Tokenizer.from_file(str(files.tokenizer))
    except Exception as error:  # the library raises bare exceptions
        raise RerankerUnusable(f"{files.tokenizer} does not load: {_reason(error)}") from error
    padding = tokenizer.padding or {}
    tokenizer.no_padding()
    pad = files.config.get("pad_token_id")
    return _Loaded(
        session=session,
        tokenizer=tokenizer,
        inputs=_inputs(files, session),
        output=_output(session),
        pad=pad if isinstance(pad, int) else int(padding.get("pad_id", 0)),
        max_length=files.max_length,
        digest=files.digest,
    )


def _inputs(files: ModelFiles, session: InferenceSession) -> dict[str, Integer]:
    """Return the model's inputs with their integer types."""
    found: dict[str, Integer] = {}
    for given in session.get_inputs():
        if given.name not in {"input_ids", "attention_mask", "token_type_ids"}:
            raise RerankerUnusable(f"{files.model} wants an input {given.name}, which pairs lack")
        if given.type not in _INTEGERS:
            raise RerankerUnusable(f"{files.model} wants {given.name} as {given.type}")
        found[given.name] = _INTEGERS[given.type]
    if "input_ids" not in found:
        raise RerankerUnusable(f"{files.model} takes no input_ids")
    return found


def _output(session: InferenceSession) -> str:
    names = [given.name for given in session.get_outputs()]
    return "logits" if "logits" in names else str(names[0])


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
