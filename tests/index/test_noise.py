"""Telling residue, headings and metadata from the text itself, by its lines."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.load.byline import is_date_line, read_byline, stated_day
from index.load.noise import Marks, mark
from index.models import Metadata

PROSE = "The harbour was closed on Monday after a storm. Ships wait outside."
MORE = "Repairs will take two months, the port authority said in a statement."


def noise(text: str) -> list[str]:
    """Return the marked lines and parts of lines."""
    return [
        line.strip() for span in mark(text).noise for line in span.cut(text).splitlines() if line
    ]


def headings(text: str) -> list[str]:
    return [span.cut(text) for span in mark(text).headings]


ARTICLE = f"""\
Storm closes harbour for two months
By Mara Lind and Tom Okoye, Northern Herald
Published 3:14 PM, 12 March 2024
4 min read
Advertisement
{PROSE}
What was damaged
Engineers found cracks in the quay (Photo by Jo Doe/Picture Desk) at low water.
Apples | 3 | 4
- a list item without a full stop
{MORE}
Mara Lind is president of the Harbour Society. Follow her on X: @maralind.
Related articles
Old lighthouse falls
Ferry strike ends
© 2024 Northern Herald. All rights reserved.
"""


def test_an_article_as_scraped():
    assert noise(ARTICLE) == [
        "By Mara Lind and Tom Okoye, Northern Herald",
        "Published 3:14 PM, 12 March 2024",
        "4 min read",
        "Advertisement",
        "(Photo by Jo Doe/Picture Desk)",
        "Follow her on X: @maralind.",
        "Related articles",
        "Old lighthouse falls",
        "Ferry strike ends",
        "© 2024 Northern Herald. All rights reserved.",
    ]
    assert headings(ARTICLE) == ["Storm closes harbour for two months", "What was damaged"]
    found = mark(ARTICLE).metadata
    assert found == Metadata(
        title="Storm closes harbour for two months",
        outlet="Northern Herald",
        author="Mara Lind and Tom Okoye",
        published_at=date(2024, 3, 12),
        inferred=frozenset({"title", "outlet", "author", "published_at"}),
    )


@pytest.mark.parametrize(
    "line",
    [
        *("Comments", "12 Comments", "COMMENTS (3)", "Advertisement", "Share this:", "Read more »"),
        *("Sign up for our newsletter", "Subscribe Now", "Skip to main content", "***", "—", "”"),
        *("Updated 4 May 2024 at 10:12 GMT", "Last modified on Mon 6 May 2024 09.23 EDT"),
        *("3 min read", "Posted 2 hours ago", "Page 3 of 12", "- 3 -", "## Share this article"),
        *("Photo: Jo Doe/Picture Desk", "Image credit: Port of Oslo", "(AP Photo/Jo Doe)"),
        *("Photograph by Jo Doe", "Tags: harbour, storm, quay", "Read also: Ferry strike ends"),
        *("Copyright 2024 The Courier", "(c) 2024 The Courier", "All rights reserved."),
        *("By Jo Doe", "by Jo Doe | The Courier", "Written by Ana de la Cruz", "By Reuters"),
        *("By Ana Ruiz in Oslo and Bo Lee", "Posted on 3 May 2024 by Jo Doe"),
    ],
)
def test_residue_between_paragraphs(line: str):
    assert noise(f"{PROSE}\n{line}\n{MORE}\n{PROSE}") == [line]


@pytest.mark.parametrize(
    "sentence",
    [
        "We use cookies to improve your visit.",
        "By continuing to use this site you agree to our terms.",
        "Follow @harbour for news of the quay.",
        "You can follow him on X: @jodoe.",
        "Sign up for our daily briefing.",
        "Click here to read the statement.",
        "Your email address will not be published.",
        "Copyright © 2024 The Courier, all rights reserved.",
    ],
)
def test_invitations_and_notices_within_a_paragraph(sentence: str):
    assert noise(f"{PROSE} {sentence}") == [sentence]
    assert noise(sentence) == [sentence]


@pytest.mark.parametrize(
    "line",
    [
        "Jo Doe is president of the Harbour Society.",
        "By Monday, all ships had left the port.",
        "The company uses cookies to follow its users.",
        "Ministers will follow the talks on Facebook's plans closely.",
        "Comments by the minister were not well received.",
        "Photo evidence of the damage was shown to the court on Friday.",
        "Photo: the quay as it stood before the storm, with the old crane behind it.",
        "He said all rights reserved by the treaty would be kept.",
        "Subscribe to the theory or not, the quay is gone.",
        "Related work began in 2019 and was never finished.",
        "The book was published in 2019 and updated in May 2021.",
        "Tonnage | 12,000 | 14,000",
        "- repair of the quay",
        "2. Ships of more than 50 metres",
        "Length: 240 metres",
        "Quay length 240 metres, depth 12 metres, cranes 4",
        "1945",
        "May 2024",
    ],
)
def test_evidence_is_not_noise(line: str):
    assert noise(f"{PROSE}\n{line}\n{MORE}") == []


def test_what_hangs_on_a_label_ends_with_the_next_sentence():
    text = (
        f"{PROSE}\nRead also:\nFerry strike ends\n- Old lighthouse falls\n{MORE}\nQuay 4\n{PROSE}"
    )
    assert noise(text) == ["Read also:", "Ferry strike ends", "- Old lighthouse falls"]


def test_what_hangs_on_a_label_ends_with_a_heading_or_table():
    text = f"{PROSE}\n\nSee also\nFerry strike ends\nOld lighthouse falls\n\nWhat it means\n{MORE}"
    assert noise(text) == ["See also", "Ferry strike ends", "Old lighthouse falls"]
    assert headings(text) == ["What it means"]
    assert noise(f"{PROSE}\nLatest\n## Damage\nQuay 4\n{MORE}") == ["Latest"]
    assert noise(f"{PROSE}\nTags\nstorm\nPort | Tons\nOslo | 4\n{MORE}") == ["Tags", "storm"]


def test_a_long_list_below_a_label_is_noise_only_at_the_end():
    listed = [f"Ferry line {number} to the islands" for number in range(20)]
    above = "\n".join([PROSE, "Popular", *listed, MORE])
    assert noise(above) == ["Popular"]
    below = "\n".join([PROSE, "Popular", *listed])
    assert noise(below) == ["Popular", *listed]
    twice = "\n".join([PROSE, "Popular", *listed, "Topics", "Harbours", MORE])
    assert noise(twice) == ["Popular", "Topics", "Harbours"]


def test_a_menu_above_the_text_is_noise():
    menu = ["Home", "News", "Sport", "Business", "Sign in", "Subscribe", "Weather"]
    text = "\n".join([*menu, "Storm closes harbour in the north", "12 May 2023", PROSE, MORE])
    assert noise(text) == [*menu, "12 May 2023"]
    assert mark(text).metadata.title == "Storm closes harbour in the north"
    assert mark(text).metadata.published_at == date(2023, 5, 12)


def test_a_list_of_names_above_the_text_is_not_taken_for_a_menu():
    names = ["Oslo", "Bergen", "Stavanger", "Trondheim", "Bodø", "Tromsø", "Hammerfest"]
    assert noise("\n".join([*names, PROSE])) == []


@pytest.mark.parametrize(
    ("dateline", "outlet"),
    [
        ("OSLO, May 3 (Reuters) –", "Reuters"),
        ("BERGEN, Norway (AP) —", "AP"),
        ("Bergen, Norway (AFP) -", "AFP"),
        ("(CNN) —", "CNN"),
        ("OSLO, 3 May 2024 —", None),
        ("BERGEN, Norway —", None),
        ("OSLO —", None),
    ],
)
def test_a_dateline_is_cut_off(dateline: str, outlet: str | None):
    text = f"{dateline} {PROSE}\n{MORE}"
    assert noise(text) == [dateline]
    assert mark(text).metadata.outlet == outlet


@pytest.mark.parametrize(
    "opening",
    [
        "NATO — the alliance of thirty states — has moved ships to the north.",
        "NATO – Russia talks have broken down, officials said on Monday.",
        "Oslo — where the storm hit first — has closed its harbour.",
        "Oslo: the city without a harbour, as some call it now.",
        "MV Aurora - a ferry built in 1984 - was lost at sea.",
    ],
)
def test_a_subject_before_a_dash_is_no_dateline(opening: str):
    assert noise(f"{opening}\n{MORE}") == []


def test_headings_are_short_lines_above_paragraphs():
    text = (
        f"# Harbour report\n\n{PROSE}\n\n1. What was damaged\n{MORE}\nCranes of the\n{MORE}\n"
        f"Meaning for the U.S.\n{PROSE}\n\n## Costs\n\nQuays\nCranes\nSheds\n{MORE}\n"
        f"Prices rose:\n{PROSE}\nShips\nwait for repairs. That is all."
    )
    assert headings(text) == [
        "# Harbour report",
        "1. What was damaged",
        "Meaning for the U.S.",
        "## Costs",
    ]


def test_numbered_list_items_are_no_headings():
    text = f"{PROSE}\n1. Quays and sheds\n2. Cranes and ropes\n3. Ships of all sizes are let in.\n"
    assert headings(text) == []


def test_a_broken_sentence_is_no_heading():
    text = f"The harbour, {'which is old, ' * 12}closed by order of\nPort Authority\n{MORE}"
    assert headings(text) == []


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"Storm closes harbour\n{PROSE}", "Storm closes harbour"),
        (f"By Jo Doe\nThe Courier\n{PROSE}", None),
        (f"# Storm closes harbour\nBy Jo Doe\n{PROSE}", "Storm closes harbour"),
        (f"# The Courier\n# Storm closes harbour\n{PROSE}", None),
        (f"Will the harbour reopen?\nBy Jo Doe\n{PROSE}", "Will the harbour reopen?"),
        (f"{PROSE}\n{MORE}", None),
        (f"Home\nNews\nSport\nPort\nShips\n{PROSE}", None),
        (f"Ships\n{PROSE}", None),
        (f"a line in lower case\n{PROSE}", None),
        (f"Ships of the northern fleet,\n{PROSE}", None),
        ("Storm closes harbour\nShips wait", None),
        ("", None),
    ],
)
def test_title(text: str, title: str | None):
    assert mark(text).metadata.title == title


@pytest.mark.parametrize(
    ("text", "outlet"),
    [
        ("By Jo Doe\nHarbour Council\n", "Harbour Council"),
        ("By Jo Doe\nStaff Writer\n", None),
        ("By Jo Doe\nWhy Storms Matter\n", None),
        ("By Jo Doe\n\nA long line that can hardly be the name of an outlet\n", None),
        ("By Jo Doe, Staff Writer, The Courier Press\n", "The Courier Press"),
        ("By Jo Doe | The Courier | 3 May 2024\n", "The Courier"),
        ("By Jo Doe for The Courier\n", "The Courier"),
        ("By Jo Doe - Chief Reporter\n", None),
        ("NWN\n—\n", "NWN"),
        ("What we know about the storm\n—\n", None),
    ],
)
def test_outlet(text: str, outlet: str | None):
    assert mark(text + PROSE).metadata.outlet == outlet


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("By Jo Doe", "Jo Doe"),
        ("BY ANA RUIZ, BO LEE AND J. T. HOLM", "ANA RUIZ, BO LEE AND J. T. HOLM"),
        ("Written by Ana de la Cruz", "Ana de la Cruz"),
        ("### By Jo Doe on May 3, 2024", "Jo Doe"),
        ("By Jo Doe Friday, May 3 2024, 20:45", "Jo Doe"),
        ("Jo Doe | 3 May 2024", "Jo Doe"),
        ("By Jo Doe, Staff Writer", "Jo Doe"),
        ("By Staff Writer", None),
        ("By Reuters", None),
        ("By Land and Sea", None),
        ("By 2030", None),
        ("By the sea", None),
        ("By Monday all ships had left", None),
        ("Storm damage | 3 May 2024", None),
        ("Jo Doe | Ana Ruiz", None),
        ("By ", None),
    ],
)
def test_author(line: str, author: str | None):
    assert mark(f"{line}\n{PROSE}").metadata.author == author


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("3 May 2024", date(2024, 5, 3)),
        ("Friday, May 3rd, 2024, 10:30 GMT", date(2024, 5, 3)),
        ("2024-05-03", date(2024, 5, 3)),
        ("Published: May 3, 2024 | Updated: May 4, 2024", date(2024, 5, 3)),
        ("Updated May 4, 2024 Published May 3, 2024", date(2024, 5, 3)),
        ("Posted by the desk, Oslo, 3 May 2024", date(2024, 5, 3)),
        ("By Jo Doe | May 3, 2024", date(2024, 5, 3)),
        ("Posted on 2024-05-03 16:02 CEST by Jo Doe", date(2024, 5, 3)),
        ("Updated May 4, 2024", None),
        ("24 Jan 2019 - 29 Sep 2019", None),
        ("03/04/2024", None),
        ("31 February 2024", None),
        ("May 2024", None),
        ("2 hours ago", None),
        ("The talks of 3 May 2024 in Oslo", None),
    ],
)
def test_day_of_publication(line: str, day: date | None):
    assert mark(f"{line}\n{PROSE}").metadata.published_at == day


def test_dates_far_below_are_the_text_of_a_chronicle():
    text = "\n".join([PROSE, *(f"{day} May 2024\n{MORE}" for day in range(1, 20))])
    assert noise(text) == []
    assert headings(text) == [f"{day} May 2024" for day in range(1, 20)]
    assert mark(text).metadata.published_at is None


def test_hard_wrapped_text_is_read_by_paragraphs():
    text = (
        "Storm closes harbour\nBy Jo Doe\n\nThe harbour was closed on Monday after a storm had\n"
        "damaged the quay. Comments\nwere not to be had from the Port Authority, which\n"
        "had been asked for them on Tuesday and on Friday.\n\nComments\n"
    )
    assert noise(text) == ["By Jo Doe", "Comments"]
    assert headings(text) == ["Storm closes harbour"]


def test_lines_that_are_no_byline_or_date():
    assert read_byline("x" * 200) is None
    assert read_byline("") is None
    assert read_byline("By Jo Doe:") is None
    assert not is_date_line("4 " * 100, bare=True)
    assert not is_date_line("May the storm pass", bare=True)
    assert is_date_line("17.05.2024", bare=True)
    assert not is_date_line("17.05.2024", bare=False)
    assert stated_day("3 May 1066") is None


PIECES = st.sampled_from(
    [
        *(
            "By Jo Doe",
            "Comments",
            "Read also:",
            "—",
            "OSLO (AP) —",
            PROSE,
            MORE,
            "# Head",
            "(Photo",
        ),
        *(
            "©",
            "Follow us on X.",
            "3 May 2024",
            "| a | b",
            "- item",
            "\n",
            "\r\n\r\n",
            "\u2028",
            " ",
        ),
        *(
            "\u0301",
            "😀",
            "\u200b",
            "שלום",
            "第一句。",
            "Storm closes harbour",
            "Updated",
            ")",
            "U.S.",
        ),
    ]
)


@settings(deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=10)), max_size=25).map("".join))
def test_marks_of_any_text_are_sorted_and_disjoint(text: str):
    found = mark(text)
    for spans in (found.noise, found.headings):
        assert list(spans) == sorted(spans)
        for span in spans:
            assert span.cut(text).strip() == span.cut(text) != ""
        for before, after in pairwise(spans):
            assert before.end <= after.start
    assert not any(span.overlaps(heading) for span in found.noise for heading in found.headings)
    known = {n for n in ("title", "outlet", "author", "published_at") if getattr(found.metadata, n)}
    assert found.metadata.inferred == known
    assert mark(text) == found


@pytest.mark.parametrize(
    "text",
    [
        *("Comments\nfoo bar\n" * 5_000, "Comments\n" * 9_000 + "foo bar\n" * 9_000 + PROSE),
        *("By A B, " * 9_000, "(Photo: " * 9_000, "© " * 20_000, "Follow us now. " * 5_000),
        *("3 May 2024\n" * 5_000, "A" * 100_000, "Home\n" * 9_000 + PROSE, "| " * 30_000),
    ],
    ids=lambda text: repr(text[:8]),
)
def test_hostile_repetition_is_read(text: str):
    found = mark(text)
    assert isinstance(found, Marks)
    assert all(span.end <= len(text) for span in found.noise)
