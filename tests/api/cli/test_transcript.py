"""Conversations as Markdown."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from made_answers import answer, citation
from markdown_it import MarkdownIt

from api.cli import transcript
from qa.inert import unlinked
from qa.models import Confidence, Disagreement, Statement, Value

MARKDOWN = MarkdownIt("js-default")


def written(*answers) -> str:
    return transcript.markdown(answers, lambda citation: citation.title or "minutes.pdf")


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_quotation_is_verbatim_and_cannot_leave_its_block(quote: str) -> None:
    block = transcript.fenced(quote)
    fence = re.match(r"`+", block)[0]
    assert block == f"{fence}text\n{quote}\n{fence}"
    assert fence not in quote


@settings(deadline=None)
@given(st.text(st.characters(categories=["P", "S", "L", "Zs"]), max_size=40))
def test_words_do_nothing_in_markdown(words: str) -> None:
    line = f"x {transcript.escaped(words)} x"
    (paragraph,) = [token for token in MARKDOWN.parse(line) if token.type == "inline"]
    assert {child.type for child in paragraph.children} <= {"text", "text_special"}
    read = "".join(child.content for child in paragraph.children)
    assert read.split() == f"x {unlinked(words)} x".split()


def test_a_document_cannot_put_pictures_into_the_notes() -> None:
    hostile = "![x](https://evil.example/pixel) <img src=x> ````\n````"
    page = written(
        answer(
            question=hostile,
            text=hostile,
            statements=(Statement(text=hostile, start=0, end=len(hostile), support="supported"),),
            citations=(citation(title=hostile, quote=hostile, end=len(hostile)),),
        )
    )
    html = MarkdownIt("commonmark").render(page)
    assert "<img" not in html
    assert "<a " not in html


def test_everything_that_bears_on_trust_is_written() -> None:
    values = (Value(text="nine", citations=(1,)), Value(text="ten", citations=(2,)))
    doubtful = Statement(
        text="Ten came.", start=0, end=9, support="partial", reason="9 is not 10", citations=(2,)
    )
    address = "https://herald.example/minutes"
    page = written(
        answer(
            standalone="Who came to the meeting?",
            status="incomplete",
            reason="cut off",
            statements=(doubtful,),
            citations=(
                citation(outlet="Herald", url=address, page=2),
                citation(number=2, url="https://herald.example/a b>"),
            ),
            disagreements=(Disagreement(kind="figures", values=values),),
            confidence=Confidence(level="low", because="sources differ"),
            answerer="model",
            model="m-1",
        )
    )
    for words in (
        "## Who came?\n",
        "*Understood as: Who came to the meeting?*",
        "Ten came. [2] **(partial: 9 is not 10)**",
        "Sources differ (figures)\n",
        "nine — Herald \\[1\\] (1 independent source)",
        "ten — minutes.pdf \\[2\\] (1 independent source)",
        "Confidence low: sources differ.",
        "\\[1\\] Herald, minutes.pdf, page 2",
        f"<{address}>",
        "https\\[:\\]//herald\\[.\\]example/a b\\>",
        "```text\nNine  members\nwere present.\n```",
        "**Incomplete: cut off**",
        "Searched 2 documents (7 passages).",
        "Answer a-1 of 2025-01-02 00:00:00+00:00, by model, m-1",
    ):
        assert words in page


def test_silence_is_written_with_what_was_searched() -> None:
    page = written(
        answer(status="not_in_documents", text="They do not say.", statements=(), citations=())
    )
    assert "They do not say." in page
    assert "Searched 2 documents" in page
    assert "```" not in page
