"""Numbers about the server, for what watches it."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response

from api import openapi
from api.access.library import Permitted
from api.telemetry.metrics import CONTENT_TYPE

router = APIRouter(tags=["health"])


@router.get(
    "/metrics",
    operation_id="getMetrics",
    summary="Read the server's numbers",
    response_class=PlainTextResponse,
    response_description="Prometheus' text format.",
    responses=openapi.problems(403),
)
def metrics(library: Permitted) -> Response:
    """Return how many requests, answers, refusals, documents and model calls there were, and are.

    Where there are keys, the role admin on all collections is asked for.
    """
    library.require_rule()
    return Response(library.context.metrics.text(), headers={"Content-Type": CONTENT_TYPE})
