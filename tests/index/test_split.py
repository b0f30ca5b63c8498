"""Sentences and passages: where they begin and end, and that nothing is lost between them."""

from __future__ import annotations

import itertools
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.models import Draft, Metadata, Passage, Span
from index.text import tokens
from index.text.split import CONTEXT_TOKENS, SENTENCE_TOKENS, sentences, split

HOSTILE = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *(
                    "The ship left.",
                    "He said “No.” ",
                    "in the U.S. ",
                    "Dr. Ó Briain ",
                    "“",
                    "”",
                    '"',
                ),
                *(" »", "« ", "...", "…", "?", "!", "(", ")", ".", ". ", "\n", "\r\n", "\n\n"),
                *("\r", "\t", "\u2028", "\u0085", "\u00a0", "\u200b", "\ufeff", "\u202e", "\u200d"),
                *(
                    "e\u0301",
                    "\u0301",
                    "𝒳",
                    "👩‍👩‍👧",
                    "🇫🇷",
                    "שלום.",
                    " مرحبا؟",
                    "第一句。",
                    "क्षि",
                    "한",
                ),
                *("https://a.example/b?c=D.E", "3.14", "No. 5", "Jan. 17", "- item", "# Head", "|"),
                *("a" * 300, "word " * 80, "x,y;" * 90, "\u0301" * 90, "字" * 200, "\ud800"),
            ]
        ),
        st.text(max_size=12),
    ),
    max_size=30,
).map("".join)


def cut(text: str, language: str | None = None) -> list[str]:
    return [span.cut(text) for span in sentences(text, language=language)]


def check_spans(text: str, spans: list[Span]) -> None:
    """Check what is promised of the spans of any text."""
    for span in spans:
        words = span.cut(text)
        assert words
        assert words == words.strip()
    edges = [0, *itertools.chain.from_iterable((span.start, span.end) for span in spans), len(text)]
    assert edges == sorted(edges)
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        assert not text[start:end].strip()


@settings(deadline=None)
@given(HOSTILE)
def test_spans_hold_everything_but_white_space(text: str):
    spans = sentences(text)
    check_spans(text, spans)
    assert sentences(text) == spans


@settings(deadline=None)
@given(HOSTILE)
def test_no_sentence_is_too_long_or_begins_within_a_character(text: str):
    for span in sentences(text):
        assert tokens.count(span.cut(text)) <= 1.2 * SENTENCE_TOKENS
        inside = span.start and not text[span.start - 1].isspace()
        if inside and unicodedata.category(text[span.start])[0] == "M":
            # Only a pile of more marks than any script has is cut.
            assert all(
                unicodedata.category(c)[0] == "M" for c in text[span.start - 20 : span.start]
            )


@pytest.mark.parametrize(
    "expected",
    [
        ["The ferry left.", "Nobody was on it."],
        ["She moved to the U.S. in May.", "Her brother did not."],
        ["She lives in the U.S.", "Her brother lives in the U.K.", "They write."],
        [
            "The U.S. Senate met.",
            "The U.S. Government officials left.",
            "The U.N. Secretary spoke.",
        ],
        ["Dr. Aune and Ms. Berg met Gen. Holm.", "Sen. J. R. Okafor was ill."],
        ["The train left at 5 p.m. Monday.", "It came at 6 a.m.", "The crew slept."],
        ["It is set out in No. 5, Vol. 2, p. 17.", "It was signed on Jan. 17.", "It lapsed."],
        ["Lind et al. Found it first, he wrote.", "Others did not."],
        ["Buy apples, pears, etc. from them.", "They sell e.g. plums and i.e. fruit."],
        ["“We sailed,” he said.", "“Is it far?” she asked.", "“No!” he said."],
        ["“Is it far?” Captain Holm asked.", "“Stop!” Ana Ruiz shouted.", "It stopped."],
        ["He wrote “No.”", "She wrote “Yes!”", "Nobody read it."],
        ["It cost $3.5 million, or 2.1 percent… perhaps more.", "It was paid."],
        ["See https://port.example/A.B/c.Html?x=Y.Z or write to A.B@port.example.", "It is open."],
        ["Ana Ruiz works at the Institute for Ports. harbour section in Oslo.", "She said so."],
        ["(The port is closed.)", "Ships wait."],
        ["The vote was on Article 12.", "The motion fell."],
        ["1. Ships wait.", "2. Ports close."],
        ["They call it “the wall.” “.", "He left."],
        ["« Il pleut. »", "Elle part."],
        ["第一句。", "第二句！", "第三句？"],
        ["أغلق الميناء.", "هل يفتح غدا؟", "لا نعرف."],
        ["They chose Plan B.", "The rest chose vitamin C.", "They met George W. Holm."],
        ["Acme Inc. Chief Ana Ruiz left.", "She had joined Acme Inc.", "They paid her."],
        ["He waited...", "Then he left.", "iPhone sales rose."],
    ],
)
def test_sentence_ends(expected: list[str]):
    assert cut(" ".join(expected)) == expected


