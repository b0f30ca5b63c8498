"""``dossier mcp``: the server of the Model Context Protocol."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import click

from api.cli import options

if TYPE_CHECKING:
    from qa.settings import Settings

PORT = 8011


@click.command()
@click.option(
    "--http", is_flag=True, help="Serve streamable HTTP on 127.0.0.1, not stdin and stdout."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    help="Port for --http; 0 takes a free one.",
)
@click.option(
    "--log-level",
    type=click.Choice(["critical", "error", "warning", "info", "debug"]),
    default="warning",
    show_default=True,
    help="How much to log, to stderr.",
)
@options.data
def mcp(http: bool, port: int, log_level: str) -> None:
    """Serve search, answers and sources to programs over MCP.

    It reads only, also beside `dossier serve`, and records the questions asked. Whoever starts it
    on stdin and stdout may read everything; over HTTP, keys count as for `dossier serve`.
    """
    transports = _transports()
    settings = options.settings(**({"host": transports.HOST, "port": port} if http else {}))
    if http:
        _serve_http(settings, log_level)
        return
    import logging.config

    import anyio

    from api.telemetry.log_config import log_config

    logging.config.dictConfig(log_config(log_level, "plain"))
    with options.service(settings, write=False) as service:
        anyio.run(transports.serve_stdio, service)


def _transports() -> Any:
    """Return what speaks the protocol.

    Raises:
        McpUnavailable: if the package for it is not installed.
    """
    from api.mcp.errors import McpUnavailable

    try:
        from api.mcp import transports
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"mcp", "mcp_types"}:
            raise
        raise McpUnavailable("the package mcp is not installed") from error
    return transports


def _serve_http(settings: Settings, log_level: str) -> None:
    """Serve HTTP until Ctrl-C; the address is printed once it listens."""
    import uvicorn

    from api.cli.serve import address_of, ending_in_order, listen
    from api.limits import connections
    from api.telemetry.log_config import log_config

    transports = _transports()

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if not self.should_exit:
                click.echo(f"Dossier speaks MCP at {address} (Ctrl-C stops it)")

    with listen(settings) as listener, options.service(settings, write=False) as service:
        address = address_of(listener) + transports.PATH
        config = uvicorn.Config(
            transports.http_app(service),
            log_level=log_level,
            log_config=log_config(log_level, "plain"),
            server_header=False,
            http=connections.protocol(),
            ws="none",
            timeout_graceful_shutdown=10,
        )
        with ending_in_order():
            Server(config).run(sockets=[listener])
