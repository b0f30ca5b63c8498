"""Pairing, verdicts and policies, seen through compare()."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from made_pairs import good, missed, refused, silent, told, wrong
from made_runs import run_of

from eval.comparing import files
from eval.comparing.compare import compare
from eval.comparing.comparison import Comparison, MetricChange
from eval.comparing.policy import MetricPolicy, Policy, default_policy, read_policy
from eval.errors import Incomparable, InvalidPolicy, InvalidRun
from eval.running.results import CorpusIdentity, Run, SuiteIdentity


def gating(metric: str = "fact_recall", **asked: object) -> Policy:
    changes = {key: asked.pop(key) for key in tuple(asked) if key in Policy.model_fields}
    metrics = {metric: MetricPolicy.model_validate(asked)}
    return Policy.model_validate({"metrics": metrics} | changes)


def runs(right: int, of: int, **changes: object) -> tuple[Run, Run]:
    """A run with all cases right, and one with some of them wrong."""
    before = run_of(*(good(n) for n in range(of)), name="old")
    after = (good(n) if n < right else wrong(n) for n in range(of))
    return before, run_of(*after, name="new", **changes)


def change(of: Comparison, metric: str, slice_: str = "") -> MetricChange:
    return next(c for c in of.changes if (c.metric, c.slice) == (metric, slice_))


class TestVerdict:
    def test_equal_runs_pass_and_blame_nobody(self) -> None:
        before, after = runs(30, 30)
        found = compare(before, after, default_policy())
        assert found.verdict == "PASS"
        assert found.blames == ()
        assert found.flips == ()
        assert found.differs == ()
        assert found.warnings == ()

    def test_surely_worse_is_a_regression(self) -> None:
        found = compare(*runs(20, 30), gating())
        metric = change(found, "fact_recall")
        assert found.verdict == "REGRESSION"
        assert metric.verdict == "regression"
        assert metric.p_adjusted is not None
        assert metric.p_adjusted < 0.05
        assert (metric.worsened, metric.improved, metric.n) == (10, 0, 30)
        assert metric.difference == pytest.approx(-1 / 3)
        assert found.because[0] == "answer: fact_recall fell in 10 of 30 cases"

    def test_perhaps_worse_is_inconclusive_and_tells_what_would_show(self) -> None:
        found = compare(*runs(28, 30), gating())
        metric = change(found, "fact_recall")
        assert found.verdict == "INCONCLUSIVE"
        assert metric.verdict == "inconclusive"
        assert metric.detectable is not None
        assert f"{metric.detectable:.3f}" in metric.why

    def test_a_wide_margin_lets_it_pass(self) -> None:
        found = compare(*runs(28, 30), gating(margin=0.5))
        assert found.verdict == "PASS"
        assert "0.500 is allowed" in change(found, "fact_recall").why

    def test_one_case_below_the_floor_is_enough(self) -> None:
        found = compare(*runs(29, 30), gating(floor=1.0))
        assert found.verdict == "REGRESSION"
        assert "0.967 is below the floor of 1.000" in change(found, "fact_recall").why
        assert [blame.layer for blame in found.blames] == ["answer"]

    def test_cases_of_one_story_count_once(self) -> None:
        """Ten falls in one story are one observation, ten in ten stories are ten."""
        before = run_of(*(good(n, group="one" if n < 10 else f"g{n}") for n in range(30)))
        after = run_of(
            *((wrong if n < 10 else good)(n, group="one" if n < 10 else f"g{n}") for n in range(30))
        )
        found = compare(before, after, gating())
        assert change(found, "fact_recall").clusters == 21
        assert found.verdict == "INCONCLUSIVE"
        assert compare(*runs(20, 30), gating()).verdict == "REGRESSION"

    def test_holm_counts_all_gated_metrics(self) -> None:
        """Six cases are enough for one gated metric and too few for many."""
        before, after = runs(34, 40)
        alone = compare(before, after, gating())
        many = compare(before, after, default_policy())
        assert alone.verdict == "REGRESSION"
        assert many.verdict == "INCONCLUSIVE"
        one, other = (change(c, "fact_recall") for c in (alone, many))
        assert one.p == other.p == one.p_adjusted
        assert other.p_adjusted is not None
        assert other.p_adjusted > (one.p or 0)

    def test_lower_is_better_for_seconds_and_the_margin_is_relative(self) -> None:
        before = run_of(*(good(n) for n in range(20)))
        after = run_of(*(replace(good(n), seconds=0.25 * 1.2) for n in range(20)))
        slower = compare(before, after, gating("latency", margin=0.1))
        assert slower.verdict == "REGRESSION"
        assert change(slower, "latency").worsened == 20
        assert [blame.layer for blame in slower.blames] == ["speed"]
        assert compare(before, after, gating("latency", margin=0.3)).verdict == "PASS"
        assert compare(after, before, gating("latency", margin=0.1)).verdict == "PASS"

    def test_latency_is_shown_and_not_judged_by_default(self) -> None:
        found = compare(*runs(30, 30), default_policy())
        assert change(found, "latency").verdict == "not gated"
        assert change(found, "latency").p_adjusted is None

    def test_a_policy_that_judges_nothing_passes_nothing(self) -> None:
        found = compare(*runs(30, 30), gating(gate=False))
        assert found.verdict == "INCONCLUSIVE"
        assert found.because == ("the policy gates nothing that was measured",)

    def test_no_value_in_both_runs_is_undecided(self) -> None:
        """Who refuses everything cites nothing wrongly, which is no pass."""
        before = run_of(*(good(n) for n in range(12)))
        after = run_of(*(refused(n) for n in range(12)))
        metric = change(compare(before, after, gating("citation_support")), "citation_support")
        assert metric.n == 0
        assert metric.verdict == "inconclusive"
        assert len(metric.unpaired) == 12


class TestErrors:
    def test_an_answer_that_is_lost_is_a_regression_of_its_own(self) -> None:
        before = run_of(*(good(n) for n in range(20)))
        after = run_of(*(good(n) for n in range(19)), (good(19).case, "too slow"))
        found = compare(before, after, default_policy())
        assert found.verdict == "REGRESSION"
        assert found.errors.new == ("c19#0",)
        assert found.because[0].startswith("errors: 1 asking got no answer")
        assert found.blames == ()
        assert [flip.case for flip in found.flips] == ["c19"]
        assert found.flips[0].after.error == "model_timeout: too slow"

    def test_the_policy_may_allow_some(self) -> None:
        before = run_of(*(good(n) for n in range(20)))
        after = run_of(*(good(n) for n in range(19)), (good(19).case, "too slow"))
        assert compare(before, after, gating(allowed_errors=1)).verdict == "PASS"

    def test_one_that_both_have_or_that_is_gone_is_none(self) -> None:
        broken = (good(0).case, "too slow")
        rest = [good(n) for n in range(1, 20)]
        both = compare(run_of(broken, *rest), run_of(broken, *rest), gating())
        assert (both.errors.verdict, both.errors.baseline, both.errors.candidate) == ("pass", 1, 1)
        gone = compare(run_of(broken, *rest), run_of(good(0), *rest), gating())
        assert gone.errors.gone == ("c00#0",)
        assert gone.verdict == "PASS"
        assert [flip.direction for flip in gone.flips] == ["better"]

    def test_a_further_asking_that_fails_is_not_hidden_by_the_first(self) -> None:
        before = run_of(*(good(n) for n in range(10)))
        after = run_of(*(good(n) for n in range(10)), (good(3).case, "too slow"), repeats=2)
        assert compare(before, after, gating()).errors.new == ("c03#1",)


class TestPairing:
    def test_cases_of_one_run_only_are_named(self) -> None:
        before = run_of(*(good(n) for n in range(10)), good(70))
        after = run_of(*(good(n) for n in range(10)), good(80), good(81))
        found = compare(before, after, gating())
        assert found.cases == 10
        assert [(u.case, u.why) for u in found.unpaired] == [
            ("c70", "only in the baseline"),
            ("c80", "only in the candidate"),
            ("c81", "only in the candidate"),
        ]
        assert "2 cases only in the candidate: c80, c81" in found.warnings

    def test_another_suite_counts_where_question_and_expectations_are_equal(self) -> None:
        before = run_of(*(good(n) for n in range(10)))
        other = SuiteIdentity(name="later", sha256="ef" * 32, cases=11)
        asked_otherwise = good(9, question="How many may board?")
        relabelled = good(0, tags=["new"], group="other")
        after = run_of(relabelled, *(good(n) for n in range(1, 9)), asked_otherwise, suite=other)
        found = compare(before, after, gating())
        assert found.cases == 9
        assert [(u.case, u.why) for u in found.unpaired] == [("c09", "not the same case")]
        assert found.warnings[0].startswith("the suites differ")

    def test_nothing_in_common_is_an_error(self) -> None:
        with pytest.raises(Incomparable, match="no case in common"):
            compare(run_of(good(1)), run_of(good(2)), default_policy())

    def test_other_documents_are_warned_of(self) -> None:
        before, after = runs(5, 5, corpus=CorpusIdentity(fingerprint="ee" * 32, documents=3))
        assert any("documents differ" in w for w in compare(before, after, gating()).warnings)

    def test_a_case_unscored_in_one_run_is_counted_and_named(self) -> None:
        before = run_of(*(good(n) for n in range(12)))
        after = run_of(*(good(n) for n in range(11)), refused(11))
        found = compare(before, after, gating("citation_support"))
        assert change(found, "citation_support").unpaired == ("c11",)
        assert change(found, "citation_support").n == 11
        assert any("c11" in warning for warning in found.warnings)

    def test_what_made_the_runs_is_told_where_it_differs(self) -> None:
        before, after = runs(5, 5, model="new-model", settings={"top_passages": 4})
        assert [
            (d.part, d.name, d.baseline, d.candidate)
            for d in compare(before, after, gating()).differs
        ] == [
            ("model", "model", None, "new-model"),
            ("setting", "top_passages", None, "4"),
        ]


class TestRepeats:
    def test_the_value_of_a_case_is_its_mean_and_noise_is_told(self) -> None:
        before = run_of(*(good(n) for n in range(10)), *(good(n) for n in range(10)))
        after = run_of(
            *(good(n) for n in range(10)),
            *(wrong(n) for n in range(3)),
            *(good(n) for n in range(3, 10)),
        )
        found = compare(before, after, gating())
        assert change(found, "fact_recall").candidate == pytest.approx(0.85)
        assert (found.baseline.noise, found.candidate.noise) == (0.0, 0.3)

    def test_without_repeats_there_is_no_noise_to_tell(self) -> None:
        assert compare(*runs(5, 5), gating()).candidate.noise is None

    def test_a_flip_shows_the_first_asking_that_differs(self) -> None:
        before = run_of(*(good(n) for n in range(8)), *(good(n) for n in range(8)))
        after = run_of(*(good(n) for n in range(8)), wrong(0), *(good(n) for n in range(1, 8)))
        (flip,) = compare(before, after, gating()).flips
        assert (flip.case, flip.repeat, flip.repeats, flip.differing) == ("c00", 1, 2, 1)
        assert flip.after.text.startswith("It sails at noon")


class TestSlices:
    def sliced(self, **policy: object) -> Comparison:
        def made(n: int) -> dict[str, object]:
            return {"tags": ["hard"] if n < 12 else ["easy"]}

        before = run_of(
            *(good(n, **made(n)) for n in range(40)), *(silent(n) for n in range(40, 43))
        )
        after = run_of(
            *((wrong if n < 11 else good)(n, **made(n)) for n in range(40)),
            *(silent(n) for n in range(40, 43)),
        )
        return compare(before, after, gating(margin=0.6, slices=("type", "tag"), **policy))

    def test_slices_are_shown_and_not_judged(self) -> None:
        found = self.sliced()
        hard = change(found, "fact_recall", "tag=hard")
        assert (hard.n, hard.worsened, hard.verdict) == (12, 11, "not gated")
        assert found.verdict == "PASS"
        assert {c.slice for c in found.changes} == {"", "type=single", "tag=easy", "tag=hard"}

    def test_unless_the_policy_says_so(self) -> None:
        found = self.sliced(gate_slices=True)
        assert found.verdict == "REGRESSION"
        assert change(found, "fact_recall", "tag=hard").verdict == "regression"
        assert change(found, "fact_recall").verdict == "pass"
        assert any(b.startswith("fact_recall (tag=hard)") for b in found.because)

    def test_small_slices_are_left_out(self) -> None:
        assert "type=unanswerable" in {c.slice for c in self.sliced(min_cases=3).changes}


class TestPolicy:
    def test_the_shipped_one_gates_shares_with_small_margins(self) -> None:
        policy = default_policy()
        assert policy.metrics["citation_validity"] == MetricPolicy(margin=0.0, floor=1.0)
        assert policy.gates("fact_recall")
        assert not policy.gates("latency")
        assert not policy.gates("cost")
        assert policy.metrics["fact_recall"].margin == 0.05

    def test_a_file_counts_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "strict.toml"
        path.write_text("alpha = 0.01\n[metrics.mrr]\nmargin = 0\n")
        policy = read_policy(path)
        assert (policy.name, policy.alpha, list(policy.metrics)) == ("strict.toml", 0.01, ["mrr"])

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("alpha = 2\n[metrics.mrr]", "alpha"),
            ("alpha = '0.05'\n[metrics.mrr]", "alpha"),
            ("[metrics.mrr]\nmargin = -1", "metrics.mrr.margin"),
            ("[metrics.mrr]\nmargin = nan", "metrics.mrr.margin"),
            ("[metrics.mrr]\nmargn = 0.1", "metrics.mrr.margn"),
            ("slices = ['colour']\n[metrics.mrr]", "slices"),
            ("min_cases = 0\n[metrics.mrr]", "min_cases"),
            ("alpha = 0.05", "metrics"),
            ("name = 'mine'\n[metrics.mrr]", "name"),
            ("[metrics", "policy.toml"),
        ],
    )
    def test_what_does_not_fit_is_named(self, tmp_path: Path, text: str, said: str) -> None:
        path = tmp_path / "policy.toml"
        path.write_text(text)
        with pytest.raises(InvalidPolicy, match=said):
            read_policy(path)

    def test_a_metric_that_no_run_has_is_an_error_that_lists_them(self) -> None:
        with pytest.raises(InvalidPolicy, match=r"no run has speling; the runs have .*fact_recall"):
            compare(*runs(5, 5), gating("speling"))

    def test_unless_it_may_be_missing(self) -> None:
        found = compare(*runs(5, 5), gating("speling", skip_missing=True))
        assert found.verdict == "INCONCLUSIVE"

    def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidPolicy, match=r"nowhere\.toml"):
            read_policy(tmp_path / "nowhere.toml")


class TestFile:
    def test_the_same_runs_give_the_same_bytes_and_they_read_back(self, tmp_path: Path) -> None:
        before = run_of(*(good(n) for n in range(20)))
        after = run_of(*(missed(n) if n % 2 else good(n) for n in range(19)), told(19))
        one, other = (compare(before, after, default_policy()) for _ in range(2))
        assert files.as_json(one) == files.as_json(other)
        path = tmp_path / "comparison.json"
        path.write_text(files.as_json(one))
        assert files.read(path) == one

    def test_another_file_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "run.json"
        path.write_text(run_of(good(1)).model_dump_json())
        with pytest.raises(InvalidRun, match=r"run\.json"):
            files.read(path)
