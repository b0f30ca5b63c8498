"""ChatModel: one chat call to an OpenAI-compatible endpoint, with an end that is always known.

The ``openai`` client leaves three things open that this module closes: its timeout counts per read
and not per call, its retries are not bounded in time, and a stream that ends early looks like one
that is complete. Here one deadline covers everything, retries stop with it, and every reply ends
either whole or in a typed error.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from index.refusals import VENDOR_URL, tidy, without_credentials
from qa.chat.client import opened
from qa.chat.dialect import Dialect
from qa.chat.endpoint_errors import NOT_AN_API, Rejection
from qa.chat.listening import ModelCall, listened
from qa.chat.reply import Reply
from qa.errors import (
    FormRefused,
    ModelBusy,
    ModelError,
    ModelIncomplete,
    ModelTimeout,
    ModelUnreachable,
)
from qa.models import Usage

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI

T = TypeVar("T")

RETRIES = 2
"""Further attempts after a 429, a 5xx or a failed connection, before any text has come."""

PROBE_SECONDS = 10.0
"""Longest that a probe may take."""

GRACE_SECONDS = 2.0
"""How long to wait for the token counts once the text is whole."""


class ChatModel:
    """A model behind an OpenAI-compatible endpoint.

    Holds no connections between calls, so that one object serves concurrent calls and several event
    loops; what is learnt of the endpoint's ways is kept in its dialect.

    Args:
        name: Name of the model at the endpoint.
        base_url: Address of the endpoint; empty means the vendor's own.
        api_key: Key for it; local endpoints mostly need none.
        timeout: Seconds after which a call is given up, retries included.
        max_tokens: Most tokens that the model may write.
        seed: Seed for endpoints that honour one.
        temperature: How freely the endpoint chooses its words; 0 takes the likeliest.
        pause: Seconds before the first retry, doubled each time, where the endpoint names none.
        dialect: What is known of the endpoint; a new one learns for itself.
    """

    def __init__(
        self,
        name: str,
        *,
        base_url: str = "",
        api_key: str = "",
        timeout: float = 60.0,
        max_tokens: int = 800,
        seed: int = 7,
        temperature: float = 0.0,
        pause: float = 0.5,
        dialect: Dialect | None = None,
    ) -> None:
        self.name = name
        self.base_url = without_credentials(base_url or VENDOR_URL)
        self._address = base_url or VENDOR_URL
        self.timeout = timeout
        self.max_tokens = max_tokens
        self.seed = seed
        self.temperature = temperature
        self.dialect = dialect or Dialect()
        self._api_key = api_key
        self._pause = pause

    async def stream(
        self,
        messages: Sequence[Mapping[str, str]],
        *,
        schema: Mapping[str, Any] | None = None,
        deadline: float | None = None,
        max_tokens: int | None = None,
    ) -> AsyncGenerator[str | Usage, None]:
        """Send a conversation and yield the reply as it comes.

        Args:
            messages: ``{"role": …, "content": …}`` objects.
            schema: The ``json_schema`` object that the endpoint shall hold the reply to.
            deadline: When to give up, in the event loop's time, if that is sooner than this call's
                own deadline; for calls that share one.
            max_tokens: Most tokens to write, if not as many as usual.

        Yields:
            The reply's text in pieces; then, if the endpoint counts tokens, one :class:`Usage`,
            also when the reply turns out not to be whole.

        Raises:
            ModelUnauthorized: if the endpoint wants another key, or one at all.
            ModelUnreachable: if there is no connection to the endpoint.
            ModelBusy: if it turns the call away and goes on doing so.
            ModelTimeout: if the reply is not whole within the deadline.
            ModelRefused: if the model or a filter declines to answer.
            ModelIncomplete: if the reply stops before its end or holds nothing.
            FormRefused: if the endpoint turns the schema down.
            ModelError: if the endpoint rejects the call or is no such endpoint.
        """
        own = asyncio.get_running_loop().time() + self.timeout
        deadline = own if deadline is None else min(own, deadline)
        limit = max_tokens or self.max_tokens
        parameters = {
            "model": self.name,
            "messages": [dict(message) for message in messages],
            "max_tokens": limit,
            "temperature": self.temperature,
            "seed": self.seed,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if schema is not None:
            parameters["response_format"] = {"type": "json_schema", "json_schema": dict(schema)}
        parameters = self.dialect.apply(parameters)
        reply = Reply()
        self._begun(reply)
        call = ModelCall(self.name, self.base_url, parameters, messages, reply)
        with listened(call):
            async with opened(self._address, self._api_key, self.timeout) as client:
                chunks = await self._open(client, parameters, deadline)
                async with contextlib.aclosing(chunks):
                    async for piece in self._pieces(chunks, reply, deadline):
                        yield piece
                content_type = chunks.response.headers.get("content-type", "")
            if reply.usage is not None:
                yield reply.usage
            if not reply.chunks and "event-stream" not in content_type:
                raise self._not_an_api(content_type)
            try:
                reply.check(self.name, limit)
            except ModelError as error:
                raise type(error)(tidy(error, self._api_key), hint=error.hint) from None

    def _begun(self, reply: Reply) -> None:
        """Take note of a reply that is about to come, filled in while it does."""

    async def probe(self) -> str:
        """Ask the endpoint whether it serves the model, for a check of the set-up.

        Returns:
            What was found, in words.

        Raises:
            ModelError: as :meth:`stream`, or if the endpoint lists its models and not this one.
        """
        served = await self._served()
        if self.name in served:
            return f"{self.base_url} serves {self.name}"
        if served:
            shown = tidy(", ".join(sorted(served)))
            raise ModelError(
                f"{self.base_url} does not list the model {self.name!r}; it lists {shown}",
                hint="Set DOSSIER_MODEL to one of the listed names.",
            )
        # Without a list of models, the smallest possible call tells as much.
        brief = ChatModel(
            self.name,
            base_url=self._address,
            api_key=self._api_key,
            timeout=min(self.timeout, PROBE_SECONDS),
            max_tokens=1,
            seed=self.seed,
            pause=self._pause,
            dialect=self.dialect,
        )
        with contextlib.suppress(ModelIncomplete):  # a reply of one token is a cut one
            async for _ in brief.stream([{"role": "user", "content": "Say yes."}]):
                pass
        return f"{self.base_url} answers as {self.name}"

    async def _served(self) -> list[str]:
        """Return the names of the models that the endpoint lists; empty if it has no list."""
        deadline = asyncio.get_running_loop().time() + min(self.timeout, PROBE_SECONDS)
        async with opened(self._address, self._api_key, self.timeout) as client:
            from openai import APIStatusError

            with self._translated():
                try:
                    page = await self._within(deadline, client.models.list())
                except APIStatusError as error:
                    if error.status_code not in (404, 405, 501):
                        raise
                    return []
        listed = getattr(page, "data", None)
        if not isinstance(listed, list):
            raise self._not_an_api("")
        return [name for item in listed if isinstance(name := getattr(item, "id", None), str)]

    async def _open(self, client: AsyncOpenAI, parameters: dict[str, Any], deadline: float) -> Any:
        """Send the call until the endpoint starts to answer, within the deadline."""
        from openai import APIConnectionError, APIStatusError, AsyncStream

        attempt = 0
        while True:
            asked = None
            with self._translated():
                try:
                    # Chunks as plain data: to make the client's objects of them takes longer than
                    # all else that is done with a token.
                    opening = client.post(
                        "/chat/completions",
                        body=parameters,
                        cast_to=object,
                        stream=True,
                        stream_cls=AsyncStream[object],
                    )
                    return await self._within(deadline, opening)
                except APIStatusError as error:
                    rejection = self._rejection(error)
                    if self.dialect.adapt(parameters, rejection.complaint):
                        continue
                    if "response_format" in parameters and rejection.may_be_of_form:
                        refusal = rejection.error(self.base_url, self.name)
                        raise FormRefused(str(refusal)) from error
                    asked = rejection.retry_after(datetime.now(UTC))
                    if not (rejection.is_passing and self._can_wait(attempt, asked, deadline)):
                        raise
                except APIConnectionError:
                    if not self._can_wait(attempt, None, deadline):
                        raise
            await asyncio.sleep(self._wait(attempt, asked))
            attempt += 1

    def _wait(self, attempt: int, asked: float | None) -> float:
        return self._pause * 2**attempt if asked is None else asked

    def _can_wait(self, attempt: int, asked: float | None, deadline: float) -> bool:
        """Return whether there is another attempt to make and time left for it.

        Raises:
            ModelBusy: if the endpoint asks to wait beyond the deadline.
        """
        if attempt >= RETRIES:
            return False
        if asyncio.get_running_loop().time() + self._wait(attempt, asked) < deadline:
            return True
        if asked is None:
            return False
        raise ModelBusy(
            f"{self.base_url} asks to wait {asked:.0f} s, longer than a call may take "
            f"({self.timeout:g} s)"
        )

    async def _pieces(self, chunks: Any, reply: Reply, deadline: float) -> AsyncIterator[str]:
        """Yield the text of the chunks and note in ``reply`` how they ended."""
        while True:
            try:
                text = reply.note(await self._within(deadline, anext(chunks)))
            except StopAsyncIteration:
                return
            except Exception as error:
                if reply.finish is not None:  # the text is whole: only the token counts are lost
                    return
                raise self._interrupted(error, reply) from error
            if reply.finish is not None:
                deadline = min(deadline, asyncio.get_running_loop().time() + GRACE_SECONDS)
            if text:
                yield text

    def _interrupted(self, error: Exception, reply: Reply) -> Exception:
        """Return our error for one that broke a stream."""
        from openai import APIConnectionError, APIError

        if isinstance(error, APIConnectionError):
            return ModelIncomplete(f"the connection to {self.base_url} was lost")
        if isinstance(error, APIError):
            kind = ModelIncomplete if reply.text else ModelError
            return kind(
                f"{self.base_url} stopped with an error: {tidy(error.message, self._api_key)}"
            )
        if isinstance(error, ValueError | TypeError):  # what came does not parse
            return self._not_an_api("")
        return error

    async def _within(self, deadline: float, awaitable: Awaitable[T]) -> T:
        """Await within the deadline.

        Raises:
            ModelTimeout: if it passes first.
        """
        from openai import APITimeoutError

        try:
            async with asyncio.timeout_at(deadline):
                return await awaitable
        except (TimeoutError, APITimeoutError) as error:
            # The client calls every failed connection one that timed out.
            if isinstance(error, APITimeoutError) and asyncio.get_running_loop().time() < deadline:
                raise
            raise ModelTimeout(f"{self.name} did not finish within {self.timeout:g} s") from error

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn the client's errors before the first chunk into ours."""
        from openai import APIConnectionError, APIError, APIStatusError

        try:
            yield
        except APIStatusError as error:
            raise self._rejection(error).error(self.base_url, self.name) from error
        except APIConnectionError as error:
            raise ModelUnreachable(f"no connection to {self.base_url}: {_cause(error)}") from error
        except (APIError, ValueError, TypeError, AttributeError) as error:  # no such body
            raise self._not_an_api("") from error

    def _not_an_api(self, content_type: str) -> ModelError:
        got = f" but {content_type.partition(';')[0]}" if content_type else ""
        return ModelError(f"{self.base_url} did not send a chat reply{got}", hint=NOT_AN_API)

    def _rejection(self, error: APIStatusError) -> Rejection:
        return Rejection(error.status_code, error.response.headers, error.body, self._api_key)


def _cause(error: BaseException) -> str:
    """Return the innermost reason of a failed connection, such as ``Connection refused``."""
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
    return tidy(error) or type(error).__name__
