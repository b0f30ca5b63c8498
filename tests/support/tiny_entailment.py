"""A very small entailment model, real in form: ONNX weights, a tokenizer and a config in a folder.

It looks which words of the statement the premise has too and which it has not, and adds up what
each is worth for each label. The weights are set by hand, so that a test knows what it has to
decide; words that it does not know are worth nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from tiny_cross_encoder import MARKS, write_tokenizer, write_weights

NAMES = ("CONTRADICTION", "neutral", "Entailment")
"""Labels in an order of their own, in both cases."""

Weights = Mapping[str, Mapping[str, float]]
"""What each word adds, by the label's name in lower case."""


def write_entailment(
    folder: Path,
    *,
    missing: Weights | None = None,
    shared: Weights | None = None,
    bias: Mapping[str, float] | None = None,
    labels: Sequence[str] = NAMES,
    config: Mapping[str, object] | None = None,
) -> Path:
    """Write the model and return its folder.

    Args:
        folder: where to; made if it is not there.
        missing: what words add that stand in the statement only.
        shared: what words add that stand on both sides.
        bias: what each label has from the start; "entailment" has 3 unless it is told.
        labels: the labels' names, in the order of the model's numbers.
        config: contents of ``config.json`` instead of one that names the labels.
    """
    folder.mkdir(parents=True, exist_ok=True)
    order = [name.casefold() for name in labels]
    words = sorted({*(missing or {}), *(shared or {})})
    vocabulary = {word: number for number, word in enumerate([*MARKS, *words])}
    write_tokenizer(folder / "tokenizer.json", vocabulary)
    known = {
        "model_type": "bert",
        "max_position_embeddings": 64,
        "pad_token_id": 0,
        "id2label": {str(number): name for number, name in enumerate(labels)},
    }
    (folder / "config.json").write_text(json.dumps(known if config is None else config))
    heads = [_head(vocabulary, order, weights or {}) for weights in (shared, missing)]
    start = {"entailment": 3.0} | dict(bias or {})
    first = np.array([[start.get(name, 0.0) for name in order]], np.float32)
    write_weights(folder / "model.onnx", heads[0], missing=heads[1], bias=first)
    return folder


def _head(vocabulary: Mapping[str, int], order: Sequence[str], weights: Weights) -> np.ndarray:
    values = np.zeros((len(vocabulary), len(order)), np.float32)
    for word, worth in weights.items():
        for label, weight in worth.items():
            values[vocabulary[word], order.index(label)] = weight
    return values
