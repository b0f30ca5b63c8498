"""What is asked in an evaluation, and what a good answer holds: cases, one JSON object per line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
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
    each_of: tuple[Annotated[tuple[Text, ...], Field(min_length=1)], ...] = ()
    """Of each of these lists at least one must be cited; meant for several things to be said, each
    of which stands in several documents."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return every file name mentioned, in order."""
        return (*self.all_of, *self.any_of, *(name for names in self.each_of for name in names))

    def requirements(self) -> tuple[frozenset[str], ...]:
        """Return sets of names, of each of which at least one has to be there."""
        groups = [frozenset({name}) for name in self.all_of]
        if self.any_of:
            groups.append(frozenset(self.any_of))
        groups += (frozenset(names) for names in self.each_of)
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
    after normalisation of case, quotation marks, spaces, numbers and days. Where none are known,
    as in a set of search queries, what the answer says is not scored, but where it looks is."""
    nuggets: tuple[Annotated[tuple[Text, ...], Field(min_length=1)], ...] = ()
    """Facts that a rich answer would hold beside the expected ones, worded like those."""
    differs: tuple[Annotated[tuple[Text, ...], Field(min_length=1)], ...] = ()
    """The values that the documents give differently and an answer has to show as such, at least
    two, each a list of acceptable wordings."""
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
    group: Text | None = None
    """What the case shares with others, such as the story that its documents tell. Cases of one
    group count as one observation where runs are compared; without it, cases that need the same
    documents do."""

    @property
    def cluster(self) -> str:
        """Name of the group of cases that this one cannot be told apart from by chance."""
        return self.group or "+".join(sorted(self.documents.names)) or self.id

    @property
    def answerable(self) -> bool:
        """Whether the documents hold an answer."""
        return self.type != "unanswerable"

    @model_validator(mode="after")
    def _consistent(self) -> Case:
        if self.answerable:
            if not self.documents.names:
                raise ValueError("an answerable case needs the documents that must be cited")
            if self.absent:
                raise ValueError("absent terms belong to unanswerable cases")
            if len(self.differs) == 1:
                raise ValueError("documents differ in at least two values")
        elif self.expected or self.documents.names or self.nuggets or self.differs:
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

    def chosen(self, cases: tuple[Case, ...]) -> Suite:
        """Return the suite with these of its cases only."""
        return replace(self, cases=cases)


def load(path: Path, *, name: str | None = None) -> Suite:
    """Read a file of cases; blank lines are skipped.

    Args:
        path: a UTF-8 file with one JSON object per line.
        name: what results call the suite; the file's name without ending by default.

    Raises:
        InvalidCases: naming ``file:line`` and what is wrong there.
    """
    lines = Lines.read(path)
    if lines.faults:
        raise lines.faults[0]
    return lines.suite(name)


@dataclass(frozen=True, slots=True)
class Lines:
    """What stands in a file of cases, line by line."""

    path: Path
    """The file."""
    sha256: str
    """SHA-256 of its bytes, in hexadecimal."""
    cases: tuple[tuple[int, Case], ...]
    """The cases, each with the number of its line."""
    faults: tuple[InvalidCases, ...]
    """What is wrong with other lines, in their order."""

    @classmethod
    def read(cls, path: Path) -> Lines:
        """Read a file of cases; a line that holds none becomes a fault.

        Raises:
            InvalidCases: if the file cannot be read, or no line has anything on it.
        """
        try:
            data = path.read_bytes()
            lines = data.decode("utf-8-sig").split("\n")
        except OSError as error:
            reason = error.strerror or str(error)
            raise InvalidCases(f"{path}: {reason}", hint="Check the path.") from error
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            raise InvalidCases(f"{path}:{line}: not UTF-8") from error
        cases: dict[str, tuple[int, Case]] = {}
        faults: list[InvalidCases] = []
        for number, text in enumerate(lines, 1):
            if not text.strip():
                continue
            try:
                case = _parse(text, f"{path}:{number}")
                _require_new(case, cases, f"{path}:{number}")
            except InvalidCases as fault:
                faults.append(fault)
            else:
                cases[case.id] = (number, case)
        if not cases and not faults:
            raise InvalidCases(f"{path}: no case in it")
        return cls(path, hashlib.sha256(data).hexdigest(), tuple(cases.values()), tuple(faults))

    def suite(self, name: str | None = None) -> Suite:
        """Return the cases as a suite, called like the file unless ``name`` is given."""
        return Suite(name or self.path.stem, self.sha256, tuple(case for _, case in self.cases))


def _require_new(case: Case, seen: Mapping[str, tuple[int, Case]], place: str) -> None:
    if case.id in seen:
        raise InvalidCases(
            f"{place}: id {case.id!r} was used in line {seen[case.id][0]}",
            hint="Give each case an id of its own.",
        )


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
