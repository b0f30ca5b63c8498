"""``dossier serve``: the HTTP service."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from api.cli import exits, options

if TYPE_CHECKING:
    from qa.settings import Settings


@click.command()
@click.option("--host", help="Address to listen on (also: DOSSIER_HOST).")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 takes a free one (also: DOSSIER_PORT).",
)
@click.option(
    "--allow-remote",
    is_flag=True,
    help="Allow an address that other machines reach. Whoever reaches it can read and change "
    "everything: put a proxy that checks who calls in front.",
)
@click.option(
    "--log-level",
    type=click.Choice(["critical", "error", "warning", "info", "debug"]),
    default="info",
    show_default=True,
    help="How much to log, to stderr.",
)
@options.data
def serve(host: str | None, port: int | None, allow_remote: bool, log_level: str) -> None:
    """Serve the HTTP interface until Ctrl-C.

    One process owns a data directory. The address is printed once it listens; /openapi.json there
    describes the routes.
    """
    settings = options.settings(host=host, port=port)
    _refuse_remote(settings, allow_remote)
    with _listen(settings) as listener, options.service(settings, write=True) as service:
        import uvicorn

        from api.app import create_app

        config = uvicorn.Config(
            create_app(service, settings),
            log_level=log_level,
            log_config=_logging(),
            server_header=False,
            timeout_graceful_shutdown=10,
        )
        with _ending_in_order():
            _announcing(config, address_of(listener)).run(sockets=[listener])


def address_of(listener: socket.socket) -> str:
    """Return the URL under which a listening socket is reached from this machine."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # told, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _refuse_remote(settings: Settings, allow_remote: bool) -> None:
    """There are no keys yet: only this machine may call, unless someone says otherwise."""
    from api.guard import is_loopback
    from qa.errors import InvalidSetting

    if is_loopback(settings.host):
        return
    if not allow_remote:
        raise InvalidSetting(
            f"{settings.host!r} can be reached from other machines and the service asks no key",
            hint="Listen on 127.0.0.1, or behind a proxy that checks who calls add --allow-remote.",
        )
    click.echo(f"warning: whoever reaches {settings.host} can read and change everything", err=True)


def _listen(settings: Settings) -> socket.socket:
    """Bind the address before anything is opened, so that a taken port is told at once."""
    from index.errors import DossierError

    try:
        family, *_, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as error:
        raise DossierError(
            f"cannot listen on {settings.host} port {settings.port}: {error.strerror}",
            hint="Take another --port (0 finds a free one) or --host, or stop what listens there.",
        ) from error


def _logging() -> dict[str, Any]:
    """Return uvicorn's logging with every line on stderr: stdout holds the address alone."""
    from copy import deepcopy

    from uvicorn.config import LOGGING_CONFIG

    logging = deepcopy(LOGGING_CONFIG)
    logging["handlers"]["access"]["stream"] = "ext://sys.stderr"
    return logging


def _announcing(config: Any, address: str) -> Any:
    """Return a server that prints its address once it listens."""
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if not self.should_exit:
                click.echo(f"Dossier listens on {address} (Ctrl-C stops it)")

    return Server(config)


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Turn SIGTERM into an ordinary end.

    uvicorn finishes what runs and then raises the signal again, which by default would kill the
    process before the data directory is closed.
    """

    def leave(*_: object) -> None:
        sys.exit(exits.OK)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
