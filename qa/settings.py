"""Every setting of Dossier in one place, read from ``DOSSIER_*`` and ``.env``.

Built by the entry points (command line, server) and handed down; nothing below reads the
environment.
"""

from __future__ import annotations

import os
import textwrap
from pathlib import Path
from typing import Literal

from dotenv import dotenv_values
from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from qa.errors import InvalidSetting

PREFIX = "DOSSIER_"
ENV_FILE = ".env"
OTHER_VARIABLES = frozenset({"DOSSIER_DEBUG"})
"""Variables of the command line itself, which are no settings."""


class Settings(BaseSettings):
    """Settings; each field is the variable ``DOSSIER_<FIELD>`` in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="DOSSIER_",
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        # A .env file may serve other programs too; load_settings refuses what looks like ours.
        extra="ignore",
        env_ignore_empty=True,
        frozen=True,
        use_attribute_docstrings=True,
    )

    data: Path = Field(default_factory=lambda: user_data_path("dossier", appauthor=False))
    """Directory that holds the record and its indexes."""
    host: str = "127.0.0.1"
    """Address that `dossier serve` listens on."""
    port: int = Field(8010, ge=0, le=65535)
    """Port that `dossier serve` listens on; 0 takes a free one."""

    answerer: Literal["auto", "embedded", "model"] = "auto"
    """Who answers: `embedded` needs no model, `model` calls the endpoint; `auto` is `model` once
    DOSSIER_MODEL is set."""
    model: str = ""
    """Name of the model at the endpoint."""
    model_base_url: str = ""
    """Base URL of an OpenAI-compatible endpoint, such as http://127.0.0.1:8080/v1; empty means the
    vendor's own."""
    model_api_key: SecretStr = SecretStr("")
    """Key for the endpoint; local endpoints mostly need none."""
    model_timeout: float = Field(60.0, gt=0)
    """Seconds after which a model call is given up, retries included."""
    model_max_tokens: int = Field(800, ge=16)
    """Most tokens that the model may write for one answer."""
    model_context_tokens: int = Field(6000, ge=500)
    """Most tokens of evidence that are sent to the model."""
    model_seed: int = 7
    """Seed sent with each call, for endpoints that honour it."""
    model_output: Literal["auto", "plain", "structured"] = "auto"
    """How the model writes its statements: `structured` asks the endpoint to hold it to a JSON
    schema, `plain` asks for lines with numbers in brackets; `auto` tries the schema and falls back
    to lines where the endpoint refuses or ignores it."""
    repair: Literal["cut", "ask", "off"] = "cut"
    """What is tried, once, with a model's statement that its citations do not fully bear out: `cut`
    shortens it to what they do, `ask` has the model write such statements anew in one more call;
    both first look for the sentence that does bear it out. `off` leaves what the model wrote and
    cited, so that the model itself can be measured."""
    unsupported: Literal["mark", "drop", "refuse"] = "mark"
    """What becomes of a statement that is unsupported all the same: `mark` shows it with the
    reason, `drop` leaves it out and says so, `refuse` gives no answer at all."""
    rewrite_with_model: bool = False
    """Whether the model makes follow-up questions readable alone, at the cost of one more call for
    each; it sees the questions of the conversation only. The rules do it otherwise."""
    plan_with_model: bool = False
    """Whether the model also writes the sub-questions that are searched for, at the cost of one
    more call for each question; it sees the question only. The rules do it otherwise."""

    embedder: Literal["embedded", "endpoint"] = "embedded"
    """Who embeds: `embedded` is the built-in model, `endpoint` calls an OpenAI-compatible one."""
    embedding_model: str = ""
    """Name of the embedding model at the endpoint."""
    embedding_base_url: str = ""
    """Base URL of the embeddings endpoint; empty means the vendor's own."""
    embedding_api_key: SecretStr = SecretStr("")
    """Key for the embeddings endpoint."""
    embedding_dimensions: int = Field(0, ge=0, le=65_536)
    """Length of vector to ask the endpoint for, where its model can shorten them; 0 leaves it to
    the model."""
    embedding_query_prefix: str = Field("", max_length=1_000)
    """Words that the model wants before a question, such as `query: ` for E5; their white space
    counts, so quote them in .env."""
    embedding_passage_prefix: str = Field("", max_length=1_000)
    """Words that the model wants before a passage, such as `passage: ` for E5."""
    embedding_max_tokens: int = Field(8191, ge=32)
    """Longest text that the endpoint takes, in tokens of cl100k_base; a longer one is cut there.
    Set it a quarter below the limit of a model that counts word pieces."""
    embedding_timeout: float = Field(120.0, gt=0)
    """Seconds after which a request for vectors is given up, retries included."""
    embedding_threads: int = Field(2, ge=1, le=64)
    """Threads that the built-in embedding model, a cross-encoder or an entailment model may use."""

    reranker: str = ""
    """A cross-encoder that orders the best passages anew: a folder with model.onnx, tokenizer.json
    and config.json, or a name on the hub such as owner/name@revision; empty uses the built-in
    ranking."""
    reranker_file: str = ""
    """The ONNX file to use of it, such as onnx/model_quantized.onnx; empty means model.onnx or
    onnx/model.onnx."""
    reranker_candidates: int = Field(30, ge=1, le=200)
    """Passages that the cross-encoder reads for each question."""

    entailment: str = ""
    """A classifier for natural language inference that is asked whether a statement follows from
    the words it cites: a folder with model.onnx, tokenizer.json and config.json, or a name on the
    hub such as owner/name@revision; empty leaves it to the rules."""
    entailment_file: str = ""
    """The ONNX file to use of it, such as onnx/model_quantized.onnx; empty means model.onnx or
    onnx/model.onnx."""

    search_with: Literal["both", "keywords", "vectors"] = "both"
    """What finds passages: words in common with the question, nearness in meaning, or both; one
    alone is for measuring what the other brings."""
    passage_tokens: int = Field(200, ge=40, le=480)
    """Length of a passage in tokens; sentences are never cut unless one alone is longer."""
    top_passages: int = Field(8, ge=1, le=50)
    """Passages that are handed to the answerer."""
    max_statements: int = Field(4, ge=1, le=20)
    """Most sentences that the embedded answerer puts into one answer."""

    max_document_bytes: int = Field(50_000_000, ge=1_000)
    """Largest document that is accepted, in bytes; also the most that an archive may unpack to."""
    read_memory: int = Field(1_000_000_000, ge=100_000_000)
    """Bytes of memory that reading one document may take, in a process of its own."""
    read_timeout: float = Field(180.0, ge=1)
    """Seconds of processor time that reading one document may take."""
    max_jobs: int = Field(100, ge=1, le=100_000)
    """Uploads that may wait as jobs of `dossier serve`, that which is worked on included; whoever
    sends more is told to come back (503)."""
    jobs_from_bytes: int = Field(0, ge=0)
    """Uploads of so many bytes or more become jobs even where the client does not ask for it; 0
    leaves it to the client."""
    allow_url_ingest: bool = False
    """Whether `dossier serve` fetches addresses that clients send it, and `dossier watch` those
    that feeds name. Addresses that are not public are never fetched."""
    max_question_chars: int = Field(4_000, ge=10)
    """Longest question that is accepted, in characters."""

    remembered_answers: int = Field(128, ge=0, le=100_000)
    """Answers of the built-in answerer that are kept in memory, to be given again at once to the
    same question while no document has changed; each is recorded anew. 0 keeps none."""
    max_concurrent_answers: int = Field(64, ge=1, le=10_000)
    """Answers that `dossier serve` makes at once; as many questions may wait a short while, and
    whoever comes beyond that is told to come back (503)."""
    key_requests_per_minute: int = Field(0, ge=0)
    """Requests that one key may send within a minute (429 beyond that); 0 sets no limit."""
    key_concurrency: int = Field(0, ge=0)
    """Requests of one key that may be under way at once (429 beyond that); 0 sets no limit."""

    resume_seconds: float = Field(30.0, ge=0, le=3_600)
    """Seconds that a resumable stream of an answer goes on after its client has gone, and that its
    events are kept for a client that comes back."""

    shutdown_seconds: float = Field(10.0, ge=0, le=3_600)
    """Seconds that requests under way may take to their end once the server is told to stop; what
    is left then is ended, with a last event or a 503. Whatever stops the server must wait
    fifteen seconds longer before it kills it."""

    otel_endpoint: str = ""
    """Base address of a collector that takes OpenTelemetry traces over OTLP/HTTP, such as
    http://127.0.0.1:4318; empty makes none. Needs the extra `otel`."""
    otel_words: bool = False
    """Whether questions, prompts and replies, which hold words of documents, are part of the
    traces."""

    @field_validator("data")
    @classmethod
    def _expand(cls, value: Path) -> Path:
        return value.expanduser()


