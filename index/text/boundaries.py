"""Where sentences begin inside one logical line: sentencex, corrected.

sentencex (the Wikimedia Foundation's rule-based segmenter) knows abbreviations and quotation marks
of many languages. It is corrected where news and policy text needs it: sentences that go on in
lower case, titles and months, quotations with their speaker, stray quotation marks, sentences in
parentheses. Offsets are code points: every character that is replaced to help the segmenter (white
space, invisible marks, quotation marks, lone surrogates) is replaced by exactly one other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from unicodedata import category

_WINDOW = 4000
"""Most code points given to sentencex at once: its time is quadratic in unclosed quotations."""
_LONG = 400
"""From this length on, a quotation or parenthesis of several sentences is taken apart."""

_MASKED = re.compile(
    "[^\\S ]|[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]"
)
# Sentence terminators of the scripts in use (Unicode property Sentence_Terminal, the common part).
_TERMINATORS = ".!?…。！？．｡।॥؟۔։።፧᙮។៕၊။‼⁇⁈⁉‽"
_TERMINATOR = re.compile(f"[{_TERMINATORS}]")
_CLOSERS = "\"'”’»›)]}」』"
_CLOSING = "\"'”’»)]"
_QUOTED = tuple("\"'”’»")
_OPENERS = "\"'“‘«‹([{„‚「『"
_OPENER = tuple(_OPENERS)
_LEADING_CLOSERS = re.compile(rf"\s*[{re.escape(_CLOSERS + _TERMINATORS)}]+(?=\s|$)")
_SPACED_GUILLEMET = re.compile(r"\s*[»›](?!\w)")
_TRAILING_OPENERS = re.compile(rf"(?:(?<=\s)|^)[{re.escape(_OPENERS)}]+\s*$")
_QUOTES = re.compile(r"[\"“”«»„‟‹›()\[\]「」『』]|(?<!\w)['‘]|['’](?!\w)")
# The mark comes first and what stands before it is looked at from there, so that the search can
# jump from mark to mark.
_APOSTROPHE = re.compile(r"['’](?<=\w.)(?=\w)")
_OPENING_DOUBLE = re.compile(r"\"(?<![^\s(\[{‘'—–-].)(?=\S)")
_OPENING_SINGLE = re.compile(r"'(?<![^\s(\[{“\"—–-].)(?=[^\W\d_])")
_WORD = re.compile(r"[^\W_]")


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Abbreviations without their last full stop: those that are always followed by more, those that
# are before a figure, and those that are unless the next word can only begin a sentence.
_ALWAYS_GO_ON = _words(
    "mr mrs ms mx dr prof sen rep gov gen col lt sgt cpl pvt capt cmdr cdr adm brig maj rev hon "
    "pres amb supt messrs mme mlle vs cf viz e.g i.e eg ie approx incl esp"
)
_GO_ON_BEFORE_FIGURES = _words(
    "no nos nr vol vols fig figs p pp art arts sec secs ch chap para paras pt eq tab ca c jan feb "
    "mar apr jun jul aug sep sept oct nov dec § approx est"
)
_GO_ON = _ALWAYS_GO_ON | _GO_ON_BEFORE_FIGURES
_NAME_ABBREVIATIONS = _words("st inc corp co ltd plc llc bros jr sr ph.d m.d b.a m.a")
_WEEKDAY_OR_ZONE = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:[ECMP][SD]?T|[CEW]ES?T|GMT|UTC|BST|IST)\b|"
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b|\d"
)
_STARTERS = (
    "The He She It They We This That These Those There His Her Its Their However Meanwhile But "
    "When While After Although Since If According Most Many Some Yet"
)
_STARTER = re.compile(
    rf"(?:{'|'.join(_STARTERS.split())}|(?:In|On|At|For|By|As|With)(?= [a-z\d]))\b"
)
_SPEECH = (
    "said says asked asks added adds told tells replied replies wrote writes warned warns argued "
    "argues explained noted stated tweeted declared insisted announced recalled quipped shouted"
)
_SPEAKER = re.compile(
    r"(?!(?:He|She|It|We|They|You|I) )"
    rf"(?:[^\W\d_][\w.'’-]{{0,30}} ){{1,4}}(?:{'|'.join(_SPEECH.split())})\b"
)
_ASKED = re.compile(r"[!?…][\"'”’»]+$")
_LAST_TOKEN = re.compile(r"([\w§][\w.]*)\.$")
_INITIAL = re.compile(r"(?:^|[\s.(\"“‘'-])[A-Z]\.$")
_LETTERED = re.compile(
    r"(?i:\b(?:plan|vitamin|hepatitis|group|class|type|grade|category|appendix|annex|section|part|"
    r"option|schedule|table|chapter|phase|team|unit|and|or|an?)) [A-Z]\.$"
)
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_FIGURE = re.compile(r"\d|[IVX]+\b")
_MARKER_ONLY = re.compile(r"[\s\"“(\[]*(?:\d{1,3}|[ivxIVX]{1,5}|[A-Za-z])[.)]\s*")
_ADDRESS = re.compile(r"[/@]|www\.|\d\.")

_SPACED_END = re.compile(r"[.!?]([\"”’)\]]*) +(?=[\"“‘(\[]?[^\W\d_])")
_LETTERS = re.compile(r"[^\W\d_]{3}")
_SHORTENED = re.compile(r"\b(?:[A-Za-z]\.[A-Za-z]|Inc|Corp|Ltd|Co|Jr|Sr|etc)$")
_WORD_BEFORE_FIGURE = re.compile(r"\b[a-z]\w+ \d{1,4}$")


@lru_cache(maxsize=1024)  # a document's lines are taken apart for its noise and its passages
def starts(line: str, language: str) -> tuple[int, ...]:
    """Return where the sentences of a logical line begin, the first left out, sorted.

    Args:
        line: Text without blank lines in it; a line end inside it counts as a space.
        language: ISO 639-1 code; decides on the abbreviations that are known.

    Returns:
        Offsets in code points. They may stand before white space.
    """
    if _TERMINATOR.search(line, 0, max(0, len(line) - 1)) is None:
        return ()
    # All that is masked counts as not printable, and to ask for that takes a tenth of the time.
    copy = _directed(line if line.isprintable() else _MASKED.sub(" ", line))
    found = {place for begin, part in _windows(copy, language) for place in part if begin < place}
    found.update(_passed_over(copy))
    moved = {_settle(copy, place) for place in found}
    places = sorted(place for place in moved if 0 < place < len(copy))
    if not places:
        return ()
    kept: list[int] = []
    begin, worded = 0, False  # the sentence so far: where it begins, whether it holds a word
    for before, place, after in zip(
        [0, *places[:-1]], places, [*places[1:], len(copy)], strict=True
    ):
        worded = worded or _WORD.search(copy, before, place) is not None
        if not worded or _WORD.search(copy, place, after) is None:
            continue  # a stray quotation mark or full stop is no sentence
        if _is_boundary(copy, begin, place):
            kept.append(place)
            begin, worded = place, False
    return tuple(kept)


def _directed(copy: str) -> str:
    """Give straight quotation marks the direction that their neighbours tell.

    The segmenter pairs marks without a direction from left to right, apostrophes among them, and
    takes what stands between two quotations for one.
    """
    if "'" in copy or "’" in copy:
        copy = _APOSTROPHE.sub("ʼ", copy)
        copy = _OPENING_SINGLE.sub("‘", copy).replace("'", "’")
    if '"' in copy:
        copy = _OPENING_DOUBLE.sub("“", copy).replace('"', "”")
    return copy


def _windows(copy: str, language: str) -> Iterator[tuple[int, list[int]]]:
    """Yield ``(begin, boundaries)`` of successive windows, each of which begins a sentence."""
    begin = 0
    while begin < len(copy):
        part = copy[begin : begin + _WINDOW]
        places = [begin + place for place in _segment(part, language)]
        if begin + len(part) >= len(copy):
            yield begin, places
            return
        # The last sentence may be cut by the window, so the next window begins with it, unless
        # that would make little progress; then the window's end has to do.
        following = places[-1] if places and places[-1] > begin + _WINDOW // 2 else 0
        if not following:
            space = part.rfind(" ", _WINDOW // 2)
            following = begin + (space + 1 if space > 0 else len(part))
        yield begin, places
        begin = following


def _segment(part: str, language: str) -> list[int]:
    """Return the boundaries of a short text, quotations longer than a few lines taken apart."""
    places = _sentencex(part, language)
    edges = [0, *places, len(part)]
    for start, end in pairwise(edges):
        if end - start > _LONG and _QUOTES.search(part, start, end):
            inner = _QUOTES.sub(" ", part[start:end])
            places += [start + place for place in _sentencex(inner, language)]
    return sorted(places)


def _sentencex(part: str, language: str) -> list[int]:
    from sentencex import get_sentence_boundaries

    return [boundary["start_index"] for boundary in get_sentence_boundaries(language, part)][1:]


def _settle(copy: str, place: int) -> int:
    """Move a boundary so that closing marks stay behind it and opening ones come after it."""
    if not copy[place : place + 1].isalnum():
        closers = _LEADING_CLOSERS.match(copy, place, place + 16)
        closers = closers or _SPACED_GUILLEMET.match(copy, place, place + 16)
        if closers:
            return closers.end()
    left = copy[max(0, place - 8) : place]
    if not left.rstrip().endswith(_OPENER):
        return place
    openers = _TRAILING_OPENERS.search(left)
    return place - (openers.end() - openers.start()) if openers else place


def _passed_over(copy: str) -> Iterator[int]:
    """Yield ends that sentencex passes over, each as the place at which the next sentence begins.

    They are a parenthesis that holds the end of a sentence, and an abbreviation or figure followed
    by a word that hardly ever stands there within a sentence.
    """
    for match in _SPACED_END.finditer(copy):
        stop, place, closers = match.start(), match.end(), match[1]
        if not copy[place : place + 2].lstrip(_OPENERS)[:1].isupper():
            continue
        closed = (
            closers and not closers.strip(")]") and _LETTERS.search(copy[max(0, stop - 3) : stop])
        )
        shortened = copy[stop] == "." and "]" not in closers and _is_shortened(copy, stop, place)
        if not closed and not shortened:
            continue
        word = _last_token(copy[max(0, stop - 24) : place].rstrip())
        if not word or word.casefold() not in _GO_ON:
            yield place


def _is_shortened(copy: str, stop: int, place: int) -> bool:
    """Return whether what ends at ``stop`` is an abbreviation or figure, and a starter follows."""
    if not _STARTER.match(copy, place):
        return False
    if _SHORTENED.search(copy[max(0, stop - 8) : stop]):
        return True
    figure = copy.rfind(" ", 0, stop)
    before = copy.rfind(" ", 0, max(0, figure)) + 1
    return stop - figure <= 5 and _WORD_BEFORE_FIGURE.search(copy[before:stop]) is not None


def _last_token(left: str) -> str | None:
    """Return the last word of ``left`` if a full stop follows it, without that full stop."""
    bare = left.rstrip(_CLOSING)
    if not bare.endswith("."):
        return None
    token = _LAST_TOKEN.search(bare, bare.rfind(" ") + 1)
    return token[1] if token else None


def _is_boundary(copy: str, start: int, place: int) -> bool:
    """Return whether a sentence that began at ``start`` may end at ``place``."""
    left = copy[max(start, place - 80) : place].rstrip()
    right = copy[place : place + 120].lstrip()
    if _begins_in_lower_case(right) or category(copy[place])[0] == "M":
        return False
    if place - start < 12 and _MARKER_ONLY.fullmatch(copy, start, place):
        return False
    if not copy[place - 1].isspace() and not copy[place].isspace() and _inside_word(copy, place):
        return False
    if left.endswith(_QUOTED) and _ASKED.search(left) and _SPEAKER.match(right):
        return False
    return not _is_abbreviation(left, right)


def _begins_in_lower_case(right: str) -> bool:
    """Return whether a text begins with a lower-case word; names such as iPhone do not count."""
    return right[:1].islower() and not right[1:2].isupper()


def _inside_word(copy: str, place: int) -> bool:
    """Return whether a boundary without a space lies inside a web address, name or number."""
    if not copy[place - 1].isascii():
        return False
    before = copy[max(0, place - 80) : place].rsplit(" ", 1)[-1]
    following = copy[place : place + 40].split(" ", 1)[0]
    if _ADDRESS.search(before + following):
        return True
    # "He left.She stayed." is a sentence end without its space, "Node.Js" is not.
    word = before.rstrip(_CLOSERS + _TERMINATORS)
    return not (len(word) >= 3 and word.islower() and following[:1] not in _TERMINATORS)


def _is_abbreviation(left: str, right: str) -> bool:  # noqa: PLR0911
    """Return whether the full stop at the end of ``left`` belongs to an abbreviation."""
    token = _last_token(left)
    if token is None:
        return False
    word = token.casefold()
    head = right.lstrip(_OPENERS)
    if word in {"a.m", "p.m"}:
        return _WEEKDAY_OR_ZONE.match(head) is not None
    if word in _ALWAYS_GO_ON or (word in _GO_ON_BEFORE_FIGURES and _FIGURE.match(head)):
        return True
    # Most words are no abbreviation of any kind and need not be looked at further.
    plain = len(word) > 1 and "." not in word and word not in _NAME_ABBREVIATIONS
    if (plain and word != "al") or _STARTER.match(head):
        return False
    if word == "al":
        return left.casefold().endswith("et al.")
    if word in _NAME_ABBREVIATIONS or _DOTTED.fullmatch(token):
        return True
    initial = _INITIAL.search(left, max(0, len(left) - 3))
    return initial is not None and _LETTERED.search(left) is None
