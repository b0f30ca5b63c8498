"""A very small cross-encoder, real in form: ONNX weights, a tokenizer and a config in a folder.

It adds up the weights of the words that query and passage share. The weights are set by hand, so
that a test knows the order it has to bring about.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

MARKS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")


def write_cross_encoder(
    folder: Path,
    weights: Mapping[str, float],
    *,
    file: str = "model.onnx",
    labels: int = 1,
    types: bool = True,
    integers: str = "INT64",
    extra_input: str | None = None,
    config: Mapping[str, object] | None = None,
) -> Path:
    """Write the model and return its folder.

    Args:
        folder: where to; made if it is not there.
        weights: what each word that both sides have adds to the score; others add nothing.
        file: name of the ONNX file.
        labels: numbers per pair; with two, the first is 1 throughout and the second the score.
        types: whether the model takes ``token_type_ids``. Without them it cannot tell the sides
            apart and counts the words that stand there twice.
        integers: type of the inputs.
        extra_input: name of a further input.
        config: contents of ``config.json``.
    """
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    words = sorted({word.casefold() for word in weights})
    vocabulary = {word: number for number, word in enumerate([*MARKS, *words])}
    write_tokenizer(folder / "tokenizer.json", vocabulary)
    known = {"model_type": "bert", "max_position_embeddings": 512, "pad_token_id": 0}
    (folder / "config.json").write_text(json.dumps(known if config is None else config))
    values = np.zeros((len(vocabulary), labels), np.float32)
    values[vocabulary["[PAD]"], labels - 1] = 100.0  # shows when padding is not masked
    for word, weight in weights.items():
        values[vocabulary[word.casefold()], labels - 1] = weight
    write_weights(folder / file, values, types=types, integers=integers, extra_input=extra_input)
    return folder


def write_tokenizer(path: Path, vocabulary: dict[str, int]) -> None:
    """Write a tokenizer of whole words in lower case, with the marks of BERT."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.normalizers import Lowercase
    from tokenizers.pre_tokenizers import BertPreTokenizer
    from tokenizers.processors import TemplateProcessing

    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))  # type: ignore[no-untyped-call]
    tokenizer.normalizer = Lowercase()
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])],
    )
    tokenizer.save(str(path))


def write_weights(
    path: Path,
    values: np.ndarray,
    *,
    missing: np.ndarray | None = None,
    bias: np.ndarray | None = None,
    types: bool = True,
    integers: str = "INT64",
    extra_input: str | None = None,
) -> None:
    """Write a model that adds up a row of ``values`` for each word that both sides have.

    Args:
        path: the ONNX file.
        values: one row per word, one column per label.
        missing: the same for words that the second side has and the first has not.
        bias: added to the sums; without it 1 to the first of two labels.
        types: whether the model takes ``token_type_ids``.
        integers: type of the inputs.
        extra_input: name of a further input.
    """
    from onnx import TensorProto, checker, helper, numpy_helper, save

    size, labels = values.shape
    whole = getattr(TensorProto, integers)
    names = ["input_ids", "attention_mask", *(["token_type_ids"] if types else [])]
    names += [extra_input] if extra_input else []
    inputs = [helper.make_tensor_value_info(n, whole, ["batch", "length"]) for n in names]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", labels])]
    constants = {
        "embeddings": np.eye(size, dtype=np.float32),  # a word's vector is itself
        "head": values,
        "bias": np.array([[1.0, 0.0]] if labels == 2 else [[0.0] * labels], np.float32)
        if bias is None
        else bias,
        "zero": np.array(0, np.float32),
        "one": np.array(1, np.float32),
        "last": np.array([2], np.int64),
        "along": np.array([1], np.int64),
    }
    node = helper.make_node
    nodes = [
        node("Gather", ["embeddings", "input_ids"], ["words"]),
        node("Cast", ["attention_mask"], ["there"], to=TensorProto.FLOAT),
    ]
    if types:
        nodes += [
            node("Cast", ["token_type_ids"], ["second"], to=TensorProto.FLOAT),
            node("Sub", ["one", "second"], ["first"]),
            *_side("query", "first", node),
            *_side("passage", "second", node),
            node("Mul", ["query", "passage"], ["shared"]),
        ]
    else:
        nodes += [
            node("Unsqueeze", ["there", "last"], ["column"]),
            node("Mul", ["words", "column"], ["kept"]),
            node("ReduceSum", ["kept", "along"], ["counts"], keepdims=0),
            node("Sub", ["counts", "one"], ["again"]),
            node("Clip", ["again", "zero", "one"], ["shared"]),
        ]
    nodes += [node("MatMul", ["shared", "head"], ["sums"])]
    if missing is not None:
        constants["other"] = missing
        nodes += [
            node("Sub", ["passage", "shared"], ["only"]),
            node("MatMul", ["only", "other"], ["more"]),
            node("Add", ["sums", "more"], ["all"]),
        ]
    nodes += [node("Add", ["all" if missing is not None else "sums", "bias"], ["logits"])]
    stored = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, stored)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    checker.check_model(model)
    save(model, str(path))


def _side(name: str, mask: str, node) -> list:  # type: ignore[no-untyped-def,type-arg]
    """Return the nodes that tell which words stand on one side."""
    return [
        node("Mul", [mask, "there"], [f"{name}_mask"]),
        node("Unsqueeze", [f"{name}_mask", "last"], [f"{name}_column"]),
        node("Mul", ["words", f"{name}_column"], [f"{name}_words"]),
        node("ReduceSum", [f"{name}_words", "along"], [f"{name}_counts"], keepdims=0),
        node("Clip", [f"{name}_counts", "zero", "one"], [name]),
    ]
