"""The searches that a question needs, and their results put together."""
