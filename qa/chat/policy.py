"""Policy: what becomes of a model's statement that its citations do not bear out.

Between the model and the answer, each statement is held against what it cites:

* citations that contribute nothing are left out;
* a statement that cites nothing, or the wrong sentence, is given the offered sentence that bears it
  out fully, where there is one;
* what is still not supported is repaired once: cut to what is supported, or written anew by the
  model in one further call for all such statements of an answer;
* what is unsupported after that is marked, left out, or takes the answer with it.

Nothing here vouches for a statement: the answer checks each one again as it comes in.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from index.errors import DossierError
from qa.checking.repair import shorten
from qa.compose import DraftStatement, EvidenceSentence
from qa.grounding import Check, Grounding, check
from qa.models import OutputForm, Usage
from qa.question import AnswererName
from qa.text.words import content_stems, fold

if TYPE_CHECKING:
    from qa.chat.calls import RecordedCall
    from qa.generate import Generator

Repair = Literal["cut", "ask", "off"]
"""How a statement that is not supported is repaired."""

Unsupported = Literal["mark", "drop", "refuse"]
"""What becomes of one that is unsupported after that."""

Place = tuple[str, int, int, int]
"""Document, version, start and end of a sentence."""

LIKE = 0.5
"""Share of a statement's content words that a sentence must have to be tried as its support."""

TRIED = 8
"""Sentences that are tried for one statement, those that share most with it."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What is done with statements that are not supported."""

    repair: Repair = "cut"
    """How they are repaired."""
    unsupported: Unsupported = "mark"
    """What becomes of those that are unsupported all the same."""


class Edited:
    """A model's answer under a policy; one object for one answer.

    Args:
        generator: Asks the model.
        policy: What to do with statements that are not supported.
        held: How a statement is held against what it cites.
    """

    name: AnswererName = "model"
    """Which answerer this is."""

    def __init__(self, generator: Generator, policy: Policy, held: Check = check) -> None:
        self._generator = generator
        self._policy = policy
        self._held = held
        self._told: set[str] = set()
        self._dropped = 0
        self._refused: tuple[int, int] | None = None

    @property
    def model(self) -> str:
        """The model's name."""
        return self._generator.model

    @property
    def usage(self) -> Usage | None:
        """Tokens of all calls, once they are over and if the endpoint counts them."""
        return self._generator.usage

    @property
    def calls(self) -> Sequence[RecordedCall]:
        """The calls so far, where the model keeps them."""
        return self._generator.calls

    @property
    def form(self) -> OutputForm | None:
        """In which form the statements came; ``None`` if the model was not asked."""
        return self._generator.form

    @property
    def withheld(self) -> str | None:
        """What the model wrote and the answer does not show, in words; ``None`` if nothing."""
        if self._refused is not None:
            faulty, of = self._refused
            return (
                f"{faulty} of {_count(of)} of the model {_is_are(faulty)} not borne out by the "
                "documents, and the policy is to show none then"
            )
        if self._dropped:
            n = self._dropped
            return f"{_count(n)} of the model {_is_are(n)} left out, not borne out by the documents"
        return None

    async def compose(
        self, question: str, evidence: Sequence[EvidenceSentence]
    ) -> AsyncGenerator[DraftStatement, None]:
        """Yield the statements that the policy lets through, each as soon as it is settled.

        Those that the model shall write anew come last; where one unsupported statement takes the
        answer with it, all wait for the end.

        Args:
            question: The question, readable without the conversation.
            evidence: The sentences that may be cited, best first.

        Yields:
            Statements with the citations that contribute.

        Raises:
            ModelError: as :meth:`qa.generate.Generator.compose`, after what was complete.
        """
        waits = self._policy.unsupported == "refuse"
        waiting: list[DraftStatement] = []
        faulty: list[DraftStatement] = []
        broken: DossierError | None = None
        try:
            async with contextlib.aclosing(self._generator.compose(question, evidence)) as drafts:
                async for draft in drafts:
                    settled = await asyncio.to_thread(self._settled, draft, evidence)
                    if self._repeats(settled):
                        continue
                    if self._policy.repair == "ask" and not _holds(settled, self._held):
                        faulty.append(settled)
                    elif waits:
                        waiting.append(settled)
                    elif self._shown(settled):
                        yield settled
        except DossierError as error:
            broken = error
        if faulty:
            anew = await self._written_anew(question, evidence, faulty, broken is None)
            waiting += anew if waits else [one for one in anew if self._shown(one)]
        for settled in self._unless_refused(waiting) if waits else waiting:
            yield settled
        if broken is not None:
            raise broken

    def _settled(
        self, draft: DraftStatement, evidence: Sequence[EvidenceSentence]
    ) -> DraftStatement:
        if self._policy.repair == "off":
            return draft
        return settle(draft, evidence, cut=self._policy.repair == "cut", held=self._held)

    def _repeats(self, draft: DraftStatement) -> bool:
        """Return whether a statement says what was said already; weak models go round in circles.

        The first one counts, whatever a later one cites.
        """
        words = fold(draft.text)
        if words in self._told:
            return True
        self._told.add(words)
        return False

    def _shown(self, draft: DraftStatement) -> bool:
        """Return whether the policy shows a statement; count it if not."""
        if self._policy.unsupported == "drop" and self._is_unsupported(draft):
            self._dropped += 1
            return False
        return True

    def _is_unsupported(self, draft: DraftStatement) -> bool:
        return _check(draft, self._held).support == "unsupported"

    def _unless_refused(self, drafts: list[DraftStatement]) -> list[DraftStatement]:
        faulty = sum(map(self._is_unsupported, drafts))
        if not faulty:
            return drafts
        self._refused = (faulty, len(drafts))
        return []

    async def _written_anew(
        self,
        question: str,
        evidence: Sequence[EvidenceSentence],
        faulty: Sequence[DraftStatement],
        may_ask: bool,
    ) -> list[DraftStatement]:
        """Return the faulty statements as the model writes them anew, or else cut."""
        told = [(draft.text, str(_check(draft, self._held).reason)) for draft in faulty]
        anew = await self._generator.again(question, evidence, told) if may_ask else []
        return await asyncio.to_thread(_matched, faulty, anew, evidence, self._held)


