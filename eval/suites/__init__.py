"""Suites: where cases come from, and the documents that they are about."""
