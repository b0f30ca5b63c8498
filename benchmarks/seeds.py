"""Forty questions on three outside texts: are they answered from the right one, or refused?

    python -m benchmarks.seeds --documents ../shared/seeds

The questions are in ``seeds.jsonl``, in the format of `dossier eval run --cases`: thirty that the
texts answer and ten that they do not. An answer counts if a sentence of it holds each expected fact
and a required document is cited.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path

from eval.reports.run_table import table
from eval.running.run import RunOptions
from eval.running.variants import run_suite
from eval.suites.opened import open_suite
from eval.thresholds import Thresholds, judge
from index.load.origins import Origin, find
from index.models import Metadata
from qa.service import build
from qa.settings import load_settings


def main() -> None:
    """Ingest, ask, print the table of the eval suite."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=Path, default=Path("../shared/seeds"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(data=Path(folder) / "data", answerer="embedded")
        service = build(settings, write=True)
        origins = [o for o in find([options.documents], Metadata()) if isinstance(o, Origin)]
        for _ in service.corpus.ingest(origins, limit=settings.max_document_bytes):
            pass
        service.close()
        cases = Path(__file__).with_name("seeds.jsonl")
        run = asyncio.run(run_suite(settings, open_suite(cases), RunOptions(concurrency=1)))
    wanted = {"fact_recall": 25 / 30, "abstention_recall": 0.8, "citation_validity": 1.0}
    print(table(run, judge(run, Thresholds(minimum=wanted))))


if __name__ == "__main__":
    main()
