"""``dossier serve``: the HTTP service."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from api.cli import exits, options, process
from api.cli.leaving import Leaving

if TYPE_CHECKING:
    from types import FrameType

    from api.draining import Draining
    from api.telemetry.log_config import LogFormat
    from qa.settings import Settings

STUCK_SECONDS = 10.0
"""Seconds after the time of grace that threads may take to end."""


@click.command()
@click.option("--host", help="Address to listen on (also: DOSSIER_HOST).")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 takes a free one (also: DOSSIER_PORT).",
)
@click.option(
    "--log-level",
    type=click.Choice(["critical", "error", "warning", "info", "debug"]),
    default="info",
    show_default=True,
    help="How much to log, to stderr.",
)
@click.option(
    "--log-format",
    type=click.Choice(["plain", "json"]),
    default="plain",
    show_default=True,
    help="Lines for people, or one JSON object a line.",
)
@options.data
def serve(host: str | None, port: int | None, log_level: str, log_format: LogFormat) -> None:
    """Serve the HTTP interface until Ctrl-C.

    While there are no keys, whoever is on this machine may do everything, and only an address that
    other machines do not reach can be listened on. From the first key on (`dossier keys create`)
    every request needs one, and any address will do.

    One process owns a data directory. The address is printed once it listens; /openapi.json there
    describes the routes.
    """
    settings = options.settings(host=host, port=port)
    process.set_up()
    _refuse_remote(settings)
    with (
        Leaving() as leaving,
        listen(settings) as listener,
        options.service(settings, write=True, in_background=True) as service,
    ):
        import uvicorn

        from api.app import create_app
        from api.limits import connections
        from api.telemetry.log_config import log_config

        app = create_app(service, settings)
        process.loaded()
        config = uvicorn.Config(
            app,
            log_level=log_level,
            log_config=log_config(log_level, log_format),
            server_header=False,
            http=connections.protocol(),
            ws="none",
            timeout_graceful_shutdown=1,  # for what is left after the time of grace
        )
        end = app.state.context.draining, settings.shutdown_seconds, leaving
        with ending_in_order():
            _server(config, address_of(listener), *end).run(sockets=[listener])


def address_of(listener: socket.socket) -> str:
    """Return the URL under which a listening socket is reached from this machine."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # told, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _refuse_remote(settings: Settings) -> None:
    """Refuse to be reached by other machines without keys; see :mod:`api.access.gate` as well."""
    from api.guard import is_loopback
    from qa.errors import InvalidSetting

    if is_loopback(settings.host):
        return
    with options.service(settings, write=False) as service:
        if not service.corpus.catalog.keys.any():
            raise InvalidSetting(
                f"{settings.host!r} can be reached from other machines and there are no keys",
                hint="Make one with `dossier keys create`, or listen on 127.0.0.1.",
            )
    click.echo(
        "warning: keys and documents travel as they are: put a proxy that does TLS in front",
        err=True,
    )


def listen(settings: Settings) -> socket.socket:
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


def _server(config: Any, address: str, draining: Draining, grace: float, leaving: Leaving) -> Any:
    """Return a server that prints its address once it listens, and ends in good order.

    Args:
        config: that of uvicorn.
        address: what to print.
        draining: is told of the end.
        grace: seconds that requests under way may take from then on.
        leaving: ends the process where threads do not end.
    """
    import uvicorn

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            draining.begun = True
            super().handle_exit(sig, frame)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            await draining.complete(grace, lambda: self.force_exit)
            interrupted = signal.SIGINT in self._captured_signals
            leaving.begin(STUCK_SECONDS, exits.INTERRUPTED if interrupted else exits.OK)
            await super().shutdown(sockets)

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if not self.should_exit:
                click.echo(f"Dossier listens on {address} (Ctrl-C stops it)")

    return Server(config)


@contextmanager
def ending_in_order() -> Iterator[None]:
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
