"""Keys, what they are granted, and which of them an answer was given to."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "keys",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False, unique=True),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime),
        sa.Column("revoked_at", sa.DateTime),
    )
    op.create_table(
        "grants",
        sa.Column(
            "key", sa.String(40), sa.ForeignKey("keys.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("collection", sa.Text, primary_key=True),
        sa.Column("role", sa.String(5), nullable=False),
    )
    op.add_column("answers", sa.Column("key", sa.String(40)))
    op.create_index("answers_key", "answers", ["key", "created_at", "id"])
    op.create_index("versions_belonging", "versions", ["document_id", "version", "collection"])
