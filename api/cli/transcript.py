"""A conversation as Markdown, to be filed or sent on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from api.cli import render
from qa.inert import is_web, unlinked
from qa.visible import one_line, visible

if TYPE_CHECKING:
    from qa.models import Answer, Citation

# What CommonMark 0.31 gives a meaning anywhere in a line, and HTML. Documents must not be able to
# put links, pictures or markup into the reader's notes.
_MEANINGFUL = re.compile(r"([\\`*_\[\]<>&#|~!])")


def markdown(answers: Sequence[Answer], name_of: Callable[[Citation], str]) -> str:
    """Return questions and answers with their citations.

    A quotation stands in a code block, the one place where Markdown changes no character; those
    that drive a terminal or cannot be seen are named.

    Args:
        answers: The answers, oldest first.
        name_of: Gives what a cited document is called.
    """
    return "\n".join(line for answer in answers for line in _answer(answer, name_of))


def escaped(text: str) -> str:
    """Return the text as Markdown that reads as the text and does nothing."""
    return _MEANINGFUL.sub(r"\\\1", unlinked(one_line(text)))


def fenced(text: str) -> str:
    """Return the text as a code block whose fence is longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def _answer(answer: Answer, name_of: Callable[[Citation], str]) -> Iterator[str]:
    yield from _opening(answer)
    dated = {entry.statement: entry for entry in answer.timeline}
    for number, statement in enumerate(answer.statements):
        when = f"**{render.day(dated[number])}** " if number in dated else ""
        marks = "".join(f"[{n}]" for n in statement.citations)
        doubt = ""
        if statement.support != "supported":
            reason = f": {escaped(statement.reason)}" if statement.reason else ""
            doubt = f" **({statement.support}{reason})**"
        yield f"{when}{escaped(statement.text)} {marks}".rstrip() + f"{doubt}\n"
    if not answer.statements:
        yield f"{escaped(answer.text)}\n"
    if answer.missing:
        yield escaped("".join(text for text, _ in render.missing(answer))) + "\n"
    for difference in answer.disagreements:
        for line in render.disagreement(difference, answer, name_of):
            yield escaped("".join(text for text, _ in line)) + "\n"
    if answer.confidence:
        yield escaped("".join(text for text, _ in render.confidence(answer.confidence))) + "\n"
    for citation in answer.citations:
        yield escaped("".join(text for text, _ in render.citation(citation, name_of(citation))[0]))
        if citation.url:
            yield f"<{citation.url}>" if is_web(citation.url) else escaped(citation.url)
        yield f"\n{fenced(visible(citation.quote))}\n"
    if answer.status == "incomplete":
        yield f"**Incomplete: {escaped(answer.reason or 'the answer broke off')}**\n"
    made = answer.created_at.isoformat(sep=" ", timespec="seconds")
    by = f"{answer.answerer}, {answer.model}" if answer.model else answer.answerer
    for line in render.searched(answer.coverage):
        yield escaped("".join(text for text, _ in line))
    yield f"\nAnswer {answer.id} of {made}, by {escaped(by)}\n"


def _opening(answer: Answer) -> Iterator[str]:
    """Yield the question and, where there is one, the answer in a few words."""
    yield f"## {escaped(answer.question)}\n"
    if answer.standalone != answer.question:
        yield f"*Understood as: {escaped(answer.standalone)}*\n"
    if answer.short:
        yield f"**{escaped(answer.short.text)}** [{answer.short.citation}]\n"
