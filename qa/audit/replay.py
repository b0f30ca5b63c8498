"""Replay: a recorded question answered again, and what is different now.

Either the question is asked anew, or the answer is put together from the evidence, and the model's
replies, that were recorded with it (:mod:`qa.audit.recall`, :class:`qa.chat.calls.RecordedModel`).
In both cases it takes the same way through composing and checks as any other answer; it is not
recorded.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Literal

from index.errors import NotFound
from index.record.asker import LOCAL, Asker
from qa.answerer import Rerun
from qa.audit.manifest import Manifest
from qa.audit.recall import Recall
from qa.chat.calls import RecordedModel
from qa.errors import NotReplayable
from qa.models import Answer, Citation, Failed, Statement
from qa.question import Contract, Question

if TYPE_CHECKING:
    from index.models import Document
    from qa.answerer import Answerer

DifferenceKind = (
    Literal[
        "status", "text", "statement_added", "statement_dropped", "statement_changed", "support"
    ]
    | Literal["citations", "field"]
)
"""What differs: the answer's status; its text, where no statement does; a statement that is new,
gone or other than it was; its support; the words that a statement cites; or another field."""

ChangeKind = (
    Literal["document_changed", "document_removed", "document_new", "document_gone", "record"]
    | Literal["setting", "answerer", "model", "served", "prompt", "embedder", "reranker"]
    | Literal["entailment", "software"]
)
"""What an answer depends on: a considered document has another version now or was removed; one is
considered that was not then, or not any more; the record has seen other changes; and so on."""

_COMPARED = frozenset(Answer.model_fields) - {
    *("id", "created_at", "timings", "usage"),  # of the run, not of the answer
    *(
        "question",
        "standalone",
        "answerer",
        "model",
        "form",
        "reranker",
        "entailment",
    ),  # told as changes
    *("coverage", "trace"),  # what was searched may differ where the answer does not
    *("status", "text", "statements", "citations"),  # compared by themselves
}
_LONGEST = 2_000


class Difference(Contract):
    """One thing that is not as it was in the answer."""

    kind: DifferenceKind
    """What differs."""
    name: str | None = None
    """The field, where it is one of its own."""
    statement: int | None = None
    """Position of the statement, from 0: in the recorded answer, or in the new one if added."""
    was: str | None = None
    """How it was."""
    now: str | None = None
    """How it is now."""


class Change(Contract):
    """One thing that the answer depends on and that is not as it was: no difference by itself."""

    kind: ChangeKind
    """What changed."""
    name: str
    """Which one of its kind."""
    was: str | None = None
    """What it was."""
    now: str | None = None
    """What it is now."""


class Replay(Contract):
    """A recorded question answered again."""

    id: str
    """The recorded answer."""
    recorded: bool
    """Whether it was put together from what was recorded; otherwise the question was asked anew."""
    identical: bool
    """Whether text, statements, citations and all else that is said are the same."""
    differences: tuple[Difference, ...] = ()
    """What is different in the answer."""
    changes: tuple[Change, ...] = ()
    """What it depends on and is not as it was, whether or not that made a difference."""
    answer: Answer
    """The answer now; it is not recorded."""


async def replay(
    answerer: Answerer,
    answer: Answer,
    manifest: Manifest | None,
    *,
    recorded: bool,
    asker: Asker = LOCAL,
) -> Replay | Failed:
    """Answer a recorded question again and compare.

    Args:
        answerer: Answers it.
        answer: The answer as it was recorded.
        manifest: Its manifest; ``None`` if it was recorded before there were any.
        recorded: Put the answer together from what was recorded, calling no endpoint.
        asker: Who asks now, and may read what the recorded answer was made from.

    Returns:
        The comparison, or what kept an answer from being made.

    Raises:
        NotReplayable: if ``recorded`` and that is not possible.
        DossierError: as :meth:`qa.answerer.Answerer.stream`.
    """
    kept: list[tuple[Answer, Manifest]] = []

    def keep(made: Answer, of: Manifest) -> None:
        kept.append((made, of))

    rerun = Rerun(answer.standalone, keep)
    if recorded:
        if manifest is None:
            raise NotReplayable(f"answer {answer.id} was recorded without what it was made from")
        find = Recall(answerer.corpus, answer, manifest).find
        rerun = Rerun(answer.standalone, keep, _model(manifest), find)
    question = manifest.question if manifest else _question(answer)
    question = question.model_copy(update={"answerer": answer.answerer})
    async with aclosing(answerer.stream(question, rerun, asker)) as events:
        async for event in events:
            if isinstance(event, Failed):
                return event
    made, of = kept[0]
    differences = tuple(_differences(answer, made))
    return Replay(
        id=answer.id,
        recorded=recorded,
        identical=not differences,
        differences=differences,
        changes=tuple(_changes(manifest, of, _current(answerer), asked=not recorded))
        if manifest
        else (),
        answer=made,
    )


def _model(manifest: Manifest) -> RecordedModel | None:
    """Return a model that gives the recorded replies; ``None`` where none was asked."""
    if manifest.answerer != "model":
        return None
    return RecordedModel(manifest.model or "model", manifest.calls)


def _question(answer: Answer) -> Question:
    """Return the question of an answer that was recorded before there were manifests."""
    return Question(text=answer.question, filters=answer.coverage.filters)


def _current(answerer: Answerer) -> Callable[[str], Document | None]:
    def current(document_id: str) -> Document | None:
        try:
            return answerer.corpus.document(document_id)
        except NotFound:
            return None

    return current


# -- what is different in the answer ---------------------------------------------------------------


def _differences(was: Answer, now: Answer) -> Iterator[Difference]:
    if was.status != now.status:
        yield Difference(kind="status", was=was.status, now=now.status)
    found = list(_statements(was, now))
    yield from found
    if not found and was.text != now.text:
        yield Difference(kind="text", was=was.text, now=now.text)
    # Where the short answer stands follows from its citation, which is compared by itself.
    apart = {"short": {"start", "end"}}
    before, after = (one.model_dump(mode="json", exclude=apart) for one in (was, now))
    for name in Answer.model_fields:
        # Numbers of citations are compared by what they cite, statement by statement.
        if name in _COMPARED and before[name] != after[name]:
            yield Difference(
                kind="field", name=name, was=_words(before[name]), now=_words(after[name])
            )
    if not found and was.citations != now.citations:
        yield Difference(kind="citations", was=_cited(was, None), now=_cited(now, None))


def _statements(was: Answer, now: Answer) -> Iterator[Difference]:
    """Yield how the statements differ, in order."""
    before, after = ([one.text for one in answer.statements] for answer in (was, now))
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for step, a, b, c, d in steps:
        if step == "equal":
            for old, new in zip(range(a, b), range(c, d), strict=True):
                yield from _same_words(was, old, now, new)
            continue
        for at in range(max(b - a, d - c)):
            old_text = before[a + at] if a + at < b else None
            new_text = after[c + at] if c + at < d else None
            if old_text is None:
                yield Difference(kind="statement_added", statement=c + at, now=new_text)
            elif new_text is None:
                yield Difference(kind="statement_dropped", statement=a + at, was=old_text)
            else:
                yield Difference(
                    kind="statement_changed", statement=a + at, was=old_text, now=new_text
                )


def _same_words(was: Answer, old: int, now: Answer, new: int) -> Iterator[Difference]:
    """Yield how two statements of the same words differ in what bears them out."""
    one, other = was.statements[old], now.statements[new]
    if (one.support, one.reason) != (other.support, other.reason):
        yield Difference(kind="support", statement=old, was=_support(one), now=_support(other))
    before, after = _cited(was, one), _cited(now, other)
    if before != after:
        yield Difference(kind="citations", statement=old, was=before, now=after)
    rest = {"text", "start", "end", "support", "reason", "citations"}
    left, right = (s.model_dump(mode="json", exclude=rest) for s in (one, other))
    if left != right:
        yield Difference(
            kind="field", name="statements", statement=old, was=_words(left), now=_words(right)
        )


def _support(statement: Statement) -> str:
    return f"{statement.support}: {statement.reason}" if statement.reason else statement.support


def _cited(answer: Answer, statement: Statement | None) -> str:
    """Return what a statement cites, or all that an answer does, one place a line."""
    numbers = range(1, len(answer.citations) + 1) if statement is None else statement.citations
    by_number = {citation.number: citation for citation in answer.citations}
    return "\n".join(_place(by_number[number]) for number in numbers)


def _place(citation: Citation) -> str:
    where = f"{citation.document_id} version {citation.version}, {citation.start}–{citation.end}"
    return f"{where}: {citation.quote}"


def _words(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:_LONGEST]


# -- what it depends on ----------------------------------------------------------------------------


def _changes(
    was: Manifest, now: Manifest, current: Callable[[str], Document | None], *, asked: bool
) -> Iterator[Change]:
    for seen in was.documents:
        there = current(seen.id)
        if there is None:
            yield Change(kind="document_removed", name=seen.id, was=f"version {seen.version}")
        elif (there.version, there.sha256) != (seen.version, seen.sha256):
            versions = f"version {seen.version}", f"version {there.version}"
            if seen.version == there.version:  # removed, and another text came under its name
                versions = f"{versions[0]} ({seen.sha256})", f"{versions[1]} ({there.sha256})"
            yield Change(kind="document_changed", name=seen.id, was=versions[0], now=versions[1])
    before, after = ({one.id for one in manifest.documents} for manifest in (was, now))
    yield from (Change(kind="document_new", name=name) for name in sorted(after - before))
    yield from (
        Change(kind="document_gone", name=name)
        for name in sorted(before - after)
        if current(name) is not None
    )
    if asked and was.last_change != now.last_change:
        numbers = str(was.last_change), str(now.last_change)
        yield Change(kind="record", name="changes", was=numbers[0], now=numbers[1])
    for name in sorted({*was.settings, *now.settings}):
        old, new = was.settings.get(name), now.settings.get(name)
        if old != new:
            yield Change(kind="setting", name=name, was=_value(old), now=_value(new))
    yield from _identities(was, now)
    yield from _calls(was, now)


def _identities(was: Manifest, now: Manifest) -> Iterator[Change]:
    kinds: Sequence[Any] = ("answerer", "model", "embedder", "reranker", "entailment", "software")
    for kind in kinds:
        old, new = getattr(was, kind), getattr(now, kind)
        if old != new:
            yield Change(kind=kind, name=kind, was=_value(old), now=_value(new))


def _calls(was: Manifest, now: Manifest) -> Iterator[Change]:
    """Yield how the calls of the model differ, by their prompts and by who answered them."""
    for number, (old, new) in enumerate(zip(was.calls, now.calls, strict=False), 1):
        name = f"call {number}"
        if old.prompt_sha256 != new.prompt_sha256:
            yield Change(kind="prompt", name=name, was=old.prompt_sha256, now=new.prompt_sha256)
        served = [" ".join(filter(None, (one.served, one.fingerprint))) for one in (old, new)]
        if all(served) and served[0] != served[1]:
            yield Change(kind="served", name=name, was=served[0], now=served[1])


def _value(value: object) -> str | None:
    return None if value is None else str(value)
