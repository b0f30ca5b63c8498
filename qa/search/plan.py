"""A question as the searches that it needs: the whole of it, and one for each side it compares.

One search for "which bridge is older, the Harbour Bridge or the Salt Bridge?" finds the documents
about both only by luck; what is said about one side seldom names the other. Which sides there are
is read off the grammar of comparing: a coordination (*A and B*, *A or B*, *A than B*) together with
a word that compares. A question without these needs one search.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.text.lexicon import NAME_JOINTS, STOP_WORDS
from qa.text.words import Token, is_content, key, tokens

MOST_SIDES = 3
"""Sides that are searched for; a longer list of things is covered by the search for it all."""

THE_QUESTION = "the question"
"""Why the first search is made."""

_OPENERS = frozenset(
    """
    am is are was were do does did has have had can could will would shall should may might must
    who whom whose which what when where why how if in on at of for between both either
    """.split()  # noqa: SIM905 -- reads better as text
)
_TO_BE = frozenset({"is", "are", "was", "were"})
_ARTICLES = frozenset({"the", "a", "an"})
_PREPOSITIONS = frozenset({"in", "on", "at", "with", "by", "from"})
_SMALL = NAME_JOINTS | _ARTICLES | _PREPOSITIONS | frozenset({"to", "y"})
ORDER = frozenset(
    """
    first last earlier earliest later latest sooner soonest more most less least fewer fewest
    better best worse worst
    """.split()  # noqa: SIM905 -- reads better as text
)
DEGREES = frozenset(
    """
    older oldest younger youngest elder eldest longer longest shorter shortest taller tallest
    higher highest lower lowest bigger biggest larger largest smaller smallest greater greatest
    richer richest poorer poorest heavier heaviest lighter lightest faster fastest slower slowest
    nearer nearest closer closest further furthest farther farthest deeper deepest wider widest
    stronger strongest weaker weakest cheaper cheapest costlier costliest newer newest hotter
    hottest colder coldest warmer warmest busier busiest safer safest
    """.split()  # noqa: SIM905 -- reads better as text
)
_COMPARATIVES = ORDER | DEGREES
_COMPARING = frozenset(
    """
    both same different difference differences differ differs differed differing compare compares
    compared comparing comparison versus vs similar similarity similarities similarly alike common
    share shares shared agree agrees agreed disagree disagrees disagreed contradict contradicts
    contradicted contrast contrasts respectively each change changed gap
    """.split()  # noqa: SIM905 -- reads better as text
)
_SAYING = frozenset(
    """
    say says said report reports reported claim claims claimed write writes wrote describe describes
    described put puts count counts counted estimate estimates estimated argue argues argued state
    states stated explain explains explained cover covers covered
    """.split()  # noqa: SIM905 -- reads better as text
)
_LIST_ENDS = _COMPARING | _SAYING | _COMPARATIVES
_QUOTED = re.compile(r"[“„«\"]([^“”„«»\"]{2,})[”“»\"]")
_CHOICE = re.compile(r"\b(?:which|who|whom|whose|what|where|when)\b", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:the|an?)\s+(?=[^\W\d_a-z])")
"""An article before a name: the sentence's, not the name's."""
_NO_SIDE = frozenset({"other", "others", "else", "not", "rather", "so", "later", "ever", "usual"})


@dataclass(frozen=True, slots=True)
class SubQuery:
    """One search that a question needs."""

    text: str
    """The words to search for."""
    why: str
    """What it is for, to be shown to a reader."""
    asked: str
    """What is asked, without the sides of a comparison."""
    side: str | None = None
    """What it is about, where it looks for one side of a comparison."""


def plan(question: str) -> tuple[SubQuery, ...]:
    """Return the searches for a question: the whole of it first, then one for each side.

    Args:
        question: the question, readable without the conversation; capitals help and are not needed.
    """
    found = sides(question)
    asked = _rest(question, found) if found else question
    whole = SubQuery(question, THE_QUESTION, asked)
    return (
        whole,
        *(SubQuery(f"{side} {asked}".strip(), f"one side: {side}", asked, side) for side in found),
    )


def sides(question: str) -> tuple[str, ...]:
    """Return the things that a question compares, as it writes them; empty if it compares none."""
    words = tokens(question)
    keys = [key(word.text) for word in words]
    compares = any(k in _COMPARING for k in keys)
    ranks = any(k in _COMPARATIVES for k in keys)
    quoted = tuple(match.strip(" ,.") for match in _QUOTED.findall(question))
    if len(set(quoted)) > 1 and (compares or ranks):
        return _bounded(quoted)
    reader = _Reader(question, words, keys)
    for position, word in enumerate(keys):
        found: tuple[str, ...] = ()
        if word == "or" and _is_small(words[position]):
            found = reader.choice(position, ranks=ranks or compares)
            if not ranks and any(side[0].isdigit() for side in found):
                found = ()  # 10,000 or 11,000: two values for one thing, which is searched for
        elif word in ("versus", "vs"):
            found = reader.pair(position, position)
        elif word == "than" and ranks:
            found = reader.than(position)
        elif word in ("compare", "compared") and keys[position + 1 : position + 2] in _LINKS:
            found = reader.pair(position, position + 1)
        if len(found) > 1:
            return _bounded(found)
    says = any(k in _SAYING for k in keys)
    # The last "and" is the likeliest: those before it stand inside a name or in a list.
    for position in reversed(range(len(keys))):
        if keys[position] == "and" and _is_small(words[position]) and (compares or ranks or says):
            found = reader.both(position, plain=compares or ranks)
            if len(found) > 1:
                return _bounded(found)
    return ()


_LINKS = (["to"], ["with"])


@dataclass(frozen=True, slots=True)
class _Reader:
    """Cuts the two sides out around a word that joins them."""

    text: str
    words: list[Token]
    keys: list[str]

    def choice(self, position: int, *, ranks: bool) -> tuple[str, ...]:
        """Return the sides of *A or B*."""
        comma = self._choice_comma(position)
        right = self._right(position + 1)
        if right is None:
            return ()
        if comma is not None:
            right = right[0], self._to_the_end(right[1])
            listed = self.text[comma + 1 : self.words[position].start]
            # English marks three or more by a comma before the "or", or by a superlative.
            many = listed.rstrip().endswith(",") or any(k.endswith("est") for k in self.keys)
            left = re.split(r",\s+", listed.strip(" ,")) if many else [listed.strip(" ,")]
            sides = (*(_ARTICLE.sub("", side) for side in left), self._cut(*right))
            return sides if ranks or self._named(*right) else ()
        start = self._left(position - 1)
        if start is None:
            return ()
        named = self._named(start, position - 1) and self._named(*right)
        if not named and not (ranks and self._is_thing(start) and self._is_thing(right[0])):
            return ()
        return self._cut(start, position - 1), self._cut(*right)

    def both(self, position: int, *, plain: bool) -> tuple[str, ...]:
        """Return the sides of *A and B*, or of *A, B and C*."""
        found = self._around(position, position)
        if found is None:
            return ()
        start, (first, last) = found
        named = self._named(start, position - 1) and self._named(first, last)
        if not named and not (plain and self._are_compared(start, last)):
            return ()
        before: list[str] = []
        while start > 0 and self._gap(start - 1).strip() == "," and len(before) < MOST_SIDES:
            earlier = self._left(start - 1)
            if earlier is None or not self._named(earlier, start - 1):
                break
            before.insert(0, self._cut(earlier, start - 1))
            start = earlier
        return (*before, self._cut(found[0], position - 1), self._cut(first, last))

    def pair(self, before: int, after: int) -> tuple[str, ...]:
        """Return the sides of *A versus B* or *A compared with B*."""
        found = self._around(before, after)
        if found is None:
            return ()
        return self._cut(found[0], before - 1), self._cut(*found[1])

    def than(self, position: int) -> tuple[str, ...]:
        """Return the sides of *is A older than B*."""
        right = self._right(position + 1)
        # Without any capitals, "is A longer than B" is told by its form.
        bare = self.text.islower() and self.keys[0] in _TO_BE
        if right is None or self.keys[right[1]].endswith("ed"):  # longer than planned
            return ()
        if not (bare or self._named(*right) or self._is_thing(right[0])):
            return ()
        rank = next((i for i in range(position) if self.keys[i] in _COMPARATIVES), position - 1)
        for last in reversed(range(rank)):
            start = self._left(last)
            if start is None:
                continue
            if (bare and start == 1) or self._named(start, last) or self._is_thing(start):
                return self._cut(start, last), self._cut(*right)
        return ()

    def _choice_comma(self, position: int) -> int | None:
        """Return where the comma stands that separates what is asked from the choice."""
        asked = _CHOICE.search(self.text, 0, self.words[position].start)
        if asked is None:
            return None
        comma = self.text.find(", ", asked.end(), self.words[position].start)
        return comma if comma >= 0 else None

    def _around(self, before: int, after: int) -> tuple[int, tuple[int, int]] | None:
        start = self._left(before - 1)
        right = self._right(after + 1)
        return None if start is None or right is None else (start, right)

    def _left(self, last: int) -> int | None:
        """Return the first word of the thing that ends with the word ``last``."""
        if last < 0 or (last == 0 and self.keys[0] in _OPENERS):
            return None
        named = self._is_capital(last)
        if not named and self.keys[last] in STOP_WORDS | _LIST_ENDS:
            return None
        start = last
        while start > 0 and self._gap(start - 1).strip(" \u00a0:.'’&(–-/!") == "":
            before = start - 1
            if before == 0 and self.keys[0] in _OPENERS:
                break
            if named and not self._is_capital(before):
                reach = [i for i in range(max(0, before - 2), before) if self._is_capital(i)]
                inside = self.keys[before] in _SMALL and reach and self._all_small(reach[-1], start)
                if not inside or (reach[-1] == 0 and self.keys[0] in _OPENERS):
                    break
            if not named and not self._goes_on(before):
                break
            start = before
        if not named and start > 0 and self.keys[start - 1] in _ARTICLES:
            start -= 1
        return start

    def _right(self, first: int) -> tuple[int, int] | None:
        """Return the first and last word of the thing that begins with the word ``first``."""
        while first < len(self.keys) - 1 and self.keys[first] in _PREPOSITIONS:
            first += 1
        head = first
        while head < len(self.keys) and self.keys[head] in _ARTICLES:
            head += 1
        if head >= len(self.keys) or self.keys[head] in _NO_SIDE:
            return None
        named = self._is_capital(head)
        if named and self.words[first].text.islower():
            first = head  # the article is the sentence's, not the name's
        if not named and not self._goes_on(head):
            return None
        end = head
        while end + 1 < len(self.keys) and self._gap(end).strip(" \u00a0:.'’&()–-/!") == "":
            after = end + 1
            if named and not self._is_capital(after):
                reach = [
                    i
                    for i in range(after + 1, min(after + 4, len(self.keys)))
                    if self._is_capital(i)
                ]
                if self.keys[after] not in _SMALL or not reach:
                    break
                if not self._all_small(after - 1, reach[0]):
                    break
            if not named and self.keys[after] == "of":
                after = self._owner(after)  # "the director of The Long Pier"
            if not named and self.keys[after] in STOP_WORDS | _LIST_ENDS:
                break
            end = after
        return first, end

    def _to_the_end(self, last: int) -> int:
        """Return the last word of what goes on without a pause: "the Lindholm ferry"."""
        while last + 1 < len(self.keys) and self._gap(last).strip(" \u00a0-") == "":
            if self.keys[last + 1] in STOP_WORDS | _LIST_ENDS:
                break
            last += 1
        return last

    def _owner(self, position: int) -> int:
        """Return the first word of what follows an "of", past the articles."""
        after = position + 1
        while after < len(self.keys) - 1 and self.keys[after] in _ARTICLES:
            after += 1
        return min(after, len(self.keys) - 1)

    def _goes_on(self, position: int) -> bool:
        """Return whether a word may stand inside a thing that is written small."""
        if self.keys[position] in _COMPARATIVES and position > 0:
            return self.keys[position - 1] in _ARTICLES  # "the first report"
        return self.keys[position] not in STOP_WORDS | _LIST_ENDS

    def _all_small(self, low: int, high: int) -> bool:
        """Return whether all words between two places may stand inside a name."""
        return all(self.keys[i] in _SMALL for i in range(low + 1, high))

    def _are_compared(self, start: int, last: int) -> bool:
        """Return whether the words around a coordination say that it is the one compared."""
        before = self.keys[max(0, start - 2) : start]
        after = self.keys[last + 1 : last + 3]
        return any(k in _COMPARING or k == "between" for k in (*before, *after))

    def _is_thing(self, first: int) -> bool:
        return self.keys[first] in _ARTICLES

    def _named(self, first: int, last: int) -> bool:
        return any(self._is_capital(i) for i in range(first, last + 1))

    def _is_capital(self, position: int) -> bool:
        word = self.words[position].text
        return word[0].isdigit() or any(c.isupper() for c in word)

    def _gap(self, position: int) -> str:
        """Return what stands between a word and the next."""
        return self.text[self.words[position].end : self.words[position + 1].start]

    def _cut(self, first: int, last: int) -> str:
        end = self.words[last].end
        # A bracket that opens inside closes behind the last word.
        cut = self.text[self.words[first].start : end]
        return cut + ")" if cut.count("(") > cut.count(")") else cut


def _is_small(word: Token) -> bool:
    """Return whether a joining word is written small: a capital one belongs to a title."""
    return word.text.islower()


def _bounded(found: tuple[str, ...]) -> tuple[str, ...]:
    different = {key(side): side for side in reversed(found) if side.strip()}
    kept = [side for side in dict.fromkeys(found) if different.get(key(side)) == side]
    return tuple(kept[:MOST_SIDES]) if len(kept) > 1 else ()


def _rest(question: str, found: tuple[str, ...]) -> str:
    """Return what is asked about each side: the other content words of the question."""
    for side in found:
        question = re.sub(rf"(?<!\w){re.escape(side)}(?!\w)", " ", question)
    kept = (token.text for token in tokens(question) if is_content(token.text))
    return " ".join(word for word in kept if key(word) not in _COMPARING | ORDER)
