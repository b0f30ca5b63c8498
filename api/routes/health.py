"""Probes: does the process answer, and can it answer questions."""

from __future__ import annotations

import dataclasses
import logging
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from api import openapi, problems
from api.access.gate import STATE
from api.access.library import library_of
from api.access.principal import Principal
from api.context import Shared
from api.errors import NotReady
from api.schemas import CheckReply, Health, Readiness

logger = logging.getLogger("dossier.http")

router = APIRouter(tags=["health"])


@router.get(
    "/livez",
    operation_id="getLiveness",
    summary="Is the process alive?",
    response_description="The process answers.",
    responses=openapi.problems(),
)
async def livez() -> Health:
    """Say that the process answers, whatever the state of what is behind it."""
    return Health()


@router.get(
    "/readyz",
    operation_id="getReadiness",
    summary="Can questions be answered?",
    response_model=Readiness,
    response_model_exclude_none=True,
    response_description="Questions are answered.",
    responses=openapi.problems(403, 422, 503),
)
def readyz(
    request: Request,
    context: Shared,
    verbose: Annotated[
        str | None, Query(max_length=10, description="List all checks, not only those that failed.")
    ] = None,
) -> Any:
    """Check the record, its indexes and the models on this machine; no endpoint's model is called.

    If a check fails, the status is 503 and `checks` of the problem tells what to do. If it only
    keeps an index from being asked, which the server mends by itself, questions are answered all
    the same: the status is 200, and the body says `degraded`. Where there are keys, the checks
    themselves are for those with the role admin on all collections.
    """
    if verbose is not None:
        library_of(request).require_rule()
    try:
        found = context.service.check()
    except Exception as error:  # a probe that fails is an answer: not ready, whatever the reason
        logger.exception("request %s: the checks failed", request.state.request_id)
        hint = "The server's log has the reason; `dossier doctor` may tell more."
        raise NotReady("the checks could not be made", hint=hint) from error
    checks = [CheckReply(**dataclasses.asdict(check)) for check in found]
    wrong = [check for check in checks if not check.ok]
    failing = [check for check in wrong if not check.degraded]
    shown = checks if verbose is not None else wrong
    principal = request.scope.get("state", {}).get(STATE)
    rules = isinstance(principal, Principal) and principal.rules
    if failing:
        names = ", ".join(check.name for check in failing)
        failure = NotReady(f"not as it should be: {names}")
        if not rules:
            failure.hint = "`dossier doctor` on the server's machine says what to do."
            return problems.respond(problems.of_error(request.scope, failure))
        listed = [check.model_dump() for check in shown]
        return problems.respond(problems.of_error(request.scope, failure, checks=listed))
    told = shown if rules else None
    return Readiness(status="degraded" if wrong else "ready", checks=told or None)
