"""What is asked: a question, the documents that count for it, and the conversation so far."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from index.models import Filters

AnswererName = Literal["embedded", "model"]

LONGEST_NAME = 200
"""Characters of an event's name at most."""

EventName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME)
]
"""How a question calls an event."""


def _as_written(value: object) -> object:
    """Refuse what pydantic would take for seconds since 1970, and other spellings of a day."""
    text = str(value) if isinstance(value, int | float) else value
    if isinstance(text, str) and not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError("a day is written as YYYY-MM-DD")
    return value


Day = Annotated[date, BeforeValidator(_as_written)]
"""A day as people write it."""


class Contract(BaseModel):
    """Base of the public objects: immutable, and unknown fields are an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class FilterSet(Contract):
    """Which documents may be searched; an empty field does not restrict."""

    outlets: tuple[str, ...] = ()
    """Outlet names, compared without regard to case."""
    documents: tuple[str, ...] = ()
    """Document identifiers."""
    since: Day | None = None
    """First day of publication that counts, inclusive."""
    until: Day | None = None
    """Last day of publication that counts, inclusive."""
    collections: tuple[str, ...] = ()
    """Names of collections, compared without regard to case."""
    languages: tuple[str, ...] = ()
    """Language codes such as ``en`` or ``en-GB``, of which the language itself counts; a document
    whose language is not known passes none."""
    as_of: Day | None = None
    """The day from which the documents are looked at: what was published later does not count, and
    neither does a document without a day of publication. Expressions such as ``last week`` in a
    question are read from this day."""
    dates: dict[EventName, Day] = Field(default_factory=dict)
    """Days of events by the names that questions give them, such as ``the inauguration``. They
    restrict nothing by themselves; "before the inauguration" in a question then does."""

    def to_filters(self, permitted: frozenset[str] | None = None) -> Filters:
        """Return the same filters in the words of the corpus side.

        Args:
            permitted: names of the collections that the asker may read; ``None`` for all.
        """
        return Filters(
            outlets=self.outlets,
            documents=self.documents,
            since=self.since,
            until=self.until,
            collections=self.collections,
            languages=self.languages,
            as_of=self.as_of,
            permitted=permitted,
        )

    def pairs(self) -> list[tuple[str, str]]:
        """Return what restricts, as pairs of a word such as ``outlet`` and a value."""
        named = [("outlet", self.outlets), ("document", self.documents)]
        named += [("collection", self.collections), ("language", self.languages)]
        days = [("since", self.since), ("until", self.until), ("as_of", self.as_of)]
        return [
            *((word, value) for word, values in named for value in values),
            *((word, day.isoformat()) for word, day in days if day),
        ]

    def words(self) -> str:
        """Return what restricts in one line, such as ``outlet="The Times" since=2025-01-01``."""
        quoted = ((key, f'"{value}"' if " " in value else value) for key, value in self.pairs())
        return " ".join(f"{key}={value}" for key, value in quoted)


class Turn(Contract):
    """An earlier question of the same conversation, with what it was taken to mean."""

    question: str
    """The question as it was asked."""
    standalone: str
    """The question as it was understood, readable without the conversation."""
    answer: str | None = Field(default=None, max_length=200)
    """Identifier of the answer that it got, where known, so that the record shows the thread."""


class Question(Contract):
    """What is asked, and within which documents."""

    text: str
    """The question in the asker's own words."""
    filters: FilterSet = FilterSet()
    """Restrictions on the documents searched."""
    answerer: AnswererName | None = None
    """Which answerer to use; ``None`` takes the configured one."""
    history: tuple[Turn, ...] = ()
    """Earlier questions of the conversation, oldest first."""
