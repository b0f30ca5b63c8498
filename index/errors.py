"""The errors of the corpus side, and the root of all errors that Dossier raises on purpose.

Each error has a message that names the thing, a stable ``code`` for programs and a ``hint`` that
says what to do. The ways in (command line, HTTP) turn them into exit codes and problem documents.
"""

from __future__ import annotations

from typing import ClassVar


class DossierError(Exception):
    """Anything that went wrong in a way that Dossier foresaw."""

    code: ClassVar[str] = "error"
    """Stable name of the kind of error, for programs."""
    hint: str = "Run `dossier doctor` to check the set-up."
    """What the reader can do about it."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        if hint is not None:
            self.hint = hint


class InputError(DossierError):
    """Something that was given cannot be used."""

    code = "invalid_input"
    hint = "Correct the input and try again."


class UnreadableFile(InputError):
    """A path that does not exist, is not a file or may not be read."""

    code = "unreadable_file"
    hint = "Check the path and its permissions."


class EmptyDocument(InputError):
    """There is no text in what was given."""

    code = "empty_document"
    hint = "Give a document that holds text; a scanned PDF needs text recognition (OCR) first."


class DocumentTooLarge(InputError):
    """A document, or what it unpacks to, exceeds the limit."""

    code = "document_too_large"
    hint = "Split the document, or raise DOSSIER_MAX_DOCUMENT_BYTES."


class UnsupportedFormat(InputError):
    """A kind of file that Dossier cannot read."""

    code = "unsupported_format"
    hint = "Convert it to txt, md, html, pdf, docx or eml."


class EncryptedDocument(InputError):
    """A document that needs a password."""

    code = "encrypted_document"
    hint = "Save a copy without a password and ingest that."


class BrokenDocument(InputError):
    """A document whose format says one thing and whose bytes say another."""

    code = "broken_document"
    hint = "Open it in the program that made it, save it again, and ingest the new copy."


class UndecodableText(InputError):
    """A text whose encoding could not be told."""

    code = "undecodable_text"
    hint = "Save the file as UTF-8 and try again."


class ReaderDied(InputError):
    """The process that read a document ended before it was done, and so did another one."""

    code = "reader_died"
    hint = "It may take more memory than there is; split it, or save it in another format."


class ReaderGaveUp(InputError):
    """Reading a document took more memory or time than a document may."""

    code = "reader_gave_up"
    hint = (
        "Split it or save it in another format; if it is an honest document, raise "
        "DOSSIER_READ_MEMORY or DOSSIER_READ_TIMEOUT."
    )


class InvalidMetadata(InputError):
    """Metadata that does not fit: a bad date, an unknown field, a sidecar that is not JSON."""

    code = "invalid_metadata"
    hint = "Fields are title, outlet, author, published_at (YYYY-MM-DD), url and language."


class InvalidFilter(InputError):
    """A filter that can match nothing by its own terms."""

    code = "invalid_filter"
    hint = "Check the dates, outlets and document ids; `dossier sources` lists what there is."


class FetchFailed(DossierError):
    """A document could not be fetched from its address."""

    code = "fetch_failed"
    hint = "Check the address in a browser, or save the page and ingest the file."


class AddressRefused(FetchFailed):
    """An address that may not be fetched: not on the web, or not for everybody."""

    code = "address_refused"
    hint = "Save the page and ingest the file."


class NotFound(DossierError):
    """An identifier that names nothing in the record."""

    code = "not_found"
    hint = "`dossier sources` lists the documents and their ids."


class StateError(DossierError):
    """The data directory is not in a state that allows this."""

    code = "state_error"


class DataDirectoryInUse(StateError):
    """Another process owns the data directory and only one may write."""

    code = "data_directory_in_use"
    hint = "Wait for it or stop it, or use another directory with --data."


class DataDirectoryTooNew(StateError):
    """The record was written by a newer version of Dossier."""

    code = "data_directory_too_new"
    hint = "Upgrade Dossier, or use another directory with --data."


class DataDirectoryUnusable(StateError):
    """The data directory cannot be created, read or written, or its record is damaged."""

    code = "data_directory_unusable"
    hint = "Check the path and its permissions, or use another directory with --data."


class RecordDamaged(DataDirectoryUnusable):
    """The file of the record holds what SQLite never wrote."""

    code = "record_damaged"
    hint = (
        "Stop Dossier, put the data directory back from a backup, and check it with `dossier "
        "doctor`; docs/operations.md says how, also where there is no backup."
    )


class NoReader(StateError):
    """No process could be started to read a document."""

    code = "no_reader"
    hint = "Try again; if it stays, the system lets Dossier start no processes, or too few."


class DiskFull(StateError):
    """There is no room left where something was to be written; it was not written in part."""

    code = "disk_full"
    hint = "Make room on the disk and try again. What was acknowledged before is safe."


class EmbedderChanged(StateError):
    """The record holds vectors of another embedder than the one configured."""

    code = "embedder_changed"
    hint = "Run `dossier reindex --embed`, or set the embedder back."


class DimensionChanged(EmbedderChanged):
    """The embedder gives vectors of another length than those that the record holds of it."""

    code = "dimension_changed"


class EmbeddingFailed(DossierError):
    """The embedder could not turn text into vectors."""

    code = "embedding_failed"


class WeightsUnusable(EmbeddingFailed):
    """The embedded model's files are missing or are not the ones that were pinned."""

    code = "weights_unusable"
    hint = "Reinstall the locked dependencies (`make install`)."


class PairModelUnusable(DossierError):
    """A model for pairs of texts that cannot be found, loaded or run, or is for another task."""

    code = "pair_model_unusable"
    setting: ClassVar[str] = ""
    """The setting that names the model."""


class RerankerUnusable(PairModelUnusable):
    """A cross-encoder that cannot be found, loaded or run, or that is none."""

    code = "reranker_unusable"
    setting = "DOSSIER_RERANKER"
    hint = (
        "DOSSIER_RERANKER is a folder with model.onnx, tokenizer.json and config.json, or a name "
        "on the hub; empty, the built-in ranking is used."
    )


class TokenizerUnusable(DossierError):
    """The token ranks that lengths are measured with are missing or are not the pinned ones."""

    code = "tokenizer_unusable"
    hint = "Reinstall the locked dependencies (`make install`)."


class EmbeddingEndpointFailed(EmbeddingFailed):
    """The embeddings endpoint could not be reached or answered with something else."""

    code = "embedding_endpoint_failed"
    hint = (
        "Check DOSSIER_EMBEDDING_BASE_URL, DOSSIER_EMBEDDING_API_KEY and DOSSIER_EMBEDDING_MODEL."
    )
