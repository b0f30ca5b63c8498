"""How things look, and that nothing in a document reaches a terminal as a command."""

from __future__ import annotations

import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_answers import Terminal, answer, citation

from api.cli import render
from api.cli.display import Display
from qa.models import Confidence, Coverage, Disagreement, Statement, Value
from qa.question import FilterSet
from qa.visible import visible

CONTROLS = [chr(n) for n in (*range(32), *range(0x7F, 0xA0)) if chr(n) not in "\t\n\r"]
BIDI = [chr(n) for n in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]


def plain(lines: list[render.Line]) -> str:
    stream = io.StringIO()
    Display(stream).lines(lines)
    return stream.getvalue()


@settings(deadline=None)
@given(
    st.text(alphabet=st.sampled_from([*CONTROLS, *BIDI, "\r", "\n", "\t", "a", "é", "𝒳", "\u200f"]))
)
def test_visible_leaves_nothing_that_drives_a_terminal(text: str) -> None:
    shown = visible(text)
    assert not set(shown) & {*CONTROLS, *BIDI}
    assert "\r" not in shown.replace("\r\n", "\n")
    harmless = [c for c in text if c not in {*CONTROLS, *BIDI, "\r"}]
    assert [c for c in harmless if c not in "\n\t"] == [c for c in text if c in "aé𝒳\u200f"]
    assert all(shown.count(c) == text.count(c) for c in "\n\té𝒳\u200f")


def test_visible_names_the_character() -> None:
    assert visible("red \x1b[31m, back \u202e") == "red <U+001B>[31m, back <U+202E>"


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Cn", "Mn"])))
def test_a_quotation_is_printed_as_it_stands(quote: str) -> None:
    shown = plain(render.citation(citation(quote=quote), "minutes.pdf"))
    assert f"“{quote}”\n" in shown


def test_a_citation_says_where_it_stands() -> None:
    known = citation(outlet="Varn\nHerald", published_at=date(2024, 5, 2), page=3)
    head, quote = plain(render.citation(known, "minutes.pdf")).split("\n", 1)
    assert head == "[1] Varn Herald, 2024-05-02, minutes.pdf, page 3"
    assert quote == "    “Nine  members\nwere present.”\n"


@pytest.mark.parametrize(
    ("support", "reason", "mark"),
    [
        ("supported", None, ""),
        ("partial", "12 is not in the quotation", " [partial: 12 is not in the quotation]"),
        ("unsupported", "nothing is cited", " [unsupported: nothing is cited]"),
        ("unsupported", None, " [unsupported]"),
    ],
)
def test_a_sentence_that_is_not_borne_out_is_marked(support, reason, mark) -> None:
    given = Statement(
        text="Nine came.", start=0, end=10, support=support, reason=reason, citations=(1, 2)
    )
    assert plain([render.statement(given)]) == f"Nine came. [1][2]{mark}\n"


def test_an_answer_ends_with_differences_and_citations() -> None:
    values = (
        Value(text="nine", citations=(1, 2), origins=2),
        Value(text="about ten", citations=(3,), hedge="according to the clerk"),
    )
    differing = answer(
        citations=(
            citation(outlet="The Herald", published_at=date(2025, 1, 2)),
            citation(number=2),
            citation(number=3, outlet="The Post"),
        ),
        disagreements=(Disagreement(kind="figures", about="How many came", values=values),),
        confidence=Confidence(level="low", because="sources differ", likelihood="likely"),
    )
    shown = plain(list(render.after_statements(differing, lambda _: "minutes.pdf")))
    assert (
        "Sources differ (figures): How many came\n"
        "  nine — The Herald, 2025-01-02 [1]; minutes.pdf [2] (2 independent sources)\n"
        "  about ten — The Post [3] (1 independent source, hedged: “according to the clerk”)\n"
    ) in shown
    assert "Confidence low: sources differ; likelihood by the sources: likely.\n" in shown


def test_a_citation_tells_how_many_print_the_same_words() -> None:
    copied = answer(citations=(citation(outlet="The Herald", copies=("d-2", "d-3")),))
    shown = plain(list(render.after_statements(copied, lambda _: "minutes.pdf")))
    assert "[1] The Herald, minutes.pdf (the same words in 2 other documents)\n" in shown


def test_an_answer_ends_with_its_citations() -> None:
    shown = plain(list(render.after_statements(answer(), lambda _: "minutes.pdf")))
    assert shown.endswith("[1] minutes.pdf\n    “Nine  members\nwere present.”\n")


def test_an_incomplete_answer_says_so() -> None:
    broken = answer(status="incomplete", reason="the model stopped")
    shown = plain(list(render.after_statements(broken, lambda _: "minutes.pdf")))
    assert "[incomplete: the model stopped]" in shown


def test_what_was_searched_is_summed_up() -> None:
    outlets = tuple(f"Outlet {n}" for n in range(10))
    coverage = Coverage(
        documents=1,
        passages=2_000,
        outlets=outlets,
        earliest=date(2024, 1, 1),
        latest=date(2024, 2, 1),
        filters=FilterSet(outlets=("The Times",), documents=("d-1",), since=date(2024, 1, 1)),
    )
    first, second = plain(render.searched(coverage)).splitlines()
    assert first.startswith("Searched 1 document (2,000 passages) of Outlet 0, ")
    assert first.endswith("Outlet 7 and 2 more, published 2024-01-01 to 2024-02-01.")
    assert second == 'Filters: outlet="The Times" document=d-1 since=2024-01-01'


def test_an_empty_search_says_what_to_do() -> None:
    nothing = Coverage(documents=0, passages=0)
    assert "dossier ingest" in plain(render.searched(nothing))
    filtered = Coverage(documents=0, passages=0, filters=FilterSet(until=date(2000, 1, 1)))
    assert "dossier sources" in plain(render.searched(filtered))


def test_a_terminal_gets_style_and_whole_words(monkeypatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "30")
    terminal = Terminal()
    Display(terminal).line([("[1]", "marker"), (" a line of some twenty more words", "")])
    shown = terminal.getvalue()
    assert "\x1b[36m[1]\x1b[0m" in shown
    assert all(len(line) <= 40 for line in shown.splitlines())
    assert len(shown.splitlines()) == 2


def test_no_color_means_no_escape_at_all(monkeypatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    terminal = Terminal()
    display = Display(terminal)
    display.line([("[1]", "marker"), (" [red]words[/red] :smile:", "error")])
    assert terminal.getvalue() == "[1] [red]words[/red] :smile:\n"
    assert not display.styled


def test_a_table_has_a_head_on_a_terminal_only(monkeypatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    rows = [["d-1", "a\ttitle\nof two lines"], ["d-2", "[b]"]]
    terminal, pipe = Terminal(), io.StringIO()
    Display(terminal).rows(["id", "title"], rows)
    Display(pipe).rows(["id", "title"], rows)
    assert pipe.getvalue() == "d-1\ta title of two lines\nd-2\t[b]\n"
    assert terminal.getvalue().split()[:2] == ["id", "title"]
    assert "[b]" in terminal.getvalue()


def test_a_status_shows_on_terminals_only(monkeypatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    terminal, pipe = Terminal(), io.StringIO()
    with Display(pipe).status("searching") as status:
        assert status is None
    with Display(terminal).status("searching") as status:
        assert status is not None
    assert "searching" in terminal.getvalue()
    assert not pipe.getvalue()
