"""Checking: what can be wrong with cases, each kind of fault looked for on its own."""
