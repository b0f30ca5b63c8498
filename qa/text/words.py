"""Words of a text: tokens with exact places, stems of the content words, names.

Made for comparing what a statement says with what a source says, and for matching questions with
sentences. Everything is deterministic and works on any Unicode text; English is read best.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from index.text import tokens as vocabulary
from qa.text.lexicon import (
    ALIASES,
    DEMONYMS,
    IRREGULAR_FORMS,
    MONTHS,
    NAME_JOINTS,
    ROLES,
    STOP_WORDS,
    TITLES,
    WEEKDAYS,
)
from qa.text.remembered import remembered_list

# Combining marks and joiners continue a word, which Python's \w does not know of.
_MARKS = (
    "\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u0900-\u0963\u0966-\u0eff\u1ab0-\u1aff\u1dc0-\u1dff\u200c\u200d\u20d0-\u20f0\ufe00-\ufe0f"
    "\ufe20-\ufe2f"
)
# Scripts without spaces between words: each character counts as one.
_SINGLE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LETTER = rf"(?:(?![{_SINGLE}])[^\W\d_])"
_INNER = rf"(?:(?![{_SINGLE}])[^\W_]|[{_MARKS}])"
_TOKEN = re.compile(
    rf"[{_SINGLE}]"
    rf"|(?:{_LETTER}\.){{2,}}"
    rf"|\d+(?:[.,]\d+)*{_INNER}*"
    rf"|{_LETTER}{_INNER}*(?:['’ʼ]{_LETTER}{_INNER}*)*"
)
_ALIKE = str.maketrans(
    dict.fromkeys("‘’‚‛′ʼ`´‹›", "'")
    | dict.fromkeys("“”„‟″«»", '"')
    | dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", None)
)
_DEMONYM_ENDINGS = ("ians", "ian", "ans", "an", "ese", "ish", "is", "i", "ns", "n", "s")
_SENTENCE_GAP = re.compile(r"[.!?…:;。！？\n\"“”«»‘(\[]")
_POSSESSIVE = re.compile(r"['’ʼ](?:s|S)?$")
_HYPHENS = ("-", "‐", "‑")
_VOWELS = "aeiouy"
_SHORT = 4000
_stemmers = threading.local()


class Token(NamedTuple):
    """A word or number in a text."""

    text: str
    """Its characters, as they stand in the text."""
    start: int
    """First code point of it in the text."""
    end: int
    """One past the last."""


def tokens(text: str) -> list[Token]:
    """Return the words and numbers of a text in order.

    Apostrophes inside words, separators inside numbers and the dots of ``U.S.`` belong to the
    token; hyphens separate. A character of Chinese or Japanese is a token.
    """
    return list(_remembered(text)) if len(text) <= _SHORT else list(_tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    return (Token(m[0], m.start(), m.end()) for m in _TOKEN.finditer(text))


@lru_cache(maxsize=4096)
def _remembered(text: str) -> tuple[Token, ...]:
    """Return the tokens of a short text, which its readers ask for one after the other."""
    return tuple(_tokens(text))


def fold(text: str) -> str:
    """Return a text in the form in which two writings of the same words are equal.

    Case, white space, the style of quotation marks, apostrophes and dashes, and invisible
    characters do not matter; letters, accents, digits and punctuation do.
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().translate(_ALIKE).split())


