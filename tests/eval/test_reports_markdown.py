"""A run as Markdown in a pull request."""

from __future__ import annotations

import re

from made_runs import run_of
from report_runs import ATTACK, hostile, right, wrong

from eval.reports.markdown import plain, run_markdown
from eval.running.results import Run
from eval.thresholds import Thresholds, judge

STRICT = Thresholds(minimum={"fact_recall": 0.9, "citation_validity": 0.5})


def told(run: Run, thresholds: Thresholds = STRICT) -> list[str]:
    return run_markdown(run, judge(run, thresholds)).splitlines()


def test_the_verdict_stands_first_and_failed_metrics_lead_the_table() -> None:
    lines = told(run_of(right("a"), wrong("b"), name="brief"))
    assert lines[0] == r"## Failed: brief on hand\-made".replace(r"\-", "-")
    assert r"- fact\_recall 0.500 is below 0.90" in lines
    rows = [line for line in lines if line.startswith("| ")]
    assert rows[1] == r"| fact\_recall | answer | 2 | 0.500 | 0.095–0.905 | 0.90 | **fail** |"
    assert any(row.startswith(r"| citation\_validity") and row.endswith("| pass |") for row in rows)


def test_only_what_was_measured_is_in_the_table() -> None:
    assert not any("nugget" in line for line in told(run_of(right("a"))))


def test_cases_that_fell_short_are_folded_away() -> None:
    lines = told(run_of(right("a"), wrong("b"), "it broke"))
    start, end = lines.index("<details>"), lines.index("</details>")
    assert lines[start + 1] == "<summary>Cases that fell short (2)</summary>"
    assert [line.split("**")[1] for line in lines[start + 3 : end - 1]] == ["b", "broken"]
    assert "<details>" not in told(run_of(right("a")))


def test_a_long_list_is_cut() -> None:
    lines = told(run_of(*(wrong(f"case-{number}") for number in range(40))))
    assert "- and 10 more, in the run file" in lines


def test_nothing_in_it_is_markup_or_calls_anybody() -> None:
    text = "\n".join(told(run_of(hostile(), f"{ATTACK}\n# heading | cell `code`")))
    assert "\n# heading" not in text
    assert re.search(r"(?<!\\)<(?!!-- -->|/?details>|/?summary>)", text) is None
    assert "@<!-- -->someone" in text
    assert "#<!-- -->7" in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_plain_text_stays_on_one_line() -> None:
    assert plain("a\n\n| b _c_") == r"a \| b \_c\_"
