"""Answers as they could have been made, and a stream that says it is a terminal."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from qa.models import Answer, Citation, Coverage, Statement


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def citation(**changes: object) -> Citation:
    """A citation, changed as given."""
    quote = "Nine  members\nwere present."
    known = {"number": 1, "document_id": "d-1", "version": 1, "quote": quote}
    return Citation(**(known | {"start": 0, "end": len(quote)} | changes))


def answer(**changes: object) -> Answer:
    """An answer of one sentence with one citation, changed as given."""
    return Answer(
        **(
            {
                "id": "a-1",
                "question": "Who came?",
                "standalone": "Who came?",
                "status": "answered",
                "text": "Nine members. [1]",
                "statements": (
                    Statement(
                        text="Nine members.", start=0, end=13, support="supported", citations=(1,)
                    ),
                ),
                "citations": (citation(),),
                "coverage": Coverage(documents=2, passages=7),
                "answerer": "embedded",
                "created_at": datetime(2025, 1, 2, tzinfo=UTC),
            }
            | changes
        )
    )
