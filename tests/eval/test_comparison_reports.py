"""A comparison as text for a terminal and as Markdown for a pull request."""

from __future__ import annotations

from made_pairs import bare, good, missed, silent, told
from made_runs import run_of

from eval.comparing.compare import compare
from eval.comparing.comparison import Comparison
from eval.comparing.policy import MetricPolicy, Policy, default_policy
from eval.reports.comparison_markdown import comparison_markdown
from eval.reports.comparison_text import comparison_text


def worse(question: str = "How many people fit on the ferry?", name: str = "new") -> Comparison:
    before = run_of(
        *(good(n, question=question, tags=["a" if n < 20 else "b"]) for n in range(30)),
        *(silent(n) for n in range(30, 40)),
        name="old",
    )
    after = run_of(
        *(
            (bare if n < 12 else missed if n == 12 else good)(
                n, question=question, tags=["a" if n < 20 else "b"]
            )
            for n in range(30)
        ),
        *(silent(n) for n in range(30, 40)),
        name=name,
        model="new-model",
    )
    return compare(before, after, default_policy())


class TestText:
    def test_the_verdict_and_its_cause_stand_before_the_numbers(self) -> None:
        lines = comparison_text(worse()).splitlines()
        assert lines[0].startswith("Baseline   old: suite hand-made, 40 cases")
        assert "Changed    model: – -> new-model" in lines
        at = lines.index("REGRESSION on 40 paired cases, policy default")
        assert lines[at + 1].startswith("  citation: citation_support fell in 12 of 29 cases")
        assert any(line.startswith("  warning: citation_validity") for line in lines)

    def test_regressions_head_the_table_and_what_is_not_judged_ends_it(self) -> None:
        lines = comparison_text(worse()).splitlines()
        rows = lines[lines.index(next(x for x in lines if x.startswith("  metric"))) + 1 :]
        names = [row.split()[0] for row in rows[: rows.index("slices that differ")]]
        assert set(names[:2]) == {"citation_support", "citation_coverage"}
        assert rows[0].endswith("REGRESSION")
        assert names.index("latency") > names.index("abstention_recall")
        assert "disagreement_recall" not in names

    def test_slices_that_differ_are_shown_and_others_are_not(self) -> None:
        text = comparison_text(worse())
        assert "citation_coverage tag=a" in text
        assert "citation_coverage tag=b" not in text
        assert "citation_coverage type=single" not in text

    def test_a_flip_shows_both_answers_quotations_and_claims(self) -> None:
        text = comparison_text(worse())
        assert "Cases that got worse (13)" in text
        assert "    baseline: The ferry carries 1,200 people. [1]" in text
        assert "      [1] d-ferry: “The ferry carries 1,200 people”" in text
        assert "    added: It sails at noon." in text
        assert "… and 3 more" in text

    def test_equal_runs_are_told_in_few_words(self) -> None:
        run = run_of(*(good(n) for n in range(10)))
        text = comparison_text(compare(run, run, default_policy()))
        assert "PASS on 10 paired cases" in text
        assert "the same parts made both" in text
        assert text.endswith("No case is right in one run only.")

    def test_repeats_and_noise_are_told(self) -> None:
        before = run_of(*(good(n) for n in range(4)), *(good(n) for n in range(4)))
        after = run_of(*(good(n) for n in range(4)), told(0), *(good(n) for n in range(1, 4)))
        policy = Policy(metrics={"fact_recall": MetricPolicy()})
        text = comparison_text(compare(before, after, policy))
        assert "each asked 2 times, 25% of them not answered alike each time" in text
        assert "[differs in 1 of 2 askings; number 2 shown]" in text

    def test_nothing_in_it_drives_a_terminal(self) -> None:
        text = comparison_text(worse(question="What\x1b[31m is\nred?", name="n\x1b]0;x\x07"))
        assert "\x1b" not in text
        assert "\x07" not in text
        assert "What<U+001B>[31m is red?" in text


class TestMarkdown:
    def test_what_is_judged_is_open_and_the_rest_is_folded(self) -> None:
        text = comparison_markdown(worse())
        shown, folded = text.split("<details>", maxsplit=1)
        assert shown.startswith("## REGRESSION: new against old\n")
        assert "- citation: citation\\_support fell in 12 of 29 cases" in shown
        assert "| citation\\_coverage | 29 |" in shown
        assert "**regression**" in shown
        assert "latency" not in shown
        assert "latency" in folded
        assert "- model model: – → new-model" in folded
        assert "<summary>Cases that got worse (13)</summary>" in folded
        assert text.count("<details>") == text.count("</details>") == 3

    def test_nothing_in_it_is_markup(self) -> None:
        question = "Is <img src=x onerror=alert(1)> | [this](http://x) @you #1 `code`?"
        text = comparison_markdown(worse(question=question, name="<b>new"))
        assert "<img" not in text.replace("\\<img", "")
        assert "\\| \\[this\\]\\(http\\[:\\]//x\\) @<!-- -->you #<!-- -->1 \\`code\\`?" in text
        assert "\\<b\\>new" in text

    def test_equal_runs_are_short(self) -> None:
        run = run_of(*(good(n) for n in range(10)))
        text = comparison_markdown(compare(run, run, default_policy()))
        assert text.startswith("## PASS")
        assert "Cases that got" not in text
