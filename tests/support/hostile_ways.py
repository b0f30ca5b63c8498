"""A server over hostile documents, and what may be wrong with an answer that it gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from harbour import at_endpoint, serving
from hostile_documents import Planted
from promises import LIVELY, broken
from scripted_endpoint import scripted_endpoint
from scripted_replies import Reply, Request
from ways_in import Ways

from qa.chat import prompt
from qa.inert import in_answer

VERBATIM = {"quote", "title", "outlet", "author", "url", "coverage", "trace"}
"""Fields that hold words of the record, or what was asked, as they are."""


@contextmanager
def dossier_of(documents: Sequence[Planted], data: Path, **given: Any) -> Iterator[Ways]:
    """Serve a dossier of these documents, with a model that says what a test puts in.

    Args:
        documents: the documents.
        data: an empty directory.
        given: settings; without them the endpoint embeds too, which is quick and knows little.
    """
    now: list[Any] = []

    def reply(request: Request) -> Reply:
        said: Reply = now[-1](request)
        return said

    with ExitStack() as stack:
        endpoint = stack.enter_context(scripted_endpoint(reply))
        settings = at_endpoint(endpoint.base_url) | given
        client, _ = stack.enter_context(serving(data, **settings))
        for one in documents:
            client.post("/v1/documents", json=one.body).raise_for_status()
        yield Ways(client, data, endpoint, now, settings)


def wrong(
    one: Planted, answer: Any, written: str, ways: Ways, *, made_up: bool = False
) -> list[str]:
    """Return what is wrong with an answer.

    Args:
        one: the document whose question was asked.
        answer: the answer; ``None`` if there was an error, which must say so.
        written: all that was written.
        ways: the ways in.
        made_up: whether the model made its statements up, so that none may count as supported
            unless it is what the record says, word for word.
    """
    if answer is None:
        return [] if "error" in written or '"hint"' in written else ["neither answer nor error"]
    found = broken(answer, ways.text_of)
    found += [f"{where}: {words!r}" for where, words in _lively(answer)]
    for rule in _rules():
        if rule in answer["text"]:
            found.append(f"the prompt was told: {rule!r}")
    if made_up:
        quotes = " ".join(in_answer(" ".join(c["quote"].split()))[0] for c in answer["citations"])
        found += [
            f"made up: {statement['text']!r}"
            for statement in answer["statements"]
            if statement["support"] == "supported" and one.figure not in statement["text"]
            if statement["text"].rstrip(".") not in quotes and not one.asserts
        ]
    return found


def _lively(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Yield what a renderer would act on in the words that an answer tells in its own name."""
    if isinstance(value, str):
        if LIVELY.search(value):
            yield where, value
    elif isinstance(value, list):
        for item in value:
            yield from _lively(item, where)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name not in VERBATIM:
                yield from _lively(item, f"{where}.{name}")


def _rules() -> list[str]:
    """Return the sentences of the prompt that no document and no answer has."""
    lines = prompt._RULES.splitlines()
    return [line.split(". ", 1)[-1] for line in lines if len(line.split()) > 6]
