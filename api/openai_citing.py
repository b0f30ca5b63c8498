"""Citations as marks on a message: what stands where, and where it leads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from qa.inert import inert, is_web
from qa.models import Citation, Statement, Usage


class Mark(NamedTuple):
    """The marker of a citation in a message."""

    start: int
    """First code point of the marker in the message."""
    end: int
    """One past its last code point."""
    cited: Citation
    """The citation."""
    passage_url: str
    """The cited words in the recorded text."""

    @property
    def url(self) -> str:
        """Where the document was published if that is on the web, else the cited words."""
        published = self.cited.url or ""
        return published if is_web(published) else self.passage_url

    @property
    def title(self) -> str:
        """Outlet, title and day, where known."""
        day = self.cited.published_at.isoformat() if self.cited.published_at else None
        known = (self.cited.outlet, self.cited.title, day)
        words = ", ".join(filter(None, known)) or self.cited.document_id
        return inert(" ".join(words.split()))  # clients show it as the words of a link

    def as_responses(self) -> dict[str, Any]:
        """Return the annotation as ``/v1/responses`` has it."""
        return {
            "type": "url_citation",
            "start_index": self.start,
            "end_index": self.end,
            "title": self.title,
            "url": self.url,
            "passage_url": self.passage_url,
            "dossier": self.cited.model_dump(mode="json"),
        }

    def as_chat(self) -> dict[str, Any]:
        """Return the annotation as ``/v1/chat/completions`` has it."""
        place = self.as_responses()
        own = {name: place.pop(name) for name in ("type", "passage_url", "dossier")}
        return {"type": own.pop("type"), "url_citation": place, **own}


def marks(statement: Statement, citations: Sequence[Citation], base: str) -> list[Mark]:
    """Return the marks of a statement's citations.

    Args:
        statement: the statement; its markers stand behind it, after one space.
        citations: the answer's citations so far, in order of number.
        base: address of this server, for links to the cited words.
    """
    found = []
    at = statement.end + 1
    for number in statement.citations:
        cited = citations[number - 1]
        end = at + len(f"[{number}]")
        found.append(Mark(at, end, cited, link(cited, base)))
        at = end
    return found


def link(cited: Citation, base: str) -> str:
    """Return the address of the cited words: the version's text, and the code points in it."""
    path = f"v1/documents/{quote(cited.document_id, safe='')}/text?version={cited.version}"
    return f"{base.rstrip('/')}/{path}#char={cited.start},{cited.end}"


def tokens(used: Usage | None) -> tuple[int, int]:
    """Return the tokens sent to a model and received from it; none were without one."""
    return (used.prompt_tokens, used.completion_tokens) if used else (0, 0)
