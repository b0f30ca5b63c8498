"""What the eval suite itself costs: the share of a run that is neither retrieval nor answering.

    python -m benchmarks.eval_harness                                  # the sample, asked 13 times
    python -m benchmarks.eval_harness --suite ../shared/benchmarks/squadshift_newwiki --limit 1000

One question at a time, so that whatever is not spent between a question and its answer is the
harness: checking the cases, keeping answers, reading what was cited out of the record, scoring and
writing the file. Also the time of the same run again, when every answer is kept.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from eval.running.cache import Cache
from eval.running.files import write
from eval.running.run import RunOptions, run
from eval.suites.opened import open_suite
from eval.suites.selection import select
from qa.service import build
from qa.settings import load_settings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suite", type=Path, help="a suite with documents of its own")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--repeats", type=int, help="default: 13 for the sample, 1 for others")
    options = parser.parse_args()
    opened = open_suite(options.suite)
    opened = replace(opened, suite=select(opened.suite, limit=options.limit))
    repeats = options.repeats or (1 if options.suite else 13)
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(data=Path(folder) / "data", answerer="embedded")
        service = build(settings, write=True)
        assert opened.ingest is not None, "the suite has to bring its documents"
        opened.ingest(service.corpus)
        how = RunOptions(concurrency=1, repeats=repeats, cache=Cache(Path(folder) / "cache"))
        asyncio.run(run(service, replace(opened.suite, cases=opened.suite.cases[:3])))  # warm up
        for title in ("asked", "kept"):
            begun = perf_counter()
            done = asyncio.run(run(service, opened.suite, how))
            write(done, Path(folder) / f"{title}.json")
            whole = perf_counter() - begun
            clocks = done.measured.cases.values()
            asking = sum(clock.seconds for clock in clocks if not clock.cached)
            own = whole - asking
            print(
                f"{title:<6} {len(done.results):>5} answers {whole:8.2f} s, of it harness "
                f"{own:6.2f} s = {own / whole:.1%}, {1000 * own / len(done.results):.2f} ms each"
            )
        size = (Path(folder) / "asked.json").stat().st_size
        print(f"run file {size / 1e6:.1f} MB")
        service.close()


if __name__ == "__main__":
    main()
