"""A folder with ``corpus.jsonl`` and ``queries*.jsonl``, either of them perhaps with ``.gz``.

A document has ``id``, ``text`` (or ``sentences``), and may have ``title``, ``author``, ``source``
(its outlet), ``published_at``, ``url``, and ``label`` with ``answer`` (what it says of a question,
and whether that is ``correct`` or ``misinfo``). A query has ``id``, ``question``, ``answer`` (its
wordings, or none), ``type`` and ``evidence``: documents by ``id``, each with the ``fact`` that it
gives: gold sentences as a list, or an answer, with ``start`` by its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from eval.cases import Case, CaseType, Quote, RequiredDocuments
from eval.errors import InvalidCases
from eval.suites.documents import SuiteDocument, day, plain_name, readable
from eval.suites.layouts.articles import grouped
from eval.suites.layouts.read import Layout, LeftOut, Unusable, layout
from eval.suites.layouts.rows import Row, digest, read_rows
from eval.suites.layouts.wordings import facts, flat, sentence_at

ENDINGS = (".jsonl", ".jsonl.gz")
"""How the files may end."""

_EACH_VALUE = frozenset({"conflict", "ambiguous"})
"""Types whose answers are different values; elsewhere they are wordings of one."""

_VERDICTS = "claim_"
"""How the types of claims begin that are to be judged and not to be asked about."""


class _Document(Row):
    id: str
    title: str | None = None
    author: str | None = None
    source: str | None = None
    published_at: str | None = None
    url: str | None = None
    text: str | None = None
    sentences: tuple[str, ...] = ()
    label: str | None = None
    answer: str | None = None

    @property
    def words(self) -> str:
        return readable(self.text or "\n".join(self.sentences))


class _Evidence(Row):
    id: str
    fact: str | tuple[str, ...] | None = None
    start: int | None = None


class _Query(Row):
    id: str
    question: str
    type: str = "single"
    answer: str | tuple[str, ...] | None = None
    evidence: tuple[_Evidence, ...] = ()
    wrong_answers: tuple[str, ...] = ()
    docs: tuple[str, ...] = ()
    near_miss: str | None = None

    @property
    def answers(self) -> tuple[str, ...]:
        return (self.answer,) if isinstance(self.answer, str) else self.answer or ()


def files_of(folder: Path) -> tuple[Path, list[Path]] | None:
    """Return the corpus file and the query files of a folder; ``None`` if it is none of these."""
    corpora = [folder / f"corpus{ending}" for ending in ENDINGS]
    corpus = next((path for path in corpora if path.is_file()), None)
    queries = sorted(path for ending in ENDINGS for path in folder.glob(f"queries*{ending}"))
    return (corpus, queries) if corpus and queries else None


def read(corpus: Path, queries: Sequence[Path]) -> Layout:
    """Read a question set.

    Gold sentences become quotes where they stand in their documents; answers of more than a few
    words are not expected to be repeated. Claims that come with a verdict cannot be asked.

    Args:
        corpus: the file of documents.
        queries: the files of queries.

    Raises:
        InvalidCases: if a file cannot be read, or no query makes a case.
    """
    library = {row.id: row for _, row in read_rows(corpus, _Document) if row.words.strip()}
    rows = [found for path in queries for found in read_rows(path, _Query)]
    articles = grouped({row.id: _articles(row, library) for _, row in rows})
    cases: list[tuple[str, Case]] = []
    left_out = []
    for place, row in rows:
        try:
            cases.append((place, _case(row, library, articles.get(row.id))))
        except Unusable as reason:
            left_out.append(LeftOut(place, str(reason)))
    documents = [_document(row) for row in library.values()]
    return layout(corpus.parent.name, digest([corpus, *queries]), cases, documents, left_out)


def _document(row: _Document) -> SuiteDocument:
    return SuiteDocument(
        id=row.id,
        text=row.words,
        title=row.title,
        outlet=row.source,
        author=row.author,
        published_at=day(row.published_at),
        url=row.url,
    )


def _articles(row: _Query, library: dict[str, _Document]) -> list[str]:
    about = [evidence.id for evidence in row.evidence] or ([row.near_miss] if row.near_miss else [])
    return [library[id_].title or id_ for id_ in about if id_ in library]


def _case(row: _Query, library: dict[str, _Document], group: str | None) -> Case:
    """Return a query as a case.

    Raises:
        Unusable: if it makes none.
    """
    if row.type.startswith(_VERDICTS):
        raise Unusable("it is a claim to be judged against one text, and not a question")
    if not row.question.strip():
        raise Unusable("it asks nothing")
    tags = (row.type,)
    if row.type == "unanswerable":
        return Case(id=row.id, question=row.question, type="unanswerable", tags=tags, group=group)
    if not row.evidence:
        raise Unusable("no document is known to answer it")
    missing = [evidence.id for evidence in row.evidence if evidence.id not in library]
    if missing:
        raise Unusable(f"the corpus has no text {missing[0]!r}")
    values = _values(row, library)
    needed = _needed(row, values)
    return Case(
        id=row.id,
        question=row.question,
        type=_type(row, values, needed),
        expected=_expected(row, library),
        differs=_worded(values) if _differ(row, values) else (),
        documents=_required(needed),
        quotes=tuple(_quotes(row, library)),
        tags=tags,
        group=group,
    )


def _values(row: _Query, library: dict[str, _Document]) -> dict[str, list[str]]:
    """Return the values that documents give as answers, each with the names of those documents."""
    if row.type not in _EACH_VALUE:
        return {}
    values: dict[str, list[str]] = {}
    for evidence in row.evidence:
        if isinstance(evidence.fact, str):
            values.setdefault(evidence.fact, []).append(plain_name(evidence.id))
    wrong = [library[id_] for id_ in row.docs if id_ in library and library[id_].label == "misinfo"]
    for document in wrong:
        if document.answer in row.wrong_answers:
            values.setdefault(document.answer, []).append(plain_name(document.id))
    return values


def _differ(row: _Query, values: dict[str, list[str]]) -> bool:
    """Return whether the documents contradict each other; what is ambiguous has several answers."""
    return row.type == "conflict" and len(values) > 1


def _needed(row: _Query, values: dict[str, list[str]]) -> list[tuple[str, ...]]:
    """Return groups of document names, of each of which one has to be found and cited.

    Documents that give the same answer make a group, and so do all that bear on a claim, each of
    which was judged by itself.
    """
    if values:
        return [tuple(dict.fromkeys(names)) for names in values.values()]
    names = [plain_name(evidence.id) for evidence in row.evidence]
    if row.type == "claim":
        return [tuple(dict.fromkeys(names))]
    groups: dict[str, list[str]] = {}
    for name, evidence in zip(names, row.evidence, strict=True):
        same = evidence.fact if isinstance(evidence.fact, str) and evidence.start is None else name
        groups.setdefault(same, []).append(name)
    return list(dict.fromkeys(tuple(dict.fromkeys(group)) for group in groups.values()))


def _required(needed: Sequence[tuple[str, ...]]) -> RequiredDocuments:
    alone = tuple(dict.fromkeys(group[0] for group in needed if len(group) == 1))
    copies = tuple(group for group in needed if len(group) > 1)
    if len(copies) == 1:
        return RequiredDocuments(all_of=alone, any_of=copies[0])
    return RequiredDocuments(all_of=alone, each_of=copies)


def _type(row: _Query, values: dict[str, list[str]], needed: Sequence[tuple[str, ...]]) -> CaseType:
    if _differ(row, values):
        return "conflict"
    return "multi_source" if len(needed) > 1 else "single"


def _expected(row: _Query, library: dict[str, _Document]) -> tuple[tuple[str, ...], ...]:
    if row.type not in _EACH_VALUE:
        return facts(row.answers, [library[evidence.id].words for evidence in row.evidence])
    given = {evidence.fact for evidence in row.evidence}
    return _worded(answer for answer in row.answers if answer in given)


def _worded(values: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    return tuple((value,) for value in dict.fromkeys(values) if value.strip())


def _quotes(row: _Query, library: dict[str, _Document]) -> Iterable[Quote]:
    """Yield the gold sentences, and the sentences in which gold answers stand."""
    for evidence in row.evidence:
        text, fact, start = library[evidence.id].words, evidence.fact, evidence.start
        if isinstance(fact, tuple):
            gold = [words for words in fact if words.strip() and flat(words) in flat(text)]
        elif fact and start is not None and text.startswith(fact, start):
            gold = [sentence_at(text, start, start + len(fact))]
        else:
            gold = []
        for words in dict.fromkeys(gold):
            yield Quote(documents=(plain_name(evidence.id),), text=words)


def require(folder: Path) -> tuple[Path, list[Path]]:
    """Return the files of a folder.

    Raises:
        InvalidCases: if it is no folder of this layout.
    """
    found = files_of(folder)
    if found is None:
        raise InvalidCases(
            f"{folder}: there is no corpus.jsonl with queries.jsonl in it",
            hint="Name a file of cases, a folder of a known layout, or a SQuAD file.",
        )
    return found
