"""An answer in the making: statements are checked, cited and put together here."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from index.record.asker import LOCAL, Asker
from qa.compose import sum_usage
from qa.differing.confidence import confidence
from qa.differing.disagreement import Findings
from qa.differing.weighing import copies_of, other_sides, shown
from qa.excerpts import excerpt
from qa.grounding import check
from qa.inert import in_answer, inert
from qa.models import (
    Answer,
    Citation,
    Coverage,
    Dated,
    Excerpt,
    Note,
    SearchStep,
    ShortAnswer,
    Statement,
    StatementAdded,
    Status,
    Usage,
)
from qa.question import Question
from qa.readable.facets import missing
from qa.readable.remarks import inserted, remarks, unmarked
from qa.short.short_answer import of_statement
from qa.silence import nearest, silence
from qa.when.timeline import entry, in_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from index.rerank import Reranker
    from qa.checking.entailment import Consulted
    from qa.compose import Composer, DraftStatement, EvidenceSentence
    from qa.search.searching import Found
    from qa.when.timing import Reading

UNFOUNDED = "nothing of it is borne out by what it cites"
"""Why an answer whose statements are all unsupported counts as none."""


@dataclass
class Assembly:
    """An answer in the making: what was found, said and cited so far."""

    question: Question
    composer: Composer
    id: str
    standalone: str
    reading: Reading
    entailment: Consulted | None = None
    asker: Asker = LOCAL
    began: float = field(default_factory=time.perf_counter)
    timings: dict[str, float] = field(default_factory=dict)
    coverage: Coverage = field(default_factory=lambda: Coverage(documents=0, passages=0))
    trace: tuple[SearchStep, ...] = ()
    planning: Usage | None = None
    rewriting: Usage | None = None
    without: tuple[str, ...] = ()
    last_change: int = 0
    text: str = ""
    reason: str | None = None
    statements: list[Statement] = field(default_factory=list)
    drafts: list[DraftStatement] = field(default_factory=list)
    timeline: list[Dated] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)
    copies: dict[str, tuple[str, ...]] = field(default_factory=dict)
    citations: dict[tuple[str, int, int, int], Citation] = field(default_factory=dict)
    short: ShortAnswer | None = None
    offered: Sequence[EvidenceSentence] = ()
    nearest: tuple[Excerpt, ...] = ()

    def retrieved(self, found: Found) -> None:
        """Take in what the search found."""
        self.timings["retrieve"] = time.perf_counter() - self.began
        coverage = self.reading.coverage(found.retrieval)
        notes = tuple(f"Nothing was found that answers this for {side}" for side in self.without)
        self.coverage = coverage.model_copy(update={"notes": coverage.notes + notes})
        self.trace, self.planning = found.steps, found.usage
        self.copies = copies_of(found)

    def add(self, draft: DraftStatement) -> StatementAdded:
        """Check a drafted statement and put it into the answer."""
        before = len(self.citations)
        numbers = tuple(dict.fromkeys(self.cite(evidence) for evidence in draft.evidence))
        text, notes = self._shown(draft)
        numbers = tuple(dict.fromkeys([*numbers, *(n.citation for n in notes if n.citation)]))
        grounding = check(
            draft.text, [evidence.quote for evidence in draft.evidence], self.entailment
        )
        separator = " " if self.text else ""
        start = len(self.text) + len(separator)
        markers = "".join(f"[{n}]" for n in numbers)
        addition = f"{separator}{text}{' ' + markers if markers else ''}"
        self.text += addition
        statement = Statement(
            text=text,
            start=start,
            end=start + len(text),
            support=grounding.support,
            reason=grounding.reason and inert(grounding.reason),
            citations=numbers,
            notes=notes,
            drafted=draft.drafted and inert(draft.drafted),
        )
        new_short = self._short(draft, statement)
        self.statements.append(statement)
        self.drafts.append(draft)
        new = tuple(self.citations.values())[before:]
        dated = entry(self.standalone, draft, len(self.statements) - 1, self.reading.filters.dates)
        self.timeline += [dated] if dated else []
        return StatementAdded(
            statement=statement, citations=new, text=addition, dated=dated, short=new_short
        )

    def _short(self, draft: DraftStatement, statement: Statement) -> ShortAnswer | None:
        """Return the short answer if a statement is the first to give one.

        Where sources differ none is given: few words would hide that.
        """
        if self.short or self.findings.differences:
            return None
        found = of_statement(self.standalone, draft, statement.support, self.composer.name)
        if found is not None:
            document, span = found.sentence.document, found.span
            self.short = ShortAnswer(
                text=span.cut(document.text),
                citation=self.cite(found.sentence),
                start=span.start,
                end=span.end,
            )
        return self.short

    def _shown(self, draft: DraftStatement) -> tuple[str, tuple[Note, ...]]:
        """Return the text that stands in the answer, in which nothing leads or loads anywhere."""
        text, notes = self._noted(draft)
        ends = [end for note in notes for end in (note.start, note.end)]
        text, at = in_answer(text, ends)
        places = zip(notes, at[::2], at[1::2], strict=True)
        return text, tuple(n.model_copy(update={"start": a, "end": b}) for n, a, b in places)

    def _noted(self, draft: DraftStatement) -> tuple[str, tuple[Note, ...]]:
        """Return the text with what makes it readable alone; what a model wrote stays as it is."""
        if self.composer.name == "model":
            return draft.text, ()
        said = [(d, s.text) for d, s in zip(self.drafts, self.statements, strict=True)]
        dates = self.reading.filters.dates
        found = remarks(draft, self.standalone, said=said, dates=dates)
        return unmarked(
            *inserted(draft.text, found, [self.cite(r.source) if r.source else None for r in found])
        )

    def other_sides(self) -> Iterator[DraftStatement]:
        """Yield the sentences of those who say otherwise and are not heard yet, if any are."""
        if self.statements:
            embedded = self.composer.name == "embedded"
            yield from other_sides(self.findings, list(self.drafts), embedded=embedded)

    def cite(self, evidence: EvidenceSentence) -> int:
        """Return the number of the citation of a sentence, made now if it is not cited yet."""
        document, span = evidence.document, evidence.span
        at = (document.id, document.version, span.start, span.end)
        if at not in self.citations:
            self.citations[at] = Citation(
                **excerpt(document, span).model_dump(),
                number=len(self.citations) + 1,
                copies=self.copies.get(evidence.passage.id, ()),
            )
        return self.citations[at].number

    def _status(self) -> Status:
        """Return how far the documents answer; where nothing is stated, the text says why."""
        withheld = self.composer.withheld
        if not self.statements:
            self.nearest = () if withheld else nearest(self.offered)
            self.reason = withheld
            self.text = in_answer(silence(self.coverage, withheld, self.nearest))[0]
            return "not_in_documents"
        if withheld:
            notes = (*self.coverage.notes, withheld)
            self.coverage = self.coverage.model_copy(update={"notes": notes})
        if not self.reason and all(one.support == "unsupported" for one in self.statements):
            self.reason = UNFOUNDED
        return "incomplete" if self.reason else "answered"

    def answer(self, reranker: Reranker | None) -> Answer:
        """Return the answer; without a statement it says that the documents do not say."""
        total = time.perf_counter() - self.began
        self.timings["compose"] = total - self.timings["retrieve"]
        self.timings["total"] = total
        status = self._status()
        values, disagreements = shown(self.findings, self.cite, list(self.citations.values()))
        cited = {citation.number: citation for citation in self.citations.values()}
        return Answer(
            id=self.id,
            question=self.question.text,
            standalone=self.standalone,
            status=status,
            text=self.text,
            statements=tuple(self.statements),
            citations=tuple(cited.values()),
            short=self.short,
            values=values,
            disagreements=disagreements,
            confidence=confidence(
                self.statements, cited, values, disagreements, self.coverage.latest
            ),
            timeline=in_order(self.timeline),
            missing=missing(self.standalone, (s.text for s in self.statements if s.citations))
            if self.statements
            else (),
            nearest=self.nearest,
            coverage=self.coverage,
            trace=self.trace,
            answerer=self.composer.name,
            model=self.composer.model,
            reranker=reranker.identity if reranker and self.coverage.passages else None,
            entailment=self.entailment.identity if self.entailment else None,
            reason=self.reason,
            form=self.composer.form,
            usage=sum_usage(sum_usage(self.rewriting, self.planning), self.composer.usage),
            timings={name: round(seconds, 6) for name, seconds in self.timings.items()},
            created_at=datetime.now(UTC),
        )
