"""Tables of the record. Changes go through a migration in ``index/record/migrations/versions``."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

REVISION = "0006"
"""The migration that these tables correspond to; a test compares it with alembic's head."""

metadata = MetaData()

documents = Table(
    "documents",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("source", Text, nullable=False, unique=True),
    Column("version", Integer, nullable=False),  # the current one
    Column("fingerprint", String(64), nullable=False),  # recognises an unchanged source
    Column("seen", Text),  # the same without reading it; see index.load.stamp
)

versions = Table(
    "versions",
    metadata,
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("title", Text),
    Column("outlet", Text),
    Column("author", Text),
    Column("published_at", Date),
    Column("url", Text),
    Column("language", Text),
    Column("inferred", JSON, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("pages", JSON, nullable=False),
    Column("noise", JSON, nullable=False),
    Column("headings", JSON, nullable=False),
    Column("ingested_at", DateTime, nullable=False),  # UTC
    Column("collection", Text),
    Index("versions_published_at", "published_at"),
    # Tells whose a version is without reading its text; see index.record.belonging.
    Index("versions_belonging", "document_id", "version", "collection"),
)

# Only current versions have passages. Keys are never used twice, so an index that still holds a
# removed passage cannot confuse it with a new one.
passages = Table(
    "passages",
    metadata,
    Column("key", Integer, primary_key=True, autoincrement=True),
    Column("document_id", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("sentences", JSON, nullable=False),  # [[start, end, evidence], ...]
    Column("context", Text, nullable=False),
    Column("content", String(64), nullable=False),  # hash of what is embedded
    ForeignKeyConstraint(
        ["document_id", "version"],
        ["versions.document_id", "versions.version"],
        ondelete="CASCADE",
    ),
    Index("passages_document", "document_id", "version", "number"),
    Index("passages_content", "content"),
    sqlite_autoincrement=True,
)

vectors = Table(
    "vectors",
    metadata,
    Column("embedder", Text, primary_key=True),
    Column("content", String(64), primary_key=True),
    Column("vector", LargeBinary, nullable=False),  # float32, little endian
)

sentences = Table(
    "sentences",
    metadata,
    Column("embedder", Text, primary_key=True),
    Column("content", String(64), primary_key=True),  # of the passage
    Column("cut", String(16), primary_key=True),  # where its sentences lie
    Column("rows", Integer, nullable=False),
    Column("vectors", LargeBinary, nullable=False),  # see index.record.sentences
)

# What the rebuildable indexes follow: each remembers the last change that it applied.
changes = Table(
    "changes",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("action", String(6), nullable=False),  # "add" or "remove"
    Column("first_key", Integer, nullable=False),
    Column("last_key", Integer, nullable=False),
    sqlite_autoincrement=True,
)

# Documents of one story share its name: that of the document which was taken in first.
stories = Table(
    "stories",
    metadata,
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("story", String(40), nullable=False),
    Column("signature", LargeBinary, nullable=False),  # see index.stories.story
    Index("stories_story", "story"),
)

answers = Table(
    "answers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("created_at", DateTime, nullable=False),  # UTC
    Column("body", Text, nullable=False),  # the Answer as JSON
    Column("manifest", Text),  # what it was made from, as JSON; see qa.audit.manifest
    Column("key", String(40)),  # who asked; without it whoever has the data directory
    Index("answers_created_at", "created_at", "id"),
    Index("answers_key", "key", "created_at", "id"),
)

# Documents may change and go; what an answer cited stays as it was.
citations = Table(
    "citations",
    metadata,
    Column("answer_id", ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("document_id", String(40), nullable=False),
    Column("version", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("sha256", String(64)),  # of the cited version's text; a removed document may come back
    Index("citations_document", "document_id"),
)

# Only what a key hashes to is kept; revoked ones stay, so that their answers keep a name.
keys = Table(
    "keys",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("sha256", String(64), nullable=False, unique=True),  # of the secret
    Column("created_at", DateTime, nullable=False),  # UTC
    Column("expires_at", DateTime),  # UTC; from then on it opens nothing
    Column("revoked_at", DateTime),  # UTC
)

grants = Table(
    "grants",
    metadata,
    Column("key", ForeignKey("keys.id", ondelete="CASCADE"), primary_key=True),
    Column("collection", Text, primary_key=True),  # "*" for all
    Column("role", String(5), nullable=False),  # "read", "write" or "admin"
)

# Responses to requests with an Idempotency-Key, to be given again; see index.record.replies.
replies = Table(
    "replies",
    metadata,
    Column("caller", String(40), primary_key=True),  # identifier of a key, or "local"
    Column("key", String(255), primary_key=True),
    Column("request", String(64), nullable=False),  # SHA-256 of what was asked
    Column("status", Integer, nullable=False),
    Column("headers", JSON, nullable=False),  # [[name, value], ...]
    Column("body", LargeBinary, nullable=False),
    Column("kept_at", DateTime, nullable=False),  # UTC
    Index("replies_kept_at", "kept_at"),
)

# Uploads that wait to be taken in; see index.record.jobs.
jobs = Table(
    "jobs",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("number", Integer, nullable=False, unique=True),  # in the order in which they came
    Column("caller", String(40), nullable=False),  # identifier of a key, or "local"
    Column("collection", Text, nullable=False),  # where its documents go
    Column(
        "alone", Boolean, nullable=False
    ),  # whether they are taken in as if it were the only one
    Column("request", String(80)),  # identifier of the request that made it
    Column("status", String(10), nullable=False),
    Column("created_at", DateTime, nullable=False),  # UTC
    Column("started_at", DateTime),
    Column("finished_at", DateTime),
    Column("problem", JSON),  # why it failed: code, message and hint
    Index("jobs_status", "status", "number"),
)

job_documents = Table(
    "job_documents",
    metadata,
    Column("job", ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),  # from 0, in the order in which they were sent
    Column("action", String(6), nullable=False),  # "add" or "remove"
    Column("source", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("given", JSON, nullable=False),  # metadata
    Column("media_type", Text),
    Column("size", Integer, nullable=False),
    Column("place", Text),  # a path or an address; without one the bytes are staged
    Column("outcome", String(10)),  # what became of it; without one it waits
    Column("document_id", String(40)),
    Column("version", Integer),
    Column("passages", Integer),
    Column("problem", JSON),
)

facts = Table(
    "facts",
    metadata,
    Column("name", String(40), primary_key=True),  # such as "embedder"
    Column("value", Text, nullable=False),
)
