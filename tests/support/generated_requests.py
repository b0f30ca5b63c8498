"""Requests generated from the server's own OpenAPI document, and what is wrong with the replies."""

from __future__ import annotations

import json
from typing import Any

PHASES = ("examples", "coverage", "fuzzing")
"""The documented examples, the edges of every schema, and random data of both kinds."""

SEMANTIC = ("2xx", "3xx", 401, 403, 404, 409, 412, 415, 422, 429)
"""What may be answered to a request that fits its schema: a question may be empty, a cursor of
another list. That it is not refused for its form is checked apart."""


def wrong(
    url: str, secret: str, *, examples: int, phases: tuple[str, ...] = PHASES, seed: int = 1
) -> tuple[int, list[str]]:
    """Send generated requests with all checks; return how many there were and what is wrong.

    Args:
        url: the server.
        secret: a key that may do everything.
        examples: random requests for each route.
        phases: ways to make requests.
        seed: of all chance.
    """
    import schemathesis
    from schemathesis.config import SchemathesisConfig
    from schemathesis.engine import events, from_schema

    everything = ("examples", "coverage", "fuzzing", "stateful")
    config = SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "headers": {"Authorization": f"Bearer {secret}"},
            "continue-on-failure": True,
            "generation": {
                "max-examples": examples,
                "database": "none",
                "no-shrink": True,
                "allow-extra-parameters": False,
            },
            "checks": {"positive_data_acceptance": {"expected-statuses": list(SEMANTIC)}},
            "phases": {name: {"enabled": name in phases} for name in everything},
            "suppress-health-check": ["all"],
        }
    )
    schema = schemathesis.openapi.from_url(
        f"{url}/openapi.json", config=config, headers={"Authorization": f"Bearer {secret}"}
    )
    sent, found = 0, []
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            sent += len(event.recorder.interactions)
            found += _failures(event.recorder)
        elif isinstance(event, events.NonFatalError | events.FatalError):
            found.append(str(event.value if hasattr(event, "value") else event.exception))
    return sent, sorted(set(found))


def _failures(recorder: Any) -> list[str]:
    found = []
    for checks in recorder.checks.values():
        for check in checks:
            if check.failure_info is not None:
                failure = check.failure_info.failure
                sample = check.failure_info.code_sample
                found.append(f"{recorder.label}: {failure.title}: {failure.message}\n{sample}")
    for name, interaction in recorder.interactions.items():
        case, response = recorder.cases[name].value, interaction.response
        if response is None or response.status_code != 422 or not _fits(case):
            continue
        if json.loads(response.content).get("code") == "invalid_request":
            found.append(f"{recorder.label}: refused for its form: {response.content[:600]!r}")
    return found


def _fits(case: Any) -> bool:
    """Whether a request was made to fit its schema."""
    return case.meta is not None and case.meta.generation.mode.is_positive
