"""Drafted questions in a model's words, as far as these can be trusted."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import aclosing
from typing import TYPE_CHECKING

from eval.cases import Case
from eval.normalise import contains, normalise
from qa.text.words import content_stems, name_words, names, tokens

if TYPE_CHECKING:
    from qa.chat.model import ChatModel
    from qa.settings import Settings

LONGEST = 300
"""Characters of a question; what is longer is none."""

TOKENS = 120
"""Most tokens that the model may write for it."""

_RULES = """\
You word a question for a reading test.

You are given a sentence and the answer. Rules:
1. Write one question that the sentence answers with exactly that answer.
2. Do not use the words of the answer.
3. Name what the question is about, so that it can be understood without the sentence.
4. Use no name, date or figure that is not in the sentence.
5. Use your own words where you can, and not the order of the sentence.
6. Write the question on one line, ending in a question mark, and nothing else."""


def model_of(settings: Settings) -> ChatModel:
    """Return the model of the settings, for short replies.

    Raises:
        ModelNotConfigured: if they name none.
    """
    from qa.chat.model import ChatModel
    from qa.errors import ModelNotConfigured

    if not settings.model:
        raise ModelNotConfigured("a model was asked for and DOSSIER_MODEL is not set")
    return ChatModel(
        settings.model,
        base_url=settings.model_base_url,
        api_key=settings.model_api_key.get_secret_value(),
        timeout=settings.model_timeout,
        max_tokens=TOKENS,
        seed=settings.model_seed,
    )


async def phrased(cases: Iterable[Case], model: ChatModel) -> tuple[Case, ...]:
    """Return drafts with the questions that a model words for them, one after the other.

    A question that tells its answer, or names what the sentence does not, is not taken; the draft
    then keeps its own. Unanswerable drafts stay as they are.

    Raises:
        ModelError: if the model cannot be asked.
    """
    return tuple([await _phrased(case, model) if case.quotes else case for case in cases])


async def _phrased(case: Case, model: ChatModel) -> Case:
    from qa.errors import ModelIncomplete

    reply = ""
    try:
        async with aclosing(model.stream(_messages(case))) as pieces:
            async for piece in pieces:
                reply += piece if isinstance(piece, str) else ""
    except ModelIncomplete:
        return case
    question = usable(reply, case)
    if question is None:
        return case
    tags = tuple(tag for tag in case.tags if tag != "gap")
    return case.model_copy(update={"question": question, "tags": tags})


def _messages(case: Case) -> list[dict[str, str]]:
    asked = f"Sentence: {case.quotes[0].text}\nAnswer: {case.expected[0][0]}"
    return [{"role": "system", "content": _RULES}, {"role": "user", "content": asked}]


def usable(reply: str, case: Case) -> str | None:
    """Return the question of a reply if it may stand in a draft."""
    lines = [line.strip() for line in reply.splitlines() if line.strip()]
    if len(lines) != 1 or not lines[0].endswith("?") or len(lines[0]) > LONGEST:
        return None
    question, sentence = lines[0].removeprefix("Question:").strip("\"'“”*` "), case.quotes[0].text
    wordings = [normalise(wording) for fact in case.expected for wording in fact]
    if any(contains(normalise(question), wording) for wording in wordings):
        return None
    if not _telling(question) <= _telling(sentence):
        return None
    shared = set(content_stems(question)) & set(content_stems(sentence))
    return question if len(shared) >= 2 else None


def _telling(text: str) -> set[str]:
    """Return the words of names, and what has digits in it."""
    named = {word for name in names(text) for word in name_words(name)}
    return named | {token.text for token in tokens(text) if any(map(str.isdigit, token.text))}
