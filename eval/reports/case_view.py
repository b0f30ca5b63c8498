"""What a page shows of one case: prepared here, so that templates only have to set it."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from eval.reports.amounts import amount
from eval.reports.marking import Piece, Span, asked, facts, pieces, shifted
from eval.reports.shortfalls import short

if TYPE_CHECKING:
    from eval.cases import Case
    from eval.comparing.comparison import Flip
    from eval.running.results import Result, Run
    from eval.scorers.base import RetrievedPassage
    from qa.models import Answer, Citation, Excerpt, Statement

_PLAIN = re.compile(r"[A-Za-z0-9._-]{1,60}")
_BADGES = 3
"""Metrics that are named beside a question before it is said how many more there are."""


@dataclass(frozen=True, slots=True)
class StatementView:
    """A sentence of an answer."""

    pieces: tuple[Piece, ...]
    """Its words."""
    citations: tuple[int, ...]
    """Numbers of its citations."""
    support: str
    """Whether they bear it out."""
    reason: str | None
    """What is missing."""


@dataclass(frozen=True, slots=True)
class QuotationView:
    """A quotation with where it comes from."""

    number: int | None
    """Its number in the answer; ``None`` for words that only come near."""
    title: str
    """Title of the document, or its name in the record."""
    source: str
    """Outlet, author and day, as far as they are known."""
    url: str | None
    """Where it was published, if that is a plain web address."""
    host: str
    """The site of that address."""
    place: str
    """Where in the document the words stand."""
    rank: str
    """Which of the passages found holds them."""
    pieces: tuple[Piece, ...]
    """The words."""


@dataclass(frozen=True, slots=True)
class ScoreView:
    """A score of one asking."""

    metric: str
    """Name of the metric."""
    measured: bool
    """Whether there is a value."""
    value: str
    """The value in words."""
    reason: str
    """What a full score lacks, or why there is none."""
    short: bool
    """Whether the value is less than full."""


@dataclass(frozen=True, slots=True)
class AskingView:
    """One asking of a case in one run."""

    anchor: str
    """Where in the page it stands."""
    heading: str
    """How it is called; empty where there is one only."""
    style: str
    """``baseline``, ``candidate``, or empty."""
    result: Result
    """What was seen."""
    statements: tuple[StatementView, ...]
    """The sentences of the answer."""
    quotations: tuple[QuotationView, ...]
    """Its citations."""
    nearest: tuple[QuotationView, ...]
    """What came nearest, where there is no answer in the documents."""
    scores: tuple[ScoreView, ...]
    """All scores."""
    time: str
    """How long it took."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with what was answered."""

    anchor: str
    """Where in the page it stands; the same for this id in every report."""
    case: Case
    """The case."""
    states: tuple[str, ...]
    """What the filter finds it by."""
    badges: tuple[tuple[str, str], ...]
    """What is said beside the question, each with its class."""
    askings: tuple[AskingView, ...]
    """What was answered; in comparisons the baseline first."""
    flip: Flip | None = None
    """What changed, where it is right in one run only."""


