"""One HTML file that holds a whole run or comparison, and asks nothing of any network.

Its style sheet and script stand in it and are named by their hashes in a Content Security Policy,
which forbids everything else: words of documents, questions and models cannot become a script, a
style or a request even if they got past the escaping (W3C, Content Security Policy Level 3).
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from eval.reports.amounts import probability
from eval.reports.case_view import CaseView, cases_of, pairs_of
from eval.reports.identity_view import identity, settings
from eval.reports.metric_view import change_tables, figure_rows, level_rows
from eval.reports.plots import calibration, forest, latency, refusal
from eval.reports.plots.scale import SHARES
from qa.visible import visible

if TYPE_CHECKING:
    from jinja2 import Environment

    from eval.comparing.comparison import Comparison
    from eval.running.results import Run
    from eval.thresholds import Verdict

_STATES = {
    "flipped": "flipped",
    "worse": "flipped to worse",
    "better": "flipped to better",
    "short": "fell short",
    "error": "no answer",
    "refused": "refused",
    "unpaired": "not compared",
    "right": "nothing to mend",
}
"""What the filter offers, in its order."""


def run_page(run: Run, verdict: Verdict) -> str:
    """Return the page of one run.

    Args:
        run: what is shown.
        verdict: whether it is good enough.
    """
    cases = cases_of(run)
    return _page(
        "run.html.jinja",
        run=run,
        verdict=verdict,
        identity=identity(run),
        settings=settings(run),
        rows=figure_rows(run, verdict),
        unmeasured=[one.metric for one in run.all_figures if one.mean is None],
        shares_axis=forest.axis("shares from 0 to 1", SHARES),
        **_plots([(run, run.name, "run")]),
        **_cases(cases),
    )


def comparison_page(comparison: Comparison, baseline: Run, candidate: Run) -> str:
    """Return the page of a comparison.

    Args:
        comparison: what is shown.
        baseline: the run that was compared with, whole.
        candidate: the run that was judged, whole.
    """
    unpaired = [one.case for one in comparison.unpaired]
    overall = [change for change in comparison.overall if change.n]
    sliced = [change for change in comparison.changes if change.slice and change.n]
    policy = comparison.policy
    return _page(
        "comparison.html.jinja",
        comparison=comparison,
        identity=identity(baseline, candidate),
        settings=settings(baseline, candidate),
        unmeasured=[change.metric for change in comparison.overall if not change.n],
        tables=change_tables(overall, policy, baseline, candidate),
        slices=change_tables(sliced, policy, baseline, candidate),
        **_plots([(baseline, "baseline", "baseline"), (candidate, "candidate", "candidate")]),
        **_cases(pairs_of(baseline, candidate, comparison.flips, unpaired)),
    )


def _plots(runs: Sequence[tuple[Run, str, str]]) -> dict[str, object]:
    """Return what the section of plots shows, for each run with its name and its class."""
    offs = [
        (name, found)
        for run, name, style in runs
        if (found := refusal.trade_off(run, style)) is not None
    ]
    times = []
    for run, name, style in runs:
        seconds = tuple(clock.seconds for clock in run.measured.cases.values())
        if seconds:
            times.append(latency.Times(name, seconds, style))
    kept = sum(clock.cached for run, _, _ in runs for clock in run.measured.cases.values())
    by = (("confidence", calibration.by_confidence), ("support", calibration.by_support))
    levels = {
        kind: level_rows([(style, of(run.results)) for run, _, style in runs]) for kind, of in by
    }
    return {
        "levels": levels,
        "levels_axis": forest.axis("shares from 0 to 1", SHARES),
        "offs": [off for _, off in offs],
        "off_names": [name for name, _ in offs],
        "refusals": refusal.plot([off for _, off in offs]) if offs else None,
        "times": times,
        "latencies": latency.plot(times) if times else None,
        "kept": kept,
    }


def _cases(cases: Sequence[CaseView]) -> dict[str, object]:
    states = Counter(state for view in cases for state in view.states)
    return {
        "cases": cases,
        "types": sorted(Counter(view.case.type for view in cases).items()),
        "states": [(key, word, states[key]) for key, word in _STATES.items() if states[key]],
    }


def _page(template: str, **shown: object) -> str:
    from markupsafe import Markup

    style, script = _asset("page.css"), _asset("page.js")
    # Only our own two files are taken as they are; everything else is escaped.
    return (
        _environment()
        .get_template(template)
        .render(
            page_style=Markup(style),  # noqa: S704
            page_script=Markup(script),  # noqa: S704
            page_policy="; ".join(_policy(style, script)),
            **shown,
        )
    )


def _policy(style: str, script: str) -> Iterable[str]:
    """Return the directives of the page's Content Security Policy."""
    yield "default-src 'none'"
    yield f"style-src '{_hash(style)}'"
    yield f"script-src '{_hash(script)}'"
    yield "img-src data:"  # the empty icon, without which browsers ask the server for one
    yield "base-uri 'none'"
    yield "form-action 'none'"


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _asset(name: str) -> str:
    return resources.files("eval.reports").joinpath("pages", name).read_text("utf-8").strip()


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    def shown(value: object) -> object:
        return value if isinstance(value, Markup) else visible(str(value))

    environment = Environment(
        loader=PackageLoader("eval.reports", "pages"),
        autoescape=True,
        finalize=shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["probability"] = probability
    return environment
