"""The two ways to a server of the protocol: standard streams, and HTTP on loopback.

Over HTTP the rules are those of ``dossier serve``: the same guard against pages of other sites, the
same keys, the same limits. No session is kept between requests, so that none can be taken over.
"""

from __future__ import annotations

from mcp.server.stdio import stdio_server
from starlette.types import ASGIApp

from api.access.gate import STATE, Gate
from api.access.library import Library
from api.access.principal import LOCAL, Principal
from api.context import Context
from api.guard import BodyLimit, OriginGuard, RequestIdentity
from api.limits.answering import Turns
from api.limits.callers import CallerLimits
from api.limits.pace import BodyPace
from api.mcp.server import Context as McpContext
from api.mcp.server import make_server
from api.telemetry.metrics import Metrics
from api.telemetry.service import OfferedService
from qa.service import Service

HOST = "127.0.0.1"
"""Where HTTP is listened on."""
PATH = "/mcp"
"""Where the server is under that address."""
LARGEST = 1_000_000
"""Bytes that a request may have."""


async def serve_stdio(service: Service) -> None:
    """Serve whoever started this process until it closes the streams.

    It has the data directory anyway, and so may read everything.
    """
    library = Library(_context(service), LOCAL)
    server = make_server(lambda _: library)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


def http_app(service: Service) -> ASGIApp:
    """Return the application that serves the protocol at :data:`PATH`."""
    context = _context(service)
    settings = service.settings

    def library_of(ctx: McpContext) -> Library:
        request = ctx.request
        assert request is not None, "there is one over HTTP"
        principal = request.scope["state"][STATE]  # the gate lets nobody pass without
        assert isinstance(principal, Principal)
        return Library(context, principal)

    server = make_server(library_of)
    app: ASGIApp = server.streamable_http_app(
        streamable_http_path=PATH, json_response=True, stateless_http=True, host=HOST
    )
    app = BodyPace(BodyLimit(app, LARGEST))
    app = CallerLimits(app, settings.key_requests_per_minute, settings.key_concurrency)
    app = Gate(app, service.corpus.catalog.keys, HOST)
    return RequestIdentity(OriginGuard(app, HOST))


def _context(service: Service) -> Context:
    turns = Turns(service.settings.max_concurrent_answers)
    numbers = Metrics(turns)
    offered = OfferedService.over(service, turns, numbers, None)
    return Context(offered, service.settings, numbers)
