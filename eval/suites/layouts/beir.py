"""A folder as the BEIR benchmark has it: documents, queries, and which of them belong together.

``corpus.jsonl`` has ``_id``, ``title`` and ``text``, ``queries.jsonl`` has ``_id`` and ``text``,
and ``qrels/SPLIT.tsv`` has a header and lines of query, document and relevance.

Source: Thakur et al., 2021, https://arxiv.org/abs/2104.08663.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from eval.cases import Case, RequiredDocuments
from eval.errors import InvalidCases
from eval.suites.documents import SuiteDocument, plain_name, readable
from eval.suites.layouts.read import Layout, LeftOut, layout
from eval.suites.layouts.rows import Row, content, digest, read_rows

SPLITS = ("test", "dev", "train")
"""Which judgements are taken, the first that are there."""


class _Document(Row):
    id: str = Field(alias="_id")
    title: str | None = None
    text: str = ""


class _Query(Row):
    id: str = Field(alias="_id")
    text: str


def judgements_of(folder: Path) -> Path | None:
    """Return the file of judgements in a folder; ``None`` if there is none."""
    found = {path.stem: path for path in sorted((folder / "qrels").glob("*.tsv"))}
    return next((found[split] for split in (*SPLITS, *found) if split in found), None)


def read(corpus: Path, queries: Path, judgements: Path) -> Layout:
    """Read a question set.

    No answers are known: a case asks that one of the documents judged relevant is found and cited.
    Queries without judgements belong to another split and are passed over.

    Args:
        corpus: the file of documents.
        queries: the file of queries.
        judgements: the file of judgements.

    Raises:
        InvalidCases: if a file cannot be read, or no query makes a case.
    """
    library = {row.id: row for _, row in read_rows(corpus, _Document) if row.text.strip()}
    relevant: dict[str, list[str]] = {}
    for query, document in _relevant(judgements):
        relevant.setdefault(query, []).append(document)
    cases: list[tuple[str, Case]] = []
    left_out = []
    for place, row in read_rows(queries, _Query):
        if row.id not in relevant:
            continue
        names = tuple(plain_name(id_) for id_ in relevant[row.id] if id_ in library)
        if not names or not row.text.strip():
            reason = (
                "no text of the corpus is relevant to it" if row.text.strip() else "it is empty"
            )
            left_out.append(LeftOut(place, reason))
            continue
        documents = RequiredDocuments(any_of=tuple(dict.fromkeys(names)))
        case = Case(id=row.id, question=row.text, type="single", documents=documents)
        cases.append((place, case))
    found = [SuiteDocument(row.id, readable(row.text), row.title) for row in library.values()]
    name = corpus.parent.name
    return layout(name, digest([corpus, queries, judgements]), cases, found, left_out)


def _relevant(judgements: Path) -> Iterator[tuple[str, str]]:
    """Yield queries with documents that were judged relevant to them."""
    for number, line in enumerate(content(judgements).decode("utf-8-sig").splitlines(), 1):
        fields = line.split("\t")
        if not line.strip() or (number == 1 and not _is_number(fields[-1])):
            continue
        if len(fields) != 3 or not _is_number(fields[2]):
            raise InvalidCases(
                f"{judgements}:{number}: not a query, a document and a number",
                hint="Judgements are lines of three fields with tabs between them.",
            )
        if float(fields[2]) > 0:
            yield fields[0].strip(), fields[1].strip()


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
