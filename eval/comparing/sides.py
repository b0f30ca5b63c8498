"""Sides: an answer as it stands beside another one, with its evidence in short."""

from __future__ import annotations

from eval.comparing.comparison import SideAnswer, SideQuotation, SideStatement
from eval.running.results import Result
from qa.models import Citation

_QUOTE = 300
"""Characters of a quotation that are shown; the run file has it whole."""


def side(result: Result) -> SideAnswer:
    """Return what one asking of a case gave."""
    answer = result.answer
    return SideAnswer(
        status=answer.status if answer else None,
        refused=result.refused,
        error=f"{result.error.code}: {result.error.message}" if result.error else None,
        text=answer.text if answer else "",
        statements=tuple(
            SideStatement(text=one.text, support=one.support, citations=one.citations)
            for one in (answer.statements if answer else ())
        ),
        quotations=tuple(
            SideQuotation(
                number=one.number,
                document_id=one.document_id,
                version=one.version,
                source=source_of(one),
                quote=_short(one.quote),
                start=one.start,
                end=one.end,
            )
            for one in (answer.citations if answer else ())
        ),
        found=tuple(dict.fromkeys(passage.document_id for passage in result.passages)),
        scores=result.scores,
    )


def source_of(citation: Citation) -> str:
    """Return who published a cited document when: ``Harbour Gazette, 2025-01-17``."""
    parts = [citation.outlet or citation.title or citation.document_id]
    if citation.published_at is not None:
        parts.append(citation.published_at.isoformat())
    return ", ".join(parts)


def _short(quote: str) -> str:
    if len(quote) <= _QUOTE:
        return quote
    return quote[:_QUOTE].rsplit(maxsplit=1)[0].rstrip() + " …"
