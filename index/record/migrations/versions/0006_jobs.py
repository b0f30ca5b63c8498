"""Uploads that wait to be taken in, and what became of each of their documents."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("number", sa.Integer, nullable=False, unique=True),
        sa.Column("caller", sa.String(40), nullable=False),
        sa.Column("collection", sa.Text, nullable=False),
        sa.Column("alone", sa.Boolean, nullable=False),
        sa.Column("request", sa.String(80)),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("started_at", sa.DateTime),
        sa.Column("finished_at", sa.DateTime),
        sa.Column("problem", sa.JSON),
    )
    op.create_index("jobs_status", "jobs", ["status", "number"])
    op.create_table(
        "job_documents",
        sa.Column(
            "job", sa.String(40), sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("action", sa.String(6), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("given", sa.JSON, nullable=False),
        sa.Column("media_type", sa.Text),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("place", sa.Text),
        sa.Column("outcome", sa.String(10)),
        sa.Column("document_id", sa.String(40)),
        sa.Column("version", sa.Integer),
        sa.Column("passages", sa.Integer),
        sa.Column("problem", sa.JSON),
    )
