"""Requests that may be sent again: a key of the client's makes the second one the first."""