@lru_cache(maxsize=65_536)
@lru_cache(maxsize=65_536)
def key(word: str) -> str:
    """Return a word as it is looked up: folded, without accents and possessive ending."""
    folded = unicodedata.normalize("NFKD", fold(word))
    bare = "".join(c for c in folded if not "\u0300" <= c <= "\u036f")
    bare = unicodedata.normalize("NFC", bare)
    if bare in STOP_WORDS:  # "it's" is no possessive
        return bare
    bare = bare.removesuffix("'s").rstrip("'")
    return bare.replace(".", "") if re.fullmatch(r"(?:[^\W\d_]\.)+", bare) else bare


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return the stem of a word: the base of irregular forms, else by the Snowball algorithm.

    Source: M. F. Porter, Snowball, English stemmer (https://snowballstem.org/algorithms/english).
    """
    looked_up = key(word)
    looked_up = IRREGULAR_FORMS.get(looked_up, looked_up)
    if looked_up[:1].isdigit():
        return looked_up.replace(",", "")
    stemmer = getattr(_stemmers, "english", None)
    if stemmer is None:  # one for each thread, because it keeps state while it works
        import snowballstemmer

        stemmer = _stemmers.english = snowballstemmer.stemmer("english")
    return str(stemmer.stemWord(looked_up))


@lru_cache(maxsize=65_536)
def is_content(word: str) -> bool:
    """Return whether a word carries content: no function word and no single letter.

    Initials in capitals count even if they spell a function word (``US``, ``WHO``), as does
    ``May``.
    """
    looked_up = key(word)
    if looked_up in STOP_WORDS:
        letters = word.replace(".", "")
        return (len(letters) > 1 and letters.isupper()) or letters == "May"
    return len(looked_up) > 1 or looked_up.isdigit() or bool(re.match(f"[{_SINGLE}]", looked_up))


@remembered_list
def content_stems(text: str) -> list[str]:
    """Return the stems of the content words of a text in order, repeats included."""
    shouted = text.isupper()
    words = (t.text.lower() if shouted else t.text for t in tokens(text))
    return [stem(word) for word in words if is_content(word)]


@lru_cache(maxsize=65_536)
def is_common(word: str) -> bool:
    """Return whether a word is an ordinary one, so that a capital alone does not make it a name.

    Read off the vocabulary of the tokenizer, which lists frequent words of a very large text in
    both cases: an ordinary word is more frequent in lower case, a name in upper case. A word that
    is not in it in either case is rare, and rare capitalised words are mostly names.
    """
    looked_up = key(word)
    if looked_up in STOP_WORDS:
        return True
    for form in (looked_up, looked_up.removesuffix("s")):
        lower, upper = vocabulary.rank(form), vocabulary.rank(form.capitalize())
        if lower is not None or upper is not None:
            return upper is None or (lower is not None and lower < upper)
    return False


def names(text: str) -> list[str]:
    """Return the proper names of a text in order, without possessive endings, repeats included.

    A name is a run of capitalised words, with small words such as ``of`` inside. The first word of
    a sentence counts only if it is no ordinary word; months and weekdays alone do not count.
    """
    found: list[str] = []
    words = tokens(text)
    shouted = text.isupper()
    position = 0
    while position < len(words):
        end = _run_end(text, words, position)
        first = position
        while first < end and (shouted or _starts_sentence(text, words, first)):
            if not _is_ordinary(words[first], shouted) or _is_office(words[first:end]):
                break
            first += 1
        while first < end and not _is_capitalised(text, words[first]):
            first += 1
        if first < end and not _is_calendar(words[first:end]):
            name = text[words[first].start : words[end - 1].end]
            found.append(_POSSESSIVE.sub("", name))
        position = max(end, position + 1)
    return found


def name_words(name: str) -> list[str]:
    """Return the words of a name that identify it, in the form in which they are looked up."""
    return [key(token.text) for token in tokens(name) if is_content(token.text)]


def same_name(one: str, other: str) -> bool:
    """Return whether two words, as :func:`key` gives them, name the same thing.

    Plurals and the words for a people or its things are alike: Iran and Iranian, France and French,
    US and American.
    """
    one, other = (ALIASES.get(word, word) for word in (one, other))
    one, other = (DEMONYMS.get(word, word) for word in (one, other))
    return one == other or _derives(one, other) or _derives(other, one)


def _derives(longer: str, shorter: str) -> bool:
    """Return whether ``longer`` is ``shorter`` with an ending for a people or a plural."""
    if longer[:3] != shorter[:3] or len(shorter) < 3:
        return False
    for ending in _DEMONYM_ENDINGS:
        if longer.endswith(ending) and len(longer) > len(ending):
            base = longer.removesuffix(ending)
            if base == shorter:
                return True
            # The country may end in a vowel that the ending replaced: Russia, Italy, Ukraine.
            bare = base.rstrip(_VOWELS)
            if shorter[-1] in _VOWELS and len(bare) >= 3 and bare == shorter.rstrip(_VOWELS):
                return True
    return False


def _run_end(text: str, words: list[Token], start: int) -> int:
    """Return one past the last word of the name that begins at ``start``, or ``start``."""
    if not _is_capitalised(text, words[start]):
        return start
    end = start + 1
    joints = 0
    for position in range(start + 1, len(words)):
        before, word = words[position - 1], words[position]
        gap = text[before.end : word.start]
        if _POSSESSIVE.search(before.text) or not _joins(gap, before):
            break
        if _is_capitalised(text, word) or (gap in _HYPHENS and word.text[0].isdigit()):
            end, joints = position + 1, 0
        elif joints < 3 and (key(word.text) in NAME_JOINTS or (joints and key(word.text) == "the")):
            joints += 1
        else:
            break
    return end


def _joins(gap: str, before: Token) -> bool:
    """Return whether what stands between two words can stand inside a name."""
    if gap in (" ", "\u00a0", "", *_HYPHENS):
        return True
    return gap.rstrip(" \u00a0") == "." and _is_abbreviation(before)


def _starts_sentence(text: str, words: list[Token], position: int) -> bool:
    if position == 0:
        return True
    before = words[position - 1]
    gap = text[before.end : words[position].start]
    if gap.startswith(".") and _is_abbreviation(before):
        return False
    return bool(_SENTENCE_GAP.search(gap))


def _is_abbreviation(word: Token) -> bool:
    """Return whether a full stop after the word belongs to it and ends no sentence."""
    return (len(word.text) == 1 and word.text.isupper()) or key(word.text) in TITLES


def _is_capitalised(text: str, word: Token) -> bool:
    if len(word.text) == 1 and word.text.isupper():  # an initial, but not "I" or "A"
        return text[word.end : word.end + 1] == "."
    if word.text[0].isupper() or unicodedata.category(word.text[0]) == "Lt":
        return is_content(word.text)
    return word.text[0].isalpha() and any(c.isupper() for c in word.text)


def _is_ordinary(word: Token, shouted: bool) -> bool:
    letters = word.text.replace(".", "")
    if not shouted and len(letters) > 1 and letters.isupper():
        return False
    return is_common(word.text)


def _is_office(words: list[Token]) -> bool:
    """Return whether a run begins with an office and goes on with its holder: Mayor Olsen."""
    return len(words) > 1 and key(words[0].text) in ROLES


def _is_calendar(words: list[Token]) -> bool:
    return len(words) == 1 and (key(words[0].text) in MONTHS or key(words[0].text) in WEEKDAYS)
