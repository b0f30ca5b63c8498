"""What a library that is not written in Python may raise."""

from __future__ import annotations


def is_fault(error: BaseException) -> bool:
    """Return whether something went wrong, other than that the process was told to end.

    A panic of Rust code comes as a ``PanicException``, which is no ``Exception``.
    """
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


def in_words(error: BaseException) -> str:
    """Return an error on one line that is not too long."""
    words = " ".join(str(error).split()) or type(error).__name__
    return words if len(words) <= 200 else words[:199] + "…"
