"""Uploads as jobs: accepted at once, taken in one after the other, told about when asked."""