def load_settings(**overrides: object) -> Settings:
    """Return the settings of this process; ``overrides`` (not ``None``) win over the environment.

    Raises:
        InvalidSetting: if a variable, a line of ``.env`` or an override does not fit, or a
            variable starts with ``DOSSIER_`` and is no setting.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    known = {PREFIX + name.upper() for name in Settings.model_fields} | OTHER_VARIABLES
    for variable in (*os.environ, *dotenv_values(ENV_FILE)):
        if variable.upper().startswith(PREFIX) and variable.upper() not in known:
            raise InvalidSetting(f"{variable} is not a setting")
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        variable = PREFIX + str(first["loc"][0]).upper()
        raise InvalidSetting(f"{variable}: {first['msg'].lower()}") from error


def example() -> str:
    """Return the text of ``.env.example``: every setting with its meaning and default."""
    lines = [
        "# Every setting of Dossier. Copy this file to .env, or set the variables in the",
        "# environment, which win. Made by `make docs` from qa/settings.py.",
    ]
    for name, field in Settings.model_fields.items():
        words = " ".join((field.description or "").split())
        lines += ["", *textwrap.wrap(words, 98, initial_indent="# ", subsequent_indent="# ")]
        default = field.get_default()
        if isinstance(default, SecretStr):
            default = default.get_secret_value()
        shown = "" if field.default_factory else default
        lines.append(f"# {PREFIX}{name.upper()}={shown}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(example(), end="")  # noqa: T201
