"""The sample dossier that comes with the package: ten short texts and the cases on them."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.corpus import Corpus
    from index.load.origins import Origin


def documents_dir() -> Path:
    """Return the folder of the sample documents, with their ``metadata.csv``."""
    return Path(str(resources.files("eval"))) / "sample" / "documents"


def cases_path() -> Path:
    """Return the file of the sample cases."""
    return Path(str(resources.files("eval"))) / "sample" / "cases.jsonl"


def sample_origins() -> list[Origin]:
    """Return the sample documents, not yet read."""
    from index.load.origins import Origin, find
    from index.models import Metadata

    return [found for found in find([documents_dir()], Metadata()) if isinstance(found, Origin)]


def ingest_sample(corpus: Corpus, *, limit: int = 1_000_000) -> None:
    """Put the sample documents into ``corpus``; those that are there unchanged cost nothing.

    Args:
        corpus: a corpus that is open for writing.
        limit: largest document that is accepted, in bytes.

    Raises:
        DossierError: if one of them cannot be ingested.
    """
    from index.intake.ingest import Rejected

    for event in corpus.ingest(sample_origins(), limit=limit):
        if isinstance(event, Rejected):
            raise event.error
