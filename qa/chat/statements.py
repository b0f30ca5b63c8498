"""Statements and their evidence numbers, read out of what a model writes as it writes it.

Asked for one statement per line with numbers in square brackets, models return lists, code fences,
thoughts, other brackets, numbers on the next line, several sentences per line. All of that is read;
what comes out depends on the text alone and not on how the stream cut it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.text.split import sentences
from qa.chat.prompt import NOT_IN_EVIDENCE

_LONGEST_LINE = 4_000
_STATES = 4
"""Words that a line needs to be a statement once addresses were taken out of it."""

_LABEL = (
    r"(?:evidence|sentences?|sources?|citations?|refs?|documents?|docs?|no|nr)?"
    r"\.?\s*:?\s*[#^]?\s*"
)
_NUMBERS = rf"\d{{1,18}}(?:\s*(?:[,;&–—-]|and|to)\s*{_LABEL}\d{{1,18}})*"
_GROUP = rf"(?:\[\[?\s*{_LABEL}{_NUMBERS}\s*[,;]?\s*\]?\]|【\s*{_LABEL}{_NUMBERS}[^】\n]{{0,40}}】)"
_GROUPS = rf"{_GROUP}(?:\s*(?:[,;&]|and)?\s*{_GROUP})*"
_END = r"[.!?…。！？]"

_GROUPS_RE = re.compile(_GROUPS, re.IGNORECASE)
_ROUND_LABELLED = re.compile(
    rf"\(\s*(?:evidence|sentences?|sources?|refs?)\s*:?\s*#?{_NUMBERS}\s*\)", re.IGNORECASE
)
_ROUND_LAST = re.compile(rf"\(\s*{_NUMBERS}\s*\)(?=\s*{_END}?\s*$)", re.IGNORECASE)
_ROUND_FIRST = re.compile(rf"^\(\s*{_NUMBERS}\s*\)\s*(?=\w)", re.IGNORECASE)
_CLOSING = "\"'”’»)"
_NEXT = r"\s*(?=[^\s\[【(<.,;:!?…。！？)\]])(?![a-z])"
_BEGINS = re.compile(_NEXT)
_ENDS_AND_BEGINS = re.compile(rf"\s*{_END}[{_CLOSING}]*{_NEXT}")
_SPACE = re.compile(r"[^\S\n]+")
_HARMFUL = re.compile("[\x00-\x08\x0e-\x1b\x7f\x80-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")
_NUMBER = re.compile(r"\d{1,18}")
_BARE_NUMBER = re.compile(r"[0-9]{1,4}[.)]?")
_RANGE = re.compile(r"(\d{1,18})\s*(?:[–—-]|to)\s*\D{0,12}?(\d{1,18})", re.IGNORECASE)
_THOUGHT = re.compile(r"<(/?)\s*(?:think|thinking|thought|reasoning|analysis)\s*>", re.IGNORECASE)
_BULLET = re.compile(r"^(?:[-*•–—·]|#{1,6}|>|\d{1,3}[.)]|[a-z]\))\s+", re.IGNORECASE)
_IMAGE = re.compile(r"!\[[^\[\]\n]*\]\([^()\n]*\)")
_LINK = re.compile(r"\[([^\[\]\n]*)\]\((?=[^()\n]*[a-z/#])[^()\n]*\)", re.IGNORECASE)
_ADDRESS = re.compile(
    r"<?(?:\b(?:https?|ftps?|file|data|javascript|mailto):|\bwww\.)[^\s<>\[\]]*>?", re.IGNORECASE
)
"""Addresses lead away from what is cited; those of the sources stand in their citations."""
_TAG = re.compile(r"</?[a-z][^<>\n]*>", re.IGNORECASE)
_IDENTIFIER = re.compile(
    r"\[(?:doc(?:ument)?|source|file)\s*[:#]\s*[\w.-]+\]|\[d-[0-9a-f]{12}\]"
    r"|\[[\w.-]+\.(?:txt|md|html?|pdf|docx|eml)(?:#[\w-]+)?\]",
    re.IGNORECASE,
)
"""Names of documents where numbers of evidence should be; they point at nothing."""
_LEFT_OVER = re.compile(r"^(?:[:,;\s]|\.(?!\d)|[-–—]\s)+")
_FENCE = re.compile(r"^\s*(?:```|~~~)\s*\w*\s*$")
_ABSENT = re.compile(
    rf"{NOT_IN_EVIDENCE.replace('_', '[ _-]?')}"
    rf"|(?i:^\W*{NOT_IN_EVIDENCE.replace('_', '[ _-]?')}\W*$)"
)
_CHATTER = re.compile(
    r"^(?:sure|certainly|of course|okay|ok|here (?:is|are)|here['’]s|i hope|let me know)\b"
    r"[^.?]{0,120}[:!.]?$",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"^(?:the |final )?(?:answer|statements?|evidence|sources?|citations?|references?|rules?)"
    r"\s*[:.]?$",
    re.IGNORECASE,
)
_TURN_ENDS = re.compile(
    r"<\|(?:im_end|im_start|endoftext|end_of_text|eot_id|start_header_id|end|user|assistant)\|>"
    r"|</s>|<(?:end|start)_of_turn>",
    re.IGNORECASE,
)
_ECHO = re.compile(r"^(?:question:|document:[^|]*\|)", re.IGNORECASE)  # lines of the prompt
_ASKS = re.compile(r"^[^\"“”«»‘]*[?？]$")
_DECLINED = re.compile(
    r"\b(?:evidence|documents?|sources?|texts?|context|passages?)\b.{0,40}?"
    r"(?:\bdo(?:es)?\s+not\b|n['’]t\b|\bcannot\b|\bno\b).{0,40}?"
    r"\b(?:answer|say|state|mention|contain|provide|specify|include|indicate|address|information)"
    r"|\b(?:cannot|can['’]t|unable to)\s+(?:be\s+)?(?:answer|determine)"
    r"|(?:\bnot|n['’]t|\bno)\b.{0,20}?"
    r"\b(?:mention|stat|provid|specif|includ|indicat|address|giv|contain|found)\w*\s+"
    r"(?:in|by|within)\s+(?:(?:the|this|any|of|provided|given|available)\s+){0,3}"
    r"(?:evidence|documents?|context)\b",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"^(?:I['’]m sorry|I am sorry|sorry|I apologi[sz]e|as an ai|as a language model)\b"
    r"|^(?:unfortunately,? )?I (?:can(?:not|['’]t| not)|could not|won['’]t|will not|am unable to"
    r"|am not able to)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A sentence that the model wrote, and the numbers it gave for it."""

    text: str
    """The sentence without numbers and markup, on one line."""
    numbers: tuple[int, ...]
    """Evidence numbers that exist, in the order given, each once; empty if there are none."""


