"""What the OpenAPI document promises, held against requests generated from it.

More of them, at the edges of every schema, are sent by ``make soak``.
"""

from __future__ import annotations

import logging
from typing import Any

import pytest
from generated_requests import wrong
from harbour import TEXTS, Serve, at_endpoint, send
from scripted_endpoint import scripted_endpoint
from scripted_replies import text
from tenants import make_key, with_key

# Many runs of what other tests cover; to measure them takes half as long again.
pytestmark = pytest.mark.no_cover


def test_generated_requests_get_what_is_documented(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    with scripted_endpoint(text("The bridge is open. [1]")) as endpoint:
        given: dict[str, Any] = at_endpoint(endpoint.base_url) | {"answerer": "embedded"}
        client, service = serve(**given)
        secret = make_key(service, "tester", {"*": "admin"})
        with with_key(client, secret) as keyed:
            for sent in TEXTS:
                send(keyed, **sent).raise_for_status()
        url = str(client.base_url).rstrip("/")
        number, found = wrong(url, secret, examples=2, phases=("examples", "fuzzing"))
    assert not found, "\n\n".join(found)
    assert number > 100
    assert "Traceback" not in caplog.text
