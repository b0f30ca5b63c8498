"""Expressions of time in questions: what they mean once the day is told; none is guessed."""

import asyncio
import json
from collections.abc import Iterator
from datetime import date

import pytest
import texts
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scripted_endpoint import scripted_endpoint
from scripted_replies import text as says

from index.errors import InvalidFilter
from qa.models import Answer
from qa.question import FilterSet, Question, Turn
from qa.service import Service, build
from qa.settings import load_settings
from qa.when.timing import event, read

WEDNESDAY = date(2025, 1, 22)
TOLD = FilterSet(
    as_of=WEDNESDAY,
    dates={
        "the inauguration": date(2025, 1, 20),
        "Pact of  Varn": date(2024, 6, 1),
        "Peace of the West": date(2024, 9, 1),
    },
)


@pytest.mark.parametrize(
    ("question", "since"),
    [
        ("What was said today?", "2025-01-22"),
        ("Who arrived this morning?", "2025-01-22"),
        ("Yesterday, who resigned?", "2025-01-21"),
        ("Who resigned last night?", "2025-01-21"),
        ("Who resigned the day before yesterday?", "2025-01-20"),
        ("What happened this week?", "2025-01-20"),
        ("What happened last week?", "2025-01-13"),
        ("WHAT HAPPENED LAST WEEK?", "2025-01-13"),
        ("Who signed late last month?", "2024-12-01"),
        ("What was built this year?", "2025-01-01"),
        ("What was built last year?", "2024-01-01"),
        ("Who signed in the past week?", "2025-01-15"),
        ("Who signed in the past 10 days?", "2025-01-12"),
        ("Who signed over the last two months?", "2024-11-22"),
        ("Who signed in the last 24 hours?", "2025-01-21"),
        ("Who signed in the last 25 hours?", "2025-01-20"),
        ("Who signed three weeks ago?", "2024-12-30"),
        ("Who signed a couple of days ago?", "2025-01-20"),
        ("Who signed a month ago?", "2024-12-01"),
        ("Who signed 2 years ago?", "2023-01-01"),
        ("Who signed last Wednesday?", "2025-01-15"),
        ("Who signed on Sunday?", "2025-01-19"),
        ("Who won Monday's vote?", "2025-01-20"),
        ("Who signed last January?", "2024-01-01"),
        ("Who signed last December?", "2024-12-01"),
        ("What happened since Monday?", "2025-01-20"),
        ("What happened since last week?", "2025-01-13"),
        ("What happened after last week?", "2025-01-19"),
        ("What happened after last week's summit?", "2025-01-13"),
        ("Who was dismissed by last week's decree?", "2025-01-13"),
        ("Who was dismissed in yesterday’s decree?", "2025-01-21"),
        ("What was said of this month and last month?", "2024-12-01"),
        ("What was said last month, since Monday?", "2025-01-20"),
        ("What happened after the inauguration?", "2025-01-20"),
        ("What happened on or after Monday?", "2025-01-20"),
        ("What happened following the pact of Varn?", "2024-06-01"),
        ("What happened since a Peace of the West?", "2024-09-01"),
        ("What happened 9999 years ago?", "0001-01-01"),
    ],
)
def test_a_period_counts_from_its_first_day(question: str, since: str) -> None:
    reading = read(question, TOLD)
    assert str(reading.filters.since) == since
    assert reading.filters.until is None
    assert reading.filters.as_of == WEDNESDAY
    assert reading.notes == ()
    assert all(one.told for one in reading.dates)


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("What was known before last week?", None, "2025-01-12"),
        ("What was known before last week’s summit?", None, "2025-01-19"),
        ("What was known until yesterday?", None, "2025-01-21"),
        ("What was known by last week?", None, "2025-01-19"),
        ("What was known by this week?", None, "2025-01-22"),
        ("What was known before the inauguration?", None, "2025-01-19"),
        ("What was known prior to his inauguration?", None, "2025-01-19"),
        ("What was known on or before Monday?", None, "2025-01-20"),
        (
            "What changed between the Pact of Varn and the inauguration?",
            "2024-06-01",
            "2025-01-20",
        ),
        ("What changed between the inauguration and today?", "2025-01-20", "2025-01-22"),
        ("What was known since Monday and before today?", "2025-01-20", "2025-01-21"),
    ],
)
def test_what_is_said_before_a_day_ends_with_it(
    question: str, since: str | None, until: str
) -> None:
    reading = read(question, TOLD)
    assert (str(reading.filters.since), str(reading.filters.until)) == (str(since), until)


