"""What a question asks for, and how a sentence fits it."""

import pytest

from qa.features import Features, measure, read_question, read_surroundings
from qa.relevance import THRESHOLD, WEIGHTS, probability


def fit(question: str, sentence: str, passage: str = "") -> Features:
    asked = read_question(question, {})
    near = read_surroundings(sentence)
    around = read_surroundings(f"{sentence} {passage}")
    return measure(
        asked, sentence, near, around, sentence_cosine=0.7, passage_cosine=0.7, nearness=0.7
    )


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many ships came?", "count"),
        ("How much did the bridge cost?", "money"),
        ("How much of the trade is in roubles?", "share"),
        ("How long is the bridge?", "measure"),
        ("How much rain fell?", "amount"),
        ("When did the strike end?", "date"),
        ("Who runs the port?", "person"),
        ("In which city was it signed?", "place"),
        ("Why was it put off?", "other"),
    ],
)
def test_the_sort_of_thing_asked_for_is_read(question: str, kind: str) -> None:
    assert read_question(question, {}).kind == kind


def test_a_question_for_a_number_wants_one_that_it_does_not_have_itself() -> None:
    question = "How many of the 40 ships came?"
    assert fit(question, "The ships came late.").value_missing == 1
    assert fit(question, "All 40 ships were due.").value_missing == 1
    assert fit(question, "Only 31 ships came.").value_missing == 0


def test_a_number_that_counts_something_else_is_told_apart() -> None:
    question = "How many ships came?"
    assert fit(question, "It took 31 days.").unit_missing == 1
    assert fit(question, "31 vessels came.").unit_missing == 0  # a synonym


@pytest.mark.parametrize(
    ("question", "sentence", "missing"),
    [
        ("How long will the lease last?", "More than 11,000 tenants signed last year.", 1),
        ("How long will the lease last?", "The lease runs for twelve years.", 0),
        ("How long will the lease last?", "The lease runs until 2041.", 0),
        ("How long will the lease last?", "The lease was drawn up in 2041.", 1),
        ("How long is the bridge?", "The bridge cost 310 million crowns.", 1),
        ("How long is the bridge?", "The bridge spans 812 metres.", 0),
        ("How old is the mayor?", "The mayor is 61.", 0),
        ("How old is the mayor?", "Mayor Sommer, 61 years old, spoke first.", 0),
        ("How far can the glider fly?", "The glider seats 2 people.", 1),
        ("How often do ferries leave?", "There are 14 ferries.", 0),
        ("How far along is the tunnel?", "The tunnel is 17 per cent done after 2 bores.", 0),
    ],
)
def test_an_extent_wants_a_number_of_its_units(question: str, sentence: str, missing: int) -> None:
    assert fit(question, sentence).value_missing == missing


def test_a_missing_name_weighs_what_it_tells_in_this_corpus() -> None:
    weights = {"belgian": 0.9, "port": 0.2}
    asked = read_question("How many Belgian ships came to the Port?", weights)
    around = read_surroundings("Forty ships came.")
    features = measure(
        asked,
        "Forty ships came.",
        around,
        around,
        sentence_cosine=0.7,
        passage_cosine=0.7,
        nearness=0.7,
    )
    assert features.name_missing_near == pytest.approx(0.9)
    assert fit("How many ships of Belgium came?", "Forty Belgian ships came.").name_missing == 0


def test_a_capital_stands_for_its_country_and_north_is_not_south() -> None:
    assert fit("What did North Korea send?", "Pyongyang sent shells.").name_missing == 0
    assert fit("What did North Korea send?", "South Korea sent rice.").name_missing == 1


def test_initials_stand_for_a_long_name() -> None:
    named = "She works for the Institute for Polar and Ocean Studies."
    assert fit("Who works for IPOS?", named).name_missing == 0
    assert fit("Who works for IMF?", named).name_missing == 1


def test_a_year_that_is_not_there_is_missing() -> None:
    question = "How many ships came in 2021?"
    assert fit(question, "In 2024, 31 ships came.").figure_missing_near == 1
    assert fit(question, "In 2021, 31 ships came.").figure_missing_near == 0
    elsewhere = fit(question, "31 ships came.", "The year was 2021.")
    assert (elsewhere.figure_missing, elsewhere.figure_missing_near) == (0, 1)


def test_a_question_answers_nothing() -> None:
    question = "How many ships came?"
    asking = fit(question, "How many ships came, 30 or 40?")
    telling = fit(question, "30 or 40 ships came.")
    assert asking.is_question == 1
    assert probability(asking) < probability(telling)


def test_every_feature_has_a_weight() -> None:
    assert set(WEIGHTS) == set(Features.__dataclass_fields__)


def test_a_sentence_that_answers_passes_and_near_misses_do_not() -> None:
    question = "How many North Korean soldiers were captured in 2024?"
    right = fit(question, "In 2024, two North Korean soldiers were captured.")
    assert probability(right) > THRESHOLD
    for wrong in (
        "In 2024, North Korean soldiers were captured.",
        "In 2024, two Chinese soldiers sang.",
        "In 2019, two South Korean cooks were hired.",
    ):
        assert probability(fit(question, wrong)) < probability(right) - 0.3, wrong


@pytest.mark.parametrize(
    ("question", "sentence", "missing"),
    [
        ("Were 10,000 or 11,000 sandbags filled?", "Some 11,000 sandbags were filled.", 0.0),
        ("Were 10,000 or 11,000 sandbags filled?", "Some 12,000 sandbags were filled.", 1.0),
        ("Were 300 pumps bought in 1999?", "The 300 pumps were bought later.", 1.0),
    ],
)
def test_of_figures_to_choose_from_one_is_enough(
    question: str, sentence: str, missing: float
) -> None:
    assert fit(question, sentence).figure_missing == missing
