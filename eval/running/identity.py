"""Identity: what made a run, so that two runs can be told apart by it."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from pydantic import SecretStr

from eval.running.results import CorpusIdentity
from qa.chat import prompt
from qa.models import OutputForm

if TYPE_CHECKING:
    from index.corpus import Corpus
    from qa.settings import Settings

_PRIVATE = {"data", "host", "port"}


def corpus_identity(corpus: Corpus) -> CorpusIdentity:
    """Return which documents ``corpus`` holds; the same wherever they were ingested. Blocks."""
    documents = corpus.documents()
    lines = sorted(
        repr((d.name, d.sha256, d.metadata.title, d.metadata.outlet, d.metadata.published_at))
        for d in documents
    )
    return CorpusIdentity(fingerprint=digest(*lines), documents=len(documents))


def document_identity(corpus: Corpus) -> str:
    """Return a hash over identifiers and versions too, which citations refer to. Blocks."""
    lines = (repr((d.id, d.version, d.sha256)) for d in corpus.documents())
    return digest(corpus.embedder.identity, *sorted(lines))


def public_settings(settings: Settings) -> dict[str, object]:
    """Return the settings that bear on answers, without anything secret."""
    secret = {name for name, value in settings if isinstance(value, SecretStr)}
    public = settings.model_dump(mode="json", exclude=secret | _PRIVATE)
    return {
        name: _without_login(value) if name.endswith("_url") else value
        for name, value in public.items()
    }


def prompt_identity() -> dict[str, str]:
    """Return the SHA-256 of the answer prompt without evidence, by the form that it asks for."""
    forms: tuple[OutputForm, ...] = ("plain", "structured")
    built = {form: prompt.build("", (), budget=1, form=form).messages for form in forms}
    return {form: digest(*(m["content"] for m in messages)) for form, messages in built.items()}


@cache
def code_version() -> str:
    """Return the installed version and a short hash over the source of the three packages.

    Computed once: what is edited on disk afterwards is not what this process runs.
    """
    content = hashlib.sha256()
    for package in ("index", "qa", "eval"):
        root = Path(str(resources.files(package)))
        for file in sorted(root.rglob("*.py")):
            content.update(file.relative_to(root).as_posix().encode())
            content.update(file.read_bytes())
    try:
        version = metadata.version("dossier-qa")
    except metadata.PackageNotFoundError:
        version = "0"
    return f"{version}+{content.hexdigest()[:12]}"


def digest(*lines: str) -> str:
    """Return the SHA-256 of ``lines``, in hexadecimal."""
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def _without_login(url: object) -> str:
    parts = urlsplit(str(url))
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=""))
