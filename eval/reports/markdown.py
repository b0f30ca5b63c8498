"""A run as Markdown, to stand in a pull request or a summary of a job."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eval.reports.amounts import NOTHING, amount, interval
from eval.reports.shortfalls import shortfalls
from eval.running.figures import Figure
from eval.running.results import Run
from eval.thresholds import Verdict
from qa.inert import unlinked
from qa.visible import one_line

_SHOWN_CASES = 30
_WORDS = 200
_MARKUP = re.compile(r"([\\`*_{}\[\]()<>+|~!&$])")
# A backslash before these is taken away before GitHub and GitLab look for people and issues to
# link; an empty comment behind them is not.
_REFERENCE = re.compile(r"[@#]")


def run_markdown(run: Run, verdict: Verdict) -> str:
    """Return a run as Markdown: verdict, metrics, and folded away the cases that fell short."""
    word = "Measured" if not verdict.thresholds.minimum else "Passed"
    if not verdict.passed:
        word = "Failed"
    lines = [
        f"## {word}: {plain(run.name)} on {plain(run.suite.name)}",
        "",
        f"{run.suite.cases} cases, {run.corpus.documents} documents, code {plain(run.code)}, "
        f"cases {run.suite.sha256[:12]}, corpus {run.corpus.fingerprint[:12]}.",
        "",
        *(f"- {plain(str(failure))}" for failure in verdict.failures),
        *([""] if verdict.failures else []),
        "| metric | layer | n | mean | 95 % interval | threshold | |",
        "|---|---|--:|--:|:-:|--:|---|",
        *_rows(run, verdict),
    ]
    short = list(_cases(run))
    if short:
        more = len(short) - _SHOWN_CASES
        lines += ["", "<details>", f"<summary>Cases that fell short ({len(short)})</summary>", ""]
        lines += short[:_SHOWN_CASES]
        lines += [f"- and {more} more, in the run file"] if more > 0 else []
        lines += ["", "</details>"]
    return "\n".join(lines) + "\n"


def plain(text: str) -> str:
    """Return text on one line in which nothing is markup, a mention or a reference."""
    return _REFERENCE.sub(r"\g<0><!-- -->", _MARKUP.sub(r"\\\1", unlinked(one_line(text))))


def _rows(run: Run, verdict: Verdict) -> Iterator[str]:
    failed = {failure.metric for failure in verdict.failures}
    measured = [figure for figure in run.all_figures if figure.mean is not None]
    for figure in sorted(measured, key=lambda one: one.metric not in failed):
        yield _row(figure, verdict.thresholds.minimum.get(figure.metric), figure.metric in failed)


def _row(figure: Figure, minimum: float | None, failed: bool) -> str:
    cells = (
        plain(figure.metric),
        figure.layer,
        str(figure.n),
        amount(figure.mean, figure.unit),
        interval(figure.low, figure.high, figure.unit),
        NOTHING if minimum is None else f"{minimum:.2f}",
        "**fail**" if failed else "" if minimum is None else "pass",
    )
    return f"| {' | '.join(cells)} |"


def _cases(run: Run) -> Iterator[str]:
    for result in run.results:
        name = result.case.id if run.repeats == 1 else result.key
        if result.error is not None:
            yield f"- **{plain(name)}** no answer: {plain(result.error.message[:_WORDS])}"
            continue
        lacks = "; ".join(
            f"{score.metric} {score.value:.2f}{f' ({score.reason})' if score.reason else ''}"
            for score in shortfalls(run, result)
        )
        if lacks:
            yield f"- **{plain(name)}** {plain(result.case.question[:_WORDS])}: {plain(lacks)}"