def _matched(
    faulty: Sequence[DraftStatement],
    anew: Sequence[DraftStatement],
    offered: Sequence[EvidenceSentence],
    held: Check,
) -> list[DraftStatement]:
    """Return for each faulty statement the one written anew that is most like it, or it cut."""
    better = [settle(draft, offered, cut=False, held=held) for draft in anew]
    left = [draft for draft in better if _holds(draft, held)]
    found = []
    for draft in faulty:
        match = max(left, key=lambda one: _share(draft.text, one.text), default=None)
        if match is not None and _share(draft.text, match.text) > 0:
            left.remove(match)
            found.append(replace(match, drafted=draft.text))
        else:
            found.append(settle(draft, offered, cut=True, held=held))
    return found


def settle(
    draft: DraftStatement,
    offered: Sequence[EvidenceSentence],
    *,
    cut: bool,
    held: Check = check,
) -> DraftStatement:
    """Return a statement with the citations that bear it out, and cut to what they do if need be.

    Args:
        draft: What the model wrote and cites.
        offered: All sentences that it might have cited.
        cut: Whether to shorten what is not supported otherwise.
        held: How a statement is held against what it cites.

    Returns:
        The statement, changed as little as possible; the same one where nothing helps.
    """
    kept = _pruned(draft, held)
    if _holds(kept, held):
        return kept
    moved = _moved(kept, offered, held)
    if moved is not None:
        return moved
    if cut and kept.evidence:
        shorter = shorten(kept.text, [one.quote for one in kept.evidence], held)
        if shorter and shorter != kept.text:
            made = _pruned(replace(kept, text=shorter, drafted=kept.text), held)
            if _holds(made, held):
                return made
    return kept


def _pruned(draft: DraftStatement, held: Check) -> DraftStatement:
    """Return a statement without the citations that contribute nothing to it.

    One that bears out at least a part alone stays: it corroborates.
    """
    evidence = tuple({_place(one): one for one in draft.evidence}.values())
    if len(evidence) < 2:
        return draft
    together = _holds(draft, held)
    idle = [one for one in evidence if held(draft.text, [one.quote]).support == "unsupported"]
    telling = replace(draft, evidence=_without(evidence, *idle))
    if telling.evidence and (_holds(telling, held) or not together):
        return telling
    if together:  # only together do they bear it out: which are needed for that?
        for one in reversed(idle):
            rest = _without(evidence, one)
            evidence = rest if _holds(replace(draft, evidence=rest), held) else evidence
    return replace(draft, evidence=evidence)


def _without(
    evidence: Sequence[EvidenceSentence], *left_out: EvidenceSentence
) -> tuple[EvidenceSentence, ...]:
    places = {_place(one) for one in left_out}
    return tuple(one for one in evidence if _place(one) not in places)


def _place(one: EvidenceSentence) -> Place:
    return (one.document.id, one.document.version, one.span.start, one.span.end)


def _moved(
    draft: DraftStatement, offered: Sequence[EvidenceSentence], held: Check
) -> DraftStatement | None:
    """Return a statement with a sentence that bears it out fully; ``None`` if none does.

    A sentence of the same document may also complete what is cited already. Sentences of different
    documents are not put together here: that could join what belongs to different things.
    """
    wanted = set(content_stems(draft.text))
    near = sorted(offered, key=lambda one: -_overlap(wanted, one.quote))[:TRIED]
    near = [one for one in near if _overlap(wanted, one.quote) >= LIKE]
    for one in near:
        if _holds(made := replace(draft, evidence=(one,)), held):
            return made
    for one in near:
        if draft.evidence and all(c.document.id == one.document.id for c in draft.evidence):
            made = replace(draft, evidence=(*draft.evidence, one))
            if _holds(made, held):
                return _pruned(made, held)
    return None


def _check(draft: DraftStatement, held: Check) -> Grounding:
    return held(draft.text, [one.quote for one in draft.evidence])


def _holds(draft: DraftStatement, held: Check) -> bool:
    return _check(draft, held).support == "supported"


def _overlap(wanted: set[str], text: str) -> float:
    """Return the share of the wanted stems that a text has."""
    return len(wanted & set(content_stems(text))) / len(wanted) if wanted else 0.0


def _share(one: str, other: str) -> float:
    """Return how much of their content words two statements have in common (Jaccard)."""
    a, b = set(content_stems(one)), set(content_stems(other))
    return len(a & b) / len(a | b) if a | b else 0.0


def _count(number: int) -> str:
    return f"{number} statement{'' if number == 1 else 's'}"


def _is_are(number: int) -> str:
    return "is" if number == 1 else "are"
