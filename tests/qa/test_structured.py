"""Structured replies, read as they come in: whole, torn, half kept to the schema, or foreign."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.chat.structured import SCHEMA, StructuredParser

Read = list[tuple[str, tuple[int, ...]]]


def parse(reply: str, step: int | None = None) -> tuple[Read, StructuredParser]:
    """Return the statements of a reply that comes in pieces of ``step`` characters."""
    parser = StructuredParser(9)
    found = []
    for start in range(0, len(reply), step or len(reply) or 1):
        found += parser.feed(reply[start : start + (step or len(reply))])
    found += parser.finish()
    return [(parsed.text, parsed.numbers) for parsed in found], parser


def reply(*statements: tuple[str, list[int]]) -> str:
    return json.dumps({"statements": [{"text": t, "evidence": e} for t, e in statements]})


HELD, FELL = ("The dam held.", (3,)), ("The road fell.", (1, 4))
BOTH = reply(("The dam held.", [3]), ("The road fell.", [1, 4]))

WHOLE: list[tuple[str, Read]] = [
    (BOTH, [HELD, FELL]),
    (json.dumps(json.loads(BOTH), indent=2), [HELD, FELL]),
    (f"```json\n{BOTH}\n```", [HELD, FELL]),
    (f"<think>{{ maybe [1] }}</think>\n{BOTH}", [HELD, FELL]),
    (f"Rambling.</think>{BOTH}".removeprefix("Rambling."), [HELD, FELL]),
    (json.dumps(json.loads(BOTH)["statements"]), [HELD, FELL]),
    ('{"note": "a \\"b\\" {", "n": -1.5, "x": [1], "statements": []}', []),
    ('{"ok": true, ' + BOTH[1:], [HELD, FELL]),
    ('{"statements": [{"statement": "The dam held.", "citations": "[3]"}]}', [HELD]),
    ('{"statements": [{"text": "The dam held.", "evidence": 3}]}', [HELD]),
    ('{"statements": [{"text": "The dam held.", "evidence": ["[3]", true, 2.5]}]}', [HELD]),
    ('{"statements": ["The dam held. [3]"]}', [HELD]),
    ('{"statements": [{"text": "The dam held. [3]", "evidence": []}, ]}', [HELD]),
    ('{"statements": [{"text": "The dam\nheld.", "evidence": [3]}]}', [HELD]),
    (
        reply(('A {brace} ] and "quotes" \\ held.', [2])),
        [('A {brace} ] and "quotes" \\ held.', (2,))],
    ),
    (reply(("Größe — 日本 🙂.", [2])), [("Größe — 日本 🙂.", (2,))]),
    (reply(("It leaked.", [99, 0, -3])), [("It leaked.", ())]),
    (reply(("It leaked. It fell.", [2])), [("It leaked.", (2,)), ("It fell.", (2,))]),
    (reply(("<think>No.</think> It \u202eleaked.", [2])), [("It leaked.", (2,))]),
    (
        '{"statements": [{"text": "Half \\ud83d a pair.", "evidence": [2]}]}',
        [("Half? a pair.", (2,))],
    ),
]


@pytest.mark.parametrize(("text", "expected"), WHOLE)
def test_forms_of_json_are_read_alike_wherever_the_stream_is_cut(text: str, expected: Read) -> None:
    for step in range(1, len(text) + 1):
        found, parser = parse(text, step)
        assert found == expected
        assert not parser.broken


@pytest.mark.parametrize("text", [BOTH, f"```json\n{BOTH}\n```", f"<think>x</think>{BOTH}"])
def test_any_two_pieces_make_the_same_statements(text: str) -> None:
    for cut in range(len(text) + 1):
        parser = StructuredParser(9)
        found = [*parser.feed(text[:cut]), *parser.feed(text[cut:]), *parser.finish()]
        assert [(p.text, p.numbers) for p in found] == [HELD, FELL]


def test_a_statement_is_out_with_the_brace_that_ends_it() -> None:
    parser = StructuredParser(9)
    end = BOTH.index("}") + 1
    assert parser.feed(BOTH[: end - 1]) == []
    assert [p.text for p in parser.feed(BOTH[end - 1 : end])] == ["The dam held."]


def test_a_cut_reply_gives_the_statements_that_are_whole_and_is_broken() -> None:
    for length in range(len(BOTH)):
        found, parser = parse(BOTH[:length])
        assert found == [HELD, FELL][: BOTH[:length].count("}")]
        assert parser.broken == (length < BOTH.rindex("]") + 1)


@pytest.mark.parametrize("text", ['{"statements": []}', "[]", "```\n[ ]\n```", '{"statements":[]'])
def test_an_empty_list_says_that_there_is_no_answer(text: str) -> None:
    found, parser = parse(text, 1)
    assert (found, parser.absent, parser.broken) == ([], True, False)


@pytest.mark.parametrize(
    "text",
    [
        "The dam held. [3]",
        "[3] The dam held.",
        "Sure, here it is: {}",
        '{"answer": "The dam held."}',
        "{}",
        '"words"',
        "12",
        "{'statements': []}",
        '{"\\q": 1}',
        '{"statements": "none"}',
        "```python\nprint()\n```",
    ],
)
def test_what_is_no_such_json_is_foreign_and_no_answer(text: str) -> None:
    for step in (1, 2, len(text)):
        found, parser = parse(text, step)
        assert (found, parser.absent) == ([], False)
        assert parser.foreign


@pytest.mark.parametrize(
    "text",
    [
        '{"statements": [{"text": "bad "quotes" inside", "evidence": [1]}]}',
        '{"statements": [{"text": "x", "evidence": [1]]}',
        '{"statements": [{"text": "' + "x" * 30_000,
        "<think>and so on",
        '{"statements": [' + "[" * 5_000,
    ],
)
def test_broken_json_is_neither_read_nor_taken_for_an_answer(text: str) -> None:
    found, parser = parse(text, 500)
    assert (found, parser.absent, parser.broken) == ([], False, True)


@pytest.mark.parametrize("text", ['{"statements": [{"foo": 1}]}', '[{"text": ""}, {"text": 3}]'])
def test_objects_without_words_are_no_answer_and_no_word_that_there_is_none(text: str) -> None:
    found, parser = parse(text)
    assert (found, parser.absent, parser.broken) == ([], False, False)


def test_a_refusal_inside_the_json_is_known_as_one() -> None:
    found, parser = parse(reply(("I'm sorry, but I can't help with that.", [])))
    assert found == []
    assert "can't help" in parser.refused


def test_the_schema_takes_the_reply_that_is_read() -> None:
    import jsonschema

    jsonschema.validate(json.loads(BOTH), SCHEMA["schema"])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"statements": [{"text": "x"}]}, SCHEMA["schema"])


TEXT = st.text(max_size=40)
ITEM = st.fixed_dictionaries({"text": TEXT, "evidence": st.lists(st.integers(-5, 40), max_size=4)})


@given(st.lists(ITEM, max_size=4), st.integers(1, 20))
def test_any_statements_are_read_alike_in_one_piece_and_in_many(
    items: list[dict[str, object]], step: int
) -> None:
    text = json.dumps({"statements": items}, ensure_ascii=False)
    whole, parser = parse(text)
    assert parse(text, step)[0] == whole
    assert not parser.broken
    assert all(1 <= number <= 9 for _, numbers in whole for number in numbers)


@given(st.text(alphabet='{}[]":,\\statemn 1<>/`', max_size=120), st.integers(1, 9))
def test_any_text_is_read_alike_in_one_piece_and_in_many(text: str, step: int) -> None:
    one, parser = parse(text)
    many, other = parse(text, step)
    assert one == many
    assert (parser.foreign, parser.broken) == (other.foreign, other.broken)
