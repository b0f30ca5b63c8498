"""The page in headless Chromium: quiet, without a network, for keyboards, on phones."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Browser, open_browser
from made_runs import run_of
from report_runs import baseline, candidate, due, right, wrong
from selenium.webdriver.common.keys import Keys

from eval.comparing.compare import compare
from eval.comparing.policy import MetricPolicy, Policy
from eval.reports.html import comparison_page, run_page
from eval.thresholds import Thresholds, judge

NAMES = ("run", "comparison")
POLICY = Policy(
    slices=("type",),
    min_cases=1,
    metrics={"fact_recall": MetricPolicy(), "citation_validity": MetricPolicy()},
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with open_browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    one, other = baseline(), candidate("it broke")
    texts = {
        "run": run_page(other, judge(other, Thresholds(minimum={"fact_recall": 0.9}))),
        "comparison": comparison_page(compare(one, other, POLICY), one, other),
    }
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in texts}


@pytest.mark.parametrize("name", NAMES)
def test_a_page_asks_for_nothing_and_its_console_stays_empty(
    browser: Browser, pages: dict[str, Path], name: str
) -> None:
    url = pages[name].as_uri()
    browser.open(url)
    assert browser.find("#filters")[0].is_displayed()  # its script has run
    browser.run("for (const one of document.querySelectorAll('details')) one.open = true")
    browser.run("scrollTo(0, document.body.scrollHeight)")
    assert browser.complaints() == []
    assert set(browser.requests()) <= {url, "data:,"}
    assert browser.run("return window.hacked") is None


def test_what_is_smuggled_into_a_page_is_neither_run_nor_fetched(
    browser: Browser, pages: dict[str, Path], tmp_path: Path
) -> None:
    smuggled = (
        "<script>window.hacked = 1</script><img src='https://outside.example/x.png'>"
        "<style>body { display: none }</style><p onclick='window.hacked = 1' id='p'>x</p></main>"
    )
    page = tmp_path / "smuggled.html"
    whole = pages["run"].read_text("utf-8")
    page.write_text(whole.replace("</main>", smuggled), encoding="utf-8")
    browser.open(page.as_uri())
    browser.run("document.getElementById('p').click()")
    assert browser.run("return window.hacked") is None
    assert browser.find("h1")[0].is_displayed()
    assert browser.requests()["https://outside.example/x.png"] == "csp"
    assert len(browser.complaints()) >= 4


@pytest.mark.parametrize("name", NAMES)
def test_a_keyboard_reaches_everything(browser: Browser, pages: dict[str, Path], name: str) -> None:
    browser.look(width=1280)
    browser.open(pages[name].as_uri())
    browser.press(Keys.TAB)
    assert browser.focused.text == "Skip to the cases"
    assert browser.focused.is_displayed()
    browser.press(Keys.ENTER, Keys.TAB)
    assert browser.focused.get_attribute("id") == "words"
    browser.press("ferry-11")
    count = browser.find("#count")[0]
    assert count.text.startswith("1 of ")
    browser.press(*[Keys.BACKSPACE] * 8)
    assert count.text == f"{len(browser.find('.case'))} of {len(browser.find('.case'))} cases"
    reached = []
    while browser.focused.tag_name != "summary":
        browser.press(Keys.TAB)
        reached.append(browser.focused.get_attribute("id"))
    assert reached[:-1] == ["type", "state", "open", "close"]
    first = browser.find(".case")[0]
    assert browser.run("return arguments[0].firstElementChild === document.activeElement", first)
    assert browser.focused.value_of_css_property("outline-style") == "solid"
    assert first.get_attribute("open") is None
    browser.press(Keys.ENTER)
    assert first.get_attribute("open") is not None
    browser.press(Keys.TAB)
    assert browser.focused.text == "Link to this case"


def test_cases_are_filtered_by_words_type_and_state(
    browser: Browser, pages: dict[str, Path]
) -> None:
    browser.open(pages["comparison"].as_uri())

    def choose(**wanted: str) -> list[str]:
        for name in ("words", "type", "state"):
            browser.run(
                "const one = document.getElementById(arguments[0]); one.value = arguments[1];"
                "one.dispatchEvent(new Event('input', { bubbles: true }))",
                *(name, wanted.get(name, "")),
            )
        shown = browser.find(".case:not([hidden])")
        return [str(one.get_attribute("id")) for one in shown]

    everything = choose()
    assert choose(type="unanswerable") == ["case-due-2", "case-due-1"]
    worse = choose(state="worse")
    assert "case-ferry-0" in worse
    assert "case-ferry-11" not in worse
    assert choose(state="worse", words="DUE-2") == ["case-due-2"]
    assert choose(words="900 people") == [f"case-ferry-{number}" for number in range(10)]
    assert choose(words="nowhere at all") == []
    assert browser.find("#none")[0].is_displayed()
    assert choose() == everything


def test_an_address_that_names_a_case_opens_it(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(f"{pages['run'].as_uri()}#case-ferry-3")
    opened = browser.find(".case[open]")
    assert [one.get_attribute("id") for one in opened] == ["case-ferry-3"]
    assert browser.focused.tag_name == "summary"
    browser.run("location.hash = 'case-ferry-4-r0-c1'")
    assert browser.run(
        "return new Promise((done) => setTimeout(() => "
        "done(document.getElementById('case-ferry-4').open)))"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wider_than_the_window(
    browser: Browser, pages: dict[str, Path], tmp_path: Path, name: str, width: int, scheme: str
) -> None:
    browser.look(width=width, scheme=scheme)
    browser.open(pages[name].as_uri())
    folder = Path(os.environ.get("SCREENSHOTS", tmp_path))
    shots = [browser.screenshot(folder / f"{name}-{width}-{scheme}-top.png")]
    # Laid out to the last case: what the browser skips has no width.
    browser.run(
        "for (const one of document.querySelectorAll('details'))"
        "{ one.open = true; one.style.contentVisibility = 'visible'; }"
    )
    browser.run("document.getElementById('cases').scrollIntoView()")
    shots.append(browser.screenshot(folder / f"{name}-{width}-{scheme}-cases.png"))
    assert browser.run("return document.documentElement.scrollWidth") == width
    paper = browser.find("body")[0].value_of_css_property("background-color")
    assert paper == {"light": "rgba(253, 253, 251, 1)", "dark": "rgba(23, 24, 27, 1)"}[scheme]
    assert all(shot.stat().st_size > 5_000 for shot in shots)


@pytest.mark.soak
def test_a_thousand_cases_stay_usable(browser: Browser, tmp_path: Path) -> None:
    kinds = (right, wrong, due)
    run = run_of(*(kinds[number % 3](f"case-{number}") for number in range(1_000)))
    page = tmp_path / "large.html"
    page.write_text(run_page(run, judge(run, Thresholds(minimum={}))), encoding="utf-8")
    assert page.stat().st_size < 5_000_000
    browser.look(width=1280)
    browser.open(page.as_uri())
    # What is not looked at is not laid out: closed, and skipped until it is near.
    assert browser.find(".case[open]") == []
    assert browser.find(".case")[0].value_of_css_property("content-visibility") == "auto"
    browser.find("#words")[0].send_keys("case-99")
    assert browser.find("#count")[0].text == "11 of 1000 cases"
    assert browser.complaints() == []