class StatementParser:
    """Reads a reply piece by piece.

    Args:
        available: How many pieces of evidence there are, numbered from 1.
    """

    def __init__(self, available: int) -> None:
        self._available = available
        self._tail = ""
        self._thinking = False
        self._held: list[str] = []
        self._emitted: set[tuple[str, tuple[int, ...]]] = set()
        self._declined = False
        self._stopped = False
        self._refused = ""
        self._ended = False

    @property
    def ended(self) -> bool:
        """Whether the model ended its turn, by a mark of a chat template that should not show."""
        return self._ended

    @property
    def thinking(self) -> bool:
        """Whether the text so far ends inside a thought that the model began."""
        return self._thinking

    @property
    def refused(self) -> str:
        """The model's words, where it declines to answer and states nothing; else empty."""
        return self._refused if not self._emitted else ""

    @property
    def absent(self) -> bool:
        """Whether the model says that the evidence does not answer, and states nothing else."""
        return not self._emitted and (self._stopped or self._declined)

    def feed(self, piece: str) -> list[Parsed]:
        """Take in a piece of the reply and return the statements that are complete with it.

        A statement without numbers is held until it is clear that none follow on the next line.
        """
        self._tail = _SPACE.sub(" ", self._tail + plain(piece).replace("\r", "\n"))
        found: list[Parsed] = []
        while True:
            line, newline, rest = self._tail.partition("\n")
            if len(line) >= _LONGEST_LINE:
                line, rest = self._tail[:_LONGEST_LINE], self._tail[_LONGEST_LINE:]
            elif not newline:
                break
            self._tail = rest
            found += self._line(line)
        if not self._thinking and not self._ended:
            whole, self._tail = _split(self._tail)
            for part in whole:
                found += self._part(part)
        return found

    def finish(self) -> list[Parsed]:
        """Return what is left, once the reply is known to be whole."""
        line, self._tail = self._tail, ""
        return self._line(line) + self.release()

    def release(self) -> list[Parsed]:
        """Return the complete statements that are still held, for a reply that broke off."""
        held, self._held = self._held, []
        return [parsed for text in held for parsed in self._emit(text, ())]

    def _line(self, line: str) -> list[Parsed]:
        if self._ended:
            return []
        found: list[Parsed] = []
        if end := _TURN_ENDS.search(line):  # what a chat template puts there is no part of it
            line, self._ended = line[: end.start()], True
        while line:
            if not self._thinking:
                whole, line = _split(line)
                for part in whole:
                    found += self._part(part)
            tag = _THOUGHT.search(line)
            if tag is None:
                break
            if tag[1]:  # the end of a thought whose start may never have been sent
                self._held.clear()
                self._thinking = False
            elif not self._thinking:
                found += self._part(line[: tag.start()])
                self._thinking = True
            line = line[tag.end() :]
        if not self._thinking:
            found += self._part(line)
        return found

    def _part(self, part: str) -> list[Parsed]:
        """Read a line, or a part of one that ends with its numbers."""
        if self._stopped or _FENCE.match(part):
            return []
        text, given = _read(part, self._available)
        if not given and _BARE_NUMBER.fullmatch(text) and int(text.rstrip(".)")) <= self._available:
            given, text = [int(text.rstrip(".)"))], ""  # the number of a line before, unmarked
        numbers = tuple(dict.fromkeys(n for n in given if 1 <= n <= self._available))
        if _ABSENT.search(text):
            self._stopped = not self._emitted
            self._held.clear()
            return []
        echo = _ECHO.match(text)
        if echo or not re.search(r"\w", text) or _HEADING.match(text):
            # Numbers alone belong to the statement on the line before.
            if numbers and self._held and not echo:
                last = self._held.pop()
                return self.release() + self._emit(last, numbers)
            return []
        if not given:
            if _DECLINED.search(text):
                self._declined = True
            elif not self._emitted and _REFUSED.search(text):
                self._refused = self._refused or text
            elif not (text.endswith(":") or _CHATTER.match(text)):
                self._held.append(text)
            return []
        return self.release() + self._emit(text, numbers)

    def _emit(self, text: str, numbers: tuple[int, ...]) -> list[Parsed]:
        """Return the sentences of a statement, each with its numbers, none twice."""
        found = []
        for span in sentences(text):
            parsed = Parsed(span.cut(text), numbers)
            key = (parsed.text.casefold(), numbers)
            states = re.search(r"\w", parsed.text) and not _ASKS.match(parsed.text)
            if states and key not in self._emitted:
                self._emitted.add(key)
                found.append(parsed)
        return found


