"""What the evidence gives, weighed: the sides that an answer must show, and its values as cited."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from qa.compose import DraftStatement
from qa.differing.disagreement import Findings, compare
from qa.differing.sameness import same_figure
from qa.models import Citation, Disagreement, Value
from qa.text.figures import figures
from qa.text.words import fold

if TYPE_CHECKING:
    from index.corpus import Corpus
    from qa.compose import EvidenceSentence
    from qa.differing.ledger import Entry, Said
    from qa.search.searching import Found

MOST_SIDES = 4
"""Sentences that are added to an answer so that every side is heard, at most."""

MOST_UNHEARD = 2
"""Sentences of documents not cited yet that are added to an embedded answer, at most."""

MOST_CITED = 5
"""Citations of one value, one for each document."""


def weigh(
    question: str,
    evidence: Sequence[EvidenceSentence],
    corpus: Corpus,
    permitted: frozenset[str] | None = None,
) -> Findings:
    """Return the values that the evidence gives for a question, and where the sources differ.

    Args:
        question: the question, readable without the conversation.
        evidence: the sentences that may be cited.
        corpus: where they are from; it knows which documents are copies of one story.
        permitted: names of the collections that the asker may read; ``None`` for all.
    """
    members = corpus.catalog.stories.members([s.document.id for s in evidence], permitted)
    stories = {document: story[0] for document, story in members.items()}
    return compare(question, evidence, {}, stories)


def copies_of(found: Found) -> dict[str, tuple[str, ...]]:
    """Return for each passage found the other documents that print its words, sorted."""
    hits = [*found.hits]
    for _, brought in (*found.sides, *found.crossings):
        hits += brought
    return {hit.passage.id: tuple(sorted(hit.copies)) for hit in hits if hit.copies}


def other_sides(
    findings: Findings, drafts: Sequence[DraftStatement], *, embedded: bool
) -> Iterator[DraftStatement]:
    """Yield the sentences that give the sides which the statements so far leave out, verbatim.

    Args:
        findings: what the evidence gives.
        drafts: the statements so far.
        embedded: whether they are sentences of the documents themselves; then documents that speak
            of the same thing and are not cited yet are heard too.
    """
    told = [(draft.text, draft.evidence) for draft in drafts]
    added = 0
    for difference in findings.differences:
        plain = difference.kind in ("figures", "dates", "names", "superseded")
        heard = any(_is_told(entry.said, told, by_value=False) for entry in difference.entries)
        if not heard and not plain:
            continue
        for entry in difference.entries:
            if added == MOST_SIDES or _is_told(entry.said, told, by_value=plain):
                continue
            sentence = entry.said[0].sentence
            text = " ".join(sentence.quote.split())
            told.append((text, (sentence,)))
            added += 1
            yield DraftStatement(text, (sentence,))
    if embedded:
        yield from _unheard(findings, told)


def _unheard(
    findings: Findings, told: Sequence[tuple[str, Sequence[EvidenceSentence]]]
) -> Iterator[DraftStatement]:
    """Yield sentences on the same thing of documents that no statement cites yet."""
    heard = {sentence.document.id for _, cited in told for sentence in cited}
    words = {fold(sentence.quote) for _, cited in told for sentence in cited}
    added = 0
    for sentence in findings.also:
        quote, document = fold(sentence.quote), sentence.document.id
        if added < MOST_UNHEARD and document not in heard and quote not in words:
            added += 1
            heard.add(document)
            words.add(quote)
            yield DraftStatement(" ".join(sentence.quote.split()), (sentence,))


def _is_told(
    said: Iterable[Said],
    told: Sequence[tuple[str, Sequence[EvidenceSentence]]],
    *,
    by_value: bool,
) -> bool:
    """Return whether a statement cites a sentence that gives a value, and states the value."""
    return any(
        fold(one.sentence.quote) in {fold(sentence.quote) for sentence in cited}
        and (not by_value or states(text, one.text))
        for one in said
        for text, cited in told
    )


def states(text: str, value: str) -> bool:
    """Return whether a statement states a value, in whatever form."""
    if fold(value) in fold(text):
        return True
    wanted = figures(value)
    return bool(wanted) and any(same_figure(wanted[0], figure) for figure in figures(text))


def shown(
    findings: Findings, cite: Callable[[EvidenceSentence], int], cited: Iterable[Citation]
) -> tuple[tuple[Value, ...], tuple[Disagreement, ...]]:
    """Return the values and differences as an answer holds them.

    A difference of which the answer cites no side is left out.

    Args:
        findings: what the evidence gives.
        cite: returns the number of the citation of a sentence, made now if there is none.
        cited: what the answer cites.
    """
    before = {fold(citation.quote) for citation in cited}

    def known(entry: Entry) -> bool:
        return any(fold(one.sentence.quote) in before for one in entry.said)

    values = (
        tuple(_value(entry, cite) for entry in findings.values)
        if any(known(entry) for entry in findings.values)
        else ()
    )
    differences = tuple(
        Disagreement(
            kind=difference.kind,
            about=difference.about,
            values=tuple(_value(entry, cite) for entry in difference.entries if known(entry)),
        )
        for difference in findings.differences
        if sum(known(entry) for entry in difference.entries) > 1
    )
    return values, differences


def _value(entry: Entry, cite: Callable[[EvidenceSentence], int]) -> Value:
    documents = {said.sentence.document.id: said for said in reversed(entry.said)}
    first = [said for said in entry.said if documents[said.sentence.document.id] is said]
    numbers = tuple(dict.fromkeys(cite(said.sentence) for said in first[:MOST_CITED]))
    return Value(text=first[0].text, citations=numbers, origins=entry.origins, hedge=entry.hedge)
