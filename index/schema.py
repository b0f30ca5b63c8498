"""Tables of the record. Changes go through a migration in ``index/migrations/versions``."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
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

REVISION = "0003"
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
    Column("vectors", LargeBinary, nullable=False),  # see index.sentence_rows
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
    Column("signature", LargeBinary, nullable=False),  # see index.stories
    Index("stories_story", "story"),
)

answers = Table(
    "answers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("created_at", DateTime, nullable=False),  # UTC
    Column("body", Text, nullable=False),  # the Answer as JSON
    Column("manifest", Text),  # what it was made from, as JSON; see qa.audit.manifest
    Index("answers_created_at", "created_at", "id"),
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

facts = Table(
    "facts",
    metadata,
    Column("name", String(40), primary_key=True),  # such as "embedder"
    Column("value", Text, nullable=False),
)
