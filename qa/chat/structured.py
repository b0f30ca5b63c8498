"""Statements read out of a structured reply, each as soon as its object is whole.

The reply is the JSON that :data:`SCHEMA` asks for. An endpoint that only half keeps to a schema
sends it in a code fence, behind a thought, as a bare list, or with other names for the two fields;
that is read as well. What does not begin as JSON at all is foreign, and another form is asked for.

Objects are decoded by the standard library; what is written here finds where they begin and end
while the text still comes in. What comes out does not depend on how the stream was cut.
"""

from __future__ import annotations

import json
import re
from typing import Any

from qa.chat.statements import Parsed, StatementParser

SCHEMA: dict[str, Any] = {
    "name": "statements",
    "strict": True,
    "schema": {
        "type": "object",
        "properties": {
            "statements": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "text": {"type": "string"},
                        "evidence": {"type": "array", "items": {"type": "integer"}},
                    },
                    "required": ["text", "evidence"],
                    "additionalProperties": False,
                },
            }
        },
        "required": ["statements"],
        "additionalProperties": False,
    },
}
"""What an endpoint is asked to hold a reply to; the same for every question, as some endpoints need
seconds for one that they have not seen."""

_LIST = '"statements"'
_TEXT = ("text", "statement", "sentence", "claim", "answer")
_EVIDENCE = ("evidence", "evidence_numbers", "citations", "citation", "sources", "numbers", "ids")
_LONGEST = 20_000
"""Characters after which an object that does not end is given up."""

_DECODER = json.JSONDecoder(strict=False)  # some write line feeds into their strings
_FENCE = re.compile(r"(?:```|~~~)[ \t]*\w*[ \t]*\n")
# What may still become a thought, a fence or a list: nothing is decided on it.
_UNCLEAR = re.compile(
    r"(?:<\s*/?\s*[a-z]{0,9}\s*|`{1,2}|~{1,2}|(?:```|~~~)[ \t]*\w*[ \t]*|\[\s*)?\Z", re.IGNORECASE
)
_BARE_LIST = re.compile(r"\[(?=\s*[{\]])")
_KEY = re.compile(r'("[^"\\]*")\s*:\s*(?=\S)')
_MAY_BE_KEY = re.compile(r'(?:"[^"\\]{0,200}(?:"\s*(?::\s*)?)?)?\Z')
_SCALAR = re.compile(r'[^\s,\]}\["{]+(?=[\s,\]}])')
_SPACE = re.compile(r"[\s,]*")
_NAMES = "(?:think|thinking|thought|reasoning|analysis)"
_THOUGHT = re.compile(rf"<(/?)\s*{_NAMES}\s*>", re.I)
_INSIDE = re.compile(
    rf"<\s*{_NAMES}\s*>.*?(?:<\s*/\s*{_NAMES}\s*>|\Z)|<\s*/\s*{_NAMES}\s*>", re.I | re.S
)


