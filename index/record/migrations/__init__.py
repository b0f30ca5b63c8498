"""Migrations of the record, run by alembic when a data directory is opened."""
