"""Judge: a model that is asked several times what an answer is worth."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from eval.judging.prompt import ASPECTS, Aspect, build, fixed_words, unfit
from eval.judging.votes import Vote, agreement, read
from eval.scorers.base import Judgement
from qa.chat.dialect import Dialect
from qa.chat.model import ChatModel
from qa.errors import ModelError

if TYPE_CHECKING:
    from eval.cases import Case
    from eval.running.cache import Cache
    from index.models import Document
    from qa.models import Answer


class JudgeIdentity(BaseModel):
    """What a judge's votes depend on beside the answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    """Name of the model at its endpoint."""
    base_url: str
    """Address of the endpoint, without credentials."""
    votes: int
    """How often each aspect is asked."""
    temperature: float
    """How freely it chooses its words."""
    seed: int
    """Seed of the first asking; each further one adds 1."""
    prompts: dict[str, str]
    """SHA-256 of the fixed words of each aspect's prompt."""


class Judge:
    """A model that says whether answers are faithful and complete.

    Each aspect is asked in calls of its own, one after the other, with different seeds: how far
    the votes agree shows how much of a vote is chance. Whether they are right is another matter
    (:mod:`eval.judging.agreement`). Models as judges: L. Zheng et al., "Judging LLM-as-a-judge with
    MT-Bench and Chatbot Arena", NeurIPS 2023.

    Args:
        name: Name of the model at the endpoint; better not the one whose answers are judged.
        base_url: Address of an OpenAI-compatible endpoint; empty means the vendor's own.
        api_key: Key for it.
        votes: How often each aspect is asked.
        temperature: How freely the model chooses its words. At 0 all votes would be one vote.
        seed: Seed of the first asking.
        timeout: Seconds after which a call is given up, retries included.
        max_tokens: Most tokens that one reply may have.
        pause: Seconds before the first retry of a call.
    """

    def __init__(
        self,
        name: str,
        *,
        base_url: str = "",
        api_key: str = "",
        votes: int = 3,
        temperature: float = 0.7,
        seed: int = 7,
        timeout: float = 60.0,
        max_tokens: int = 800,
        pause: float = 0.5,
    ) -> None:
        dialect = Dialect()
        self._models = [
            ChatModel(
                name,
                base_url=base_url,
                api_key=api_key,
                timeout=timeout,
                max_tokens=max_tokens,
                seed=seed + number,
                temperature=temperature,
                pause=pause,
                dialect=dialect,
            )
            for number in range(max(1, votes))
        ]
        first = self._models[0]
        self.identity = JudgeIdentity(
            model=name,
            base_url=first.base_url,
            votes=len(self._models),
            temperature=temperature,
            seed=seed,
            prompts={aspect: _sha256(fixed_words(aspect)) for aspect in ASPECTS},
        )

    async def probe(self) -> str:
        """Ask the endpoint whether it serves the model, and return what was found, in words.

        Raises:
            ModelError: if it does not.
        """
        return await self._models[0].probe()

    async def judge(
        self, case: Case, answer: Answer, documents: Sequence[Document], cache: Cache | None
    ) -> tuple[Judgement, ...]:
        """Return one judgement for each aspect.

        One that could not be made has no votes and says why: nothing is there to be judged, or a
        call failed. Votes that were given before a call failed are kept in the cache, so that
        another run asks for the rest.

        Args:
            case: what was asked and expected.
            answer: what was answered.
            documents: the versions that it cites, as the record holds them.
            cache: where votes are kept, by everything that they depend on.

        Raises:
            UnwritableRun: if a vote cannot be kept.
        """
        return tuple(
            [await self._judged(aspect, case, answer, documents, cache) for aspect in ASPECTS]
        )

    async def _judged(
        self,
        aspect: Aspect,
        case: Case,
        answer: Answer,
        documents: Sequence[Document],
        cache: Cache | None,
    ) -> Judgement:
        reason = unfit(aspect, case, answer)
        if reason is not None:
            return Judgement(aspect=aspect, votes=(), agreement=None, reason=reason)
        messages = build(aspect, case, answer, documents)
        try:
            votes = [await self._vote(model, messages, cache) for model in self._models]
        except ModelError as error:
            reason = f"no judgement: {error}"
            return Judgement(aspect=aspect, votes=(), agreement=None, reason=reason)
        values = tuple(vote.value for vote in votes)
        return Judgement(
            aspect=aspect, votes=values, agreement=agreement(values), reason=votes[0].reason
        )

    async def _vote(
        self, model: ChatModel, messages: Sequence[dict[str, str]], cache: Cache | None
    ) -> Vote:
        """Return one vote, kept or asked for."""
        key = _sha256(
            json.dumps(
                {
                    "vote": messages,
                    "model": model.name,
                    "base_url": model.base_url,
                    "temperature": model.temperature,
                    "seed": model.seed,
                    "max_tokens": model.max_tokens,
                },
                sort_keys=True,
            )
        )
        kept = await asyncio.to_thread(cache.get, key, Vote) if cache is not None else None
        if kept is not None:
            return kept
        async with aclosing(model.stream(messages)) as pieces:
            vote = read("".join([piece async for piece in pieces if isinstance(piece, str)]))
        if cache is not None:
            await asyncio.to_thread(cache.put, key, vote)
        return vote


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
