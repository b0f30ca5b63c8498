"""Stories as programs see them: the same JSON over HTTP and on the command line."""

from __future__ import annotations

from datetime import date

from api.schemas import DocumentReply, Reply
from index.models import Span
from index.stories.story import Copy, Story

COPIES_SHOWN = 200
"""Most copies of one story that are listed; ``documents`` counts all."""
SENTENCES_SHOWN = 50
"""Most added sentences of one copy that are listed; ``added`` counts all."""


class AddedSentence(Reply):
    """A sentence that a copy has and none before it."""

    text: str
    """The sentence: the document's text from ``start`` to ``end``, unchanged."""
    start: int
    """First code point of the sentence in the document's text."""
    end: int
    """One past its last code point."""

    @classmethod
    def of(cls, span: Span, text: str) -> AddedSentence:
        """Return the sentence at ``span`` of ``text`` as it is shown."""
        return cls(text=span.cut(text), start=span.start, end=span.end)


class CopyReply(Reply):
    """A document that repeats a story."""

    document: DocumentReply
    """The copy."""
    share: float
    """Part of its words that the canonical copy has too, 0 to 1, counted in whole sentences."""
    added: int
    """Number of sentences that no copy seen before it has."""
    adds: list[AddedSentence]
    """Those sentences, the first fifty of them."""

    @classmethod
    def of(cls, copy: Copy) -> CopyReply:
        """Return ``copy`` as it is shown."""
        document = copy.document
        return cls(
            document=DocumentReply.of(document, document.version),
            share=round(copy.share, 4),
            added=len(copy.adds),
            adds=[AddedSentence.of(span, document.text) for span in copy.adds[:SENTENCES_SHOWN]],
        )


class StoryReply(Reply):
    """Two or more documents that are copies of one text."""

    id: str
    """Identifier of the canonical copy's document."""
    documents: int
    """Number of documents, the canonical copy among them."""
    first_seen: date | None
    """Day on which the canonical copy was published, where known."""
    canonical: DocumentReply
    """The copy seen first: published first, then recorded first; without a date it comes last."""
    copies: list[CopyReply]
    """The others in the order in which they were seen, the first two hundred of them."""

    @classmethod
    def of(cls, story: Story) -> StoryReply:
        """Return ``story`` as it is shown."""
        return cls(
            id=story.name,
            documents=len(story.copies) + 1,
            first_seen=story.first_seen,
            canonical=DocumentReply.of(story.canonical, story.canonical.version),
            copies=[CopyReply.of(copy) for copy in story.copies[:COPIES_SHOWN]],
        )


class StoriesReply(Reply):
    """The stories that were asked for."""

    stories: list[StoryReply]
    """The stories, those of most documents first."""
    more: bool
    """Whether there are more than were asked for."""
    next: str | None = None
    """What to send as ``after`` for the next page; ``null`` on the last."""
