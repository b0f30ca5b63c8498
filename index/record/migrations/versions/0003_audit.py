"""What answers were made from (their manifest), and what they cite; how files looked when read."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

AT_A_TIME = 200
"""Answers read at once: one may be long, and there may be very many."""

# Only where the words are in that version: a document that was removed may have come back as another.
HASH = sa.text(
    "select sha256 from versions where document_id = :document_id and version = :version"
    " and substr(text, :start + 1, :end - :start) = :quote"
)


def upgrade() -> None:
    op.add_column("documents", sa.Column("seen", sa.Text))
    op.add_column("answers", sa.Column("manifest", sa.Text))
    op.create_index("answers_created_at", "answers", ["created_at", "id"])
    citations = op.create_table(
        "citations",
        sa.Column(
            "answer_id",
            sa.String(40),
            sa.ForeignKey("answers.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("document_id", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64)),
    )
    op.create_index("citations_document", "citations", ["document_id"])
    _fill(citations)


def _fill(citations: sa.Table) -> None:
    """Note what the answers recorded so far cite."""
    connection = op.get_bind()
    query = sa.text("select id, body from answers where id > :after order by id limit :most")
    after = ""
    while True:
        answers = connection.execute(query, {"after": after, "most": AT_A_TIME}).all()
        if not answers:
            return
        after = answers[-1].id
        rows = [row for answer in answers for row in _rows(answer.id, answer.body)]
        for row in rows:
            row["sha256"] = connection.scalar(HASH, row)
            del row["quote"]
        if rows:
            connection.execute(citations.insert().prefix_with("or ignore"), rows)


def _rows(answer_id: str, body: str) -> list[dict[str, object]]:
    """Return what an answer cites; one that cannot be read must not keep the record shut."""
    names = ("number", "document_id", "version", "start", "end", "quote")
    try:
        cited = json.loads(body)["citations"]
        return [{"answer_id": answer_id, **{name: one[name] for name in names}} for one in cited]
    except (ValueError, KeyError, TypeError):
        return []
