"""Setting lines of text in columns by the font's own widths. Pure: no Django, no clock.

A line is one run of text: columns begin at tab stops, and amounts are padded with blanks exactly as wide as
the figures and commas they stand for. Kerning and ligatures must be off, or widths would not add up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape

from settlement.documents.printing import FONTS

STOP = 4
"""Pixels from one tab stop to the next."""

FIGURE_SPACE, PUNCTUATION_SPACE = "\N{FIGURE SPACE}", "\N{PUNCTUATION SPACE}"
_BLANKS = {ord(sign): PUNCTUATION_SPACE for sign in ",."} | {ord(sign): FIGURE_SPACE for sign in "0123456789−"}


@dataclass(frozen=True, slots=True)
class Face:
    """A font at a size: how wide each of its signs is, in pixels."""

    widths: Mapping[int, float]

    def measure(self, text: str) -> float | None:
        """The width of a text; None if the font lacks one of its signs."""
        try:
            return sum(map(self.widths.__getitem__, map(ord, text)))
        except KeyError:
            return None

    def estimate(self, text: str) -> float:
        """The width of a text, taking signs the font lacks for wide ones."""
        wide = self.widths[ord("…")]
        return sum(self.widths.get(ord(sign), wide) for sign in text)

    def cut(self, text: str, width: float) -> str:
        """A text that fits, with an ellipsis where it was too long."""
        room = width - self.widths[ord("…")]
        kept = 0
        for sign in text:
            room -= self.widths[ord(sign)]
            if room < 0:
                break
            kept += 1
        return text[:kept].rstrip() + "…"


@cache
def face(weight: str, points: float) -> Face:
    """Read a font's widths from its file."""
    from fontTools.ttLib import TTFont

    with TTFont(FONTS / f"Inter-{weight}.ttf", lazy=True) as font:
        pixels = points * 4 / 3 / font["head"].unitsPerEm
        advances = font["hmtx"].metrics
        return Face({code: advances[name][0] * pixels for code, name in font.getBestCmap().items()})


def stops_for(width: float) -> int:
    """How many tab stops a column needs for a width and the gap after it."""
    return int(width // STOP) + 3


def in_column(text: str, *, font: Face, stops: int) -> str:
    """A text, as markup, with what leads from its end to the next column.

    A sign our font lacks has no width we know, and a script that runs from right to left turns its
    surroundings around: such a text gets a box of its own.
    """
    width = font.measure(text)
    if width is None:
        return f"<s>{escape(text)}</s>"
    if width > (stops - 2) * STOP:
        text = font.cut(text, (stops - 2) * STOP)
        width = font.measure(text) or 0
    if (past := width % STOP) < 0.1 or past > STOP - 0.1:  # too near a stop to know on which side of it
        text += "\N{HAIR SPACE}"
        width += font.widths[ord("\N{HAIR SPACE}")]
    return escape(text) + "\t" * (stops - int(width // STOP))


def aligned(text: str, widest: str) -> str:
    """An amount padded on the left to the width of the widest of its column."""
    missing = len(widest) - len(text)
    return widest[:missing].translate(_BLANKS) + text if missing > 0 else text


def padded(text: str, width: float, *, font: Face) -> str:
    """A heading moved to the right end of a width, to within a hair."""
    hair = font.widths[ord("\N{HAIR SPACE}")]
    return "\N{HAIR SPACE}" * max(0, int((width - font.estimate(text)) / hair)) + text


def isolated(text: str, *, font: Face) -> str:
    """A text that cannot turn what follows it around, should it run from right to left."""
    if font.measure(text) is None:
        return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"
    return text
