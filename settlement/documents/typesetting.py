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

from settlement.documents.printing import FONTS

WIDE, FIGURE_SPACE, PUNCTUATION_SPACE = "\N{EM SPACE}", "\N{FIGURE SPACE}", "\N{PUNCTUATION SPACE}"
NARROW = (FIGURE_SPACE, " ", PUNCTUATION_SPACE, "\N{THIN SPACE}", "\N{HAIR SPACE}")
_BLANK = {ord(sign): PUNCTUATION_SPACE for sign in ",."} | {ord(sign): FIGURE_SPACE for sign in "0123456789−"}


@dataclass(frozen=True, slots=True)
class Face:
    """A font at a size: how wide each of its signs is in pixels, and which blanks make up which width."""

    widths: Mapping[int, float]
    gaps: Sequence[float]
    blanks: Sequence[str]

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
        room, kept = width - self.widths[ord("…")], 0
        if self.estimate(text) <= width:
            return text
        for sign in text:
            room -= self.estimate(sign)
            if room < 0:
                break
            kept += 1
        return text[:kept].rstrip() + "…"

    def blank(self, width: float) -> str:
        """Blanks of a width, to within a twentieth of a pixel."""
        wide, rest = divmod(max(0.0, width), self.widths[ord(WIDE)])
        place = bisect_left(self.gaps, rest)
        if place == len(self.gaps) or (place and rest - self.gaps[place - 1] < self.gaps[place] - rest):
            place -= 1
        return WIDE * int(wide) + self.blanks[place]


@cache
def face(weight: str, points: float) -> Face:
    """Read a font's widths from its file."""
    from fontTools.ttLib import TTFont

    with TTFont(FONTS / f"Inter-{weight}.ttf", lazy=True) as font:
        pixels = points * 4 / 3 / font["head"].unitsPerEm
        advances = font["hmtx"].metrics
        widths = {code: advances[name][0] * pixels for code, name in font.getBestCmap().items()}
    texts = (
        "".join(some) for count in reversed(range(6)) for some in combinations_with_replacement(NARROW, count)
    )
    gaps = {round(sum(widths[ord(sign)] for sign in text), 4): text for text in texts}
    return Face(widths, sorted(gaps), [gaps[width] for width in sorted(gaps)])


def in_column(text: str, width: float, *, font: Face) -> str:
    """A text, as markup, with what leads from its end to the next column; too long, it is cut.

    A sign our font lacks has no width we know, and a script that runs from right to left turns its
    surroundings around: such a text gets a box of its own.
    """
    measured = font.measure(text)
    if measured is None:
        return f"<s>{escape(text)}</s>"
    if measured > width:
        text = font.cut(text, width)
        measured = font.estimate(text)
    return escape(text) + font.blank(width - measured)


def at_the_right(text: str, width: float, *, font: Face) -> str:
    """A text, as markup, at the right end of a width."""
    return font.blank(width - font.estimate(text)) + escape(text)


def aligned(amount: str, widest: str) -> str:
    """An amount padded on the left to the width of the widest of its column: a blank for each figure and
    comma.
    """
    missing = len(widest) - len(amount)
    return widest[:missing].translate(_BLANK) + amount if missing > 0 else amount


def isolated(text: str, *, font: Face) -> str:
    """A text that cannot turn what follows it around, should it run from right to left."""
    if font.measure(text) is None:
        return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"
    return text


def fair_share(widths: Sequence[float], room: float) -> float:
    """The width to cut texts at so that all fit together, the short ones whole."""
    left = len(widths)
    for width in sorted(widths):
        if width > room / left:
            return room / left
        room, left = room - width, left - 1
    return max(widths, default=0.0)
