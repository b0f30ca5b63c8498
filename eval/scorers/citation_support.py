"""Citation: does what is cited bear the statements out, whatever the answer says of itself?"""

from __future__ import annotations

from collections.abc import Iterator

from eval.scorers.base import Observation, Scorer
from qa.models import Statement


def _measure(observation: Observation) -> tuple[float | None, str | None]:
    from qa.grounding import check
    from qa.readable.remarks import without_notes

    statements = observation.answer.statements
    if not statements:
        return None, "nothing is stated"
    faults = []
    for number, statement in enumerate(statements, 1):
        text = without_notes(statement.text, statement.notes)
        found = check(text, list(_cited(observation, statement)))
        if found.support != "supported":
            faults.append(f"statement {number} is {found.support}: {found.reason}")
    return 1 - len(faults) / len(statements), faults[0] if faults else None


def _cited(observation: Observation, statement: Statement) -> Iterator[str]:
    """Yield the words that a statement cites, as the record has them.

    What only a note cites bears out the note.
    """
    of_notes = {note.citation for note in statement.notes}
    own = [n for n in statement.citations if n not in of_notes] or statement.citations
    citations = {citation.number: citation for citation in observation.answer.citations}
    for number in own:
        if (citation := citations.get(number)) is None:
            continue
        document = observation.documents.get((citation.document_id, citation.version))
        if document is not None:
            yield document.text[citation.start : citation.end]


CITATION_SUPPORT = Scorer("citation_support", "citation", "share", _measure)
"""Share of the statements that the words they cite fully bear out, notes in brackets aside.

Checked anew, with the rules of :mod:`qa.grounding`, against the text that the record holds at the
cited places; what the answer says of its own support does not count. A statement without a citation
is not borne out. The rules are those by which answers are made, so what they cannot see is not seen
here either; a judge by another model can.
"""
