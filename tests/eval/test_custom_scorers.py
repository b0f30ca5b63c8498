"""Scorers of other packages: real distributions on the path, as an installer leaves them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from eval_answers import answer, case, citation, observe

from eval.cases import load as load_cases
from eval.errors import InvalidScorer
from eval.running.figures import PRECISION
from eval.running.run import RunOptions, run
from eval.sample import cases_path
from eval.scorers import SCORERS, Score
from eval.scorers.plugins import load
from eval.suites.selection import select
from qa.service import Service

BREVITY = """
from eval.scorers import Scorer

def measure(observation):
    words = len(observation.answer.text.split())
    return (float(words), None) if words else (None, "nothing is said")

BREVITY = Scorer("words", "answer", "number", measure, better="lower")
"""
OBSERVATION = observe(case(), answer(["It sails."], [citation("ferry.txt", "It sails")]))


def distribution(folder: Path, name: str, points: dict[str, str], **modules: str) -> None:
    """Lay a distribution down as an installer does: its modules and its metadata."""
    for module, source in modules.items():
        (folder / f"{module}.py").write_text(source, encoding="utf-8")
    info = folder / f"{name.replace('-', '_')}-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
    lines = [f"{point} = {value}\n" for point, value in points.items()]
    (info / "entry_points.txt").write_text("[dossier.scorers]\n" + "".join(lines))


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the path; what is imported from it is forgotten afterwards."""
    folder = tmp_path / "packages"
    folder.mkdir()
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(folder))
    yield folder
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(folder)):
            del sys.modules[name]


def refused(packages: Path, source: str, value: str = "odd_module:ODD") -> str:
    distribution(packages, "odd-package", {"odd": value}, odd_module=source)
    with pytest.raises(InvalidScorer) as caught:
        load()
    assert "odd of odd-package 1.2" in str(caught.value)
    assert caught.value.code == "invalid_scorer"
    return str(caught.value)


def scorer(metric: str = "odd", body: str = "return 1.0, None", **fields: str) -> str:
    given = {"layer": "answer", "unit": "share", "better": "higher"} | fields
    return (
        "from eval.scorers import Scorer\n"
        f"def measure(observation):\n    {body}\n"
        f"ODD = Scorer({metric!r}, measure=measure, **{given!r})\n"
    )


def test_without_packages_there_are_the_built_in_scorers_alone() -> None:
    assert load() == ()


def test_an_installed_package_adds_its_scorers(packages: Path, service: Service) -> None:
    distribution(packages, "brevity", {"words": "brevity:BREVITY"}, brevity=BREVITY)
    distribution(packages, "another", {"odd": "another:ODD"}, another=scorer())
    added = load()
    assert [one.metric for one in added] == ["odd", "words"]
    suite = select(load_cases(cases_path()), limit=2)
    done = asyncio.run(run(service, suite, RunOptions(scorers=(*SCORERS, *added))))
    (words,) = (figure for figure in done.figures if figure.metric == "words")
    assert words.n == 2
    assert words.mean is not None
    assert words.mean > 1
    assert {"words", "odd"} <= {metric.metric for metric in done.metrics}


def test_a_fresh_process_finds_them_too(packages: Path) -> None:
    distribution(packages, "brevity", {"words": "brevity:BREVITY"}, brevity=BREVITY)
    script = (
        f"import sys; sys.path.insert(0, {str(packages)!r})\n"
        "from eval.scorers.plugins import load\n"
        "print([one.metric for one in load()])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=root
    )
    assert done.stdout.strip() == "['words']", done.stderr


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("raise KeyError('who')", "odd failed: KeyError: 'who'"),
        ("return 1.5, None", "odd failed: ValueError: 1.5 is no share"),
        ("return float('nan'), None", "odd failed: ValueError: nan is no share"),
        ("return 1.0", "odd failed: TypeError: cannot unpack non-iterable float object"),
        ("return None, None", "odd gave no value and no reason"),
        ("return None, 'too short'", "too short"),
    ],
)
def test_what_goes_wrong_while_measuring_leaves_the_case_unscored(
    packages: Path, body: str, reason: str
) -> None:
    distribution(packages, "odd-package", {"odd": "odd_module:ODD"}, odd_module=scorer(body=body))
    (one,) = load()
    assert one.score(OBSERVATION) == Score(metric="odd", value=None, reason=reason)


def test_an_interrupt_still_ends_a_run(packages: Path) -> None:
    source = scorer(body="raise KeyboardInterrupt")
    distribution(packages, "odd-package", {"odd": "odd_module:ODD"}, odd_module=source)
    (one,) = load()
    with pytest.raises(KeyboardInterrupt):
        one.score(OBSERVATION)


def test_a_package_that_cannot_be_imported_is_named(packages: Path) -> None:
    assert "cannot be loaded: ModuleNotFoundError" in refused(packages, "import no_such_module")


def test_an_entry_point_that_names_nothing_is_told(packages: Path) -> None:
    assert "cannot be loaded: AttributeError" in refused(packages, "EVEN = 1")


def test_something_else_than_a_scorer_is_refused(packages: Path) -> None:
    assert "is no Scorer but function" in refused(
        packages, "def ODD(observation): return 1.0, None"
    )


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"layer": "style"}, "layer 'style' is none of retrieval, abstention"),
        ({"unit": "percent"}, "unit 'percent' is none of share"),
        ({"better": "more"}, "better 'more' is none of higher, lower"),
        ({"metric": "Fact Recall"}, "'Fact Recall' is no name"),
    ],
)
def test_a_scorer_that_no_table_could_show_is_refused(
    packages: Path, fields: dict[str, str], told: str
) -> None:
    assert told in refused(packages, scorer(**fields))


@pytest.mark.parametrize("metric", ["fact_recall", "judge_faithful", PRECISION, "errors"])
def test_the_name_of_a_built_in_metric_is_taken(packages: Path, metric: str) -> None:
    assert f"the name {metric!r} is taken by Dossier" in refused(packages, scorer(metric))


def test_two_packages_cannot_share_a_name(packages: Path) -> None:
    distribution(packages, "first", {"odd": "first_odd:ODD"}, first_odd=scorer())
    assert "the name 'odd' is taken by first 1.2" in refused(packages, scorer())
