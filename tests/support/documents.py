"""Files in formats that need a program to write them."""

from __future__ import annotations

from pathlib import Path

MINUTES = (
    "The council of Lindholm met on 3 September. Nine of its eleven members were present.",
    "The council voted seven to two for a night ferry. It will sail from 1 November.",
)
"""The words of the two pages of the minutes."""


def write_minutes(path: Path) -> Path:
    """Write the minutes of a council as a PDF of two pages."""
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), invariant=1)
    for page in MINUTES:
        for line, sentence in enumerate(page.removesuffix(".").split(". ")):
            canvas.drawString(72, 720 - 20 * line, f"{sentence}.")
        canvas.showPage()
    canvas.save()
    return path