class StructuredParser:
    """Reads a structured reply piece by piece.

    Args:
        available: How many pieces of evidence there are, numbered from 1.
    """

    def __init__(self, available: int) -> None:
        self._inner = StatementParser(available)
        self._tail = ""
        self._where = "start"
        self._found = False
        self._items = 0

    @property
    def foreign(self) -> bool:
        """Whether the reply turned out to be no such JSON."""
        return self._where == "foreign"

    @property
    def thinking(self) -> bool:
        """Whether the text so far ends inside a thought that the model began."""
        return self._where == "thought"

    @property
    def ended(self) -> bool:
        """Whether the list of statements came to its end."""
        return self._where == "done"

    @property
    def broken(self) -> bool:
        """Whether the list of statements has not come to its end."""
        return self._where != "done"

    @property
    def kept(self) -> bool:
        """Whether the reply was the JSON asked for, with words in it, whatever they are worth."""
        return self._where == "done" and self._found

    @property
    def refused(self) -> str:
        """The model's words, where it declines to answer and states nothing; else empty."""
        return self._inner.refused

    @property
    def absent(self) -> bool:
        """Whether the model says that the evidence does not answer, and states nothing else."""
        return self._inner.absent or (self._where == "done" and not self._items)

    def feed(self, piece: str) -> list[Parsed]:
        """Take in a piece of the reply and return the statements that are complete with it."""
        self._tail += piece
        found: list[Parsed] = []
        while (step := self._step()) is not None:
            found += step
        return found

    def finish(self) -> list[Parsed]:
        """Return what is left, once the reply is known to be whole."""
        found = self.feed("\n")  # ends what only the end of the text could end
        if self._where == "start" and self._tail.strip():
            self._where = "foreign"
        return found + self._inner.finish()

    def release(self) -> list[Parsed]:
        """Return the complete statements that are still held, for a reply that broke off."""
        return self._inner.release()

    def _step(self) -> list[Parsed] | None:
        """Read on by one thing; ``None`` if more of the text is needed for that."""
        read = {
            "start": self._start,
            "thought": self._thought,
            "object": self._object,
            "list": self._list,
        }.get(self._where)
        return read() if read is not None and self._tail else None

    def _go(self, where: str, end: int) -> list[Parsed]:
        self._where, self._tail = where, self._tail[end:]
        return []

    def _start(self) -> list[Parsed] | None:
        """Find where the JSON begins, behind thoughts and fences."""
        self._tail = self._tail.lstrip()
        if tag := _THOUGHT.match(self._tail):
            return self._go("start" if tag[1] else "thought", tag.end())
        if fence := _FENCE.match(self._tail):
            return self._go("start", fence.end())
        if _UNCLEAR.match(self._tail):
            return None
        if _BARE_LIST.match(self._tail):
            return self._go("list", 1)
        return self._go("object", 1) if self._tail[0] == "{" else self._go("foreign", 0)

    def _thought(self) -> list[Parsed] | None:
        tag = _THOUGHT.search(self._tail)
        return self._go("start", tag.end()) if tag and tag[1] else None

    def _object(self) -> list[Parsed] | None:
        """Read the next member of the outer object; all but the list of statements is left out."""
        space = _SPACE.match(self._tail)
        self._tail = self._tail[space.end() if space else 0 :]
        member = _KEY.match(self._tail)
        if member is None:
            return None if _MAY_BE_KEY.match(self._tail) else self._go("foreign", 0)
        if member[1] == _LIST and self._tail[member.end()] == "[":
            return self._go("list", member.end() + 1)
        end = self._end(member.end())
        return None if end is None else self._go("object" if end else "foreign", end)

    def _list(self) -> list[Parsed] | None:
        """Read the next statement of the list."""
        space = _SPACE.match(self._tail)
        self._tail = self._tail[space.end() if space else 0 :]
        if self._tail[:1] == "]":
            return self._go("done", 1)
        if not self._tail:
            return None
        end = self._end(0)
        if end is None:
            return None
        if end == 0:
            return self._go("foreign" if not self._found else "broken", 0)
        item = _DECODER.raw_decode(self._tail)[0]
        self._items += 1
        self._go("list", end)
        return self._statement(item)

    def _end(self, start: int) -> int | None:
        """Return where the value at ``start`` ends; ``None`` if it does not yet, 0 if never."""
        if self._tail[start] not in '{["' and not _SCALAR.match(self._tail, start):
            return None if len(self._tail) - start <= _LONGEST else 0
        try:
            end: int | None = _DECODER.raw_decode(self._tail, start)[1]
        except (ValueError, RecursionError):  # not whole yet, or nothing that Python would hold
            end = None
        return 0 if (end or len(self._tail)) - start > _LONGEST else end

    def _statement(self, item: object) -> list[Parsed]:
        """Return the sentences of one object, read in the same way as those of the plain form."""
        if isinstance(item, str):
            text, numbers = item, ""
        elif isinstance(item, dict):
            text = next((v for k in _TEXT if isinstance(v := item.get(k), str)), "")
            given: object = next((item[k] for k in _EVIDENCE if k in item), [])
            cited = given if isinstance(given, list) else [given]
            numbers = "".join(f"[{number}]" for one in cited for number in _integers(one))
        else:
            return []
        sendable = text.encode("utf-8", "replace").decode("utf-8")
        line = " ".join(_INSIDE.sub(" ", sendable).split())
        if not line:
            return []
        self._found = True
        return [*self._inner.feed(f"{line} {numbers}\n"), *self._inner.release()]


def _integers(given: object) -> list[str]:
    """Return the numbers of one item of evidence, which may be written as words such as "[3]"."""
    if isinstance(given, bool) or not isinstance(given, int | str):
        return []
    return re.findall(r"(?<![\d.-])\d{1,18}(?![\d.])", str(given))
