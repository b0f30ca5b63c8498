"""Entailment: whether a statement follows from the words it cites, by a model of one's own.

Any classifier for natural language inference that was exported to ONNX: premise and hypothesis go
in, and out come the odds that the premise entails the hypothesis, contradicts it or does neither
(Bowman et al., 2015, https://aclanthology.org/D15-1075/). The premise is what a statement cites,
the hypothesis is the statement. What becomes of that is for :mod:`qa.grounding` to say; why so:
``docs/decisions/016-entailment.md``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.pairs.model import PairModel
from qa.errors import EntailmentUnusable

LIKELY = 0.5
"""Probability from which a reading counts: then no other one is as likely."""

_KINDS = {
    "entail": re.compile(r"entail(?:s|ed|ment)?"),
    "neutral": re.compile(r"neutral"),
    "contradict": re.compile(r"contradict(?:s|ed|ion|ory)?"),
    "else": re.compile(r"(?:not|non|no)_?entail(?:s|ed|ment)?"),
}
_SETS = ({"entail", "neutral", "contradict"}, {"entail", "else"})
_PLAIN = "The bridge was closed to traffic."


@dataclass(frozen=True, slots=True)
class Reading:
    """How a model reads a statement against words that it cites."""

    entails: float
    """Probability that the statement follows, 0..1."""
    contradicts: float
    """Probability that the words speak against it, 0..1; 0 of a model that does not tell this from
    saying nothing."""


class EntailmentModel(PairModel):
    """Reads cited words and a statement together; loaded at first use, safe to share by threads."""

    unusable = EntailmentUnusable
    whole = "second"  # the statement
    _labels: tuple[str, ...] = ()

    def readings(self, statement: str, premises: Sequence[str]) -> list[Reading]:
        """Return how the model reads a statement against each of some words, in one run.

        A premise that is too long loses its end; see :meth:`PairModel.read`.

        Raises:
            EntailmentUnusable: if the model cannot be loaded or gives no usable numbers.
        """
        found = self.read([(premise, statement) for premise in premises])
        return [Reading(float(entails), float(contradicts)) for entails, contradicts in found]

    def of_itself(self) -> float:
        """Return with what probability a plain sentence follows from itself: a test of the labels.

        Raises:
            EntailmentUnusable: if the model cannot be loaded or gives no usable numbers.
        """
        return self.readings(_PLAIN, [_PLAIN])[0].entails

    def configured(self, config: Mapping[str, Any]) -> str:
        """Take in which number means what; the names in their order are part of the identity.

        Raises:
            EntailmentUnusable: if the names do not tell.
        """
        self._labels = self._read_labels(config)
        return ",".join(self._labels)

    def numbers(self, found: NDArray[np.float32], count: int) -> NDArray[np.float32]:
        """Return two probabilities per pair: that it entails, and that it contradicts.

        Raises:
            EntailmentUnusable: if there is not one number for each label.
        """
        labels = self._labels
        if found.shape != (count, len(labels)):
            raise EntailmentUnusable(
                f"{self.source}: the model gives an array of {found.shape} for {count} pairs, and "
                f"its config.json names {len(labels)} labels"
            )
        odds = np.exp(found - found.max(axis=1, keepdims=True))
        shares = odds / odds.sum(axis=1, keepdims=True)
        entails = shares[:, labels.index("entail")]
        known = "contradict" in labels
        contradicts = shares[:, labels.index("contradict")] if known else np.zeros_like(entails)
        return np.stack([entails, contradicts], axis=1)

    def _read_labels(self, config: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the kind of each label, in the order of the model's numbers."""
        names = _names(config)
        labels = tuple(_kind(name) for name in names)
        if set(labels) not in _SETS or len(set(labels)) < len(labels):
            told = ", ".join(names) or "nothing"
            raise EntailmentUnusable(
                f"{self.source}: what the model's numbers mean cannot be told from its labels "
                f"({told[:200]})",
                hint="Name them under id2label in its config.json, in the model's order: "
                "entailment, neutral, contradiction, or entailment, not_entailment. A model that "
                "was trained for something else cannot be used.",
            )
        return labels


class Consulted:
    """An entailment model as one answer consults it: no pair is read twice.

    Args:
        model: The model.
    """

    def __init__(self, model: EntailmentModel) -> None:
        self._model = model
        self._known: dict[tuple[str, str], Reading] = {}

    @property
    def identity(self) -> str | None:
        """The model's name with a hash of its files; ``None`` as long as it was not needed."""
        return self._model.identity if self._known else None

    def readings(self, statement: str, premises: Sequence[str]) -> list[Reading]:
        """Return what :meth:`EntailmentModel.readings` does, of what is new in one run.

        Raises:
            EntailmentUnusable: if the model cannot be loaded or gives no usable numbers.
        """
        pairs = [(statement, premise) for premise in premises]
        new = [pair for pair in dict.fromkeys(pairs) if pair not in self._known]
        if new:
            found = self._model.readings(statement, [premise for _, premise in new])
            self._known.update(zip(new, found, strict=True))
        return [self._known[pair] for pair in pairs]


def _names(config: Mapping[str, Any]) -> list[str]:
    """Return the labels' names in the order of the model's numbers; empty if they are not told."""
    named = config.get("id2label")
    if not isinstance(named, dict) or not named:
        other = config.get("label2id")
        named = {number: name for name, number in other.items()} if isinstance(other, dict) else {}
    places = {str(number): str(name) for number, name in named.items()}
    if set(places) != {str(number) for number in range(len(places))}:
        return []
    return [places[str(number)] for number in range(len(places))]


def _kind(name: str) -> str:
    """Return which of the kinds a label is, or its own name in lower case."""
    words = re.sub(r"[\W_]+", "_", name.casefold()).strip("_")
    return next((kind for kind, form in _KINDS.items() if form.fullmatch(words)), words)
