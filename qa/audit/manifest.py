"""Manifest: what an answer was made from, recorded with it so that it can be checked and repeated.

It names places and not words: documents by version, passages and sentences by their offsets. The
texts are in the record already, and old versions stay there. A model's replies are kept as they
came; see :mod:`qa.chat.calls`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from pydantic import Field, SecretStr

from index.refusals import without_credentials
from qa.chat.calls import RecordedCall
from qa.models import Answer
from qa.question import AnswererName, Contract, Question

if TYPE_CHECKING:
    from index.corpus import Corpus
    from index.models import Document, Hit, Passage
    from qa.assembly import Assembly
    from qa.compose import EvidenceSentence
    from qa.search.searching import Found
    from qa.settings import Settings

MOST = 500
"""Passages and sentences that are named at most; far more than an answer is made from."""

Value = str | int | float | bool | None
"""The value of a setting."""

WITHOUT_EFFECT = frozenset(
    {"data", "host", "port", "embedding_threads", "max_document_bytes", "max_question_chars"}
    | {"max_concurrent_answers", "key_requests_per_minute", "key_concurrency"}
    | {"remembered_answers"}
    | {"otel_endpoint", "otel_words", "resume_seconds"}
    | {"model_timeout", "embedding_timeout", "embedding_max_tokens", "passage_tokens"}
)
"""Settings that shape no answer: where things are, limits of what is taken in, and how passages
were made, which the passages themselves tell. Keys are left out by their type."""


class SeenDocument(Contract):
    """A document version that was considered."""

    id: str
    """The document."""
    version: int
    """Its version then."""
    sha256: str
    """SHA-256 of the version's text in UTF-8, in hexadecimal."""


class SeenPassage(Contract):
    """A passage that was considered."""

    document_id: str
    """The document it stands in."""
    version: int
    """The document's version."""
    number: int
    """Position in the document, from 0."""
    start: int
    """First code point of the passage in the document's text."""
    end: int
    """One past its last code point."""
    sentences: tuple[tuple[int, int, bool], ...] = ()
    """Start and end of its sentences, and whether each may support an answer."""
    context: str = ""
    """Words that were put before it for searching: the title and the heading above."""
    score: float | None = None
    """Score of the search's last stage; ``None`` if it came in beside the passages kept."""
    scores: dict[str, float] = Field(default_factory=dict)
    """Score of each stage."""
    copies: tuple[str, ...] = ()
    """Documents that have the same words as copies of one story."""


class SeenSentence(Contract):
    """A sentence that was offered as evidence, in the order of the list that holds it."""

    document_id: str
    """The document it stands in."""
    version: int
    """The document's version."""
    start: int
    """First code point of the sentence in the document's text."""
    end: int
    """One past its last code point."""
    passage: int
    """Position of its passage in the manifest's list."""
    relevance: float
    """How well it was judged to answer the question."""
    likeness: float = 0.0
    """How near it was in meaning."""
    after: tuple[SeenSentence, ...] = ()
    """Sentences that were to be told before it."""


class Manifest(Contract):
    """What an answer was made from."""

    id: str
    """The answer."""
    question: Question
    """The question as it was asked, with filters, answerer and the conversation before it."""
    standalone: str
    """The question as it was understood."""
    answerer: AnswererName
    """Which answerer made it."""
    model: str | None = None
    """The model's name, where one was asked."""
    calls: tuple[RecordedCall, ...] = ()
    """The calls of the model that wrote it, in order."""
    embedder: str
    """Identity of the embedder."""
    reranker: str | None = None
    """Identity of the cross-encoder, where one is configured."""
    entailment: str | None = None
    """Identity of the entailment model, where one was asked."""
    settings: dict[str, Value]
    """The settings that shape an answer; no keys, and addresses without credentials."""
    settings_sha256: str
    """SHA-256 of these settings as JSON, in hexadecimal."""
    software: str
    """Version of Dossier."""
    last_change: int | None = None
    """How many changes to the documents the record had seen when the search began; not told to who
    may not read all of them."""
    documents: tuple[SeenDocument, ...] = ()
    """The document versions whose passages were considered, in order of identifier."""
    passages: tuple[SeenPassage, ...] = ()
    """The passages considered: those kept by the search, best first, then any others."""
    sentences: tuple[SeenSentence, ...] = ()
    """The sentences offered to the answerer, in the order in which they were."""
    without: tuple[str, ...] = ()
    """What a search was made for and nothing was found that answers."""


