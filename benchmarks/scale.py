"""Speed and memory at scale, against raw Chroma and llama-index's ingest, embedding left out.

    python -m benchmarks.scale --passages 100000 --seed 7 [--work DIR] [--part 20000]

The corpus is made by its seed (`benchmarks/synthetic.py`). Searching: Dossier by its public door,
and a raw Chroma collection of the same passages, vectors, outlets and days with the same filter as
its `where` and as many results. Both sides are processes that live at the same time and answer in
turns, a few questions each, so that both see the same machine. Ingest: files with a table of
metadata into Dossier, and the same texts through llama-index's `IngestionPipeline` with
`SentenceSplitter` and `ChromaVectorStore`, on a part of the corpus, the two in turns likewise.
Figures to quote are the ratios within one run.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import synthetic

Figures = dict[str, Any]
LIMIT = 8
"""Passages wanted of each search."""
TURN = 10
"""Questions that one side answers before it is the other's turn."""


class Side:
    """One side in a process of its own; it does one thing at a time, when told."""

    def __init__(self, name: str, options: argparse.Namespace, folder: Path) -> None:
        """Start the process."""
        command = [sys.executable, "-m", "benchmarks.scale_sides", name]
        command += [str(folder), str(options.work), str(options.seed)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, what: str, **given: Any) -> Figures:
        """Have the side do ``what`` and return its figures."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"do": what, **given}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self._process.args!r} ended while it should {what}")
        figures: Figures = json.loads(line)
        return figures

    def end(self) -> Figures:
        """End the process and return what it used."""
        used = self.ask("end")
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()
        return used


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--part", type=int, default=20_000, help="passages of the ingest comparison"
    )
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--only-search", action="store_true", help="with what is in --work")
    parser.add_argument("--work", type=Path, help="where to keep the files; deleted by default")
    options = parser.parse_args()
    if options.work:
        options.work.mkdir(parents=True, exist_ok=True)
        run(options)
        return
    with tempfile.TemporaryDirectory() as folder:
        options.work = Path(folder)
        run(options)


def run(options: argparse.Namespace) -> None:
    print(f"{options.passages} passages, seed {options.seed}")
    made = list(synthetic.documents(options.passages, options.seed))
    if options.only_search:
        compare_search(Side("dossier", options, options.work / "dossier"), options, made)
        return
    shutil.rmtree(options.work / "files", ignore_errors=True)
    synthetic.write(options.work / "files", made)
    texts = sum(len(d.text) for d in made)
    print(f"{len(made)} documents, {texts / 1e6:.0f} MB of text")
    compare_ingest(options, made)
    dossier = Side("dossier", options, options.work / "dossier")
    show_ingest(dossier, options, made)
    compare_search(dossier, options, made)


def compare_ingest(options: argparse.Namespace, made: Sequence[synthetic.Written]) -> None:
    """Take a part of the corpus in on both sides, in turns."""
    part, size = [], 0
    for document in made:
        if size < options.part:
            part.append(document)
            size += len(document.paragraphs)
    synthetic.write(options.work / "part", part)
    sides = [Side(name, options, options.work / f"part-{name}") for name in ("dossier", "stock")]
    folders = sorted({Path(d.name).parent.as_posix() for d in part})
    totals: list[Figures] = [{}, {}]
    for folder in folders:
        for side, total in zip(sides, totals, strict=True):
            for key, value in side.ask("ingest", path=str(options.work / "part" / folder)).items():
                total[key] = total.get(key, 0) + value
    used = [side.end() for side in sides]
    print(f"\nIngest of {len(part)} documents, embedding left out")
    ours, theirs = totals
    print(f"  {'':36}{'dossier':>10}{'stock':>10}{'ratio':>8}")
    rows = [(key, ours[key], theirs[key]) for key in ("passages", "embedding_s")]
    for key in ("seconds", "cpu_s"):
        rows.append((f"passages per {key}", _rate(ours, key), _rate(theirs, key)))
        rows.append((f"  by `add` alone, per {key}", _rate(ours, key), _rate(theirs, f"add_{key}")))
    rows.append(("peak_mb", used[0]["peak_mb"], used[1]["peak_mb"]))
    rows.append(("disk_mb", *(_disk(options.work / f"part-{n}") for n in ("dossier", "stock"))))
    for name, mine, other in rows:
        print(f"  {name:36}{mine:>10.1f}{other:>10.1f}{mine / other:>8.2f}")


def _rate(figures: Figures, key: str) -> float:
    return float(figures["passages"] / max(figures[key], 1e-9))


def show_ingest(side: Side, options: argparse.Namespace, made: Sequence[synthetic.Written]) -> None:
    """Take the whole corpus in, again unchanged, and again with one document in 100 changed."""
    path = str(options.work / "files")
    first = side.ask("ingest", path=path)
    same = side.ask("ingest", path=path)
    for document in made[::100]:
        with (options.work / "files" / document.name).open("a", encoding="utf-8") as file:
            file.write("\nOne more sentence was put to the end of this.\n")
    changed = side.ask("ingest", path=path)
    print(f"\nIngest of all {first['passages']} passages, seconds without embedding")
    for name, figures in (("first", first), ("unchanged", same), ("1 % changed", changed)):
        seconds, share = figures["seconds"], figures["seconds"] / first["seconds"]
        embedding = f"and {figures['embedding_s']:.1f} s for {figures['embedded']} vectors"
        print(
            f"  {name:14}{seconds:>8.2f} s {share:>8.2%}   cpu {figures['cpu_s']:.2f} s {embedding}"
        )


def compare_search(
    dossier: Side, options: argparse.Namespace, made: Sequence[synthetic.Written]
) -> None:
    """Ask the same questions of both sides in turns, filter by filter."""
    chroma = Side("chroma", options, options.work / "chroma")
    built = chroma.ask("build", source=str(options.work / "dossier"))
    print(f"\nraw Chroma: {built['passages']} passages in {built['seconds']:.0f} s of `add`")
    asked = synthetic.questions(made, options.questions, options.seed)
    quality = dossier.ask("quality", questions=asked)
    found = ", ".join(f"{name} {value:.4f}" for name, value in quality["shares"].items())
    theirs = chroma.ask("recall", questions=asked, best=quality["best"])
    print(f"recall@{LIMIT} of Dossier's vectors against exact search: {found}")
    print(f"recall@{LIMIT} of Chroma's, without a filter: {theirs['share']:.4f}")
    print(f"\nSearch, {len(asked)} questions, {LIMIT} results, milliseconds")
    print(f"  {'':18}{'matching':>9}{'':12}{'p50':>8}{'p95':>8}   ratio to Chroma at p50, p95")
    for name in synthetic.filters():
        times: dict[str, list[float]] = {"Chroma": [], "Dossier": [], "its vectors": []}
        for at in range(0, len(asked), TURN):
            some = asked[at : at + TURN]
            theirs = chroma.ask("search", questions=some, filter=name)
            times["Chroma"] += theirs["seconds"]
            for kind, what in (("Dossier", "search"), ("its vectors", "vectors")):
                times[kind] += dossier.ask(what, questions=some, filter=name)["seconds"]
        base = _percentiles(times["Chroma"])
        for kind, seconds in times.items():
            p50, p95 = _percentiles(seconds)
            head = f"{name:18}{theirs['matching']:>9}" if kind == "Chroma" else " " * 27
            tail = "" if kind == "Chroma" else f"   {base[0] / p50:.1f}, {base[1] / p95:.1f}"
            print(f"  {head}{kind:>12}{p50:>8.2f}{p95:>8.2f}{tail}")
    for name, side, folder in (("Dossier", dossier, "dossier"), ("Chroma", chroma, "chroma")):
        used, disk = side.end(), _disk(options.work / folder)
        print(
            f"  {name}: {used['now_mb']:.0f} MB in memory, {used['peak_mb']:.0f} at its peak, "
            f"{disk:.0f} MB on disk"
        )


def _percentiles(seconds: Sequence[float]) -> tuple[float, float]:
    cuts = statistics.quantiles(seconds, n=20)
    return statistics.median(seconds) * 1e3, cuts[18] * 1e3


def _disk(folder: Path) -> float:
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6


if __name__ == "__main__":
    main()