def anchor_of(case_id: str) -> str:
    """Return the fragment for a case, the same in every report and safe in an address."""
    if _PLAIN.fullmatch(case_id):
        return f"case-{case_id}"
    digest = hashlib.sha256(case_id.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    kept = re.sub(r"[^A-Za-z0-9._-]+", "-", case_id)[:40].strip("-")
    return f"case-{kept}~{digest}"


def cases_of(run: Run) -> tuple[CaseView, ...]:
    """Return the cases of a run: those without an answer first, then those that fell short."""
    views = []
    for results in _by_case(run).values():
        case, anchor = results[0].case, anchor_of(results[0].case.id)
        askings = tuple(
            _asking(run, one, f"{anchor}-r{one.repeat}", _heading(one, len(results)), "")
            for one in results
        )
        states = _states(askings)
        views.append(CaseView(anchor, case, states, _badges(askings, states), askings))
    order = {"error": 0, "short": 1}
    return tuple(sorted(views, key=lambda view: min(order.get(s, 2) for s in view.states)))


def pairs_of(
    baseline: Run, candidate: Run, flips: Sequence[Flip], unpaired: Sequence[str]
) -> tuple[CaseView, ...]:
    """Return the cases of two runs side by side: the flips first, in their order.

    Args:
        baseline: the run that is compared with.
        candidate: the run that is judged.
        flips: cases that are right in one run only.
        unpaired: ids of the cases that were not compared.
    """
    sides = (
        (_by_case(baseline), "baseline", baseline),
        (_by_case(candidate), "candidate", candidate),
    )
    by_case = {flip.case: flip for flip in flips}
    views = {}
    for id_ in (*by_case, *dict.fromkeys((*sides[0][0], *sides[1][0]))):
        if id_ in views:
            continue
        flip, anchor = by_case.get(id_), anchor_of(id_)
        askings = tuple(
            _asking(run, shown, f"{anchor}-{style}", _side(style, shown, len(found[id_])), style)
            for found, style, run in sides
            if id_ in found and (shown := _shown(found[id_], flip.repeat if flip else 0))
        )
        states = (
            *_change(flip),
            *(("unpaired",) if id_ in unpaired else ()),
            *_states(askings[-1:]),
        )
        badges = (
            *(((flip.direction, flip.direction),) if flip else ()),
            *((("not compared", "quiet"),) if id_ in unpaired else ()),
            *(_flipped(flip) if flip and flip.metrics else _badges(askings[-1:], states)),
        )
        views[id_] = CaseView(anchor, askings[-1].result.case, states, badges, askings, flip)
    return tuple(views.values())


def link(url: str | None) -> tuple[str | None, str]:
    """Return an address that may be followed and its site; ``None`` and nothing otherwise.

    Only ``http`` and ``https`` with a host, in printable ASCII and without a user name, which
    could make one site look like another.
    """
    if url is None or not url.isascii() or not url.isprintable() or " " in url:
        return None, ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None, ""
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        return None, ""
    return url, parts.netloc


def _by_case(run: Run) -> dict[str, list[Result]]:
    found: dict[str, list[Result]] = defaultdict(list)
    for result in run.results:
        found[result.case.id].append(result)
    return found


def _shown(results: Sequence[Result], repeat: int) -> Result:
    return next((one for one in results if one.repeat == repeat), results[0])


def _heading(result: Result, of: int) -> str:
    return f"asking {result.repeat + 1} of {of}" if of > 1 else ""


def _side(style: str, result: Result, of: int) -> str:
    return f"{style}, {_heading(result, of)}" if of > 1 else style


def _states(askings: Sequence[AskingView]) -> tuple[str, ...]:
    states = []
    if any(asking.result.error for asking in askings):
        states.append("error")
    if any(score.short for asking in askings for score in asking.scores):
        states.append("short")
    if any(asking.result.refused for asking in askings):
        states.append("refused")
    if not {"error", "short"} & set(states):
        states.append("right")
    return tuple(states)


def _change(flip: Flip | None) -> tuple[str, ...]:
    if flip is None:
        return ("same",)
    return ("flipped", *(("worse", "better") if flip.direction == "mixed" else (flip.direction,)))


def _badges(askings: Sequence[AskingView], states: Sequence[str]) -> tuple[tuple[str, str], ...]:
    badges = []
    if "error" in states:
        badges.append(("no answer", "worse"))
    if "refused" in states:
        badges.append(("refused", "quiet"))
    low = {score.metric: score.value for a in askings for score in a.scores if score.short}
    badges += _few([f"{metric} {value}" for metric, value in low.items()])
    return tuple(badges)


def _flipped(flip: Flip) -> tuple[tuple[str, str], ...]:
    told = [f"{one.metric} {one.baseline:.2f} → {one.candidate:.2f}" for one in flip.metrics]
    return tuple(_few(told))


def _few(told: Sequence[str]) -> list[tuple[str, str]]:
    more = len(told) - _BADGES
    rest = [(f"{more} more", "quiet")] if more > 0 else []
    return [*((one, "short") for one in told[:_BADGES]), *rest]


def _asking(run: Run, result: Result, anchor: str, heading: str, style: str) -> AskingView:
    answer, case = result.answer, result.case
    clock = run.measured.cases.get(result.key)
    time = "" if clock is None else f"{clock.seconds:.2f} s{', kept' if clock.cached else ''}"
    return AskingView(
        anchor=anchor,
        heading=heading,
        style=style,
        result=result,
        statements=tuple(_statement(s, case) for s in answer.statements) if answer else (),
        quotations=(
            tuple(_citation(c, answer, case, result.passages) for c in answer.citations)
            if answer
            else ()
        ),
        nearest=(
            tuple(_quotation(e, None, asked(e.quote, case), ()) for e in answer.nearest)
            if answer
            else ()
        ),
        scores=_scores(run, result),
        time=time,
    )


def _scores(run: Run, result: Result) -> tuple[ScoreView, ...]:
    known = {identity.metric: identity for identity in run.metrics}
    return tuple(
        ScoreView(
            score.metric,
            score.value is not None,
            amount(score.value, known[score.metric].unit),
            score.reason or "",
            short(known[score.metric], score.value),
        )
        for score in run.scores(result)
        if score.metric in known
    )


def _statement(statement: Statement, case: Case) -> StatementView:
    notes = (Span(note.start, note.end, "note") for note in statement.notes)
    return StatementView(
        pieces(statement.text, (*notes, *facts(statement.text, case))),
        statement.citations,
        statement.support,
        statement.reason,
    )


def _citation(
    citation: Citation, answer: Answer, case: Case, passages: Sequence[RetrievedPassage]
) -> QuotationView:
    spans = [*asked(citation.quote, case), *facts(citation.quote, case)]
    short = answer.short
    if short is not None and short.citation == citation.number:
        spans += shifted([Span(short.start, short.end, "short")], citation.start)
    return _quotation(citation, citation.number, spans, passages)


def _quotation(
    excerpt: Excerpt,
    number: int | None,
    spans: Iterable[Span],
    passages: Sequence[RetrievedPassage],
) -> QuotationView:
    url, host = link(excerpt.url)
    known = (excerpt.outlet, excerpt.author, excerpt.published_at)
    page = f"page {excerpt.page}, " if excerpt.page else ""
    return QuotationView(
        number=number,
        title=excerpt.title or excerpt.document_id,
        source=", ".join(str(part) for part in known if part),
        url=url,
        host=host,
        place=(
            f"{page}characters {excerpt.start}–{excerpt.end} of {excerpt.document_id}, "
            f"version {excerpt.version}"
        ),
        rank=_rank(excerpt, passages),
        pieces=pieces(excerpt.quote, spans),
    )


def _rank(excerpt: Excerpt, passages: Sequence[RetrievedPassage]) -> str:
    for rank, passage in enumerate(passages, 1):
        same = (passage.document_id, passage.version) == (excerpt.document_id, excerpt.version)
        if same and passage.start <= excerpt.start and excerpt.end <= passage.end:
            return f"passage {rank} of the {len(passages)} found"
    return ""
