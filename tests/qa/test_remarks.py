"""Notes in square brackets: what they say, where they stand, and where there is none."""

from datetime import date

import pytest
from drafts import draft, sentences, shown
from hypothesis import given
from hypothesis import strategies as st

from qa.compose import DraftStatement
from qa.readable.remarks import Remark, inserted, remarks, without_notes

ROTH = "Ana Roth runs the ferry line at Osby. She bought two ships in spring. "
BRIDGE = "The Salt Bridge is a road bridge over the Var. "


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        (ROTH, "She bought", "She [Ana Roth] bought two ships in spring."),
        (ROTH + "In June she sold one.", "In June", "In June she [Ana Roth] sold one."),
        (ROTH + "Her brother left.", "Her brother", "Her [Ana Roth] brother left."),
        (ROTH + "Roth denied it.", "Roth denied", "Roth [Ana Roth] denied it."),
        (ROTH + "That is Roth's plan.", "Roth's", "That is Roth's [Ana Roth] plan."),
        (
            "Mayor Tom Falk opened the hall. He left early.",
            "He left",
            "He [Tom Falk] left early.",
        ),
        (BRIDGE + "It was built in 1931.", "It was", "It [the Salt Bridge] was built in 1931."),
        (BRIDGE + "Its towers are red.", "Its towers", "Its [the Salt Bridge] towers are red."),
        (
            BRIDGE + "Lorries crossed it for years. The bridge closed in 2019.",
            "closed",
            "The bridge [Salt Bridge] closed in 2019.",
        ),
        (
            BRIDGE + "It was built in 1931. It is painted red.",
            "painted",
            "It [the Salt Bridge] is painted red.",
        ),
        (
            "The harbour wall is made of stone. It was built by monks.",
            "by monks",
            "It [the harbour wall] was built by monks.",
        ),
        (
            "The Orchard Ferry Company owns two ships. The company was sold.",
            "was sold",
            "The company [Orchard Ferry Company] was sold.",
        ),
        (
            "The ship Northern Star lay in Osby. The vessel was sold.",
            "was sold",
            "The vessel [Northern Star] was sold.",
        ),
        (
            "Ana Roth took over the line. It was a hard year. She sold one ship.",
            "sold one",
            "She [Ana Roth] sold one ship.",
        ),
        (
            "“We sold it,” said Ana Roth. “It was old and slow,” she added.",
            "added",
            "“It was old and slow,” she [Ana Roth] added.",
        ),
        (
            "Two towns signed a joint harbour treaty in May. The deal runs for ten years.",
            "The deal",
            "The deal [the joint harbour treaty] runs for ten years.",
        ),
        (
            "The haulier Nordby Lines, a shipping firm, has ten lorries. The company was sold.",
            "was sold",
            "The company [Nordby Lines] was sold.",
        ),
        (
            "Norway and Sweden opened the line. The two countries paid half each.",
            "paid half",
            "The two countries [Norway and Sweden] paid half each.",
        ),
        (
            "Ana Roth met Tom Falk in Osby. The two leaders spoke for an hour.",
            "spoke",
            "The two leaders [Ana Roth and Tom Falk] spoke for an hour.",
        ),
        (
            "Denmark raised the tax in May. The country has had it since 1950.",
            "has had",
            "The country [Denmark] has had it since 1950.",
        ),
    ],
)
def test_what_the_sentence_before_makes_clear_is_told(text: str, words: str, expected: str) -> None:
    assert shown(text, words) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ana Roth met Eva Lind at Osby. She left early.", "She left"),
        ("Ana Roth met the judge. She left early.", "She left"),
        ("Ana Roth runs the ferry. He left early.", "He left"),
        ("Ana Roth runs the ferry. When she came, Eva Lind was there.", "When she"),
        ("Ana Roth runs the ferry. “She sold one,” a rival told us.", "She sold"),
        ("Nobody saw the fire. She left early.", "She left"),
        ("Ana Roth runs the ferry. Ana Roth, she says, is no owner.", "she says"),
        ("Ana Roth runs the ferry. Eva Roth owns the pier. Roth denied it.", "denied"),
        (BRIDGE + "It is said that two men died there.", "It is said"),
        (BRIDGE + "It took nine years to build.", "It took"),
        (BRIDGE + "It is said to be old. It was built in 1931.", "It was"),
        (BRIDGE + "Its bridge is of steel.", "Its bridge"),
        ("The head of the port is late. It was built in 1931.", "It was"),
        ("They closed the Salt Bridge. It was built in 1931.", "It was"),
        ("The Salt Bridge is old; the port is not. It was built in 1931.", "It was"),
        ("Nobody was there. The two countries paid half each.", "paid"),
        ("Every bridge is old. The bridge closed in 2019.", "closed"),
        ("They planned a bridge. The bridge closed in 2019.", "closed"),
        ("A film studio stood there. The film was sold.", "was sold"),
        ("Ana Roth came. He saw her there. She left early.", "She left"),
        ("Eva Lind spoke. It rained. It was late. Rain fell. She left early.", "She left"),
        ("Ana Roth owns the Salt Bridge. It was built in 1931.", "It was"),
        (BRIDGE + "The Iron Bridge stands beside it. The bridge closed in 2019.", "closed"),
        (BRIDGE + "Another bridge stands beside it. The bridge closed in 2019.", "closed"),
        ("Some bridges are old. The bridge closed in 2019.", "closed"),
        ("Norway, Sweden and Denmark met. The two countries paid half each.", "paid"),
        ("Norway raised the tax; Sweden did not. The country has had it since 1950.", "has had"),
        ("Ana Roth met Falk in Osby. The two leaders spoke for an hour.", "spoke"),
    ],
)
def test_what_is_not_clear_is_not_told(text: str, words: str) -> None:
    assert "[" not in shown(text, words)


