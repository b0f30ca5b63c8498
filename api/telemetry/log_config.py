"""Where log records go and in which form: all to stderr, since stdout holds the address alone."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Literal

from api.telemetry.logs import LOGGER

LogFormat = Literal["plain", "json"]
"""Lines for people, or one JSON object a line."""


def log_config(level: str, form: LogFormat) -> dict[str, Any]:
    """Return the configuration of logging for uvicorn and everything of Dossier.

    Args:
        level: the least severe level that is written, such as ``info``.
        form: how a record is written. In JSON there is one record for each request with its
            figures; for people that is uvicorn's own line.
    """
    from uvicorn.config import LOGGING_CONFIG

    config: dict[str, Any] = deepcopy(LOGGING_CONFIG)
    config["filters"] = {
        "secrets": {"()": "api.access.redaction.WithoutSecrets"},
        "visible": {"()": "api.telemetry.logs.Visible"},
    }
    config["formatters"]["json"] = {"()": "api.telemetry.logs.JsonLines"}
    for handler in config["handlers"].values():
        handler["stream"] = "ext://sys.stderr"
        handler["filters"] = ["secrets", "visible"]
        if form == "json":
            handler["formatter"] = "json"
    here = {"handlers": ["default"], "level": level.upper(), "propagate": False}
    nowhere = {"handlers": [], "level": "CRITICAL", "propagate": False}
    config["loggers"]["dossier"] = here
    config["loggers"][LOGGER] = here if form == "json" else nowhere
    if form == "json":
        config["loggers"]["uvicorn.access"] = nowhere
    return config
