"""Reports that differ, and reports that only seem to, all of one invented coast."""

from __future__ import annotations

from datetime import date

from index.load.origins import Origin
from index.models import Metadata

_WIRE = (
    "The storm of 2 March tore the roofs off 300 houses in Brekke, the fire brigade said. "
    "Nobody was hurt, and the school opened again on Thursday. "
    "Carpenters from three counties came to help with the repairs.\n"
)

REPORTS: list[tuple[str, str, date, str]] = [
    (
        "march-union",
        "Ostby Courier",
        date(2024, 5, 6),
        "About 1,100 workers joined the march through Ostby on Sunday. The band played on.",
    ),
    (
        "march-police",
        "Coast Radio",
        date(2024, 5, 7),
        "Some 700 workers joined the march through Ostby, police say. Shops stayed open.",
    ),
    (
        "light-guide",
        "Harbour Guide",
        date(2023, 1, 4),
        "The Kelm lighthouse was built in 1874 from grey stone.",
    ),
    (
        "light-atlas",
        "Island Atlas",
        date(2022, 8, 9),
        "The Kelm lighthouse was built in 1912, after the wreck of the Aurora.",
    ),
    (
        "boats-plain",
        "Strait Review",
        date(2024, 6, 1),
        "Norvia has delivered patrol boats to Estra. They are painted white.",
    ),
    (
        "boats-hedged",
        "Morning Ledger",
        date(2024, 6, 3),
        "According to its ministry, Norvia has delivered patrol boats to Estra, but no evidence of "
        "it has been shown.",
    ),
    (
        "dam-yes",
        "Valley News",
        date(2024, 4, 2),
        "The dam at Hallin was inspected before the flood. It holds two rivers.",
    ),
    (
        "dam-no",
        "Upland Post",
        date(2024, 4, 4),
        "The dam at Hallin was not inspected before the flood. The engineer was ill.",
    ),
    (
        "snow-first",
        "Mountain Wire",
        date(2024, 2, 3),
        "Nine skiers died in the avalanche at Tarn. The search goes on.",
    ),
    (
        "snow-later",
        "Peak Tribune",
        date(2024, 2, 5),
        "The number of skiers who died in the avalanche at Tarn has risen to 14.",
    ),
    (
        "words-one",
        "Ostby Courier",
        date(2024, 7, 1),
        "“The ferry is a bridge that happens to float,” said Solveig Aas of the harbour office.",
    ),
    (
        "words-two",
        "Island Atlas",
        date(2024, 7, 2),
        "“The ferry is a bridge which just happens to swim,” Solveig Aas told reporters.",
    ),
    (
        "brewery-one",
        "Malt Weekly",
        date(2024, 1, 8),
        "The brewery in Olm employs 45 people and fills its bottles on one line.",
    ),
    (
        "brewery-two",
        "Hop Gazette",
        date(2024, 1, 9),
        "The brewery in Olm employs 54 people and fills its bottles on one line.",
    ),
    ("storm-wire", "Continental Desk", date(2024, 3, 3), _WIRE),
    ("storm-copy", "Brekke Times", date(2024, 3, 4), _WIRE),
    (
        "storm-own",
        "Fjord Herald",
        date(2024, 3, 5),
        "Around 300 houses in Brekke lost their roofs in the storm of 2 March, our count shows.",
    ),
    (
        "troops-sent",
        "Strait Review",
        date(2024, 9, 1),
        "Norvia sent 4,000 troops to the Vassa valley in spring.",
    ),
    (
        "troops-killed",
        "Upland Post",
        date(2024, 9, 8),
        "So far 260 troops of Norvia have been killed in the Vassa valley.",
    ),
    (
        "cod-2022",
        "Net and Line",
        date(2023, 2, 1),
        "The boats of Sund landed 820 tonnes of cod in 2022.",
    ),
    (
        "cod-2023",
        "Quay Notes",
        date(2024, 2, 1),
        "The boats of Sund landed 990 tonnes of cod in 2023.",
    ),
    (
        "salt-out",
        "Trade Sheet",
        date(2024, 3, 9),
        "Estra exported 50,000 tonnes of salt last year.",
    ),
    (
        "salt-in",
        "Grain Monitor",
        date(2024, 3, 12),
        "Estra imported 12,000 tonnes of salt last year.",
    ),
    (
        "library-month",
        "Ostby Courier",
        date(2024, 8, 1),
        "The library in Ostby lends 3,000 books a month.",
    ),
    (
        "library-all",
        "Coast Radio",
        date(2024, 8, 3),
        "The library in Ostby lends 36,500 books, among them 900 books in Sami.",
    ),
    (
        "mill-east",
        "Valley News",
        date(2024, 8, 9),
        "The sawmill employs 80 people in Dalen.",
    ),
    (
        "mill-west",
        "Upland Post",
        date(2024, 8, 9),
        "The sawmill employs 35 people in Rosvik.",
    ),
]
"""Name, outlet, day of publication and text of each report."""


def reports() -> list[Origin]:
    """The reports as uploads; the source of each is ``upload:NAME``."""
    return [_origin(*report) for report in REPORTS]


def _origin(name: str, outlet: str, day: date, text: str) -> Origin:
    data = text.encode()
    given = Metadata(outlet=outlet, published_at=day)
    return Origin(f"upload:{name}", f"{name}.txt", given, data=data, size=len(data))
