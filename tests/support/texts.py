"""Short original texts and the origins made of them, for tests that need documents."""

from datetime import date
from pathlib import Path

from index.load.origins import Origin
from index.models import Metadata

HARBOUR = (
    "The harbour of Lindholm handled 4,200 containers in March, the port authority said.\n"
    "A strike by crane drivers ended on 12 April after nine days. "
    "Mayor Greta Olsen called the new wage agreement fair to both sides.\n"
)
FERRY = (
    "The ferry line between Lindholm and Varn carried 310,000 passengers last year. "
    "Its director, Tomas Brandt, denied that the line would be sold.\n"
)
BRIDGE = (
    "Engineers found cracks in two pillars of the Varn bridge in February. "
    "Repairs will cost 18 million crowns and should be finished by October.\n"
)


def origin(name: str, text: str | bytes, **metadata: object) -> Origin:
    """An upload of ``text`` under ``name``, with the metadata given."""
    data = text.encode() if isinstance(text, str) else text
    given = Metadata(**metadata)  # type: ignore[arg-type]
    return Origin(source=f"upload:{name}", name=name, given=given, data=data, size=len(data))


def three() -> list[Origin]:
    """Three documents of two outlets and three dates."""
    return [
        origin("harbour.txt", HARBOUR, outlet="Lindholm Post", published_at=date(2024, 4, 14)),
        origin("ferry.txt", FERRY, outlet="Varn Herald", published_at=date(2024, 5, 2)),
        origin("bridge.txt", BRIDGE, outlet="Varn Herald", published_at=date(2024, 6, 20)),
    ]


def write_three(folder: Path) -> Path:
    """The same three documents as files in ``folder``."""
    for name, text in (("harbour", HARBOUR), ("ferry", FERRY), ("bridge", BRIDGE)):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder
