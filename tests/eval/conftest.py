from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.sample import ingest_sample
from qa.service import Service, build
from qa.settings import Settings


def settings_for(data: Path) -> Settings:
    return Settings(_env_file=None, data=data, answerer="embedded")  # type: ignore[call-arg]


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service over the sample documents, with the embedded answerer."""
    built = build(settings_for(tmp_path_factory.mktemp("sample") / "data"), write=True)
    try:
        ingest_sample(built.corpus)
        yield built
    finally:
        built.close()