def plain(text: str) -> str:
    """Return a text without characters that could drive a terminal or turn its letters about.

    Those are controls other than line feeds and tabs, and the embeddings, overrides and isolates of
    the bidirectional algorithm; nobody needs them in a statement.
    """
    return _HARMFUL.sub("", text)


def _split(line: str) -> tuple[list[str], str]:
    """Return the parts of a line that certainly end with their numbers, and the rest.

    Nothing is split after a ``<``, which may begin a tag that is not complete yet.
    """
    if "]" not in line and "】" not in line:
        return [], line
    limit = line.find("<")
    head = line if limit < 0 else line[: limit + 1]
    parts = []
    start = 0
    for groups in _GROUPS_RE.finditer(head):
        # The full stop of the sentence stands before its numbers, or behind them.
        before = head[start : groups.start()].rstrip().rstrip(_CLOSING)
        stopped = re.fullmatch(_END, before[-1:])
        following = _BEGINS.match(head, groups.end()) if stopped else None
        following = following or _ENDS_AND_BEGINS.match(head, groups.end())
        if following is not None:
            parts.append(line[start : following.end()])
            start = following.end()
    return parts, line[start:]


def _read(part: str, available: int) -> tuple[str, list[int]]:
    """Return a part's words without markup and numbers, and the numbers in order."""
    text = _LINK.sub(_unlinked, _IMAGE.sub("", part))
    text, addresses = _ADDRESS.subn("", _TAG.sub("", text))
    text = _IDENTIFIER.sub("", text)
    text = re.sub(r"\*\*|__|`+|~~~", "", text)
    text = " ".join(text.split())
    text = _BULLET.sub("", text)
    given: list[int] = []

    def take(match: re.Match[str]) -> str:
        given.extend(_numbers(match[0], available))
        return ""

    text = _ROUND_LABELLED.sub(take, _GROUPS_RE.sub(take, text))
    for bare in (_ROUND_LAST, _ROUND_FIRST):
        match = bare.search(text)
        if match and (given or all(1 <= n <= available for n in _numbers(match[0], available))):
            # A number in round brackets is a citation only where nothing else is one.
            if not given:
                given.extend(_numbers(match[0], available))
            elif bare is _ROUND_LAST:
                continue
            text = text[: match.start()] + text[match.end() :]
    text = re.sub(r"\s+([.,;:!?…])", r"\1", " ".join(text.split()))
    text = _LEFT_OVER.sub("", text).strip("*_ ")
    # "See https://… or www.…" says nothing without its addresses.
    return ("" if addresses and len(text.split()) < _STATES else text), given


def _unlinked(match: re.Match[str]) -> str:
    """Return a link's words; a number stays in its brackets."""
    return f"[{match[1]}]" if re.fullmatch(r"[\d\s,]+", match[1]) else match[1]


def _numbers(group: str, available: int) -> list[int]:
    """Return the numbers of a citation group, ranges filled in as far as evidence exists."""
    found: list[int] = []
    position = 0
    while match := _NUMBER.search(group, position):
        position = match.end()
        found.append(int(match[0]))
        span = _RANGE.match(group, match.start())
        if span:
            first, last = int(span[1]), int(span[2])
            found += [*range(first + 1, min(last, available + 1)), last]
            position = span.end()
    return found