@pytest.mark.parametrize(
    "question",
    [
        "Who spoke at the inauguration?",
        "What did reporters bring from the inauguration?",
        "What changed before and after the inauguration?",
        "What did the Today programme and USA Today report?",
        "Who said “we won last week”?",
        'Who wrote "yesterday"?',
        "What happened in the last week of January?",
        "What happened in the last week before the vote?",
        "Who signed on Monday 13 January?",
        "Who signed on Monday, Jan. 13?",
        "Who signed more than two weeks ago?",
        "What is planned for next week and tomorrow?",
        "Who signed in January 2024?",
        "What happens on Mondays?",
        "Who is Monday Okafor?",
        "What is the difference between yesterdays?",
        "Who wrote the week-ago-report?",
        "What did he do laſt week?",
        "",
    ],
)
def test_what_is_no_such_expression_bounds_nothing(question: str) -> None:
    reading = read(question, TOLD)
    assert (reading.query, reading.filters, reading.dates) == (question, TOLD, ())


def test_a_resolved_expression_is_searched_as_days_and_no_longer_as_words() -> None:
    reading = read("What did she say of yesterday's strike , before the inauguration?", TOLD)
    assert reading.query == "What did she say of strike,?"
    assert read("Last week?", TOLD).query == "Last week?"  # there would be nothing to search for
    said = (
        "‘yesterday’ was read as 2025-01-21 (as_of 2025-01-22): publications since 2025-01-21 count"
    )
    assert said in reading.explained
    assert "(the inauguration = 2025-01-20): publications until 2025-01-19" in reading.explained


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("What happened last week?", "‘last week’ was not resolved: no date was told (as_of)"),
        (
            "Who spoke before the inauguration?",
            "‘before the inauguration’ was not resolved: no date was told for it (dates)",
        ),
        (
            "Who spoke since their second summit about tolls?",
            "‘since their second summit’ was not resolved: no date was told for it (dates)",
        ),
    ],
)
def test_without_a_told_day_the_words_stay_and_a_note_says_so(question: str, note: str) -> None:
    reading = read(question, FilterSet())
    assert reading.query == reading.explained == question
    assert reading.filters == FilterSet()
    assert reading.dates == ()
    assert reading.notes == (note,)


def test_what_no_telling_would_resolve_is_not_noted() -> None:
    for question in ("Who spoke before 2024?", "Who spoke after 17 January 2025?", "Who spoke?"):
        assert read(question, FilterSet()).notes == ()


def test_bounds_and_filters_hold_together() -> None:
    narrow = TOLD.model_copy(update={"since": date(2025, 1, 15), "until": date(2025, 1, 16)})
    reading = read("Who signed last week, before the inauguration?", narrow)
    assert (reading.filters.since, reading.filters.until) == (narrow.since, narrow.until)
    wide = TOLD.model_copy(update={"since": date(2000, 1, 1), "until": date(2030, 1, 1)})
    reading = read("Who signed last week, before the inauguration?", wide)
    assert (reading.filters.since, reading.filters.until) == (
        date(2025, 1, 13),
        date(2025, 1, 19),
    )


@pytest.mark.parametrize(
    ("question", "filters"),
    [
        ("Who signed last week?", TOLD.model_copy(update={"until": date(2024, 12, 31)})),
        (
            "Who signed since the inauguration?",
            TOLD.model_copy(update={"as_of": date(2025, 1, 10)}),
        ),
        ("Who signed after yesterday and before last week?", TOLD),
    ],
)
def test_days_that_leave_none_are_refused_by_name(question: str, filters: FilterSet) -> None:
    reading = read(question, filters)
    with pytest.raises(InvalidFilter, match="‘") as caught:
        reading.require_days()
    assert str(reading.filters.since) in str(caught.value)
    assert caught.value.hint