def test_sentence_without_its_space_is_divided_but_names_are_not():
    assert cut("The port closed.Ships waited. Use Node.Js now.") == [
        "The port closed.",
        "Ships waited.",
        "Use Node.Js now.",
    ]


def test_an_unclosed_quotation_does_not_swallow_the_rest():
    assert cut("He left. “The port is closed. It stays closed. Ships wait.") == [
        "He left.",
        "“The port is closed.",
        "It stays closed.",
        "Ships wait.",
    ]


def test_straight_marks_are_not_paired_across_sentences():
    assert cut('A 5" pipe burst. It was old. "We knew," he said. It\'s new. They\'re gone.') == [
        'A 5" pipe burst.',
        "It was old.",
        '"We knew," he said.',
        "It's new.",
        "They're gone.",
    ]
    assert cut(
        "'We knew,' she said. The crews' boats, built in the '80s, sank. 'All of them?'"
    ) == [
        "'We knew,' she said.",
        "The crews' boats, built in the '80s, sank.",
        "'All of them?'",
    ]


def test_a_long_quotation_is_taken_apart():
    one = "The harbour was built by people who did not know what was to come of it in the end."
    quotation = " ".join([one] * 8)
    assert cut(f"She wrote: “{quotation}” It was late.") == [
        f"She wrote: “{one}",
        *[one] * 6,
        f"{one}”",
        "It was late.",
    ]


def test_language_decides_on_abbreviations():
    text = "Er kam am 3. Januar an. Es regnete."
    assert cut(text, "de") == ["Er kam am 3. Januar an.", "Es regnete."]
    assert cut(text, "de-AT") == cut(text, "DE") == cut(text, "de")
    assert cut("One. Two.", "xx") == cut("One. Two.", "") == ["One.", "Two."]


def test_scraped_lines_are_sentences_of_their_own():
    text = (
        "Harbour closed\nBy Ana Ruiz\nThe harbour was closed on Monday. Ships wait\noutside.\n—\n"
        "What it means\nNobody knows."
    )
    assert cut(text) == [
        "Harbour closed",
        "By Ana Ruiz",
        "The harbour was closed on Monday.",
        "Ships wait",
        "outside.",
        "—",
        "What it means",
        "Nobody knows.",
    ]


def test_a_line_broken_in_the_middle_of_a_sentence_goes_on():
    text = (
        "The harbour master said on Monday that all ships, ferries and boats\n"
        "would have to wait.\n\nThe ferries,\nmost of them old, waited."
    )
    assert cut(text) == text.split("\n\n")


WRAPPED = """\
The harbour was closed on Monday after a storm had damaged the
quay, Dr. Holm of the port authority said in a statement. The
U.S. Coast Guard had warned of it on Jan. 3. Nobody was hurt.

  - ferries to the islands, which carry most of the goods that
    are sold there
  - cargo ships

Ships\tTons
Ferries\t12

Traffic will be led to the northern harbour, which is smaller
and older, until the repairs are done. It may take two months.
Nothing else is known.
"""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\u2028"])
def test_hard_wrapped_text_is_not_divided_at_line_ends(end: str):
    text = WRAPPED.replace("\n", end)
    assert [" ".join(sentence.split()) for sentence in cut(text)] == [
        "The harbour was closed on Monday after a storm had damaged the quay, Dr. Holm of the port "
        "authority said in a statement.",
        "The U.S. Coast Guard had warned of it on Jan. 3.",
        "Nobody was hurt.",
        "- ferries to the islands, which carry most of the goods that are sold there",
        "- cargo ships",
        "Ships Tons",
        "Ferries 12",
        "Traffic will be led to the northern harbour, which is smaller and older, until the "
        "repairs are done.",
        "It may take two months.",
        "Nothing else is known.",
    ]


def test_lists_of_short_lines_are_not_taken_for_wrapped_text():
    lines = ["Oslo", "Bergen", "Stavanger and Haugesund", "Tromsø", "Bodø"]
    assert cut("\n".join(lines)) == lines
    titles = [f"{name} harbour reopens after long repairs to its quay" for name in lines]
    assert cut("\n".join(titles)) == titles


def test_text_without_sentence_ends_is_cut_at_the_best_places():
    clause = "ships of the northern fleet waited outside"
    text = "; ".join([clause] * 120)
    pieces = cut(text)
    assert len(pieces) > 2
    assert all(piece.startswith("ships") for piece in pieces)
    assert all(piece.endswith("outside;") for piece in pieces[:-1])
    lengths = [tokens.count(piece) for piece in pieces]
    assert max(lengths) <= SENTENCE_TOKENS
    assert min(lengths) > SENTENCE_TOKENS / 3


