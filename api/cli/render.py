"""How an answer looks to a person: lines made of styled pieces, without a terminal in sight.

Everything that comes out of a document passes :func:`qa.visible.visible` on its way to the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from qa.visible import one_line, visible

if TYPE_CHECKING:
    from index.models import Document
    from qa.models import (
        Answer,
        Citation,
        Confidence,
        Coverage,
        Dated,
        Disagreement,
        ShortAnswer,
        Statement,
    )
    from qa.question import FilterSet

Piece = tuple[str, str]
"""Some text and the name of its style; see ``api.cli.display``."""

Line = list[Piece]
"""One line of output; a quotation in it may hold line breaks of its own."""

NO_DOCUMENTS = "There are no documents yet; `dossier ingest PATH` adds some."
"""What to say over an empty record."""

_SUPPORT = {"partial": "warning", "unsupported": "error"}
_OUTLETS_SHOWN = 8


def statement(given: Statement, dated: Dated | None = None) -> Line:
    """Return a sentence of an answer with its markers, and a mark where support is not full.

    Args:
        given: The sentence.
        dated: Its entry in the timeline, whose day is put in front.
    """
    line: Line = [(f"{day(dated)}  ", "heading")] if dated else []
    line.append((visible(given.text), ""))
    if given.citations:
        line.append((" " + "".join(f"[{n}]" for n in given.citations), "marker"))
    style = _SUPPORT.get(given.support)
    if style:
        reason = f": {visible(given.reason)}" if given.reason else ""
        line.append((f" [{given.support}{reason}]", style))
    return line


def short(given: ShortAnswer) -> Line:
    """Return the answer in a few words, with the marker of the citation that holds them."""
    return [(one_line(given.text), "heading"), (f" [{given.citation}]", "marker")]


def day(given: Dated) -> str:
    """Return when an entry of a timeline was: a day, a month, a year, or from when until when."""
    first, last = given.first, given.last
    if first == last:
        return first.isoformat() + (" (published)" if given.text == "published" else "")
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return f"{first.year}"
    whole = first.day == 1 and (last + timedelta(days=1)).day == 1
    if whole and (first.year, first.month) == (last.year, last.month):
        return f"{first:%Y-%m}"
    return f"{first} to {last}"


def missing(answer: Answer) -> Line:
    """Return which parts of the question the documents do not answer."""
    return [("Not answered: ", "warning"), ("; ".join(map(visible, answer.missing)), "")]


def citation(given: Citation, name: str) -> list[Line]:
    """Return a citation: where it stands, then the exact words in quotation marks.

    Args:
        given: The citation.
        name: What the document is called.
    """
    where = place(given.outlet, given.published_at, name, given.page)
    others = count(len(given.copies), "other document")
    copies = [(f" (the same words in {others})", "dim")] if given.copies else []
    return [
        [(f"[{given.number}]", "marker"), (f" {where}", ""), *copies],
        [("    “", ""), (visible(given.quote), "quote"), ("”", "")],
    ]


def place(outlet: str | None, published_at: date | None, name: str, page: int | None) -> str:
    """Return where words stand, on one line; what is not known is left out."""
    parts = [
        outlet,
        published_at.isoformat() if published_at else None,
        name,
        f"page {page}" if page else None,
    ]
    return ", ".join(one_line(part) for part in parts if part)


def disagreement(
    given: Disagreement, answer: Answer, name_of: Callable[[Citation], str]
) -> list[Line]:
    """Return the values that sources give for one thing, one a line, with who gives each.

    Args:
        given: What they differ in.
        answer: The answer that holds it.
        name_of: Gives what a cited document is called.
    """
    cited = {citation.number: citation for citation in answer.citations}
    about = f": {one_line(given.about)}" if given.about else ""
    lines: list[Line] = [[(f"Sources differ ({given.kind})", "warning"), (about, "")]]
    for value in given.values:
        who = [
            f"{_giver(cited[n], name_of)} [{n}]" if n in cited else f"[{n}]"
            for n in value.citations
        ]
        told = [count(value.origins, "independent source")]
        if value.hedge:
            told.append(f"hedged: “{one_line(value.hedge)}”")
        line: Line = [("  ", ""), (one_line(value.text), "quote")]
        line += [(" — " + "; ".join(who), ""), (f" ({', '.join(told)})", "dim")]
        lines.append(line)
    return lines


def _giver(given: Citation, name_of: Callable[[Citation], str]) -> str:
    """Return who gives a value, and when: the outlet, or the document where it is not known."""
    who = one_line(given.outlet or name_of(given))
    return f"{who}, {given.published_at.isoformat()}" if given.published_at else who


def confidence(given: Confidence) -> Line:
    """Return how far an answer can be relied on, and why."""
    words = f"{given.level}: {one_line(given.because)}"
    likelihood = f"; likelihood by the sources: {given.likelihood}" if given.likelihood else ""
    return [("Confidence ", "heading"), (f"{words}{likelihood}.", "")]


def searched(coverage: Coverage) -> list[Line]:
    """Return what was searched, so that silence can be judged."""
    words = f"Searched {count(coverage.documents, 'document')} "
    words += f"({count(coverage.passages, 'passage')})"
    if coverage.outlets:
        shown = [one_line(outlet) for outlet in coverage.outlets[:_OUTLETS_SHOWN]]
        more = len(coverage.outlets) - len(shown)
        words += " of " + ", ".join(shown) + (f" and {more} more" if more else "")
    if coverage.earliest and coverage.latest:
        words += f", published {coverage.earliest} to {coverage.latest}"
    return [[(f"{words}.", "dim")], *restrictions(coverage)]


def restrictions(coverage: Coverage) -> list[Line]:
    """Return the filters that applied, and what to do where nothing was left to search."""
    filters = filter_words(coverage.filters)
    lines: list[Line] = [[(f"Filters: {filters}", "dim")]] if filters else []
    lines += timing(coverage)
    return [*lines, nothing_there(coverage)] if not coverage.documents else lines


def nothing_there(coverage: Coverage) -> Line:
    """Return what to do where nothing was left to search."""
    filtered = bool(filter_words(coverage.filters))
    return [("`dossier sources` lists all documents." if filtered else NO_DOCUMENTS, "dim")]


def timing(coverage: Coverage) -> list[Line]:
    """Return what expressions of time in the question were taken to mean, if it has any."""
    said = [one.words() for one in coverage.dates]
    return [[(f"{visible(sentence)}.", "dim")] for sentence in (*said, *coverage.notes)]


def filter_words(filters: FilterSet) -> str:
    """Return filters in the words of the ``/filters`` command; empty if nothing is filtered."""
    return one_line(filters.words())


def after_statements(answer: Answer, name_of: Callable[[Citation], str]) -> Iterator[Line]:
    """Yield what stands below an answer's sentences.

    Args:
        answer: The whole answer.
        name_of: Gives what a cited document is called.
    """
    if not answer.statements:
        yield [(visible(answer.text), "")]
    if answer.missing:
        yield missing(answer)
    for difference in answer.disagreements:
        yield []
        yield from disagreement(difference, answer, name_of)
    if answer.confidence:
        yield []
        yield confidence(answer.confidence)
    if answer.citations:
        yield []
        for given in answer.citations:
            yield from citation(given, name_of(given))
    if answer.status == "incomplete":
        yield [(f"[incomplete: {visible(answer.reason or 'the answer broke off')}]", "error")]
    if answer.status == "not_in_documents" and not answer.coverage.documents:
        yield nothing_there(answer.coverage)  # the text itself names the filters


def document_name(document: Document) -> str:
    """Return what a document is called in lists: its title, or the last part of its source."""
    return one_line(document.metadata.title or document.name)


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield rows as tab-separated lines, for programs; no cell holds a tab or a line break."""
    for row in rows:
        yield "\t".join(one_line(cell) for cell in row)


def count(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it is not one."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
