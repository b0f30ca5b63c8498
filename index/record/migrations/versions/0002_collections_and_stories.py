"""Collections of documents, stories (which documents tell the same one), vectors of sentences."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("versions", sa.Column("collection", sa.Text))
    op.create_table(
        "stories",
        sa.Column(
            "document_id",
            sa.String(40),
            sa.ForeignKey("documents.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("story", sa.String(40), nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
    )
    op.create_index("stories_story", "stories", ["story"])
    op.create_table(
        "sentences",
        sa.Column("embedder", sa.Text, primary_key=True),
        sa.Column("content", sa.String(64), primary_key=True),
        sa.Column("cut", sa.String(16), primary_key=True),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("vectors", sa.LargeBinary, nullable=False),
    )
