"""Confidence is counted from what was found; likelihood is the sources' own."""

from datetime import date

import pytest
from made_answers import citation

from qa.differing.confidence import confidence
from qa.models import Citation, Confidence, Disagreement, Statement, Support, Value


def weighed(
    *,
    values: tuple[Value, ...] = (),
    disagreements: tuple[Disagreement, ...] = (),
    support: Support = "supported",
    quote: str = "Nine came.",
    latest: date | None = None,
    cites: tuple[int, ...] = (1,),
) -> Confidence:
    cited: dict[int, Citation] = {
        1: citation(quote=quote, end=len(quote), published_at=date(2020, 1, 1))
    }
    statement = Statement(text="Nine came.", start=0, end=10, support=support, citations=cites)
    found = confidence([statement], cited, values, disagreements, latest)
    assert found is not None
    return found


def value(text: str = "nine", origins: int = 1, hedge: str | None = None) -> Value:
    return Value(text=text, citations=(1,), origins=origins, hedge=hedge)


def differing(kind: str) -> tuple[Disagreement, ...]:
    return (Disagreement(kind=kind, values=(value(), value("ten"))),)  # type: ignore[arg-type]


def test_levels_follow_the_number_of_independent_origins() -> None:
    assert weighed(values=(value(),)).level == "moderate"
    assert weighed(values=(value(origins=2),)).level == "high"
    assert weighed(cites=()).level == "low"


@pytest.mark.parametrize("kind", ["figures", "dates", "names", "hedged", "negated"])
def test_a_difference_lowers_it(kind: str) -> None:
    assert weighed(values=(value(),), disagreements=differing(kind)).level == "low"
    assert weighed(values=(value(origins=2),), disagreements=differing(kind)).level == "moderate"


@pytest.mark.parametrize("kind", ["superseded", "wording"])
def test_a_newer_figure_or_another_wording_does_not(kind: str) -> None:
    found = weighed(values=(value(origins=2),), disagreements=differing(kind))
    assert found.level == "high"
    assert ("replaces" in found.because) == (kind == "superseded")


def test_hedges_and_lack_of_support_lower_it() -> None:
    hedged = weighed(values=(value(origins=2, hedge="reportedly"),))
    assert (hedged.level, hedged.because) == (
        "moderate",
        "2 independent sources agree; it is hedged (“reportedly”)",
    )
    assert weighed(quote="Nine reportedly came.").level == "low"
    assert weighed(values=(value(origins=2),), support="partial").level == "moderate"
    assert weighed(values=(value(origins=2),), support="unsupported").level == "low"


def test_an_old_basis_is_told() -> None:
    assert "of 2020-01-01" in weighed(latest=date(2022, 1, 1)).because
    assert "of 2020-01-01" not in weighed(latest=date(2020, 6, 1)).because


@pytest.mark.parametrize(
    ("quote", "likelihood"),
    [
        ("Nine came.", None),
        ("Nine will probably come.", "likely"),
        ("It is very likely that nine come.", "very likely"),
        ("It is almost certain that nine come.", "almost certain"),
        ("It is highly unlikely that nine come.", "very unlikely"),
        ("Nine are not likely to come.", "unlikely"),
        ("There is an even chance that nine come.", "roughly even chance"),
        ("There is almost no chance that nine come.", "almost no chance"),
        ("Nine are more likely than ten.", None),
    ],
)
def test_likelihood_is_in_the_words_of_the_sources(quote: str, likelihood: str | None) -> None:
    assert weighed(quote=quote).likelihood == likelihood


def test_nothing_stated_has_no_confidence() -> None:
    assert confidence([], {}, (), (), None) is None
