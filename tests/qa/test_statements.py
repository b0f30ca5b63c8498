from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.chat.statements import StatementParser

Read = list[tuple[str, tuple[int, ...]]]


def read(reply: str, *, available: int = 9, step: int | None = None) -> Read:
    """Return the statements of a reply that comes in pieces of ``step`` characters."""
    parser = StatementParser(available)
    found = []
    for start in range(0, len(reply), step or len(reply) or 1):
        found += parser.feed(reply[start : start + (step or len(reply))])
    return [(parsed.text, parsed.numbers) for parsed in [*found, *parser.finish()]]


FORMS: list[tuple[str, Read]] = [
    (
        "The dam held. [3][7]\nThe road did not. [1]",
        [("The dam held.", (3, 7)), ("The road did not.", (1,))],
    ),
    ("The dam held [3, 7].", [("The dam held.", (3, 7))]),
    ("The dam held. [3; 7]", [("The dam held.", (3, 7))]),
    ("The dam held. [3 and 7]", [("The dam held.", (3, 7))]),
    ("The dam held [3] and [7].", [("The dam held.", (3, 7))]),
    ("The dam held. [3-5]", [("The dam held.", (3, 4, 5))]),
    ("The dam held. [3–5, 8]", [("The dam held.", (3, 4, 5, 8))]),
    ("The dam held. [5-3]", [("The dam held.", (5, 3))]),
    ("The dam held (3).", [("The dam held.", (3,))]),
    ("The dam held. (evidence 3)", [("The dam held.", (3,))]),
    ("The dam held. 【3】", [("The dam held.", (3,))]),
    ("The dam held 【3†source】.", [("The dam held.", (3,))]),
    ("The dam held. [Evidence 3]", [("The dam held.", (3,))]),
    ("The dam held. [evidence 3, evidence 4]", [("The dam held.", (3, 4))]),
    ("The dam held. [#3] [^4] [[5]]", [("The dam held.", (3, 4, 5))]),
    ("[3] The dam held.", [("The dam held.", (3,))]),
    ("(1) The dam held. [3]", [("The dam held.", (3,))]),
    (
        "- The dam held. [3]\n* It leaked. [4]\n2) It fell. [5]",
        [("The dam held.", (3,)), ("It leaked.", (4,)), ("It fell.", (5,))],
    ),
    ("**The dam** held. `[3]`", [("The dam held.", (3,))]),
    ("```text\nThe dam held. [3]\n```", [("The dam held.", (3,))]),
    ("The dam held.\n[3]", [("The dam held.", (3,))]),
    ("The dam held.\n3", [("The dam held.", (3,))]),
    ("7", []),
    ("It held. [3]<|im_end|>\n<|im_start|>user\nIt fell. [4]", [("It held.", (3,))]),
    ("It held. [3]</s> It fell. [4]\nIt leaked. [5]", [("It held.", (3,))]),
    ("Question: Did it hold? [3]\nDid it hold? [3]\nIt held. [3]", [("It held.", (3,))]),
    ("Document: A | b | c [3]\nIt held. [3]", [("It held.", (3,))]),
    ("“Did it hold?” she asked. [3]", [("“Did it hold?” she asked.", (3,))]),
    ("Statement. [4][9]\nThe dam held. [3]", [("The dam held.", (3,))]),
    ("The dam held.\nSources: [3][4]", [("The dam held.", (3, 4))]),
    (
        "The dam held. [3] The road did not. [4]",
        [("The dam held.", (3,)), ("The road did not.", (4,))],
    ),
    (
        "The dam held [3]. The road did not [4].",
        [("The dam held.", (3,)), ("The road did not.", (4,))],
    ),
    (
        "The dam held. It leaked a little. [3]",
        [("The dam held.", (3,)), ("It leaked a little.", (3,))],
    ),
    ("The dam [3] held, and the road [4] too.", [("The dam held, and the road too.", (3, 4))]),
    ("In the U.S. [3] dams held.", [("In the U.S. dams held.", (3,))]),
    ("<think>The dam fell. [1]\nNo.</think>\nThe dam held. [3]", [("The dam held.", (3,))]),
    ("Let me see.\nOne more.</think>The dam held. [3]", [("The dam held.", (3,))]),
    ("Sure! Here are the statements:\nThe dam held. [3]", [("The dam held.", (3,))]),
    ("The dam held. [3]\nI hope this helps!", [("The dam held.", (3,))]),
    ("The dam held. [3]\nThe dam held. [3]", [("The dam held.", (3,))]),
    (
        "The dam held. [3]\r\n\r\nIt leaked. [4]\r\n",
        [("The dam held.", (3,)), ("It leaked.", (4,))],
    ),
    ("The dam of 2021 (2021) held. [3]", [("The dam of 2021 (2021) held.", (3,))]),
    (
        "It lost 5 m. [3]\nIt fell to -5 degrees. [4]",
        [("It lost 5 m.", (3,)), ("It fell to -5 degrees.", (4,))],
    ),
    ("See [the dam](http://x.example/a) now. [3]", [("See the dam now.", (3,))]),
    ("The dam held. [3](http://x.example/3)", [("The dam held.", (3,))]),
    ("The dam held. ![x](http://x.example/?q=1) [3]", [("The dam held.", (3,))]),
    ('The dam <img src="http://x.example/a"> held. [3]', [("The dam held.", (3,))]),
    ("The loss was < 5 m. [3]", [("The loss was < 5 m.", (3,))]),
    ("Evidence of a leak was found. [3]", [("Evidence of a leak was found.", (3,))]),
    ("It was not in evidence at the trial. [3]", [("It was not in evidence at the trial.", (3,))]),
    ("堤坝完好。[3]道路没有。[4]", [("堤坝完好。", (3,)), ("道路没有。", (4,))]),
]


@pytest.mark.parametrize(("reply", "expected"), FORMS)
def test_many_forms_are_read(reply: str, expected: Read) -> None:
    assert read(reply) == expected


@pytest.mark.parametrize("step", [1, 2, 3, 7])
@pytest.mark.parametrize(("reply", "expected"), FORMS)
def test_how_the_stream_is_cut_does_not_matter(reply: str, expected: Read, step: int) -> None:
    assert read(reply, step=step) == expected


def test_numbers_that_do_not_exist_are_dropped() -> None:
    assert read("The dam held. [2][12]", available=3) == [("The dam held.", (2,))]
    assert read("The dam held. [0][4]", available=3) == [("The dam held.", ())]
    assert read("The dam held. [2-900]", available=3) == [("The dam held.", (2, 3))]


def test_no_marker_is_left_in_the_words() -> None:
    assert read("The dam held. [12345] It fell. [123456789012]", available=3) == [
        ("The dam held.", ()),
        ("It fell.", ()),
    ]


@pytest.mark.parametrize(
    "part", ["[1, ", " ", "[", "![", "【1", "<", "(1", "1,", ". [1]", '"', "\t"]
)
def test_a_hostile_stream_is_read_in_reasonable_time(part: str) -> None:
    # Takes hours where a pattern goes back over what it has read; milliseconds where none does.
    read("[1," + part * 3000 + "]", step=500)


def test_a_statement_without_numbers_is_kept_without_evidence() -> None:
    assert read("The dam held.\nThe road did not. [4]") == [
        ("The dam held.", ()),
        ("The road did not.", (4,)),
    ]


@pytest.mark.parametrize(
    "words", ["The height was not given in metres.", "No height is stated in the building permit."]
)
def test_what_another_text_leaves_out_is_a_statement(words: str) -> None:
    assert read(words) == [(words, ())]


@pytest.mark.parametrize(
    "reply",
    [
        "NOT_IN_EVIDENCE",
        "not_in_evidence.",
        "**NOT IN EVIDENCE**",
        "NOT_IN_EVIDENCE [1]",
        "NOT_IN_EVIDENCE\nThe dam may have held. [1]",
        "<think>Hm.</think>NOT_IN_EVIDENCE",
        "The evidence does not say whether the dam held.",
        "I cannot answer this from the sources.",
        "The height of the dam is not mentioned in the provided evidence.",
        "No height is given in any of the documents.",
    ],
)
def test_the_model_may_say_that_the_evidence_does_not_answer(reply: str) -> None:
    parser = StatementParser(5)
    assert [*parser.feed(reply), *parser.finish()] == []
    assert parser.absent


def test_the_word_for_no_answer_behind_statements_takes_none_back() -> None:
    parser = StatementParser(5)
    found = [*parser.feed("The dam held. [1]\nNOT_IN_EVIDENCE"), *parser.finish()]
    assert [p.text for p in found] == ["The dam held."]
    assert not parser.absent


def test_chatter_alone_is_no_answer_and_no_refusal() -> None:
    parser = StatementParser(5)
    assert [*parser.feed("Sure, here is the answer:"), *parser.finish()] == []
    assert not parser.absent


def test_a_statement_is_out_before_the_next_is_complete() -> None:
    parser = StatementParser(5)
    assert [p.text for p in parser.feed("The dam held. [1] Th")] == ["The dam held."]
    assert [p.text for p in parser.feed("e road fell. [2]\nAnd")] == ["The road fell."]


def test_what_is_not_complete_is_not_released() -> None:
    parser = StatementParser(5)
    parser.feed("The dam held.\nThe road fe")
    assert [(p.text, p.numbers) for p in parser.release()] == [("The dam held.", ())]


def test_a_line_without_end_is_cut_and_read() -> None:
    assert len(read("word " * 9_000 + "[1]")) >= 1


@given(st.text(max_size=300), st.integers(1, 40))
def test_any_text_is_read_alike_in_one_piece_and_in_many(reply: str, step: int) -> None:
    assert read(reply) == read(reply, step=step)


PARTS = (
    "A dam held.",
    " ",
    "\n",
    "[1]",
    "[2, 3]",
    "(4)",
    "【5】",
    "<think>",
    "</think>",
    "- ",
    "**",
    "```",
    "NOT_IN_EVIDENCE",
    "Sources:",
    "<",
    "[",
    "]",
    "1. ",
    "\r",
    ".",
    "no evidence says",
    "[99]",
)


@given(st.lists(st.sampled_from(PARTS), max_size=25), st.integers(1, 9))
def test_any_mixture_is_read_alike_and_cites_only_what_exists(parts: list[str], step: int) -> None:
    reply = "".join(parts)
    found = read(reply)
    assert found == read(reply, step=step)
    for text, numbers in found:
        assert "\n" not in text
        assert text == text.strip() != ""
        assert all(1 <= number <= 9 for number in numbers)
