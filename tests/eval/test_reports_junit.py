"""JUnit XML as continuous integration reads it."""

from __future__ import annotations

import pytest
from lxml import etree
from made_runs import run_of
from report_runs import baseline, candidate, due, hostile, right, undue, wrong

from eval.comparing.compare import compare
from eval.comparing.policy import MetricPolicy, Policy
from eval.reports.junit import comparison_junit, run_junit
from eval.running.results import Run
from eval.thresholds import Thresholds, judge

STRICT = Thresholds(minimum={"fact_recall": 0.9, "citation_validity": 0.5, "nugget_recall": 0.5})
POLICY = Policy(
    metrics={
        "fact_recall": MetricPolicy(),
        "citation_validity": MetricPolicy(margin=0.6),
        "abstention_recall": MetricPolicy(),
    }
)
OUTCOMES = ("failure", "error", "skipped")


def read(xml: str) -> etree._Element:
    """Parse as strictly as a CI would, and check what all of them rely on."""
    root = etree.fromstring(xml.encode(), etree.XMLParser(recover=False, resolve_entities=False))
    assert root.tag == "testsuites"
    for suite in root:
        assert suite.tag == "testsuite"
        tests = suite.findall("testcase")
        assert int(suite.get("tests")) == len(tests) == len(suite)
        for plural, outcome in (
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        ):
            assert int(suite.get(plural)) == len(suite.findall(f"testcase/{outcome}"))
        for test in tests:
            assert test.get("name")
            assert test.get("classname")
            float(test.get("time"))
            assert len([child for child in test if child.tag in OUTCOMES]) <= 1
            assert {child.tag for child in test} <= {*OUTCOMES, "system-out"}
    for count in ("tests", "failures", "errors", "skipped"):
        assert int(root.get(count)) == sum(int(suite.get(count)) for suite in root)
    return root


def outcomes(root: etree._Element, suite: str) -> dict[str, str]:
    tests = root.xpath(f"testsuite[@name='{suite}']/testcase")
    found = {}
    for test in tests:
        (outcome,) = [child.tag for child in test if child.tag in OUTCOMES] or ["passed"]
        found[test.get("name")] = outcome
    return found


def junit(run: Run) -> etree._Element:
    return read(run_junit(run, judge(run, STRICT)))


def test_gates_of_a_run_fail_below_their_threshold_and_are_skipped_unmeasured() -> None:
    root = junit(run_of(right("a"), wrong("b")))
    assert outcomes(root, "gates") == {
        "errors": "passed",
        "fact_recall": "failure",
        "nugget_recall": "skipped",
        "citation_validity": "passed",
    }
    (failure,) = root.iter("failure")
    assert failure.get("message") == "fact_recall 0.500 is below 0.90"


def test_a_case_errs_without_an_answer_and_else_tells_what_it_lacks() -> None:
    root = junit(run_of(right("a"), wrong("b"), "it took too long"))
    assert outcomes(root, "cases") == {"a": "passed", "b": "passed", "broken": "error"}
    assert outcomes(root, "gates")["errors"] == "failure"
    (error,) = root.iter("error")
    assert (error.get("type"), error.get("message")) == ("model_timeout", "it took too long")
    told = root.xpath("string(//testcase[@name='b']/system-out)")
    assert "fact_recall 0.00 missing: 1,200" in told
    assert root.xpath("//testcase[@name='a']/@time") == ["0.250"]


def test_askings_of_one_case_are_told_apart() -> None:
    assert set(outcomes(junit(run_of(right("a"), wrong("a"))), "cases")) == {"a#0", "a#1"}


def test_gates_of_a_comparison_follow_its_verdicts() -> None:
    root = read(comparison_junit(compare(baseline(), candidate(), POLICY)))
    assert outcomes(root, "gates") == {
        "errors": "passed",
        "fact_recall": "failure",
        "citation_validity": "passed",
        "abstention_recall": "skipped",
    }
    flips = outcomes(root, "cases")
    assert flips["ferry-0"] == "failure"
    assert "ferry-11" not in flips  # it did not flip
    told = root.xpath("string(//testcase[@name='ferry-0']/failure)")
    assert "It carries 1,200 people." in told
    assert "It carries 900 people." in told


def test_flips_do_not_contradict_a_comparison_that_passes() -> None:
    cases = [right(f"case-{number}") for number in range(40)]
    lenient = Policy(metrics={"fact_recall": MetricPolicy(margin=0.5)})
    one, other = run_of(*cases), run_of(wrong("case-0"), *cases[1:])
    found = compare(one, other, lenient)
    assert found.verdict == "PASS"
    assert outcomes(read(comparison_junit(found)), "cases") == {"case-0": "passed"}


def test_flips_are_skipped_where_nothing_can_be_told() -> None:
    one = run_of(right("a"), right("b"), due("c"))
    other = run_of(wrong("a"), right("b"), undue("c"))
    found = compare(one, other, Policy(metrics={"fact_recall": MetricPolicy()}))
    assert found.verdict == "INCONCLUSIVE"
    flips = outcomes(read(comparison_junit(found)), "cases")
    assert flips == {"a": "skipped", "c": "skipped"}


def test_lost_answers_fail_their_gate() -> None:
    lost = run_of(right("a"), "it broke")
    kept = run_of(right("a"), right("broken"))
    broken = lost.model_copy(
        update={
            "results": (
                lost.results[0],
                lost.results[1].model_copy(update={"case": kept.results[1].case}),
            )
        }
    )
    found = compare(kept, broken, Policy(metrics={"citation_validity": MetricPolicy()}))
    root = read(comparison_junit(found))
    assert outcomes(root, "gates")["errors"] == "failure"
    assert "broken#0" in root.xpath("string(//testcase[@name='errors']/failure)")


@pytest.mark.parametrize("kind", ["run", "comparison"])
def test_words_that_xml_forbids_are_shown_and_not_written(kind: str) -> None:
    broken = candidate("no \x00 \x0b \ufffe \x1b[31m ]]> answer")
    if kind == "run":
        root = junit(broken)
        assert "no <U+0000> <U+FFFE>" in root.xpath("string(//error/@message)").replace(
            "<U+000B> ", ""
        )
    else:
        root = read(comparison_junit(compare(baseline(hostile("two")), broken, POLICY)))
    assert root.xpath("count(//testcase)") > 3
