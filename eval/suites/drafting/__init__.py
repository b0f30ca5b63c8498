"""Drafting: cases proposed from the sentences of a dossier, for a person to confirm."""
