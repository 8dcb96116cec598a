"""The fonts of printed documents: our own, whatever the machine has. Pure: no Django, no clock.

A sign they lack is printed as a question mark: a borrowed glyph would make a document look, and read, one
way here and another there. The workbook keeps every sign.
"""

from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FONTS = ROOT / "var" / "assets" / "fonts"
WEIGHTS = ("Regular", "Medium", "SemiBold", "Bold")
UNKNOWN = "?"


def font_path(weight: str) -> Path:
    """Where a weight's file is; scripts/build_assets.py makes it."""
    return FONTS / f"Inter-{weight}.ttf"


def shown(text: str) -> str:
    """A text as our fonts can write it."""
    known = _signs()
    return text if known.issuperset(text) else "".join(sign if sign in known else UNKNOWN for sign in text)


@cache
def _signs() -> frozenset[str]:
    from fontTools.ttLib import TTFont

    with TTFont(font_path("Regular"), lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap())) | {"\n"}
