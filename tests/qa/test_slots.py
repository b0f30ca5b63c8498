"""Which figures, wordings and stances are of one thing, sentence by sentence."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from made_evidence import document, lines

from index.models import Sentence
from index.text.split import sentences
from qa.compose import EvidenceSentence
from qa.differing.disagreement import Findings, compare

Report = tuple[str, date | None]


def evidence(
    *texts: str, days: Sequence[date | None] = (), outlet: str = ""
) -> list[EvidenceSentence]:
    made = []
    for number, text in enumerate(texts):
        day = days[number] if days else None
        name = outlet or f"Outlet {number}"
        made += lines(document(text, name=f"r{number}", outlet=name, published_at=day))
    return made


def labelled(question: str, *texts: str, **given: object) -> list[str]:
    found = compare(question, evidence(*texts, **given), {}, {})  # type: ignore[arg-type]
    return [difference.kind for difference in found.differences]


ONE_THING = [
    (
        "How many soldiers did Norvia send to Vassa?",
        "Norvia sent 4,000 soldiers to Vassa.",
        "Norvia has provided Vassa with 5,500 troops.",
        "figures",
    ),
    (
        "What is the population of Holm?",
        "Holm has a population of 4,210.",
        "The population of Holm is 5,900.",
        "figures",
    ),
    (
        "What share of the voters in Holm stayed at home?",
        "In Holm 41 percent of the voters stayed at home.",
        "Of the voters in Holm, 52 percent stayed at home.",
        "figures",
    ),
    (
        "When did Ada Kvam die?",
        "Ada Kvam (1901–1977) kept bees.",
        "Ada Kvam died in 1981 in Holm.",
        "dates",
    ),
    (
        "Will the bridge at Holm be closed in May?",
        "The bridge at Holm will be closed in May.",
        "The bridge at Holm will not be closed in May, the mayor said.",
        "negated",
    ),
    (
        "Has Norvia bought fighter jets?",
        "Norvia has bought twenty fighter jets.",
        "Norvia has reportedly bought fighter jets.",
        "hedged",
    ),
]


ONE_THING += [
    (
        "Who painted the harbour mural in Sund?",
        "The harbour mural in Sund was painted by Ida Falk.",
        "Jens Moe painted the harbour mural in Sund.",
        "names",
    ),
    (
        "What sport is Ola Berg known for?",
        "Ola Berg is known for the sport of rowing and won two cups in Holm.",
        "Ola Berg is known for the sport of fencing and won two cups in Holm.",
        "names",
    ),
]


@pytest.mark.parametrize(("question", "one", "other", "kind"), ONE_THING)
def test_two_values_of_one_thing(question: str, one: str, other: str, kind: str) -> None:
    assert labelled(question, one, other) == [kind]
    assert labelled(question, other, one) == [kind]


TWO_THINGS = [
    ("How many soldiers did Norvia send to Vassa?", "Norvia sent 4,000 soldiers to Vassa.",
     "Norvia lost 300 soldiers in Vassa, who were killed by mines."),
    ("How many soldiers did Norvia send to Vassa in 2023?",
     "Norvia sent 4,000 soldiers to Vassa in 2023.", "Norvia sent 900 soldiers to Vassa in 2021."),
    ("How many boats were sold?", "In Holm 40 boats were sold.", "In Sund 75 boats were sold."),
    ("How many boats does the yard build?", "The yard builds 40 boats a year.",
     "The yard builds 3 boats a month."),
    ("How many guests came to the fair?", "To the fair came 900 guests.",
     "The fair had 900 guests, among them 40 guests who came by ship."),
    ("How many boats were sold in May?", "In May 40 boats were sold.",
     "In June 75 boats were sold."),
    ("How many people were killed or wounded in the fire?",
     "In the fire 31 people were killed or wounded.", "In the fire 9 people were killed."),
    ("How much did the bridge cost?", "The bridge cost 18 million crowns.",
     "The bridge cost 18 million crowns, about a tenth of what the tunnel cost."),
    ("How many boats were sold in Holm?", "In Holm about 40 boats were sold.",
     "In Holm 41 boats were sold."),
    ("When was the mill built?", "The mill was built in 1850.",
     "The mill burned in 1901 and stood empty."),
    ("Has Norvia bought fighter jets?", "Norvia has bought twenty fighter jets.",
     "Norvia has reportedly sold its old ferries."),
    ("Which companies fish off Holm?", "Off Holm fishes Sjo Ltd.", "Off Holm fishes Brim Ltd."),
]  # fmt: skip


@pytest.mark.parametrize(("question", "one", "other"), TWO_THINGS)
def test_values_of_two_things_or_of_one_kind(question: str, one: str, other: str) -> None:
    assert labelled(question, one, other) == []
    assert labelled(question, other, one) == []


def test_one_report_may_set_two_estimates_beside_each_other() -> None:
    text = (
        "The union says that 900 dockers took part in the strike.\n"
        "The port estimates that 400 dockers took part in the strike.\n"
        "In all 12 dockers who took part in the strike were fined."
    )
    made = document(text, name="strike", outlet="Quay Notes")
    spans = tuple(s.passage.sentences[0] for s in lines(made))
    found = [replace(s, passage=replace(s.passage, sentences=spans)) for s in lines(made)]
    told = compare("How many dockers took part in the strike?", found, {}, {})
    (difference,) = told.differences
    assert {e.said[0].text for e in difference.entries} == {"900", "400"}


def test_another_estimate_need_not_say_of_what() -> None:
    text = (
        "In 2020 the yard built 5,200 boats, its owners say. Another estimate comes close to 6,000 "
        "for the same months."
    )
    made = document(text, name="yard", outlet="Quay Notes")
    spans = sentences(text)
    passage = replace(lines(made)[0].passage, sentences=tuple(Sentence(span) for span in spans))
    found = compare(
        "How many boats did the yard build in 2020?",
        [EvidenceSentence(made, spans[0], passage, 1.0)],
        {},
        {},
    )
    assert [entry.said[0].text for entry in found.values] == ["5,200", "close to 6,000"]


def test_a_later_toll_of_one_outlet_replaces_the_earlier_one() -> None:
    days = [date(2024, 1, 1), date(2024, 1, 3)]
    texts = ("In the fire 9 people died.", "In the fire 12 people died.")
    question = "How many people died in the fire?"
    assert labelled(question, *texts, days=days, outlet="Holm Post") == ["superseded"]
    assert labelled(question, *texts, days=days) == ["figures"]
    assert labelled(question, *reversed(texts), days=days, outlet="Holm Post") == ["figures"]


WORDINGS = [
    ("“We will rebuild the old pier,” said Ada Kvam.", "“We shall rebuild that old pier,” "
     "Ada Kvam said.", []),
    ("“We will rebuild the old pier in stone,” said Ada Kvam.",
     "“We will rebuild the old pier in oak,” Ada Kvam said.", ["wording"]),
    ("“We will rebuild the old pier in stone,” said Ada Kvam.",
     "“We will rebuild the old pier in oak,” Jon Lie said.", []),
    ("“We will rebuild the old pier in stone,” said Ada Kvam.",
     "“rebuild the old pier in stone”, Ada Kvam said.", []),
    ("“We will rebuild the old pier in stone,” said Ada Kvam.",
     "“Nobody needs a second lighthouse here,” Ada Kvam said.", []),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "kinds"), WORDINGS)
def test_wordings_of_one_saying(one: str, other: str, kinds: list[str]) -> None:
    assert labelled("What did Ada Kvam say about the old pier?", one, other) == kinds


def test_a_speaker_is_told_by_the_sentence_before_or_with_an_office() -> None:
    first = "“We will rebuild the old pier in stone,” said Ada Kvam of the Harbour Office."
    text = "Kvam also spoke of the old pier. “We will rebuild the old pier in oak,” she said."
    made = document(text, name="later", outlet="Holm Post")
    spans = sentences(text)
    passage = lines(made)[0].passage
    passage = replace(passage, sentences=tuple(Sentence(span) for span in spans))
    later = EvidenceSentence(made, spans[1], passage, 1.0)
    question = "What did Ada Kvam say about the old pier?"
    found = compare(question, [*evidence(first), later], {}, {})
    assert [(d.kind, d.about) for d in found.differences] == [("wording", "words of Ada Kvam")]


def test_a_report_that_names_its_source_is_no_second_origin() -> None:
    texts = ("In Holm 40 boats were sold.", "In Holm 40 boats were sold, Outlet 0 reports.")
    found = compare("How many boats were sold in Holm?", evidence(*texts), {}, {})
    assert [entry.origins for entry in found.values] == [1]
    texts = ("In Holm 40 boats were sold.", "Some 40 boats were sold in Holm.")
    found = compare("How many boats were sold in Holm?", evidence(*texts), {}, {})
    assert [entry.origins for entry in found.values] == [2]


def test_without_evidence_there_is_nothing() -> None:
    assert compare("How many?", [], {}, {}) == Findings()
