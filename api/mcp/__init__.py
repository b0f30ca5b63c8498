"""Dossier as a server of the Model Context Protocol: search, ask, open a source, list sources.

Everything is read only but for the record of the questions that were asked. What may be read is
settled by :class:`api.access.library.Library`, as over HTTP.
"""