PIECES = (
    *("last week", "yesterday", "Since", "before", "the inauguration", "between", "and", "three"),
    *("weeks ago", "in the past", "9999", "days", "on Monday", "this month", "last May", "?", "’s"),
    *("“", "”", ",", "after", "until", "the", "of", "İ", "ſ", "K", "years ago", "\u00a0", "\n"),
)
sentences = st.lists(st.sampled_from(PIECES) | st.text(max_size=4)).map(" ".join) | st.text()


@settings(deadline=None)
@given(
    sentences, st.dates(), st.dictionaries(st.sampled_from(["inauguration", "K", "."]), st.dates())
)
@example("before 9999 years ago, this week", date.min, {})
@example("this week, this month and this year", date.max, {})
def test_any_text_is_read_and_no_window_ends_after_as_of(
    question: str, as_of: date, dates: dict[str, date]
) -> None:
    filters = FilterSet(as_of=as_of, dates=dates)
    reading = read(question, filters)
    assert read(question, filters) == reading
    assert reading.query.strip() or not question.strip()
    for one in reading.dates:
        assert one.text in question
        assert one.first <= one.last
        assert one.until is None or one.until <= as_of
        if one.told == f"as_of {as_of}":
            assert one.last <= as_of
            assert one.since is None or one.since <= as_of
    assert reading.filters.until is None or reading.filters.until <= as_of
    assert reading.filters.as_of == as_of


@settings(deadline=None)
@given(sentences)
def test_without_told_days_nothing_is_ever_resolved(question: str) -> None:
    reading = read(question, FilterSet())
    assert (reading.query, reading.filters, reading.dates) == (question, FilterSet(), ())


@settings(deadline=None)
@given(st.text(min_size=1, max_size=30).map(str.strip).filter(bool), st.dates())
def test_an_event_is_a_name_and_its_day(name: str, day: date) -> None:
    name = " ".join(name.split()) or "x"
    assert event(f" {name} = {day.isoformat()} ") == (name, day)
    assert FilterSet(dates={name: day}).dates == {name: day}


@pytest.mark.parametrize(
    "words", ["", "2025-01-17", "=2025-01-17", " =2025-01-17", "pact=", "pact=17 Jan", "pact=2025"]
)
def test_what_is_no_event_with_a_day_is_refused(words: str) -> None:
    with pytest.raises(InvalidFilter) as caught:
        event(words)
    assert "2025-01-17" in caught.value.hint


# -- whole answers ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    made = build(load_settings(data=tmp_path_factory.mktemp("timing")), write=True)
    later = (
        "The strike of the crane drivers in Lindholm harbour ended on 3 July after two days. "
        "Mayor Greta Olsen called it needless.\n"
    )
    origins = [
        *texts.three(),
        texts.origin("july.txt", later, outlet="Varn Herald", published_at=date(2024, 7, 4)),
        texts.origin("undated.txt", texts.HARBOUR.replace("12 April", "30 March")),
    ]
    list(made.corpus.ingest(origins, limit=100_000))
    yield made
    made.close()


def ask(service: Service, text: str, history: tuple[Turn, ...] = (), **filters: object) -> Answer:
    question = Question(text=text, filters=FilterSet(**filters), history=history)  # type: ignore[arg-type]
    return asyncio.run(service.answer(question))


STRIKE = "When did the strike of the crane drivers end"


def test_what_was_published_after_as_of_does_not_count(service: Service) -> None:
    april = ask(service, f"{STRIKE}?", as_of=date(2024, 5, 1))
    assert "12 April" in april.text
    assert "3 July" not in april.text
    assert "30 March" not in april.text  # nobody knows when that was published
    assert (april.coverage.documents, str(april.coverage.latest)) == (1, "2024-04-14")
    assert april.coverage.filters.as_of == date(2024, 5, 1)
    before_all = ask(service, f"{STRIKE}?", as_of=date(2024, 1, 1))
    assert before_all.status == "not_in_documents"
    assert "as_of=2024-01-01" in before_all.text