def test_what_the_question_names_is_not_told_again() -> None:
    assert "[" not in shown(ROTH, "She bought", "What did Roth buy?")
    assert "[" not in shown(
        BRIDGE + "It was built in 1931.", "It was", "How old is the Salt Bridge?"
    )
    assert "[Ana Roth]" in shown(ROTH, "She bought", "Who bought two ships?")


def test_what_the_statement_before_names_is_not_told_again() -> None:
    one, two = sentences(ROTH)[:2]
    said = [(draft(one), draft(one).text)]
    assert remarks(draft(two), "", said=said) == []
    other = sentences("Ana Roth retired.", name="other.txt")[0]
    assert remarks(draft(two), "", said=[(draft(other), draft(other).text)])


def test_an_antecedent_comes_with_the_sentence_that_names_it() -> None:
    (remark,) = remarks(draft(sentences(ROTH)[1]), "")
    assert remark.source is not None
    assert remark.source.quote == "Ana Roth runs the ferry line at Osby."


def test_a_heading_is_no_antecedent() -> None:
    text = "# Ana Roth\n\nThe ferry was late. She bought two ships in May.\n"
    found = next(s for s in sentences(text, name="note.md") if "bought" in s.quote)
    assert remarks(draft(found), "") == []


def test_a_name_far_above_is_found_in_its_own_sentence() -> None:
    filler = "The harbour was quiet for the whole of that winter, and the ice lay thick.\n\n" * 40
    text = f"Ana Roth runs the ferry line at Osby.\n\n{filler}At last Roth sold it.\n"
    found = next(s for s in sentences(text) if "At last" in s.quote)
    (remark,) = remarks(draft(found), "")
    assert remark.words == "Ana Roth"
    assert remark.source is not None
    assert remark.source.quote == "Ana Roth runs the ferry line at Osby."


def test_a_sentence_of_the_passage_before_counts_and_noise_between_does_not() -> None:
    filler = "The harbour office counts the ships on the river twice a day in any weather. " * 14
    named = "Ana Roth runs the ferry line at Osby."
    text = f"{filler}\n\n{filler}{named}\n\nAdvertisement\n\nShe bought two ships. {filler}"
    found = next(s for s in sentences(text) if "two ships" in s.quote)
    assert found.passage.number > 0
    (remark,) = remarks(draft(found), "")
    assert remark.source is not None
    assert remark.source.quote == named


def test_a_statement_in_other_words_gets_no_note() -> None:
    two = sentences(ROTH)[1]
    assert remarks(DraftStatement("She has two ships.", (two,)), "") == []
    assert remarks(DraftStatement(two.quote, ()), "") == []


