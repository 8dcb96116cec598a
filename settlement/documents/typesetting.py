"""Setting lines of text in columns by the font's own widths. Pure: no Django, no clock.

A line is one run of text: what leads from the end of one text to the next column is made of the font's own
blanks, of which some combination is as wide as any gap. Kerning and ligatures must be off, or widths would
not add up. (Tab stops would be simpler; WeasyPrint 70 draws them 2 % wider than it measures them.)
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import combinations_with_replacement

from settlement.documents.fonts import font_path

WIDE, FIGURE_SPACE, PUNCTUATION_SPACE = "\N{EM SPACE}", "\N{FIGURE SPACE}", "\N{PUNCTUATION SPACE}"
NARROW = (FIGURE_SPACE, " ", PUNCTUATION_SPACE, "\N{THIN SPACE}", "\N{HAIR SPACE}")
_BLANK = {ord(sign): PUNCTUATION_SPACE for sign in ",."} | {ord(sign): FIGURE_SPACE for sign in "0123456789−"}


@dataclass(frozen=True, slots=True)
class Face:
    """A font at a size: how wide each of its signs is in pixels, and which blanks make up which width."""

    widths: Mapping[int, float]
    gaps: Sequence[float]
    blanks: Sequence[str]

    def measure(self, text: str) -> float:
        """The width of a text that the font has every sign of."""
        return sum(map(self.widths.__getitem__, map(ord, text)))

    def cut(self, text: str, width: float) -> str:
        """A text that fits, with an ellipsis where it was too long."""
        room, kept = width - self.widths[ord("…")], 0
        if self.measure(text) <= width:
            return text
        for sign in text:
            room -= self.widths[ord(sign)]
            if room < 0:
                break
            kept += 1
        return text[:kept].rstrip() + "…"

    def blank(self, width: float) -> str:
        """Blanks of a width, to within half a hair space."""
        wide, rest = divmod(max(0.0, width), self.widths[ord(WIDE)])
        place = bisect_left(self.gaps, rest)
        if place == len(self.gaps) or (place and rest - self.gaps[place - 1] < self.gaps[place] - rest):
            place -= 1
        return WIDE * int(wide) + self.blanks[place]


@cache
def face(weight: str, points: float) -> Face:
    """Read a font's widths from its file."""
    from fontTools.ttLib import TTFont

    with TTFont(font_path(weight), lazy=True) as font:
        pixels = points * 4 / 3 / font["head"].unitsPerEm
        advances = font["hmtx"].metrics
        widths = {code: advances[name][0] * pixels for code, name in font.getBestCmap().items()}
    texts = (
        "".join(some) for count in reversed(range(6)) for some in combinations_with_replacement(NARROW, count)
    )
    gaps = {round(sum(widths[ord(sign)] for sign in text), 4): text for text in texts}
    return Face(widths, sorted(gaps), [gaps[width] for width in sorted(gaps)])


def in_column(text: str, width: float, *, font: Face) -> str:
    """A text, as markup, with what leads from its end to the next column; too long, it is cut."""
    text = font.cut(text, width)
    return escape(text) + font.blank(width - font.measure(text))


def at_the_right(text: str, width: float, *, font: Face) -> str:
    """A text, as markup, at the right end of a width."""
    return font.blank(width - font.measure(text)) + escape(text)


def aligned(amount: str, widest: str) -> str:
    """An amount padded on the left to the width of the widest of its column: a blank for each figure and
    comma.
    """
    missing = len(widest) - len(amount)
    return widest[:missing].translate(_BLANK) + amount if missing > 0 else amount


def fair_share(widths: Sequence[float], room: float) -> float:
    """The width to cut texts at so that all fit together, the short ones whole."""
    left = len(widths)
    for width in sorted(widths):
        if width > room / left:
            return room / left
        room, left = room - width, left - 1
    return max(widths, default=0.0)
