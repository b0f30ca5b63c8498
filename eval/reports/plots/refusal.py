"""Refusal trade-off: who answers more, refuses less where it should.

The point of a run says how many answerable questions it answered and how many unanswerable ones it
refused. The curve says what else it could have had: had it also refused where the best passage
found scores below a limit, for every limit there is. The limit could not have made it answer what
it refused, so the curve leads away from the point in one direction only. Selective answering with
such a limit: R. El-Yaniv and Y. Wiener, "On the foundations of noise-free selective
classification", Journal of Machine Learning Research 11 (2010) 1605-1641.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.reports.plots.drawing import Drawing
from eval.reports.plots.scale import Scale

if TYPE_CHECKING:
    from markupsafe import Markup

    from eval.running.figures import Figure
    from eval.running.results import Result, Run

_HEIGHT, _TOP, _BOTTOM = 320, 34, 276
_LEFT, _RIGHT = 13.0, 97.0


@dataclass(frozen=True, slots=True)
class TradeOff:
    """How one run answers and refuses."""

    name: str
    """How the run is called."""
    answered: Figure
    """Share of the answerable questions that it answered."""
    refused: Figure
    """Share of the unanswerable questions that it refused."""
    curve: tuple[tuple[float, float], ...]
    """The same two shares under a limit on the best passage's score, from no limit upwards; empty
    where no passage has a score."""
    style: str
    """Class of its drawing."""


def trade_off(run: Run, style: str) -> TradeOff | None:
    """Return how a run answers and refuses; ``None`` if its suite does not show both."""
    found = {figure.metric: figure for figure in run.all_figures}
    answered, refused = found.get("answer_rate"), found.get("abstention_recall")
    if answered is None or refused is None or answered.mean is None or refused.mean is None:
        return None
    return TradeOff(run.name, answered, refused, sweep(run.results), style)


def sweep(results: Sequence[Result]) -> tuple[tuple[float, float], ...]:
    """Return the shares of answered answerable and of refused unanswerable questions by limit.

    Args:
        results: of which those with an error do not count.
    """
    told = [result for result in results if result.refused is not None]
    answerable = [result for result in told if result.case.answerable]
    silent = [result for result in told if not result.case.answerable]
    limits = sorted({_best(result) for result in told if not result.refused})
    if not answerable or not silent or len(limits) < 2:
        return ()

    def share(of: Sequence[Result], limit: float) -> float:
        return sum(not r.refused and _best(r) >= limit for r in of) / len(of)

    # One limit above all of them: nothing is answered.
    steps = [(share(answerable, limit), 1 - share(silent, limit)) for limit in limits]
    return (*dict.fromkeys(steps), (0.0, 1.0))


def plot(runs: Sequence[TradeOff]) -> Markup:
    """Return the points of ``runs`` with their intervals, and their curves."""
    told = "; ".join(
        f"{run.name}: answered {run.answered.mean:.3f} of the answerable questions, "
        f"refused {run.refused.mean:.3f} of the unanswerable ones"
        for run in runs
    )
    drawing = Drawing(_HEIGHT, "Answering against refusing", told)
    x, y = Scale(0, 1, _LEFT, _RIGHT), Scale(0, 1, _BOTTOM, _TOP)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        drawing.line((_LEFT, _RIGHT), (y(share), y(share)), "grid")
        drawing.line((x(share), x(share)), (_TOP, _BOTTOM), "grid")
        drawing.label(_LEFT - 1, y(share) + 4, f"{share:.0%}", at="end")
        drawing.label(x(share), _BOTTOM + 16, f"{share:.0%}", at="end" if share == 1 else "middle")
    middle = (_LEFT + _RIGHT) / 2
    drawing.label(middle, _BOTTOM + 34, "answerable questions answered", "axis-name")
    drawing.label(_LEFT, 14, "unanswerable questions refused", "axis-name", "start")
    for run in runs:
        if run.curve:
            drawing.curve([(x(a), y(r)) for a, r in run.curve], f"curve what-if {run.style}")
    for run in runs:
        _point(drawing, run, x, y)
    return drawing.markup()


def _point(drawing: Drawing, run: TradeOff, x: Scale, y: Scale) -> None:
    across, down = run.answered, run.refused
    if across.mean is None or across.low is None or across.high is None:
        return
    if down.mean is None or down.low is None or down.high is None:
        return
    at = x(across.mean), y(down.mean)
    drawing.line((x(across.low), x(across.high)), (at[1], at[1]), f"interval {run.style}")
    drawing.line((at[0], at[0]), (y(down.low), y(down.high)), f"interval {run.style}")
    drawing.point(*at, f"mean {run.style}", 5.5)


def _best(result: Result) -> float:
    scores = [passage.score for passage in result.passages if passage.score is not None]
    return max(scores, default=float("-inf"))
