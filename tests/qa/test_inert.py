"""Nothing that shows the text of an answer finds anything in it to load, to follow or to obey."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from qa.inert import in_answer, inert, is_web, unlinked
from qa.visible import in_json, one_line, visible

PIECES = st.lists(
    st.sampled_from(
        [
            *"!![[]](()):/\\<>`~&#@.-_*|1",
            *("http", "https:", "//", "www.", "mailto:", "evil.example", "x", " ", "\n", "img"),
            *("\u200b", "\u200d", "\ufe0f", "\x1b", "\x9b", "\u202e", "\U000e0041", "\ufeff", "é"),
            *("javascript:", "data:text/html,", "[1]", "[a]: ", "<img src=", "```", "~~~", "<!--"),
        ]
    ),
    max_size=14,
).map("".join)

LIVELY = re.compile(
    r"<[a-z/!?]|!\[|\]\(|\]:|\[\[|://|www\.\w|```|~~~"
    r"|(?:mailto|javascript):\S|\w@[\w-]+\.\w|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202e\U000e0041]",
    re.IGNORECASE,
)


@settings(deadline=None)
@given(PIECES)
def test_whatever_is_put_together_stays_without_effect(text: str) -> None:
    shown = inert(text)
    assert LIVELY.search(shown) is None
    assert inert(shown) == shown
    for renderer in (MarkdownIt("commonmark"), MarkdownIt("js-default")):
        html = renderer.render(f"{shown} [1]")
        assert re.search(r"<(?:a|img|script|iframe)\b|href|src=\"", html) is None


@settings(deadline=None)
@given(PIECES)
def test_words_of_an_answer_have_no_mark_of_their_own(text: str) -> None:
    shown, _ = in_answer(text)
    assert re.search(r"\[\d+\]", shown) is None
    assert in_answer(shown)[0] == shown


@settings(deadline=None)
@given(PIECES, PIECES)
def test_a_note_keeps_its_place(before: str, after: str) -> None:
    text = f"{before} [the treaty]{after}"
    start = len(before) + 1
    shown, (first, last) = in_answer(text, [start, start + len("[the treaty]")])
    assert shown[first:last] == "[the treaty]"


@pytest.mark.parametrize(
    "text",
    [
        "The dam holds about 11,000 megalitres of water, he said: “not one less” (see p. 4).",
        "Costs rose 3 < 5 and a * b; *hardly* at all [sic], at 10:30, in `code` – 50 % & more!",
        "Les élèves l’ont dit ; Москва, 東京, تهران‌ها, שלום\u200f, 👩‍👩‍👧 ❤️ 1️⃣ e\u0301.",
        "Booking.com and Node.js are names; the data: 5 tonnes. Tel: 030 12. On file: none.",
        "- a line\n# another\n| a | b |",
    ],
)
def test_ordinary_words_stay_as_they_are(text: str) -> None:
    assert inert(text) == text
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("![x](https://evil.example/p.png)", "! [x] (https[:]//evil[.]example/p.png)"),
        ("See <https://evil.example>.", "See ‹https[:]//evil[.]example>."),
        ("h\u200bttps:\\/\\/evil.example", "https[:]\\/\\/evil[.]example"),
        ("www.evil.example, a@b.example", "www[.]evil[.]example, a[@]b.example"),
        ("<!-- hidden --><img src=x>", "‹!-- hidden -->‹img src=x>"),
        ("[a]: //evil.example\n[[b]]", "[a] : //evil.example\n[ [b]]"),
        ("red\x1b[31m \x9b2J\u202eback\U000e0041", "red[31m 2Jback"),
    ],
)
def test_every_word_can_still_be_read(text: str, shown: str) -> None:
    assert inert(text) == shown


@settings(deadline=None)
@given(PIECES)
def test_where_markup_is_escaped_addresses_are_broken(text: str) -> None:
    assert re.search(r"://\w|(?<!\w)www\.\w", unlinked(text), re.IGNORECASE) is None


@settings(deadline=None)
@given(st.text(max_size=30) | PIECES)
def test_json_keeps_its_value(text: str) -> None:
    import json

    for written in (json.dumps(text), json.dumps(text, ensure_ascii=False)):
        shown = in_json(written)
        assert json.loads(shown) == text
        assert visible(shown) == shown


def test_hidden_characters_are_named() -> None:
    hidden = "a\u200bb\u200dc\U000e0041\ufe0f\x9b\u2066"
    assert visible(hidden) == "a<U+200B>b<U+200D>c<U+E0041><U+FE0F><U+009B><U+2066>"
    assert one_line("a\n\tb\x07") == "a b<U+0007>"


@pytest.mark.parametrize(
    ("address", "web"),
    [
        ("https://news.example/a?b=c#d", True),
        ("http://news.example:8080", True),
        ("https://münchen.example/", True),
        ("https://news.example@evil.example/", False),
        ("https://evil.example/\u202egnp", False),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https://a.example/>x", False),
        ("//evil.example/", False),
        ("data:text/html,x", False),
    ],
)
def test_only_plain_addresses_of_the_web_lead_anywhere(address: str, web: bool) -> None:
    assert is_web(address) is web
