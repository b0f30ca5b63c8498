"""The files of a model for pairs of texts: in a folder of yours, or fetched from the hub by name.

Only data is read, ONNX and JSON. No code of a model's repository is fetched, let alone run, and
nothing is unpickled.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import PairModelUnusable

MODELS = ("model.onnx", "onnx/model.onnx")
"""Where the model is looked for, in this order."""

DEFAULT_LENGTH = 512
"""Longest pair in tokens where no file of the model says; that of BERT and most after it."""

# As the hub forms names: owner/name, of letters, digits, dots, dashes and underscores.
_HUB_NAME = re.compile(r"(?P<name>\w[\w.-]*/\w[\w.-]*)(?:@(?P<revision>[\w./-]+))?")
_UNLIMITED = 1_000_000
"""From here on a "model_max_length" means that nobody set one."""


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """What a model for pairs is loaded from."""

    model: Path
    """The ONNX model; weights too large for it stand beside it."""
    tokenizer: Path
    """``tokenizer.json``, as the tokenizers library writes it."""
    config: Mapping[str, Any]
    """The contents of ``config.json``."""
    max_length: int
    """Longest pair in tokens, the marks around it included."""

    def digest_with(self, words: str) -> str:
        """Return twelve hexadecimal digits of a hash over the model, its weights and the tokenizer.

        Args:
            words: hashed with them, unless empty.
        """
        name = self.model.name
        folder = sorted(self.model.parent.iterdir())
        beside = [p for p in folder if p.name.startswith((f"{name}_data", f"{name}.data"))]
        whole = hashlib.sha256()
        for path in (self.model, *beside, self.tokenizer):
            with path.open("rb") as file:
                whole.update(hashlib.file_digest(file, "sha256").digest())
        whole.update(words.encode())
        return whole.hexdigest()[:12]


def locate(source: str, file: str, unusable: type[PairModelUnusable]) -> ModelFiles:
    """Return the files of the model ``source``.

    Args:
        source: a folder, or a name on the hub such as ``owner/name`` or ``owner/name@revision``.
        file: the ONNX file inside it; empty takes the first of :data:`MODELS` that is there.
        unusable: what is raised; it knows the settings that name the model.

    Raises:
        PairModelUnusable: if there is no such folder or model, or a file is missing or unreadable.
    """
    folder = Path(source).expanduser()
    if not folder.is_dir():
        folder = _fetched(source, file, unusable)
    tokenizer = folder / "tokenizer.json"
    for needed in (tokenizer, folder / "config.json"):
        if not needed.is_file():
            raise unusable(f"{folder} has no {needed.name}")
    try:
        config = _read(folder / "config.json")
        max_length = _max_length(folder, config)
    except ValueError as error:
        raise unusable(str(error)) from error
    return ModelFiles(_model(folder, file, unusable), tokenizer, config, max_length)


def _model(folder: Path, file: str, unusable: type[PairModelUnusable]) -> Path:
    names = (file,) if file else MODELS
    for name in names:
        if (folder / name).is_file():
            return folder / name
    others = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.onnx"))
    found = f"; there is {', '.join(others[:8])}" if others else ""
    hint = f"Name one of them in {unusable.setting}_FILE." if others else None
    raise unusable(f"{folder} has no {' and no '.join(names)}{found}", hint=hint)


def _read(path: Path) -> dict[str, Any]:
    """Return a JSON object from a file.

    Raises:
        ValueError: if it cannot be read or is none, with its path.
    """
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error
    if not isinstance(found, dict):
        raise ValueError(f"{path} is not a JSON object")  # noqa: TRY004  # one kind for all
    return found


def _max_length(folder: Path, config: Mapping[str, Any]) -> int:
    """Return the shortest of the lengths that the model's files give."""
    given = [config.get("max_position_embeddings")]
    if "roberta" in str(config.get("model_type")) or config.get("model_type") == "camembert":
        # Their positions start behind that of the padding token.
        pad = config.get("pad_token_id", 1)
        given = [n - pad - 1 for n in given if isinstance(n, int) and isinstance(pad, int)]
    if (folder / "tokenizer_config.json").is_file():
        given.append(_read(folder / "tokenizer_config.json").get("model_max_length"))
    truncation = _read(folder / "tokenizer.json").get("truncation")
    if isinstance(truncation, dict):
        given.append(truncation.get("max_length"))
    usable = [int(n) for n in given if isinstance(n, int | float) and 0 < n < _UNLIMITED]
    return min(usable, default=DEFAULT_LENGTH)


def _fetched(source: str, file: str, unusable: type[PairModelUnusable]) -> Path:
    """Return the folder that the hub's own client keeps a model's files in.

    What was fetched before is used as it is, without asking the hub: the same name must not mean
    another model tomorrow.
    """
    parts = _HUB_NAME.fullmatch(source)
    if parts is None:
        raise unusable(f"there is no folder {source}, and it is not a name on the hub")
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise unusable(
            f"there is no folder {source}, and fetching it from the hub needs huggingface-hub",
            hint="Install the extra: pip install 'dossier-qa[cross-encoder]', or give a folder.",
        ) from error
    models = (file,) if file else MODELS
    weights = [f"{model}{ending}" for model in models for ending in ("", "_data*", ".data*")]
    patterns = ["config.json", "tokenizer.json", "tokenizer_config.json", *weights]

    def fetch(*, local: bool) -> Path:
        name, revision = parts["name"], parts["revision"]
        return Path(
            snapshot_download(
                name, revision=revision, allow_patterns=patterns, local_files_only=local
            )
        )

    try:
        kept = fetch(local=True)
        if any((kept / model).is_file() for model in models) and (kept / "config.json").is_file():
            return kept
    except Exception:  # noqa: S110  # nothing kept: any of the kinds below
        pass
    try:
        return fetch(local=False)
    except Exception as error:  # the client's errors have no root of their own
        reason = " ".join(str(error).split())[:300] or type(error).__name__
        raise unusable(
            f"there is no folder {source}, and the hub did not give a model of that name: {reason}",
            hint=f"Check {unusable.setting} and the connection, or give a folder with the files.",
        ) from error
