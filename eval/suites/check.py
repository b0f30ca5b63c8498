"""What is wrong with a suite: all of it at once, the worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from eval.suites.checking import wording
from eval.suites.checking.evidence import doubts
from eval.suites.checking.findings import SEVERITIES, Finding
from eval.suites.checking.fitting import kept_out, misfits
from eval.suites.checking.library import Library, Shelf, recorded
from eval.suites.opened import OpenedSuite


def check(opened: OpenedSuite, shelf: Shelf | None = None) -> tuple[Finding, ...]:
    """Return everything that is wrong with a suite or worth knowing of it.

    Errors come first, then warnings, then notes; within each the order is that of the cases.

    Args:
        opened: the suite, as :func:`eval.suites.opened.read_suite` gives it.
        shelf: the documents that it is about, such as a corpus. Without one those that the suite
            brings are read, and if it brings none, only the wording of the cases is checked.

    Raises:
        DossierError: if a document of the suite cannot be read.
    """
    if shelf is None and opened.origins is not None:
        with recorded(opened.origins()) as own:
            return check(opened, own)
    found = [*_lines(opened), *_of_cases(opened, shelf), *_left_out(opened)]
    placed = [
        one.model_copy(update={"place": opened.places.get(one.case)}) if one.case else one
        for one in found
    ]
    order = {case.id: number for number, case in enumerate(opened.suite.cases)}
    return tuple(
        sorted(
            placed,
            key=lambda one: (SEVERITIES.index(one.severity), order.get(one.case or "", len(order))),
        )
    )


def _lines(opened: OpenedSuite) -> Iterator[Finding]:
    for fault in opened.faults:
        place, _, message = str(fault).partition(": ")
        yield Finding(kind="line", severity="error", message=message, hint=fault.hint, place=place)


def _of_cases(opened: OpenedSuite, shelf: Shelf | None) -> Iterator[Finding]:
    cases = opened.suite.cases
    yield from wording.repeated(cases)
    yield from wording.each(cases)
    yield from wording.of_all(cases)
    if shelf is None:
        yield Finding(
            kind="unchecked",
            severity="note",
            message="there are no documents here: nothing was compared with them",
            hint="Ingest them, and name their data directory by --data.",
        )
        return
    library = Library(shelf)
    for case in cases:
        yield from misfits(case, library)
        yield from kept_out(case, library)
        yield from doubts(case, library)


def _left_out(opened: OpenedSuite) -> Iterator[Finding]:
    reasons = Counter(one.reason for one in opened.left_out)
    for reason, number in reasons.most_common():
        first = next(one.place for one in opened.left_out if one.reason == reason)
        rows = f"{number} row{'' if number == 1 else 's'}"
        yield Finding(
            kind="row",
            severity="note",
            message=f"{rows} left out: {reason}",
            place=first,
        )
