"""A model of one's own that reads two texts together, on onnxruntime.

Any model for sequence classification that reads a pair of texts and was exported to ONNX. What its
numbers mean is for those to say who make a kind of it: how relevant a passage is
(:mod:`index.rerank.cross_encoder`), or anything else that is read off two texts. Why ONNX and not
PyTorch: ``docs/decisions/007-reranking.md``.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from index.errors import PairModelUnusable
from index.pairs.files import ModelFiles, locate

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

Integer = type[np.int64] | type[np.int32]
Pair = tuple[str, str]
Side = Literal["first", "second"]

BATCH = 8
"""Pairs per run, as for the embedder; pairs of one length together, little padding."""

_INTEGERS: dict[str, Integer] = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}
_TRIAL: tuple[Pair, ...] = (("question", "text"), ("question", "another text"))


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
class PairModel(ABC):
    """Reads two texts together; loaded at first use, safe to share by threads."""

    source: str
    """A folder with the model's files, or its name on the hub (``owner/name@revision``)."""
    file: str = ""
    """The ONNX file inside it; empty means ``model.onnx`` or ``onnx/model.onnx``."""
    threads: int = 2
    """Threads that one run may use."""
    _loaded: _Loaded | None = field(default=None, init=False, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, init=False, repr=False)

    unusable: ClassVar[type[PairModelUnusable]]
    """What is raised where it cannot be used."""
    whole: ClassVar[Side]
    """The side of a pair that is not cut to make room for the other."""

    @property
    def identity(self) -> str:
        """Last part of the source, with a hash of the files that were loaded.

        Raises:
            PairModelUnusable: if they cannot be loaded.
        """
        name = self.source.rstrip("/\\").replace("\\", "/").rpartition("/")[2].partition("@")[0]
        loaded = self._loaded
        if loaded is None:
            with self._lock:
                loaded = self._load()
        return f"{name}@{loaded.digest}"

    def configured(self, config: Mapping[str, Any]) -> str:
        """Take in the model's ``config.json``; return what of it the numbers depend on.

        Args:
            config: its contents.

        Returns:
            Words that become part of the model's identity; empty where only its files count.

        Raises:
            PairModelUnusable: if a model so configured cannot be used.
        """
        return ""

    @abstractmethod
    def numbers(self, found: NDArray[np.float32], count: int) -> NDArray[np.float32]:
        """Return the model's numbers in the shape that the caller of :meth:`read` gets.

        Args:
            found: what one run gave, in whatever shape.
            count: how many pairs were read; the length of the first dimension to return.

        Raises:
            PairModelUnusable: if they are of another shape than such a model gives.
        """

    def read(self, pairs: Sequence[Pair]) -> NDArray[np.float32]:
        """Return the numbers of each pair, in the order given: what :meth:`numbers` makes of them.

        A pair that is longer than the model can read loses the end of one side, never of the one
        that is kept whole; only where that is longer than half of it, it is itself cut there. Pairs
        are run in order of length. Quantised models scale by batch, so that a number can depend a
        little on the other pairs; the same pairs always give the same numbers.

        Raises:
            PairModelUnusable: if the model cannot be loaded or gives no usable numbers.
        """
        with self._lock:
            loaded = self._load()
            if not pairs:
                return np.empty(0, np.float32)
            encoded = self._encode(loaded, pairs)
            order = sorted(range(len(encoded)), key=lambda i: len(encoded[i].ids))
            rows: list[NDArray[np.float32]] = [np.empty(0, np.float32)] * len(encoded)
            for at in range(0, len(order), BATCH):
                batch = order[at : at + BATCH]
                run = self._run(loaded, [encoded[i] for i in batch])
                for place, row in zip(batch, run, strict=True):
                    rows[place] = row
        return np.stack(rows)

    def _load(self) -> _Loaded:
        if self._loaded is None:
            files = locate(self.source, self.file, self.unusable)
            loaded = self._open(files, files.digest_with(self.configured(files.config)))
            # Two short pairs tell a model for another task from one that can be used.
            self._run(loaded, self._encode(loaded, _TRIAL))
            self._loaded = loaded
        return self._loaded

    def _open(self, files: ModelFiles, digest: str) -> _Loaded:
        import onnxruntime
        from tokenizers import Tokenizer

        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
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
            raise self.unusable(f"{files.model} does not load: {_reason(error)}") from error
        try:
            tokenizer = Tokenizer.from_file(str(files.tokenizer))
        except Exception as error:  # the library raises bare exceptions
            raise self.unusable(f"{files.tokenizer} does not load: {_reason(error)}") from error
        padding = tokenizer.padding or {}
        tokenizer.no_padding()
        pad = files.config.get("pad_token_id")
        return _Loaded(
            session=session,
            tokenizer=tokenizer,
            inputs=self._inputs(files, session),
            output=_output(session),
            pad=pad if isinstance(pad, int) else int(padding.get("pad_id", 0)),
            max_length=files.max_length,
            digest=digest,
        )

    def _inputs(self, files: ModelFiles, session: InferenceSession) -> dict[str, Integer]:
        """Return the model's inputs with their integer types."""
        found: dict[str, Integer] = {}
        for given in session.get_inputs():
            if given.name not in {"input_ids", "attention_mask", "token_type_ids"}:
                raise self.unusable(f"{files.model} wants an input {given.name}, which pairs lack")
            if given.type not in _INTEGERS:
                raise self.unusable(f"{files.model} wants {given.name} as {given.type}")
            found[given.name] = _INTEGERS[given.type]
        if "input_ids" not in found:
            raise self.unusable(f"{files.model} takes no input_ids")
        return found

    def _encode(self, loaded: _Loaded, pairs: Sequence[Pair]) -> list[Encoding]:
        tokenizer = loaded.tokenizer
        kept = 0 if self.whole == "first" else 1
        tokenizer.no_truncation()
        fitting = {text: _fitting(loaded, text) for text in {pair[kept] for pair in pairs}}
        cut: Side = "second" if self.whole == "first" else "first"
        tokenizer.enable_truncation(loaded.max_length, strategy=f"only_{cut}")
        encoded: list[Encoding] = tokenizer.encode_batch(
            [(fitting[a], b) if kept == 0 else (a, fitting[b]) for a, b in pairs]
        )
        return encoded

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
            raise self.unusable(f"{self.source}: the model fails: {_reason(error)}") from error
        numbers = self.numbers(found, len(pairs))
        if not np.isfinite(numbers).all():
            raise self.unusable(f"{self.source}: the model gives scores that are no numbers")
        return numbers


def _fitting(loaded: _Loaded, text: str) -> str:
    """Return a text, cut where it would fill more than half of what the model reads."""
    words = loaded.tokenizer.encode(text, add_special_tokens=False)
    most = loaded.max_length // 2
    return text[: words.offsets[most - 1][1]] if len(words.ids) > most else text


def _output(session: InferenceSession) -> str:
    names = [given.name for given in session.get_outputs()]
    return "logits" if "logits" in names else str(names[0])


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