@pytest.mark.parametrize(
    ("mark", "end"),
    [(" | ", "|"), (": ", ":"), ("; ", ";"), (". ", "."), (" \n", "outside")],
)
def test_cuts_prefer_stronger_marks(mark: str, end: str):
    # Lower case after a full stop joins sentences, so that all of these are one stretch at first.
    clause = "ships of the northern fleet waited and waited and waited outside"
    text = mark.join([clause if mark == " | " else clause.replace(" and", ", and")] * 60)
    pieces = cut(text)
    assert len(pieces) > 1
    assert all(piece.endswith(end) for piece in pieces[:-1])


def test_characters_are_kept_whole_where_a_word_must_be_cut():
    family, flag, accented = "👩‍👩‍👧‍👦", "🇳🇴", "e\u0301"
    for unit in (family, flag, accented, "👍🏽", "क्षि"):
        text = unit * 900
        spans = sentences(text)
        assert len(spans) > 1
        assert all(span.start % len(unit) == 0 for span in spans)


@pytest.mark.parametrize(
    "text",
    [
        *("a" * 100_000, "word " * 20_000, "." * 100_000, "“" * 100_000, "A. “" * 20_000),
        *("a\n" * 20_000, "字。" * 10_000, "\u0301" * 100_000, " " * 100_000, "! " * 20_000),
        *("a" + " " * 100_000 + "b.", "He said “x. Y. " * 5_000, "1. " * 20_000, ".)”" * 20_000),
    ],
    ids=lambda text: repr(text[:8]),
)
def test_hostile_repetition_keeps_the_promises(text: str):
    check_spans(text, sentences(text))


def draft(text: str, **fields: object) -> Draft:
    return replace(Draft("stdin:test", text, "text/plain"), **fields)  # type: ignore[arg-type]


def passages(made: Draft, budget: int = 60) -> list[Passage]:
    return split(made, document_id="d-1", version=3, budget=budget)


def span_of(text: str, part: str) -> Span:
    start = text.index(part)
    return Span(start, start + len(part))


def check_passages(made: Draft, found: list[Passage]) -> None:
    """Check what is promised of the passages of any document."""
    assert [passage.number for passage in found] == list(range(len(found)))
    assert bool(found) == bool(made.text.strip())
    last = 0
    for passage in found:
        assert passage.span.start >= last
        last = passage.span.end
        inner = [sentence.span for sentence in passage.sentences]
        assert passage.span == Span(inner[0].start, inner[-1].end)
        moved = [Span(s.start - passage.span.start, s.end - passage.span.start) for s in inner]
        check_spans(passage.span.cut(made.text), moved)
        assert tokens.count(passage.context) <= CONTEXT_TOKENS


@settings(deadline=None)
@given(HOSTILE, st.data())
def test_passages_hold_all_evidence_once(text: str, data: st.DataObject):
    place = st.integers(0, len(text))
    spans = st.lists(st.tuples(place, place).map(lambda p: Span(min(p), max(p))), max_size=4)
    made = draft(text, noise=tuple(data.draw(spans)), headings=tuple(data.draw(spans)))
    budget = data.draw(st.integers(40, 300))
    found = passages(made, budget)
    check_passages(made, found)
    assert found == passages(made, budget)
    marked = set[int]()
    for span in (*made.noise, *made.headings):
        marked.update(range(span.start, span.end))
    held = [s for passage in found for s in passage.sentences]
    for span in sentences(text):
        free = [i for i in range(span.start, span.end) if i not in marked]
        if len(free) == len(span):
            assert sum(s.evidence and s.span == span for s in held) == 1


SENTENCE = "The harbour was closed on Monday after a storm had damaged the old quay."


def test_passages_are_filled_up_to_the_budget():
    text = " ".join([SENTENCE] * 40)
    found = passages(draft(text), 100)
    lengths = [tokens.count(passage.span.cut(text)) for passage in found]
    assert all(80 < length <= 100 for length in lengths[:-1])
    assert sum(len(passage.sentences) for passage in found) == 40
    assert {(passage.document_id, passage.version) for passage in found} == {("d-1", 3)}


def test_paragraphs_are_kept_together_where_they_fit():
    paragraph = " ".join([SENTENCE] * 4)
    text = "\n\n".join([paragraph] * 5)
    assert [p.span.cut(text) for p in passages(draft(text), 100)] == [paragraph] * 5


def test_a_small_rest_goes_to_the_last_passage():
    text = " ".join([SENTENCE] * 6) + " That is all."
    whole = tokens.count(" ".join([SENTENCE] * 6))
    (passage,) = passages(draft(text), whole + 2)
    assert passage.span.cut(text) == text
    assert len(passages(draft(text + " " + " ".join([SENTENCE] * 3)), whole + 2)) == 2


