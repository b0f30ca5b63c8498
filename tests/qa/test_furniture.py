"""Pages as they are scraped: what of them may be told."""

import texts
from drafts import sentences
from scraped import BRIDGE, MILL, PIER, STRIKE

from qa.readable.furniture import is_furniture


def told(text: str, **metadata: object) -> list[str]:
    return [s.quote for s in sentences(text, **metadata) if not is_furniture(s.document, s.span)]


def test_of_a_page_only_its_article_is_told() -> None:
    assert told(PIER) == [
        "The pier at Osby was reopened on Saturday after two years of repairs.",
        "It cost 4.2 million crowns.",
        "Mayor Ingrid Olsen cut the ribbon at noon.",
        '"We have waited long enough," she said.',
        "About 3,000 people came, the harbour office said.",
    ]
    assert told(BRIDGE) == [
        "The city council of Lindholm voted on Monday to build a second bridge across the Var.",
        "Work is to begin in March 2025, said the head of the council's roads office, Per Lund.",
    ]
    assert told(STRIKE) == [
        "Dockworkers at Norra returned to work on Tuesday after an eleven-day strike.",
        "The union and the port company agreed on a pay rise of 6 per cent, both sides said.",
    ]
    assert told(MILL) == [
        "The paper mill at Varn will close at the end of the year, its owner said on Thursday.",
        "The owner, Varn Papir, said that prices for newsprint had fallen by half since 2015.",
        "Correction: An earlier version misspelled the owner's name.",
    ]


def test_a_list_says_what_its_lines_say() -> None:
    prices = "Prices at the Osby market\nBread four crowns\nMilk two crowns\n"
    assert "Bread four crowns" in told(prices)
    facts = "Osby in figures\n- founded by Dutch monks\n- 4,100 people\n\n" + texts.HARBOUR
    assert "- 4,100 people" in told(facts)


def test_a_title_is_no_statement_wherever_it_stands() -> None:
    body = "The strike at Norra ended on Tuesday after eleven days of talks.\nEnd of a strike\n"
    assert "End of a strike" in told(body)
    assert "End of a strike" not in told(body, title="End of a strike")


def test_sentences_that_begin_alike_are_kept() -> None:
    kept = [
        "To continue the work, the town borrowed 3 million crowns.",
        "Subscribers of the paper fell to 4,000 last year.",
        "Support for the mayor has fallen since May.",
        "The photo shows the mayor at the mill, the court found.",
        "Contact between the two towns broke off in 1998.",
    ]
    assert told("\n\n".join(kept)) == kept
