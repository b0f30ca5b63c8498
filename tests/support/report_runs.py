"""Two runs to report on: with answers of every kind, and with words that attack what shows them."""

from __future__ import annotations

from datetime import date

from eval_answers import answer, case, citation, observe, unanswerable
from made_runs import run_of

from eval.running.results import Run
from eval.scorers import Observation
from eval.scorers.base import RetrievedPassage
from qa.models import Citation, Confidence

ATTACK = (
    "</script></title><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"
    '<a href="javascript:window.hacked=1">\u202etxt.exe\x1b[31m\x00 {{ 7 * 7 }} ]]> & @someone #7'
    f" {'unbroken' * 40}"
)
"""Closes what it might stand in, runs scripts, loads images, turns text around, is very long."""

FERRY = "The ferry carries 1,200 people."


def cited(number: int = 1, **changes: object) -> Citation:
    """Return a citation of the ferry's size, published somewhere on some day."""
    known = {"outlet": "Varn Herald", "published_at": date(2024, 5, 2), "title": "Ferry"}
    return citation("ferry.txt", FERRY, number=number).model_copy(update=known | changes)


def found(of: Observation, *, score: float, seconds: float = 0.25) -> Observation:
    """Return an observation with one passage found, by its score, and the time that it took."""
    passage = RetrievedPassage(document_id="d-ferry", version=1, start=0, end=60, score=score)
    return Observation(
        case=of.case,
        answer=of.answer,
        seconds=seconds,
        passages=(passage,),
        ids=of.ids,
        documents=of.documents,
    )


def right(
    name: str, *, score: float = 9.0, level: str = "high", seconds: float = 0.25
) -> Observation:
    """Return a case that is answered rightly."""
    confidence = Confidence.model_validate({"level": level, "because": "two sources agree"})
    given = answer(["It carries 1,200 people."], [cited()], confidence=confidence)
    return found(observe(case(id=name, group=name), given), score=score, seconds=seconds)


def wrong(name: str, *, score: float = 5.0, level: str = "low") -> Observation:
    """Return a case that is answered with the wrong figure."""
    confidence = Confidence.model_validate({"level": level, "because": "one source says it"})
    given = answer(["It carries 900 people."], [cited()], confidence=confidence)
    return found(observe(case(id=name, group=name), given), score=score)


def due(name: str, *, score: float = 2.0) -> Observation:
    """Return a question that the documents do not answer, and that is refused."""
    return found(observe(unanswerable(id=name), answer([], [])), score=score)


def undue(name: str, *, score: float = 4.0) -> Observation:
    """Return a question that the documents do not answer, and that is answered."""
    given = answer(["It carries 1,200 people."], [cited()])
    return found(observe(unanswerable(id=name), given), score=score)


def hostile(name: str = "hostile") -> Observation:
    """Return a case of which every word that comes from outside attacks the report."""
    quote = cited(title=ATTACK, outlet=ATTACK, url="javascript:window.hacked=1")
    of = case(id=f"{name} {ATTACK}", question=ATTACK, expected=[[ATTACK]], tags=[ATTACK])
    return found(observe(of, answer([ATTACK], [quote])), score=3.0)


def baseline(*more: Observation | str) -> Run:
    """Return the run that others are compared with."""
    return run_of(
        *(right(f"ferry-{number}") for number in range(12)),
        due("due-1"),
        due("due-2"),
        hostile(),
        *more,
        name="first",
        settings={"top_passages": 8, "answerer": "embedded"},
    )


def candidate(*more: Observation | str) -> Run:
    """Return a run in which most of the answers have become wrong."""
    return run_of(
        *(wrong(f"ferry-{number}") for number in range(10)),
        *(right(f"ferry-{number}") for number in range(10, 12)),
        due("due-1"),
        undue("due-2"),
        hostile(),
        *more,
        name="second",
        settings={"top_passages": 2, "answerer": "embedded"},
    )
