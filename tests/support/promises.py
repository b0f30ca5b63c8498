"""What every answer must keep, whoever wrote it: checked from outside, on the JSON alone.

Nothing of the code under test is used here, so that a fault in it cannot hide itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Text = Callable[[str, int], str]
"""Gives the stored text of a document's version."""

LIVELY = re.compile(
    r"\w://\w|www\.\w|!\[|\]\(|\]:|<[a-z/!]|(?:mailto|javascript|data):\S|\w@[\w-]+\.\w|`{3}"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]",
    re.IGNORECASE,
)
"""What a renderer or a terminal would act on."""

_MARKER = re.compile(r"\[\d+\]")


def broken(answer: Mapping[str, Any], text_of: Text) -> list[str]:
    """Return the promises that an answer breaks, in words; none if it keeps them all."""
    return [
        *_citations(answer, text_of),
        *_statements(answer),
        *_further(answer, text_of),
        *_status(answer),
    ]


def _citations(answer: Mapping[str, Any], text_of: Text) -> list[str]:
    found = []
    numbers = [cited["number"] for cited in answer["citations"]]
    if numbers != list(range(1, len(numbers) + 1)):
        found.append(f"the citations are numbered {numbers}")
    for cited in answer["citations"]:
        stored = text_of(cited["document_id"], cited["version"])
        if stored[cited["start"] : cited["end"]] != cited["quote"]:
            found.append(f"[{cited['number']}] is not verbatim: {cited['quote']!r}")
        if not cited["quote"].strip():
            found.append(f"[{cited['number']}] is empty")
    used = {number for statement in answer["statements"] for number in statement["citations"]}
    used |= {number for value in _values(answer) for number in value["citations"]}
    if used != set(numbers):
        found.append(f"citations {sorted(set(numbers) ^ used)} belong to nothing, or do not exist")
    return found


def _statements(answer: Mapping[str, Any]) -> list[str]:
    found, end = [], 0
    quotes = {cited["number"]: cited["quote"] for cited in answer["citations"]}
    for statement in answer["statements"]:
        words = statement["text"]
        if answer["text"][statement["start"] : statement["end"]] != words:
            found.append(f"a statement does not stand where it says: {words!r}")
        between = answer["text"][end : statement["start"]]
        if _MARKER.sub("", between).strip():
            found.append(f"words of no statement stand in the text: {between!r}")
        end = statement["end"]
        if not statement["citations"] and statement["support"] != "unsupported":
            found.append(f"without a citation, and not marked: {words!r}")
        if statement["support"] != "supported" and not statement["reason"]:
            found.append(f"marked without a reason: {words!r}")
        cited = "\n".join(quotes.get(number, "") for number in statement["citations"])
        if statement["support"] == "supported":
            found += [f"{what}, yet supported: {words!r}" for what in _against(statement, cited)]
        if lively := LIVELY.search(words):
            found.append(f"{lively[0]!r} stands in a statement")
    return found


def _against(statement: Mapping[str, Any], cited: str) -> list[str]:
    """Return what plainly speaks against a statement: figures and quoted words not cited."""
    words = statement["text"]
    for note in reversed(statement.get("notes", ())):
        words = words[: note["start"]] + words[note["end"] :]
    words = re.sub(r"\[([:.@])\]", r"\1", words).replace("‹", "<")  # addresses, tags
    digits = set(re.findall(r"\d+", cited.replace(",", "")))
    missing = [n for n in re.findall(r"\d+", words.replace(",", "")) if n not in digits]
    quoted = re.findall(r"[“\"]([^”\"]+)[”\"]", words)
    there = re.sub(r"\[([\d\s,;–-]+)\]", r"(\1)", " ".join(cited.split()))  # no mark of a citation
    forged = [q for q in quoted if " ".join(q.split()).strip(".,") not in there]
    return [f"{n} is not cited" for n in missing] + [f"{q!r} is not cited" for q in forged]


def _further(answer: Mapping[str, Any], text_of: Text) -> list[str]:
    """Return what is wrong with the parts beside the statements."""
    found = []
    cited = {one["number"]: one for one in answer["citations"]}
    if short := answer.get("short"):
        its = cited.get(short["citation"])
        if its is None or not its["start"] <= short["start"] < short["end"] <= its["end"]:
            found.append("the short answer lies outside of its citation")
        elif (
            text_of(its["document_id"], its["version"])[short["start"] : short["end"]]
            != (short["text"])
        ):
            found.append("the short answer is not verbatim")
    for value in _values(answer):
        if not value["citations"] or not set(value["citations"]) <= set(cited):
            found.append(f"the value {value['text']!r} is cited nowhere")
        elif value["text"] not in cited[value["citations"][0]]["quote"]:
            found.append(f"the value {value['text']!r} is not in its citation")
    for near in answer.get("nearest", ()):
        stored = text_of(near["document_id"], near["version"])
        if stored[near["start"] : near["end"]] != near["quote"]:
            found.append("what comes nearest is not verbatim")
    return found


def _values(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the values that an answer gives, those on the sides of a disagreement among them."""
    sides = [value for d in answer.get("disagreements", ()) for value in d["values"]]
    return [*answer.get("values", ()), *sides]


def _status(answer: Mapping[str, Any]) -> list[str]:
    if answer["status"] == "not_in_documents" and (answer["citations"] or answer["statements"]):
        return ["it says that the documents do not say, and cites them"]
    if answer["status"] == "incomplete" and not answer["reason"]:
        return ["it is incomplete without a reason"]
    if answer["status"] == "answered" and not answer["statements"]:
        return ["it is answered without a statement"]
    if not answer["text"].strip():
        return ["it has no text"]
    if lively := LIVELY.search(answer["text"]):
        return [f"{lively[0]!r} stands in the text"]
    return []