def test_a_sentence_over_the_budget_is_a_passage():
    long = "The harbour, " + "which is old, " * 30 + "was closed."
    text = f"{SENTENCE} {long} {SENTENCE}"
    assert [p.span.cut(text) for p in passages(draft(text), 40)] == [SENTENCE, long, SENTENCE]


def test_a_heading_begins_a_passage_and_is_context_for_the_next():
    part = " ".join([SENTENCE] * 5)
    text = f"{part}\nWhat it means\n{part}\n{part}\nWhat comes next\n{part}"
    headings = (span_of(text, "What it means"), span_of(text, "What comes next"))
    made = draft(text, headings=headings, metadata=Metadata(title="Harbour closed"))
    found = passages(made, 100)
    assert [p.span.cut(text)[:15] for p in found] == [
        "The harbour was",
        "What it means\nT",
        "The harbour was",
        "What comes next",
    ]
    assert [passage.context for passage in found] == [
        "Harbour closed",
        "Harbour closed",
        "Harbour closed – What it means",
        "Harbour closed",
    ]
    assert [s.evidence for s in found[1].sentences] == [False, *[True] * 5]


def test_a_heading_soon_after_the_start_does_not_begin_a_passage():
    text = f"Ships wait.\nWhat it means\n{SENTENCE}"
    (passage,) = passages(draft(text, headings=(span_of(text, "What it means"),)), 200)
    assert passage.span.cut(text) == text


def test_a_heading_is_never_left_at_the_end_of_a_passage():
    part = " ".join([SENTENCE] * 3)
    text = f"{part}\nOne\nTwo\n{part}\n{SENTENCE}"
    made = draft(text, headings=(span_of(text, "One"), span_of(text, "Two")))
    for budget in range(40, 140, 7):
        for passage in passages(made, budget):
            assert not passage.span.cut(text).endswith(("One", "Two"))


def test_context_is_short_and_without_markup():
    title = "A very long headline about the harbour " * 8
    text = f"## What it means\n{SENTENCE} {SENTENCE} {SENTENCE} {SENTENCE} {SENTENCE}"
    made = draft(text, headings=(span_of(text, "## What it means"),))
    assert [passage.context for passage in passages(made, 40)][1] == "What it means"
    titled = replace(made, metadata=Metadata(title=title))
    assert tokens.count(passages(titled)[0].context) == pytest.approx(CONTEXT_TOKENS, abs=3)


def test_noise_is_no_evidence_and_long_noise_is_left_out():
    part = " ".join([SENTENCE] * 3)
    menu = "\n".join(["Home News Sport Business Weather"] * 12)
    text = f"By Ana Ruiz\n{part}\nAdvertisement\n{part}\n{menu}\n{part}\nComments"
    noise = tuple(
        span_of(text, word) for word in ("By Ana Ruiz", "Advertisement", menu, "Comments")
    )
    found = passages(draft(text, noise=noise), 200)
    assert [passage.span.cut(text) for passage in found] == [f"{part}\nAdvertisement\n{part}", part]
    assert [s.evidence for s in found[0].sentences] == [True] * 3 + [False] + [True] * 3


def test_marked_ends_are_cut_off_a_sentence():
    text = f"OSLO (NWA) – {SENTENCE} [Photo: A. Ruiz]\nShips (see below) wait."
    noise = ("OSLO (NWA) –", "[Photo: A. Ruiz]", "(see below)")
    made = draft(text, noise=tuple(span_of(text, part) for part in noise))
    held = [(s.span.cut(text), s.evidence) for p in passages(made) for s in p.sentences]
    assert held[0] == (SENTENCE, True)
    assert held[-1] == ("Ships (see below) wait.", True)
    assert all(not evidence for words, evidence in held if "Photo" in words)


def test_a_mark_is_not_cut_within_a_word_or_down_to_nothing():
    text = f"{SENTENCE} Ships wait."
    for noise in (Span(0, 6), Span(0, text.index("Ships") - 2), Span(3, 3)):
        held = [
            s.span.cut(text) for p in passages(draft(text, noise=(noise,))) for s in p.sentences
        ]
        assert held[-1] == "Ships wait."
        assert "".join(held).endswith("quay.Ships wait.") or held == ["Ships wait."]


def test_a_document_of_noise_only_can_be_found():
    text = "Home\nNews\nSport"
    made = draft(text, noise=(Span(0, len(text)),), headings=(Span(0, 4),))
    (passage,) = passages(made)
    assert passage.span.cut(text) == text
    assert not any(sentence.evidence for sentence in passage.sentences)


def test_a_document_without_words_has_no_passages():
    assert passages(draft("")) == passages(draft(" \n\u2028\t")) == []
