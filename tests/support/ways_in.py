"""One question through every way in: JSON, stream, chat completion, response, command line.

Each gives the answer as the whole object and everything that was written, and holds the two against
each other: no way may tell more, or anything else, than the answer does.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from click.testing import CliRunner
from scripted_endpoint import Endpoint
from scripted_replies import Reply, Request, text
from sse import read_events

from api.cli import cli

Answered = tuple[dict[str, Any] | None, str]
"""The answer, ``None`` for an error, and all that was written."""

WAYS = ("by_json", "by_stream", "by_completion", "by_command")


@dataclass
class Ways:
    """A server over documents, a model that says what a test puts in, and the ways in."""

    client: httpx.Client
    data: Path
    endpoint: Endpoint
    now: list[Callable[[Request], Reply]]
    settings: dict[str, str]
    texts: dict[tuple[str, int], str] = field(default_factory=dict)

    def text_of(self, document: str, version: int) -> str:
        """Return the stored text of a version."""
        key = (document, version)
        if key not in self.texts:
            where = f"/v1/documents/{document}/text"
            self.texts[key] = self.client.get(where, params={"version": version}).text
        return self.texts[key]

    def ask(self, way: str, question: str) -> Answered:
        """Ask by one of :data:`WAYS`."""
        answered: Answered = getattr(self, way)(question)
        return answered

    def by_json(self, question: str) -> Answered:
        """Ask for a whole answer."""
        response = self.client.post("/v1/answers", json={"question": question})
        return (response.json() if response.is_success else None), response.text

    def by_stream(self, question: str) -> Answered:
        """Ask for events."""
        accept = {"Accept": "text/event-stream"}
        response = self.client.post("/v1/answers", json={"question": question}, headers=accept)
        events = read_events(response.text.splitlines())
        if events[-1].name != "answer":
            return None, response.text
        answer = events[-1].data["answer"]
        added = [e.data for e in events if e.name == "statement"]
        assert [one["statement"] for one in added] == answer["statements"]
        if added:
            assert "".join(one["text"] for one in added) == answer["text"]
        return answer, response.text

    def by_completion(self, question: str) -> Answered:
        """Ask for a chat completion."""
        asked = {"model": "dossier", "messages": [{"role": "user", "content": question}]}
        response = self.client.post("/v1/chat/completions", json=asked)
        if not response.is_success:
            return None, response.text
        whole = response.json()
        answer, message = whole["dossier"], whole["choices"][0]["message"]
        self._holds_the_same(answer, message["content"], message["annotations"])
        return answer, response.text

    def by_response(self, question: str) -> Answered:
        """Ask for a response."""
        asked = {"model": "dossier", "input": question}
        response = self.client.post("/v1/responses", json=asked)
        if not response.is_success:
            return None, response.text
        whole = response.json()
        (message,) = [item for item in whole["output"] if item["type"] == "message"]
        (content,) = message["content"]
        self._holds_the_same(whole["dossier"], content["text"], content["annotations"])
        return whole["dossier"], response.text

    def _holds_the_same(self, answer: dict[str, Any], text: str, marks: list[Any]) -> None:
        assert text == answer["text"]
        marked = [mark["dossier"] for mark in marks]
        used = [n for statement in answer["statements"] for n in statement["citations"]]
        assert marked == [answer["citations"][number - 1] for number in used]
        for mark in marks:
            place = mark.get("url_citation", mark)
            cited = mark["dossier"]
            assert place["url"] == cited["url"] or place["url"].startswith(
                str(self.client.base_url)
            )
            number = cited["number"]
            assert text[place["start_index"] : place["end_index"]] == f"[{number}]"

    def by_command(self, question: str) -> Answered:
        """Ask on the command line for JSON."""
        result = self._run("ask", question, "--json")
        return (json.loads(result.stdout) if result.stdout else None), result.output

    def shown(self, question: str) -> str:
        """Ask on the command line as a person does."""
        return str(self._run("ask", question).output)

    def command(self, *arguments: str) -> str:
        """Run a command and return what it writes to both streams."""
        return str(self._run(*arguments).output)

    def ask_embedded(self, question: str) -> dict[str, Any]:
        """Ask the embedded answerer for a whole answer."""
        body = {"question": question, "answerer": "embedded"}
        response = self.client.post("/v1/answers", json=body)
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer

    def ask_as(self, way: str, about: Any, says: Callable[[Any, Request], str]) -> Answered:
        """Ask by a way in what a document answers, of a model that says something about it."""
        self.now.append(lambda request: text(says(about, request)))
        return self.ask(way, about.question)

    def _run(self, *arguments: str) -> Any:
        runner = CliRunner(env={f"DOSSIER_{k.upper()}": v for k, v in self.settings.items()})
        return runner.invoke(cli, [*arguments, "--data", str(self.data)])
