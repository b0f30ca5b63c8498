"""Cases answered well or badly in one way at a time, for tests of comparisons."""

from __future__ import annotations

from typing import Any

from eval_answers import answer, case, citation, observe, unanswerable

from eval.scorers import Observation
from qa.models import Statement

CARRIES = "The ferry carries 1,200 people"
SAILS = "It sails at noon"
BOTH = ("d-ferry", "d-canal")


def told(
    number: int,
    *sentences: tuple[str, str],
    found: tuple[str, ...] = BOTH,
    silent: bool = False,
    **changes: Any,
) -> Observation:
    """Return what was seen of a case.

    Args:
        number: of the case; cases of different numbers share no document.
        sentences: each with the words of ``ferry.txt`` that it cites, or with no words.
        found: ids of the documents that the search found.
        silent: whether the documents do not tell.
        changes: fields of the case that are otherwise.
    """
    made = unanswerable if silent else case
    of = made(**{"id": f"{'u' if silent else 'c'}{number:02}", "group": f"g{number}"} | changes)
    quotes = [quote for _, quote in sentences if quote]
    given = answer(
        [text for text, _ in sentences],
        [citation("ferry.txt", quote, number=n) for n, quote in enumerate(quotes, 1)],
    )
    statements = tuple(
        _cited(statement, quotes.index(quote) + 1 if quote else None)
        for statement, (_, quote) in zip(given.statements, sentences, strict=True)
    )
    return observe(of, given.model_copy(update={"statements": statements}), retrieved=found)


def _cited(statement: Statement, number: int | None) -> Statement:
    return statement.model_copy(update={"citations": () if number is None else (number,)})


def good(number: int, **changes: Any) -> Observation:
    """A right answer, with the words that it rests on."""
    return told(number, (f"{CARRIES}.", CARRIES), **changes)


def wrong(number: int, **changes: Any) -> Observation:
    """A wrong fact from the right document, found as well as before."""
    return told(number, (f"{SAILS}.", SAILS), **changes)


def bare(number: int, **changes: Any) -> Observation:
    """The right fact twice, once without its source."""
    return told(number, (f"{CARRIES}.", CARRIES), (f"{SAILS}.", ""), **changes)


def missed(number: int, **changes: Any) -> Observation:
    """A refusal, because the search did not find the document."""
    return told(number, found=("d-canal",), **changes)


def refused(number: int, **changes: Any) -> Observation:
    """A refusal, although the search found the document."""
    return told(number, **changes)


def silent(number: int, **changes: Any) -> Observation:
    """A refusal where the documents do not tell."""
    return told(number, silent=True, **changes)


def talkative(number: int, **changes: Any) -> Observation:
    """An answer where the documents do not tell, cited for nothing that bears it out."""
    return told(number, ("The captain is called Olsen.", SAILS), silent=True, **changes)
