"""Lines of a page that are no statements of its article: a second look at what is to be told.

Reading a document marks most of what a page puts around an article (:mod:`index.load.noise`), and
it must decide for all of the text at once. Here only the few sentences are looked at that were
found for a question, each with its own line: titles and names above the first paragraph, captions
that end in a credit, paths of sections, questions that the text itself asks, and sentences in which
the paper speaks of itself and its subscribers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qa.text.words import fold

if TYPE_CHECKING:
    from index.models import Document, Span

SHORT = 14
"""Words of the longest line that counts as a title or a name."""

CAPTION = 60
"""Words of the longest caption."""

_PROSE = re.compile(r"^[^\n]{40,}[.!?…][\"'”’»)\]]*[ \t\r]*$", re.MULTILINE)
_ENDED = re.compile(r"[.!?…:;。！？।؟][\"'”’»)\]]*(?:\[\d+\])*$")
_LISTED = re.compile(r"(?:[-*+•‣◦▪■●○·]|\(?\w{1,3}[.)])\s")
_PATH = re.compile(r"[^\W\d_][^\d|>»›.:]{1,30}(?:\s+[|>»›/]\s+[^\W\d_][^\d|>»›.:]{1,30})+")
_CREDIT_END = re.compile(
    r"(?:"
    r"\b(?i:(?:photo(?:graph)?|picture|image|illustration|credit|foto)s?)"
    r"(?:\s+(?i:by|credit|courtesy))?\s*[:/]\s*[A-Z][^.!?:]{2,60}"
    r"|[(\[](?:[A-Z][\w.&’' -]{1,30}/[A-Z][\w.&’' -]{1,30}"
    r"|[^()\[\]]{0,40}\b(?i:photo|image|picture)s?\b[^()\[\]]{0,60})[)\]]"
    r"|\b(?:REUTERS|Reuters|AP|AFP|EPA|EFE|TASS|dpa|Getty(?:\s+Images)?)\s?/\s?[A-Z][\w.’' -]{1,40}"
    r"|[A-Z][\w.’'-]+(?:\s[A-Z][\w.’'-]+){0,3}\s?/\s?(?:REUTERS|Reuters|AP|AFP|EPA|EFE"
    r"|TASS|dpa|Getty"
    r"(?:\s+Images)?)"
    r")\.?$"
)
_PICTURE_LABEL = re.compile(
    r"(?i:(?:getty images|reuters|afp|epa|pa media|ap|image (?:source|caption)\b.{0,60}"
    r"|photo|image|"
    r"picture|caption|(?:image|photo|picture) \d{1,2} of \d{1,2}))\W*"
)
_LABELLED = re.compile(
    r"(?i:caption|picture|photo(?:graph)?|file (?:photo|picture|image)|image|pictured|"
    r"breaking(?: news)?|reporter|author|words|sponsored|next|previous|more|watch|listen"
    r"|in pictures|gallery|video|"
    r"related(?: \w+)?|read (?:also|more|next)|also read|recommended|tags?|topics?)\s?[:|»›]\s?\S"
)
_PAPER = re.compile(
    r"(?:you(?:['’]ve|\s+have)\s+(?:read|reached|used)\b.{0,60}\b(?:articles?|stories|limit)\b"
    r"|this\s+(?:article|story|content|page|feature)\s+is\s+(?:only\s+)?(?:for|available|exclusive|"
    r"reserved|free)\b.{0,40}\b(?:subscribers?|members?|readers?)\b"
    r"|(?:to\s+continue\s+reading|to\s+read\s+(?:the\s+full|this\s+(?:article|story)))\b"
    r"|unlock\s+(?:this|full|the\s+full|unlimited)\b|become\s+an?\s+(?:member|subscriber"
    r"|supporter)\b"
    r"|already\s+an?\s+(?:subscriber|member)\b|not\s+(?:yet\s+)?an?\s+(?:subscriber|member)\b"
    r"|subscribe\s+(?:to|for|now|today|and)\b|subscribe\s*$|your\s+(?:subscription"
    r"|support|donation)\s+"
    r"(?:helps|supports|keeps|makes|means)\b|support\s+(?:independent|our|quality|local|free)\s+"
    r"(?:journalism|reporting|work)\b|donate\s+(?:today|now|here)\b|thank(?:s|\s+you)\s+for\s+"
    r"(?:reading|subscribing|your\s+support)\b|please\s+consider\s+(?:subscribing"
    r"|donating|supporting|"
    r"becoming)\b|get\s+(?:the\s+)?(?:best|latest|top|breaking|daily"
    r"|our)\b.{0,60}\b(?:inbox|newsletter|"
    r"alerts?|e-?mail)\b|if\s+you\s+(?:enjoyed|liked)\s+this\b|this\s+(?:site|page|website)\s+is\s+"
    r"protected\s+by\b|this\s+(?:story|article|post|report|piece)\s+(?:was|is"
    r"|has\s+been)\s+(?:originally\s+|"
    r"first\s+|last\s+)?(?:published|updated|posted|syndicated|produced|translated)\b"
    r"|contact\s+(?:the\s+)?(?:reporter|author|writer|newsroom|us)\b|have\s+(?:a"
    r"|any)\s+(?:news\s+)?"
    r"(?:tip|story)s?\b.{0,40}\?|(?:e-?mail|write\s+to)\s+(?:us|the\s+\w+)?\s*(?:at\s+)?\S+@\S+"
    r"|report\s+an?\s+(?:typo|error)\b|loading\s+(?:comments|more)\b|share\s+(?:this|on|via)\b"
    r"|click\s+(?:here|to)\b|purchase\s+licensing\b|our\s+standards\s*:|(?:additional\s+"
    r"|further\s+)?"
    r"(?:reporting|editing|writing|translation)\s+by\b|enter\s+your\s+e-?mail\b|sign\s+(?:up|in)\b"
    r"|log\s+in\b|skip\s+to\b|all\s+rights\s+reserved\b|we\s+(?:use|value)\s+(?:cookies"
    r"|your\s+privacy)\b"
    r"|(?:follow|like|find)\s+us\s+on\b|listen\s+to\s+this\s+(?:article|story)\b"
    r"|send\s+us\s+(?:a\s+)?"
    r"(?:tip|letter|comment)s?\b|read\s+(?:also|more|next|the\s+full)\b|most\s+(?:read"
    r"|viewed|popular)\b)",
    re.IGNORECASE,
)
# What somebody asked stands in quotation marks; a question of the text itself states nothing.
_QUESTION = re.compile(r"[?？؟][*_\s]*$")
_WRAPPED = re.compile(r"^[\s(\[*_>»›-]+")


def is_furniture(document: Document, span: Span) -> bool:
    """Return whether a sentence is furniture of the page and no statement of its text.

    Args:
        document: the document.
        span: the sentence.
    """
    text = document.text
    sentence = span.cut(text)
    bare = _WRAPPED.sub("", sentence)
    of_paper = _PAPER.match(bare) and len(sentence) < 200
    if _LABELLED.match(bare) or of_paper or _QUESTION.search(sentence):
        return True
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.end)
    line = text[start : end if end >= 0 else None].strip()
    if len(line) > 500:
        return False
    words = len(line.split())
    if _PICTURE_LABEL.fullmatch(line):
        return True
    if words <= CAPTION and (_CREDIT_END.search(line) or _below_picture(text, start)):
        return True
    if line != sentence.strip() or _ENDED.search(line) or words > SHORT:
        return False
    return (
        _is_title(document, line) or bool(_PATH.fullmatch(line)) or _above_prose(text, line, start)
    )


def _below_picture(text: str, start: int) -> bool:
    """Return whether the line above says that a picture stands there."""
    above = text[max(0, start - 120) : start].rstrip().rpartition("\n")[2].strip()
    return bool(above) and _PICTURE_LABEL.fullmatch(above) is not None


def _is_title(document: Document, line: str) -> bool:
    known = (document.metadata.title, document.metadata.outlet, document.metadata.author)
    return any(name and fold(name) == fold(line.lstrip("# ")) for name in known)


def _above_prose(text: str, line: str, start: int) -> bool:
    """Return whether a line without figures stands above the first paragraph, as titles do.

    A text without paragraphs is a list, and its lines say what it has to say.
    """
    if any(map(str.isdigit, line)) or _LISTED.match(line):
        return False
    first = _PROSE.search(text)
    return first is not None and start < first.start()