def shaping(settings: Settings) -> dict[str, Value]:
    """Return the settings that shape an answer, by name, without anything secret.

    A new setting counts unless it is named in :data:`WITHOUT_EFFECT` or is a key.
    """
    return {
        name: _shown(name, value)
        for name, value in settings
        if name not in WITHOUT_EFFECT and not isinstance(value, SecretStr)
    }


def digest(settings: Mapping[str, Value]) -> str:
    """Return the SHA-256 of settings as JSON with sorted names, in hexadecimal."""
    content = json.dumps(dict(settings), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Recorder:
    """Writes answers into the record, each with its manifest and what it cites."""

    corpus: Corpus
    """Whose record it is."""
    settings: Mapping[str, Value]
    """The settings that shape an answer; see :func:`shaping`."""

    def manifest(
        self, making: Assembly, found: Found, evidence: Sequence[EvidenceSentence]
    ) -> Manifest:
        """Return the manifest of an answer that was made from ``found`` and ``evidence``."""
        seen = _Seen(found.hits[:MOST])
        sentences = tuple(seen.sentence(one) for one in evidence[:MOST])
        composer, reranker = making.composer, self.corpus.reranker
        return Manifest(
            id=making.id,
            question=making.question,
            standalone=making.standalone,
            answerer=composer.name,
            model=composer.model,
            calls=tuple(composer.calls),
            embedder=self.corpus.embedder.identity,
            reranker=reranker.identity if reranker else None,
            entailment=making.entailment.identity if making.entailment else None,
            settings=dict(self.settings),
            settings_sha256=digest(self.settings),
            software=software(),
            last_change=making.last_change,
            documents=seen.documents,
            passages=tuple(seen.passages),
            sentences=sentences,
            without=making.without,
        )

    def save(self, answer: Answer, manifest: Manifest, key: str | None = None) -> None:
        """Record an answer. Blocks.

        Args:
            answer: The answer.
            manifest: What it was made from.
            key: Identifier of the key that asked; ``None`` for whoever has the data directory.

        Raises:
            DataDirectoryUnusable: if the record cannot be written.
        """
        places = {"number", "document_id", "version", "start", "end"}
        self.corpus.catalog.answers.save(
            answer.id,
            answer.model_dump_json(),
            answer.created_at,
            manifest=manifest.model_dump_json(exclude_defaults=True),
            citations=[citation.model_dump(include=places) for citation in answer.citations],
            key=key,
        )


@cache
def software() -> str:
    """Return the version of Dossier."""
    return version("dossier-qa")


class _Seen:
    """The passages and documents of a manifest, each once."""

    def __init__(self, hits: Iterable[Hit]) -> None:
        self.passages: list[SeenPassage] = []
        self._places: dict[str, int] = {}
        self._documents: dict[tuple[str, int], SeenDocument] = {}
        for hit in hits:
            self._add(hit.passage, hit.document, hit)

    @property
    def documents(self) -> tuple[SeenDocument, ...]:
        """The documents, in order of identifier."""
        return tuple(self._documents[key] for key in sorted(self._documents))

    def sentence(self, given: EvidenceSentence) -> SeenSentence:
        """Return a sentence by its place, with those to be told before it."""
        return SeenSentence(
            document_id=given.document.id,
            version=given.document.version,
            start=given.span.start,
            end=given.span.end,
            passage=self._add(given.passage, given.document),
            relevance=float(given.relevance),
            likeness=float(given.likeness),
            after=tuple(self.sentence(one) for one in given.after),
        )

    def _add(self, passage: Passage, document: Document, hit: Hit | None = None) -> int:
        if passage.id in self._places:
            return self._places[passage.id]
        key = (document.id, document.version)
        if key not in self._documents:
            seen = SeenDocument(id=key[0], version=key[1], sha256=document.sha256)
            self._documents[key] = seen
        spans = ((one.span.start, one.span.end, one.evidence) for one in passage.sentences)
        self.passages.append(
            SeenPassage(
                document_id=document.id,
                version=document.version,
                number=passage.number,
                start=passage.span.start,
                end=passage.span.end,
                sentences=tuple(spans),
                context=passage.context,
                score=hit.score if hit else None,
                scores=hit.scores if hit else {},
                copies=hit.copies if hit else (),
            )
        )
        self._places[passage.id] = len(self.passages) - 1
        return self._places[passage.id]


def _shown(name: str, value: Any) -> Value:
    """Return a setting's value; an address without what only its owner should know."""
    if name.endswith("_url") and value:
        return without_credentials(str(value))
    return value if isinstance(value, str | int | float | bool | None) else str(value)