FRIDAY = date(2025, 1, 17)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They met on Friday.", "They met on Friday [17 January 2025, computed]."),
        (
            "On Tuesday, they met.",
            "On Tuesday [14 January 2025, computed], they met.",
        ),
        (
            "The port said Thursday it was full.",
            "The port said Thursday [16 January 2025, computed] it was full.",
        ),
        (
            "It closed Tuesday evening.",
            "It closed Tuesday evening [14 January 2025, computed].",
        ),
        (
            "It burned down yesterday.",
            "It burned down yesterday [Thursday, 16 January 2025, computed].",
        ),
        (
            "The mill closed two days ago.",
            "The mill closed two days ago [Wednesday, 15 January 2025, computed].",
        ),
        ("Sales fell last month.", "Sales fell last month [December 2024, computed]."),
        ("Sales fell this month.", "Sales fell this month [January 2025, computed]."),
        (
            "The port said today it was full.",
            "The port said today [Friday, 17 January 2025, computed] it was full.",
        ),
        (
            "It opened the day after the fair in Osby.",
            "It opened the day after the fair [Monday, 5 May 2025, computed] in Osby.",
        ),
        ("Sales fell last year.", "Sales fell last year [2024, computed]."),
        ("Sales fell last week.", "Sales fell last week [week of 6 January 2025, computed]."),
        (
            "It opened three days before the fair.",
            "It opened three days before the fair [Thursday, 1 May 2025, computed].",
        ),
    ],
)
def test_a_day_that_is_certain_is_worked_out(text: str, expected: str) -> None:
    dates = {"the fair": date(2025, 5, 4)}
    assert shown(text, text[:6], published_at=FRIDAY, dates=dates) == expected
    assert shown(text, text[:6], dates=dates) == text  # a day without a day to count from


@pytest.mark.parametrize(
    "text",
    [
        "They will meet on Friday.",
        "The vote on Friday is to decide.",
        "They planned to meet on Friday.",
        "“We met on Friday,” said Ana Roth.",
        "They met on Friday, 10 January.",
        "In 1991 they met on Friday.",
        "Black Friday was quiet.",
        "They met every Friday.",
        "They met on Friday's ferry.",
        "Sales fell over the last year.",
        "Yesterday's ferry was late.",
        "It opened about three days before the fair.",
        "It opened three days before the parade.",
        "Today the mill has 40 workers.",
        "About two days ago it burned down.",
        "On 31 February 2025 they met on Friday.",
    ],
)
def test_a_day_that_is_not_certain_is_not_worked_out(text: str) -> None:
    assert shown(text, text[:6], published_at=FRIDAY, dates={"the fair": date(2025, 5, 4)}) == text


def test_an_event_and_a_date_before_are_cited() -> None:
    text = "The fair was held on 4 May 2024. Two days later, the tents were gone."
    found = sentences(text, published_at=date(2024, 6, 1))[1]
    (remark,) = remarks(draft(found), "")
    assert remark.words == "Monday, 6 May 2024, computed"
    assert remark.told == "two days later, from 4 May 2024"
    assert remark.source is not None
    assert remark.source.quote == "The fair was held on 4 May 2024."
    text = "Rain fell three days before the fair. The fair was held on 4 May 2024."
    (remark,) = remarks(draft(sentences(text, published_at=date(2024, 6, 1))[0]), "")
    assert remark.words == "Wednesday, 1 May 2024, computed"
    assert remark.told == "three days before 4 May 2024 (the fair)"


def test_a_sunday_leaves_open_which_week_was_the_last() -> None:
    assert "[" not in shown("Sales fell last week.", "Sales", published_at=date(2025, 1, 19))


_PIECES = st.sampled_from(
    [
        *("Ana Roth runs the ferry.", "She left.", "Her ship sank on Monday.", "Roth denied it."),
        *("The Salt Bridge is a road bridge.", "It\nwas  built\tin 1931.", "The bridge closed."),
        *("They met yesterday.", "“He knows,” said Tom Falk.", "Falk [sic] was\r\nlate on Friday."),
        *("Norway and Sweden met.", "Both countries paid last year.", "In 2020 he left."),
    ]
)


@given(st.lists(_PIECES, min_size=1, max_size=12), st.sampled_from([None, FRIDAY]))
def test_without_its_notes_a_statement_is_its_quotation(
    pieces: list[str], published: date | None
) -> None:
    for sentence in sentences(" ".join(pieces), published_at=published):
        drafted = draft(sentence)
        found = remarks(drafted, "")
        text, notes = inserted(drafted.text, found, [None for _ in found])
        assert without_notes(text, notes) == " ".join(sentence.quote.split())
        assert len(notes) == len(found)
        for note in notes:
            inside = text[note.start : note.end]
            assert inside[0] == "["
            assert inside[-1] == "]"
            assert not inside[1:-1].isdigit()
            assert "[" not in inside[1:]


@given(st.text(alphabet="ab .", max_size=20), st.lists(st.integers(0, 20), max_size=3))
def test_notes_are_where_they_are_said_to_be(text: str, places: list[int]) -> None:
    found = [Remark(min(at, len(text)), "a note", "antecedent") for at in sorted(places)]
    shown_text, notes = inserted(text, found, [n for n, _ in enumerate(found)])
    assert [shown_text[n.start : n.end] for n in notes] == ["[a note]"] * len(found)
    assert [n.citation for n in notes] == list(range(len(found)))
