"""What is asked in an evaluation, and what a good answer holds: cases, one JSON object per line."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from eval.errors import InvalidCases
from qa.question import FilterSet

CaseType = Literal["single", "multi_source", "conflict", "temporal", "attribution", "unanswerable"]
Text = Annotated[str, Field(min_length=1, pattern=r"\S")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class RequiredDocuments(_Part):
    """Which documents an answer must cite, by file name."""

    all_of: tuple[Text, ...] = ()
    """Each of these must be cited."""
    any_of: tuple[Text, ...] = ()
    """At least one of these must be cited; meant for copies that say the same."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return every file name mentioned, in order."""
        return (*self.all_of, *self.any_of)

    def requirements(self) -> tuple[frozenset[str], ...]:
        """Return sets of names, of each of which at least one has to be there."""
        groups = [frozenset({name}) for name in self.all_of]
        if self.any_of:
            groups.append(frozenset(self.any_of))
        return tuple(groups)


class Quote(_Part):
    """Words that stand in documents exactly as given, but for white space."""

    documents: Annotated[tuple[Text, ...], Field(min_length=1)]
    """File names of the documents that hold them; a citation of any one of these counts."""
    text: Text
    """The words."""


class Case(_Part):
    """A question with what a good answer to it holds."""

    id: Text
    """Name of the case, unique in its file."""
    question: Text
    """The question, worded as a person would ask it."""
    type: CaseType
    """What makes it hard: `unanswerable` expects a refusal, all others an answer."""
    expected: tuple[Annotated[tuple[Text, ...], Field(min_length=1)], ...] = ()
    """The facts that the answer has to state; each is a list of acceptable wordings, compared
    after normalisation of case, quotation marks, spaces, numbers and days."""
    documents: RequiredDocuments = RequiredDocuments()
    """The documents that have to be cited."""
    quotes: tuple[Quote, ...] = ()
    """The words that the citations should touch. In an unanswerable case: words that say the
    matter is open or undisclosed; an answer that cites nothing else counts as a refusal."""
    filters: FilterSet = FilterSet()
    """Restrictions on the search; `documents` holds file names here."""
    absent: tuple[Text, ...] = ()
    """Terms that no searched document contains: why an unanswerable case cannot be answered."""
    tags: tuple[Text, ...] = ()
    """Free labels to slice the results by."""

    @property
    def answerable(self) -> bool:
        """Whether the documents hold an answer."""
        return self.type != "unanswerable"

    @model_validator(mode="after")
    def _consistent(self) -> Case:
        if self.answerable:
            if not self.expected and not self.quotes:
                raise ValueError("an answerable case needs expected facts or quotes")
            if not self.documents.names:
                raise ValueError("an answerable case needs the documents that must be cited")
            if self.absent:
                raise ValueError("absent terms belong to unanswerable cases")
        elif self.expected or self.documents.names:
            raise ValueError("an unanswerable case expects no facts and no documents")
        return self


@dataclass(frozen=True, slots=True)
class Suite:
    """The cases of one file."""

    name: str
    """How results call it."""
    sha256: str
    """SHA-256 of the file's bytes, in hexadecimal."""
    cases: tuple[Case, ...]
    """The cases, in the file's order."""

    def first(self, limit: int | None) -> Suite:
        """Return the suite with at most ``limit`` cases from its start; ``None`` keeps all."""
        return self if limit is None else replace(self, cases=self.cases[:limit])


def load(path: Path, *, name: str | None = None) -> Suite:
    """Read a file of cases; blank lines are skipped.

    Args:
        path: a UTF-8 file with one JSON object per line.
        name: what results call the suite; the file's name without ending by default.

    Raises:
        InvalidCases: naming ``file:line`` and what is wrong there.
    """
    try:
        data = path.read_bytes()
        lines = data.decode("utf-8-sig").split("\n")
    except OSError as error:
        raise InvalidCases(f"{path}: {error.strerror or error}", hint="Check the path.") from error
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InvalidCases(f"{path}:{line}: not UTF-8") from error
    cases: list[Case] = []
    seen: dict[str, int] = {}
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        case = _parse(text, f"{path}:{number}")
        if case.id in seen:
            raise InvalidCases(
                f"{path}:{number}: id {case.id!r} was used in line {seen[case.id]}",
                hint="Give each case an id of its own.",
            )
        seen[case.id] = number
        cases.append(case)
    if not cases:
        raise InvalidCases(f"{path}: no case in it")
    return Suite(name or path.stem, hashlib.sha256(data).hexdigest(), tuple(cases))


def _parse(line: str, place: str) -> Case:
    try:
        return Case.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise InvalidCases(f"{place}: {field + ': ' if field else ''}{message}") from error


def schema() -> str:
    """Return the JSON schema of a case as published in ``eval/case.schema.json``."""
    return json.dumps(Case.model_json_schema(), indent=2, ensure_ascii=False) + "\n"
