"""The errors that only exist here; they hang in the tree of ``index.errors``."""

from __future__ import annotations

from index.errors import DossierError, InputError


class McpUnavailable(DossierError):
    """The package that speaks the protocol is not installed."""

    code = "mcp_unavailable"
    hint = "Install it with `pip install 'mcp>=2.3,<3'`; Dossier's own installation brings it."


class InvalidArguments(InputError):
    """Arguments that do not fit the schema of a tool."""

    code = "invalid_arguments"
    hint = "Correct what is named; the schema of the tool describes its arguments."


class InvalidPlace(InputError):
    """A place that the text of a document does not have."""

    code = "invalid_place"
    hint = "Give 0 <= start <= end <= the document's characters, as citations and hits have them."
