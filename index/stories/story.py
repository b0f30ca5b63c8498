"""Stories: documents that are copies of one text, whole, cut or with additions.

A wire story comes back from many outlets under other titles, cut at the end or with a paragraph of
their own. Candidates are found by MinHash signatures of their shingles (Broder 1997, "On the
resemblance and containment of documents"; :mod:`index.stories.bands`). A signature estimates
resemblance, which is small where one copy is much shorter, and it hardly tells two football reports
apart that share their phrases. So signatures only propose, and the words decide: see
:func:`is_copy`.

Whatever can be told about a story is worked out when it is read, so that a document which comes
later, or goes, changes it rightly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from index.models import Document, Span
from index.stories.wording import HAD, Wording, overlap, verdicts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Signature = NDArray[np.uint32]

NUMBERS = 128
"""Numbers of a signature; resemblance is estimated with a standard error of .044 at worst."""
_SEED = 1
_LAYOUT = np.dtype("<u4")

COPIED = 0.7
"""So much of the shorter text must stand in the longer one, in words of whole sentences."""
CONTRADICTED = 0.1
"""Most of it that may stand there with other figures, names or a negation: a correction."""
SHORTEST = 20
"""A text of fewer words is a copy of an equal one only: it may be a quotation in a longer one."""
LONGEST = 5.0
"""A text that is so many times longer is a collection, and not a copy with additions."""
_ESTIMATED = 0.4  # of containment, to be worth a look: well below COPIED, for it is an estimate


Place = tuple[int, str, int]
"""Place in the list of stories: how many documents may belong together, under which name, and which
of the stories among them it is. The list runs from many to few, then by name."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A document that repeats the words of a story."""

    document: Document
    """The copy."""
    share: float
    """Part of its words that stand in the canonical copy, 0 to 1, counted in whole sentences."""
    adds: tuple[Span, ...]
    """Its sentences that no copy first seen before it has, (nearly) word for word."""


@dataclass(frozen=True, slots=True)
class Story:
    """Two or more documents that are copies of one text."""

    name: str
    """Identifier of the canonical copy's document."""
    canonical: Document
    """The copy seen first: published first, then recorded first; without a date it comes last."""
    copies: tuple[Copy, ...]
    """The other copies, in the order in which they were seen."""
    place: Place = (0, "", 0)
    """Where it stands among the stories of a record."""

    @property
    def first_seen(self) -> date | None:
        """Day on which the canonical copy was published, where known."""
        return self.canonical.metadata.published_at


@dataclass(frozen=True, slots=True)
class Telling:
    """A document with its words, as :func:`tell` takes it."""

    document: Document
    """A current version."""
    wording: Wording
    """The words of its evidence sentences."""
    taken_in: datetime
    """When its first version was recorded."""


def seen(published_at: date | None, taken_in: datetime, document_id: str) -> tuple[object, ...]:
    """Return what documents are sorted by to find the one seen first."""
    return (published_at or date.max, taken_in, document_id)


def pack(wording: Wording) -> bytes:
    """Return the signature of a text: 128 numbers and how many shingles made them, uint32 LE.

    The MinHash is that of the library rensa with a fixed seed: the same text has the same
    signature in every process.
    """
    from rensa import RMinHash

    minhash = RMinHash(num_perm=NUMBERS, seed=_SEED)
    minhash.update(wording.runs)
    numbers = [*minhash.digest(), len(set(wording.runs))]
    return np.array(numbers, np.uint32).astype(_LAYOUT).tobytes()


def unpack(packed: bytes) -> tuple[Signature, int] | None:
    """Return a signature and the number of shingles behind it; ``None`` if it is of another sort.

    What another version of Dossier made differently is no error: it is made anew by a reindex.
    """
    if len(packed) != (NUMBERS + 1) * _LAYOUT.itemsize:
        return None
    numbers = np.frombuffer(packed, _LAYOUT).astype(np.uint32)
    return numbers[:-1], int(numbers[-1])


def estimate(one: tuple[Signature, int], other: tuple[Signature, int]) -> float:
    """Return about how much of the shingles of the smaller text the larger one has, 0 to 1.

    From resemblance r and sizes a <= b follows the containment r (a + b) / (a (1 + r)).
    """
    small, large = sorted([one[1], other[1]])
    if not small:
        return 0.0
    alike = float(np.mean(one[0] == other[0]))
    return min(alike * (small + large) / (small * (1 + alike)), 1.0)


def is_candidate(one: tuple[Signature, int], other: tuple[Signature, int]) -> bool:
    """Return whether two signatures are so alike that the texts should be compared."""
    return estimate(one, other) >= _ESTIMATED


def is_copy(one: Wording, other: Wording) -> bool:
    """Return whether two texts are copies of one story.

    That holds if at least seven tenths of the shorter one stand in the longer one sentence by
    sentence, (nearly) word for word, and no more than a tenth stand there with other figures, names
    or a negation: a correction is a copy, the next weather report is not.
    """
    part, whole = sorted([one, other], key=lambda wording: len(wording.words))
    if not part.words:
        return False
    if part.words == whole.words:
        return True
    if len(part.words) < SHORTEST or len(whole.words) > LONGEST * len(part.words):
        return False
    lacking, contrary = 0, 0
    for verdict, size in verdicts(part, whole):
        lacking += size if verdict not in HAD else 0
        contrary += size if verdict == "changed" else 0
        # Texts of one template give up after a few sentences.
        if lacking > (1 - COPIED) * len(part.words) or contrary > CONTRADICTED * len(part.words):
            return False
    return True


def tell(documents: Iterable[Telling]) -> list[Story]:
    """Return the stories among documents of which each may be a copy of any other.

    The document seen first is canonical and takes its copies with it; then the first of the rest
    does. A collection of several texts thus does not make one story of them.
    """
    told = {one.document.id: one for one in documents}
    order = sorted(
        told, key=lambda i: seen(told[i].document.metadata.published_at, told[i].taken_in, i)
    )
    return [
        _story(told[first], [told[name] for name in copies])
        for first, *copies in apart(order, {name: one.wording for name, one in told.items()})
    ]


def apart(ids: Sequence[str], words: Mapping[str, Wording]) -> Iterator[tuple[str, ...]]:
    """Yield the stories among documents in the order in which they were seen, as :func:`tell` does.

    Args:
        ids: the documents, those seen first first.
        words: the words of each.
    """
    rest = list(ids)
    while len(rest) > 1:
        first, others = rest[0], rest[1:]
        copies = [name for name in others if is_copy(words[first], words[name])]
        if copies:
            yield (first, *copies)
        rest = [name for name in others if name not in set(copies)]


def _story(first: Telling, copies: Sequence[Telling]) -> Story:
    told: list[Copy] = []
    earlier = [first.wording]
    for copy in copies:
        share = overlap(copy.wording, first.wording).share
        told.append(Copy(copy.document, share, _added(copy.wording, earlier)))
        earlier.append(copy.wording)
    return Story(first.document.id, first.document, tuple(told))


def _added(wording: Wording, earlier: Sequence[Wording]) -> tuple[Span, ...]:
    """Return the sentences of ``wording`` that none of the ``earlier`` has."""
    left = {n for n, (start, end) in enumerate(pairwise(wording.starts)) if end > start}
    for other in earlier:
        if not left:
            break
        found = overlap(wording, other)
        left -= {number for number in left if found.verdicts[number] in HAD}
    return tuple(wording.spans[number] for number in sorted(left))