def test_the_same_words_mean_other_days_from_another_day(service: Service) -> None:
    in_july = ask(service, f"{STRIKE} this month?", as_of=date(2024, 7, 20))
    assert [citation.quote for citation in in_july.citations if "3 July" in citation.quote]
    assert in_july.coverage.documents == 1
    (one,) = in_july.coverage.dates
    assert (one.text, one.first, one.last) == ("this month", date(2024, 7, 1), date(2024, 7, 20))
    assert in_july.coverage.filters.since == date(2024, 7, 1)
    in_april = ask(service, f"{STRIKE} this month?", as_of=date(2024, 4, 20))
    assert "12 April" in in_april.text
    assert in_april.standalone == f"{STRIKE} this month?"
    again = ask(service, f"{STRIKE} this month?", as_of=date(2024, 4, 20))
    assert (again.text, again.coverage) == (in_april.text, in_april.coverage)


def test_an_event_bounds_the_search_once_its_day_is_told(service: Service) -> None:
    question = f"{STRIKE} before the festival?"
    told = ask(service, question, dates={"festival": date(2024, 7, 1)})
    assert "12 April" in told.text
    assert told.coverage.filters.until == date(2024, 6, 30)
    untold = ask(service, question)
    assert untold.coverage.documents == 5
    assert untold.coverage.dates == ()
    (note,) = untold.coverage.notes
    assert "before the festival" in note


def test_silence_names_the_filters_and_what_the_words_were_taken_to_mean(
    service: Service,
) -> None:
    found = ask(
        service,
        "What did the opera cost last month?",
        as_of=date(2024, 7, 5),
        outlets=("Varn Herald",),
    )
    assert found.status == "not_in_documents"
    assert 'Filters: outlet="Varn Herald" since=2024-06-01 as_of=2024-07-05.' in found.text
    assert "‘last month’ was read as 2024-06-01 to 2024-06-30 (as_of 2024-07-05)" in found.text
    untold = ask(service, "What did the opera cost last month?")
    assert "‘last month’ was not resolved: no date was told (as_of)." in untold.text


def test_days_that_leave_none_are_refused_before_anything_happens(service: Service) -> None:
    with pytest.raises(InvalidFilter, match="‘last week’"):
        ask(service, "Who spoke last week?", as_of=date(2024, 7, 5), until=date(2024, 1, 1))


def test_a_follow_up_is_read_from_the_same_day(service: Service) -> None:
    turn = Turn(question="Who spoke?", standalone="Who spoke?")
    found = ask(service, "And since yesterday?", (turn,), as_of=date(2024, 7, 5))
    assert found.coverage.filters.since == date(2024, 7, 4)


def test_a_model_is_told_what_the_words_mean(tmp_path_factory: pytest.TempPathFactory) -> None:
    with scripted_endpoint(says("The strike ended on 12 April after nine days. [1]")) as endpoint:
        settings = load_settings(
            data=tmp_path_factory.mktemp("model"),
            model="scripted",
            model_base_url=endpoint.base_url,
            model_output="plain",
        )
        made = build(settings, write=True)
        try:
            list(made.corpus.ingest(texts.three(), limit=100_000))
            answer = ask(made, f"{STRIKE} last week?", as_of=date(2024, 4, 18))
        finally:
            made.close()
        assert answer.coverage.documents == 1
        (call,) = endpoint.chats
        sent = json.dumps(call.body, ensure_ascii=False)
    assert "‘last week’ was read as 2024-04-08 to 2024-04-14" in sent


def test_an_answer_recorded_before_there_were_such_fields_is_read(service: Service) -> None:
    answer = ask(service, f"{STRIKE}?")
    body = answer.model_dump(mode="json")
    for name in ("dates", "notes"):
        del body["coverage"][name]
    for name in ("collections", "languages", "as_of", "dates"):
        del body["coverage"]["filters"][name]
    body["id"] = "a-before"
    service.corpus.catalog.answers.save("a-before", json.dumps(body), answer.created_at)
    assert service.recorded("a-before").coverage == answer.coverage
