"""``dossier serve`` that is killed (SIGKILL, by itself) at a chosen step; run as a program.

    python killed_server.py STEP WHEN NTH DATA

``STEP`` is one of :data:`STEPS`, or ``none``; ``WHEN`` is ``before`` or ``after``; ``NTH`` counts
the calls from 1. Chroma is kept from 40 passages on, so that it takes part.
"""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from typing import Any

STEPS = {
    "reading": "index.intake.ingest:attempt",
    "embedding": "index.embed.endpoint:EndpointEmbedder.embed_passages",
    "vectors": "index.record.catalog:save_vectors",
    "entries": "index.record.catalog:save_entries",
    "old passages": "index.record.writing:drop_passages",
    "removal": "index.record.catalog:drop_passages",
    "unused vectors": "index.record.catalog:drop_unused",
    "stories": "index.record.stories:StoryRecord.join",
    "leaving a story": "index.record.stories:StoryRecord.leave",
    "commit": "sqlalchemy.engine.base:Connection._commit_impl",
    "keywords begun": "index.derived.keywords:KeywordIndex.unseal",
    "keywords written": "index.derived.keywords:KeywordIndex._apply",
    "keywords noted": "index.derived.keywords:KeywordIndex.seal",
    "vectors written": "index.derived.vectors:VectorIndex._apply",
    "vectors noted": "index.derived.vectors:VectorIndex.seal",
    "reply": "api.ingestion:_outcome",
}
"""What is done on the way of a document, by module and name."""


def arrange(step: str, when: str, nth: int) -> None:
    """Have the process killed before or after the ``nth`` call of a step."""
    place, _, name = STEPS[step].partition(":")
    owner: Any = import_module(place)
    *holders, attribute = name.split(".")
    for holder in holders:
        owner = getattr(owner, holder)
    original = getattr(owner, attribute)
    calls = 0

    def counted(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        here = calls == nth
        if here and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*given, **named)
        if here:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, attribute, counted)


def main() -> None:
    step, when, nth, data = sys.argv[1:]
    import index.corpus

    defaults = index.corpus.Corpus.open.__func__.__kwdefaults__  # type: ignore[attr-defined]
    defaults["approximate_from"] = 40
    if step != "none":
        arrange(step, when, int(nth))
    from api.cli import main as dossier

    sys.argv = ["dossier", "serve", "--port", "0", "--data", data, "--log-level", "warning"]
    dossier()


if __name__ == "__main__":
    main()
