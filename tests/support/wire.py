"""A wire story and what outlets make of it, for tests of copies."""

from datetime import date

from texts import origin

from index.load.origins import Origin

PARAGRAPHS = (
    "The port of Lindholm will close its oldest quay in autumn, the harbour board said on Friday. "
    "Engineers found that the timber piles below the north quay had rotted through in eleven "
    "places.",
    "The board has set aside 14 million crowns for a new wall of concrete. Fishing boats will land "
    "at the coal pier until the work is done.",
    "“Nobody will lose a berth,” board chairman Erik Dahl told reporters. The quay was built in "
    "1891 and last repaired in 1974.",
    "The union of dockers asked for a guarantee that no jobs would go. A decision on the "
    "contractor is expected in June.",
)
OWN = (
    "In Varn, ferry captains said that they would welcome more traffic. "
    "The town council will discuss a second landing stage on Monday."
)
INDEPENDENT = (
    "The harbour board has decided to shut the north quay of Lindholm after the summer because its "
    "wooden foundations are rotten. A wall of concrete for 14 million crowns is to replace it, and "
    "fishing boats will use the coal pier meanwhile. Erik Dahl, who chairs the board, promised "
    "that every boat would keep its berth. The quay dates from 1891."
)
WEATHER = (
    "Rain is expected over {place} on {day} with highs of {high} degrees and winds from the {wind} "
    "at {speed} kilometres an hour. Travellers should allow more time for their journey. The "
    "lowest temperature will be {low} degrees in the hills, and there may be fog in the valleys "
    "before {hour} o'clock. The weather service publishes its next report in the evening."
)


def wire() -> str:
    """The agency's own text."""
    return "LINDHOLM, 3 May (Nordwire) - " + "\n\n".join(PARAGRAPHS) + "\n"


def outlets() -> list[Origin]:
    """The wire story in five outlets, the agency's own first."""
    plain = "\n\n".join(PARAGRAPHS)
    first, *rest = PARAGRAPHS
    shifted = "\n\n".join([first.replace("on Friday", "Friday"), *rest])
    told = [
        ("nordwire", 3, "Lindholm to close north quay", wire()),
        ("post", 3, "Oldest quay shuts in autumn", f"{plain}\n"),
        ("herald", 4, "Rotten piles close the quay", "\n\n".join(PARAGRAPHS[:2]) + "\n"),
        ("varn", 4, "Quay closes: what it means for Varn", f"Varn, May 4 — {plain}\n\n{OWN}\n"),
        ("gazette", 5, "Fishing boats move to coal pier", f"{shifted}\n"),
    ]
    return [
        origin(f"{name}.txt", text, outlet=name, title=title, published_at=date(2024, 5, day))
        for name, day, title, text in told
    ]


def independent() -> Origin:
    """A report of the same event in other words."""
    when = date(2024, 5, 4)
    return origin("own.txt", INDEPENDENT, outlet="Own Report", title="Quay", published_at=when)


def weather() -> list[Origin]:
    """Two reports of one template with other figures and names."""
    told = [
        {"place": "Lindholm", "day": "Monday", "high": 14, "wind": "west", "speed": 30},
        {"place": "Varn", "day": "Tuesday", "high": 17, "wind": "east", "speed": 45},
    ]
    more = [{"low": 6, "hour": "nine"}, {"low": 8, "hour": "ten"}]
    texts = [WEATHER.format(**one, **two) for one, two in zip(told, more, strict=True)]
    return [origin(f"weather{n}.txt", text, outlet="Met") for n, text in enumerate(texts)]
