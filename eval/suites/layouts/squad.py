"""A SQuAD file: articles of paragraphs with questions, each answered by words of its paragraph.

Sources: Rajpurkar et al., 2016, https://arxiv.org/abs/1606.05250 (version 1.1) and 2018,
https://arxiv.org/abs/1806.03822 (version 2, with questions that the paragraph does not answer).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from eval.cases import Case, Quote, RequiredDocuments
from eval.suites.documents import SuiteDocument, readable
from eval.suites.layouts.read import Layout, LeftOut, layout
from eval.suites.layouts.rows import Row, content, digest, misfit
from eval.suites.layouts.wordings import facts, sentence_at


class _Answer(Row):
    text: str
    answer_start: int


class _Question(Row):
    id: str
    question: str
    answers: tuple[_Answer, ...] = ()
    is_impossible: bool = False


class _Paragraph(Row):
    context: str
    qas: tuple[_Question, ...] = ()


class _Article(Row):
    title: str = ""
    paragraphs: tuple[_Paragraph, ...]


class _File(Row):
    data: tuple[_Article, ...]


def read(path: Path) -> Layout:
    """Read a question set: each paragraph becomes a document, each article a group of cases.

    Raises:
        InvalidCases: if the file cannot be read, or no question makes a case.
    """
    try:
        file = _File.model_validate_json(content(path))
    except ValidationError as error:
        raise misfit(str(path), error) from error
    documents, cases, left_out = [], [], []
    for document, paragraph in _paragraphs(file):
        documents.append(document)
        for row in paragraph.qas:
            place = f"{path}: {row.id}"
            case = _case(row, document)
            if isinstance(case, Case):
                cases.append((place, case))
            else:
                left_out.append(LeftOut(place, case))
    return layout(path.name.partition(".")[0], digest([path]), cases, documents, left_out)


def _paragraphs(file: _File) -> Iterator[tuple[SuiteDocument, _Paragraph]]:
    """Yield the paragraphs with text as documents that are called like their articles."""
    used: set[str] = set()
    for article in file.data:
        stem = re.sub(r"\W+", "_", article.title).strip("_") or "article"
        while stem in used:
            stem += "_"
        used.add(stem)
        for number, paragraph in enumerate(article.paragraphs, 1):
            if paragraph.context.strip():
                title = article.title.replace("_", " ").strip()
                text = readable(paragraph.context)
                yield SuiteDocument(f"{stem}-{number}", text, title), paragraph


def _case(row: _Question, document: SuiteDocument) -> Case | str:
    """Return a question as a case, or why it makes none."""
    group = document.title or document.id
    if not row.question.strip():
        return "it asks nothing"
    if row.is_impossible:
        return Case(id=row.id, question=row.question, type="unanswerable", group=group)
    text = document.text
    gold = [one for one in row.answers if one.text and text.startswith(one.text, one.answer_start)]
    if not gold:
        return "no answer stands where it is said to stand"
    first = gold[0]
    words = sentence_at(text, first.answer_start, first.answer_start + len(first.text))
    return Case(
        id=row.id,
        question=row.question,
        type="single",
        expected=facts((one.text for one in gold), [text]),
        documents=RequiredDocuments(all_of=(document.name,)),
        quotes=(Quote(documents=(document.name,), text=words),),
        group=group,
    )
