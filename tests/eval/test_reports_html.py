"""The page: what it says, and that nothing in it can act."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable

import pytest
from eval_answers import answer, case, observe
from lxml import html
from made_runs import run_of
from report_runs import ATTACK, baseline, candidate, cited, due, hostile, right, wrong

from eval.comparing.compare import compare
from eval.comparing.policy import MetricPolicy, Policy
from eval.reports.case_view import anchor_of, link
from eval.reports.html import comparison_page, run_page
from eval.reports.marking import Span, pieces
from eval.running.results import Run
from eval.thresholds import Thresholds, judge
from qa.models import ShortAnswer

POLICY = Policy(
    slices=("type",),
    min_cases=1,
    metrics={"fact_recall": MetricPolicy(), "citation_validity": MetricPolicy()},
)
STRICT = Thresholds(minimum={"fact_recall": 0.99, "citation_validity": 0.5})


def page_of(run: Run, thresholds: Thresholds = STRICT) -> str:
    return run_page(run, judge(run, thresholds))


def compared(one: Run, other: Run) -> str:
    return comparison_page(compare(one, other, POLICY), one, other)


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {"run": page_of(candidate("it broke")), "comparison": compared(baseline(), candidate())}


both = pytest.mark.parametrize("name", ["run", "comparison"])


@both
def test_a_page_loads_nothing(pages: dict[str, str], name: str) -> None:
    tree = html.fromstring(pages[name])
    loading = tree.xpath("//img | //iframe | //object | //embed | //link[@href!='data:,'] | //base")
    assert loading == []
    assert tree.xpath("//@src") == []
    assert tree.xpath("//*[@style]") == []
    assert "url(" not in pages[name]
    assert "@import" not in pages[name]


@both
def test_its_policy_lets_its_own_script_and_style_in_and_nothing_else(
    pages: dict[str, str], name: str
) -> None:
    tree = html.fromstring(pages[name])
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    for element in ("style", "script"):
        (content,) = re.findall(rf"<{element}>(.*?)</{element}>", pages[name], re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert rules[f"{element}-src"] == f"'sha256-{digest}'"
    assert "unsafe" not in policy


@both
def test_hostile_words_stay_words(pages: dict[str, str], name: str) -> None:
    page = pages[name]
    tree = html.fromstring(page)
    assert len(tree.xpath("//script")) == 1
    assert [one for one in tree.xpath("//@*") if one.lower().startswith("javascript")] == []
    assert [one.attrname for one in tree.xpath("//@*") if one.attrname.startswith("on")] == []
    assert "window.hacked" in tree.xpath("//main")[0].text_content()
    assert re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page) is None
    assert "<U+202E>" in tree.xpath("//main")[0].text_content()
    assert "{{ 7 * 7 }}" in page  # words are no template
    page.encode()


@both
def test_every_reference_in_the_page_leads_somewhere_once(pages: dict[str, str], name: str) -> None:
    tree = html.fromstring(pages[name])
    names = tree.xpath("//@id")
    assert len(names) == len(set(names))
    inner = {href[1:] for href in tree.xpath("//a/@href") if href.startswith("#")}
    assert inner <= set(names)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://news.example/story?a=1&b=2", True),
        ("http://news.example:8080/", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("file:///etc/passwd", False),
        ("https://bank.example@evil.example/", False),
        ("https://", False),
        ("https://news.example/\u202egnp", False),
        ("https://news.example/a b", False),
        ("https://[", False),
        (None, False),
    ],
)
def test_only_plain_web_addresses_become_links(url: str | None, kept: bool) -> None:
    followed, _ = link(url)
    assert (followed == url) is kept or url is None
    page = page_of(run_of(observe(case(), answer(["It is."], [cited(url=url)]))))
    links = [a for a in html.fromstring(page).xpath("//a") if not a.get("href").startswith("#")]
    assert len(links) == kept
    assert all("noopener" in a.get("rel") for a in links)


def test_a_run_tells_its_verdict_and_what_failed_first() -> None:
    tree = html.fromstring(page_of(candidate("it broke")))
    assert tree.xpath("//h1/text()") == ["Failed"]
    because = tree.xpath("//ul[@class='because']/li/text()")
    assert because[0] == "1 case got no answer"
    assert any(reason.startswith("fact_recall") for reason in because)
    rows = tree.xpath("//table[contains(@class, 'metrics')]/tbody/tr")
    assert rows[0].get("class") == "fail"
    assert rows[0].xpath(".//*[@class='metric']/text()") == ["fact_recall"]
    assert rows[0].xpath("string(.//svg/title)").startswith("fact_recall 0.")
    passed = [row for row in rows if row.get("class") == "pass"]
    assert [row.xpath("string(.//*[@class='metric'])") for row in passed] == ["citation_validity"]


def test_a_run_without_thresholds_claims_no_success() -> None:
    tree = html.fromstring(page_of(baseline(), Thresholds(minimum={})))
    assert tree.xpath("//h1/text()") == ["Measured"]


def test_cases_that_need_a_look_stand_first_and_can_be_filtered() -> None:
    tree = html.fromstring(page_of(run_of(right("fine"), due("due"), wrong("bad"), "it broke")))
    cases = tree.xpath("//details[contains(@class, 'case')]")
    assert [(one.get("id"), one.get("data-state")) for one in cases] == [
        ("case-broken", "error"),
        ("case-bad", "short"),
        ("case-fine", "right"),
        ("case-due", "refused right"),
    ]
    assert "it broke" in cases[0].text_content()
    offered = tree.xpath("//select[@id='state']/option/text()")
    assert offered == [
        "all",
        "fell short (1)",
        "no answer (1)",
        "refused (1)",
        "nothing to mend (2)",
    ]


def test_quotations_are_marked_with_their_place_and_source() -> None:
    words = {"documents": ["ferry.txt"], "text": "carries 1,200 people"}
    short = ShortAnswer(text="1,200", citation=1, start=18, end=23)
    given = answer(["It carries 1,200 people."], [cited()], short=short)
    seen = observe(case(quotes=[words]), given, retrieved=("d-canal", "d-ferry"))
    tree = html.fromstring(page_of(run_of(seen)))
    quote = tree.xpath("//blockquote")[0]
    assert quote.text_content() == "The ferry carries 1,200 people."
    marked = {mark.get("class"): mark.text for mark in quote.xpath(".//mark")}
    assert marked["asked fact short"] == "1,200"
    assert "".join(quote.xpath(".//mark/text()")) == "carries 1,200 people"
    place = tree.xpath("//*[@class='place']")[0].text_content()
    assert place == "characters 0–31 of d-ferry, version 1"
    assert "Ferry – Varn Herald, 2024-05-02" in tree.text_content()


def test_the_passage_that_holds_a_quotation_is_named() -> None:
    tree = html.fromstring(page_of(run_of(right("a"))))
    assert "passage 1 of the 1 found" in tree.xpath("//*[@class='place']")[0].text_content()


def test_each_asking_of_a_repeated_case_is_shown() -> None:
    tree = html.fromstring(page_of(run_of(right("a"), wrong("a"))))
    (one,) = tree.xpath("//details[@id='case-a']")
    assert [h.text_content() for h in one.xpath(".//h4")] == ["Asking 1 of 2", "Asking 2 of 2"]


def test_a_comparison_shows_regressions_first_with_both_answers_side_by_side() -> None:
    one, other = baseline(), candidate()
    tree = html.fromstring(compared(one, other))
    assert tree.xpath("//h1/text()") == ["Regression"]
    assert "top_passages" in tree.xpath("//header")[0].text_content()
    table = tree.xpath("//table[contains(@class, 'changes')]")[0]
    verdicts = table.xpath("./tbody/tr/@class")
    order = ["regression", "inconclusive", "not-gated", "pass"]
    assert verdicts == sorted(verdicts, key=order.index)
    assert verdicts[0] == "regression"
    assert len(table.xpath("./tbody/tr[1]//svg")) == 2  # both means, and the difference
    first = tree.xpath("//details[contains(@class, 'case')]")[0]
    assert "worse" in first.get("data-state").split()
    sides = first.xpath(".//section[contains(@class, 'asking')]")
    assert [side.get("class") for side in sides] == ["asking baseline", "asking candidate"]
    assert "1,200" in sides[0].text_content()
    assert "900" in sides[1].text_content()
    claims = first.xpath(".//table[contains(@class, 'claims')]")[0].text_content()
    assert "changed" in claims


def test_what_differs_is_marked_in_the_identity() -> None:
    tree = html.fromstring(compared(baseline(), candidate()))
    differing = tree.xpath("//section[@id='identity']//tr[@class='differs']/th")
    assert [th.text_content() for th in differing] == ["top_passages"]


def test_a_case_that_only_one_run_has_is_shown_and_not_compared() -> None:
    tree = html.fromstring(compared(baseline(right("old")), candidate()))
    (old,) = tree.xpath("//details[@id='case-old']")
    assert "unpaired" in old.get("data-state").split()
    assert len(old.xpath(".//section[contains(@class, 'asking')]")) == 1


def test_anchors_are_the_same_in_every_report_and_never_clash() -> None:
    assert anchor_of("plain-id.1") == "case-plain-id.1"
    one, other = anchor_of("a b"), anchor_of("a/b")
    assert one != other
    assert re.fullmatch(r"case-[\w.~-]+", anchor_of(ATTACK))
    assert anchor_of(ATTACK) in page_of(run_of(hostile_named(ATTACK)))


def hostile_named(name: str) -> object:
    seen = hostile()
    return type(seen)(
        case=seen.case.model_copy(update={"id": name}),
        answer=seen.answer,
        seconds=seen.seconds,
        ids=seen.ids,
        documents=seen.documents,
    )


@pytest.mark.parametrize(
    "make", [lambda: page_of(candidate()), lambda: compared(baseline(), candidate())]
)
def test_the_same_runs_give_the_same_page(make: Callable[[], str]) -> None:
    assert make() == make()


@both
def test_everything_drawn_and_every_table_has_a_name(pages: dict[str, str], name: str) -> None:
    tree = html.fromstring(pages[name])
    drawings = tree.xpath("//svg[@role='img']")
    assert len(drawings) > 10
    assert all(drawing.xpath("./title/text()") for drawing in drawings)
    assert all(table.xpath("./caption") for table in tree.xpath("//table"))
    assert all(th.get("scope") for th in tree.xpath("//th"))
    labelled = set(tree.xpath("//label/@for"))
    assert {control.get("id") for control in tree.xpath("//input | //select")} == labelled


def test_a_run_of_errors_only_can_be_shown() -> None:
    tree = html.fromstring(page_of(run_of("it broke")))
    text = tree.xpath("//section[@id='plots']")[0].text_content()
    assert text.count("Not measured") == 2
    assert "No answer can be called right or wrong here" in text


def test_marks_may_overlap_and_lie_outside() -> None:
    cut = pieces("abcdef", [Span(1, 4, "x"), Span(3, 5, "y"), Span(9, 12, "z"), Span(-3, 1, "w")])
    assert [(piece.text, piece.kinds) for piece in cut] == [
        ("a", ("w",)),
        ("bc", ("x",)),
        ("d", ("x", "y")),
        ("e", ("y",)),
        ("f", ()),
    ]
