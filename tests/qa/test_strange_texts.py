"""Texts that nobody means to write: they end in an answer as well, and nothing raises."""

import asyncio
import json
from collections.abc import Iterator
from datetime import date

import pytest
import texts
from hypothesis import given, settings
from hypothesis import strategies as st
from made_evidence import document, sentence
from promises import broken

from index.errors import DossierError
from qa.chat.statements import StatementParser
from qa.chat.structured import StructuredParser
from qa.checking.repair import shorten
from qa.grounding import check
from qa.models import Answer
from qa.question import FilterSet, Question, Turn
from qa.readable.antecedents import antecedents
from qa.service import Service, build
from qa.settings import load_settings
from qa.short.spans import candidates

# Many runs of what other tests cover; to measure them takes half as long again.
pytestmark = pytest.mark.no_cover

LOOM = "The loom at Tarn was built by Ida Falk in 1866. It wove 40 metres a day. "
STRANGE = {
    "loom": LOOM,
    "copy": LOOM,
    "other": LOOM.replace("40", "55"),
    "endless": "the loom at Tarn was built by Ida Falk and " * 120,
    "names": "Ida Falk Tarn Loom " * 60,
    "numbers": "\n".join(f"{n * n:,} metres, {n} percent, €{n}m" for n in range(40)),
    "open": LOOM + "He said “she said ‘the loom ([{" * 25,
    "markers": "The loom [1][2] at Tarn [3] was built [He] by Ida Falk [sic] in 1866.[4] " * 3,
    "markup": '<b>The loom</b> at [Tarn](x) was built by ![Ida](y) <a href="z">Falk</a> in 1866.',
    "turned": "The loom \u202eat Tarn\u202c was\u200b built\ufeff by Ida\u0301 Falk in 1866. 🧵 İ",
    "days": "The loom stood still on 31 February 2020, 0 May 0000, 1 January 99999 and 9999-12-31.",
    "languages": "Die Maschine wurde 1866 gebaut. 织机建于1866年。 بني النول عام ١٨٦٦. Станок.",
    "marks": ". . . ! ? — “ ” ( ) [ ]",
}
QUESTIONS = (
    "Who built the loom at Tarn?",
    "When did the loom stand still, and how many metres did it weave?",
    "How did the loom at Tarn develop?",
    "Which is older, the loom or the copy?",
    "What happened last week?",
    "[1] “( \u202e🧵",
    "who " * 150,
)
FILTERS = (
    FilterSet(),
    FilterSet(as_of=date(1, 1, 1)),
    FilterSet(as_of=date(9999, 12, 31), dates={"the fair": date(1, 1, 1)}),
)
PIECES = st.sampled_from(
    [
        *("the loom", "Ida Falk", "was built", "by", "in 1866", "31 February", "0000", "99999"),
        *("12,5", "million", "about", "between", "to", "not", "only", "if", "said", "that", "'s"),
        *("[1]", "[2, 3]", "【4】", "\ud800", "织机", "9" * 400),
        *'$%½²١“”‘’«()[]<{},.:…İ🧵\u202e\u0301"\\\n',
    ]
)
TEXTS = st.lists(PIECES, max_size=14).map(" ".join)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    made = build(load_settings(data=tmp_path_factory.mktemp("strange")), write=True)
    days = dict(zip(STRANGE, (date(1, 1, 1), date(9999, 12, 31)), strict=False))
    origins = [
        texts.origin(f"{name}.txt", words, outlet=name, published_at=days.get(name))
        for name, words in STRANGE.items()
    ]
    list(made.corpus.ingest(origins, limit=1_000_000))
    yield made
    made.close()


def ask(service: Service, question: Question) -> Answer | None:
    try:
        return asyncio.run(service.answer(question))
    except DossierError:
        return None


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("text", QUESTIONS)
def test_an_answer_or_a_typed_error_and_every_promise_kept(
    service: Service, text: str, filters: FilterSet
) -> None:
    turn = Turn(question="Who built it?", standalone="Who built “the loom\u202e?")
    for history in ((), (turn,)):
        answer = ask(service, Question(text=text, filters=filters, history=history))
        if answer is None:
            continue
        found = broken(
            answer.model_dump(mode="json"), lambda d, v: service.corpus.document(d, v).text
        )
        # Sentences of the documents are shown as they are; ways out make their marks harmless.
        assert [what for what in found if not what.endswith("stands in a statement")] == []


def test_a_plain_question_is_answered_among_them(service: Service) -> None:
    answer = ask(service, Question(text="Who built the loom at Tarn?"))
    assert answer is not None
    assert "Ida Falk" in answer.text


def test_a_phrase_may_have_any_length() -> None:
    names = " ".join(["Falk"] * 150)
    made = document(f"The loom at Tarn was built by {names} in 1866.", name="loom")
    assert candidates("Who built the loom at Tarn?", sentence(made, made.text))


def test_a_statement_may_be_as_wrong_as_it_likes() -> None:
    statement = " ".join(f"“word{n} other{n}”" for n in range(1_600))
    found = check(statement, [LOOM])
    assert found.support == "unsupported"
    assert found.score < 0.001


def test_a_number_of_any_length_in_a_structured_reply_ends_it() -> None:
    held = '{"statements": [{"text": "The loom held.", "evidence": [1]}, '
    parser = StructuredParser(3)
    found = [*parser.feed(held), *parser.feed("9" * 5_000 + ", "), *parser.finish()]
    assert [(one.text, one.numbers) for one in found] == [("The loom held.", (1,))]
    assert parser.broken


@pytest.mark.parametrize("closing", [" Then it", ". It", ".” It"])
def test_a_long_run_of_numbers_belongs_to_its_sentence(closing: str) -> None:
    line = "The loom held." if closing.startswith(" ") else "The loom held"
    parser = StatementParser(9)
    reply = line + " [1][2]" * 400 + closing + " fell. [3]\n"
    found = [one for at in range(0, len(reply), 40) for one in parser.feed(reply[at : at + 40])]
    assert [one.numbers for one in [*found, *parser.finish()]] == [(1, 2), (3,)]


def test_a_full_name_is_found_in_a_line_as_long_as_a_document() -> None:
    far = "The sea was calm that day and nobody spoke of it. " * 200
    text = f"{far}Ida Falk was an engineer. {far[:4_000]}Falk built the loom at Tarn. {far}"
    made = document(text, name="line")
    found = antecedents(sentence(made, "Falk built the loom at Tarn."))
    assert [(one.words, one.sentence.cut(text)) for one in found] == [
        ("Ida Falk", "Ida Falk was an engineer.")
    ]


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_checks_and_cuts_take_any_text(one: str, other: str) -> None:
    assert 0 <= check(one, [other, LOOM]).score <= 1
    cut = shorten(f"{LOOM.partition('.')[0]}, which {one}", [LOOM, other])
    assert cut is None or check(cut, [LOOM, other]).support == "supported"


@settings(deadline=None)
@given(TEXTS, st.integers(1, 9))
def test_parsers_take_any_reply_however_it_comes(words: str, step: int) -> None:
    torn = json.dumps({"statements": [{"text": words, "evidence": [words, 1]}]})
    for reply in (words, torn, torn.replace('"', "", 3), torn[: len(torn) // 2]):
        for parser in (StatementParser(3), StructuredParser(3)):
            found = [
                p for at in range(0, len(reply), step) for p in parser.feed(reply[at : at + step])
            ]
            found += [*parser.finish(), *parser.release()]
            assert all(1 <= number <= 3 for parsed in found for number in parsed.numbers)
