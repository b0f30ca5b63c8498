"""Layouts: the forms in which question sets are published, read as suites with documents."""
