"""A long list as lines of text, set in columns by the font's own widths. Pure: no database, no clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import chain

from settlement.documents.columns import LINE, NOTE, WIDTH
from settlement.documents.fonts import shown
from settlement.documents.papers.facts import Cell, Kind, Listing, PaperFacts
from settlement.documents.papers.texts import row_texts, total_texts
from settlement.documents.typesetting import Face, aligned, face

GAP = 9.0
"""Pixels that two columns are apart at least."""

WIDEST_LABEL = 96.0
"""Pixels a heading may widen its column to; a longer one is cut."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where each column begins and how wide it is, in pixels, and its longest text."""

    starts: tuple[float, ...]
    widths: tuple[float, ...]
    longest: tuple[str, ...]


def measure(facts: PaperFacts, listing: Listing, rows: Iterable[Sequence[Cell]]) -> Setting:
    """Look at every row once to find how wide the columns must be; what is left over parts them."""
    label = face("Medium", NOTE)
    widths = [min(label.measure(shown(column.label)), WIDEST_LABEL) for column in listing.columns]
    longest = [""] * len(widths)
    fonts = _fonts(listing)
    texts = (row_texts(facts, listing, row) for row in rows)
    for row in chain([total_texts(facts, listing)], texts):
        for place, text in enumerate(row):
            if listing.columns[place].kind != Kind.LONG:
                widths[place] = max(widths[place], fonts[place].measure(shown(text)))
                longest[place] = max(longest[place], text, key=len)
    starts = _spread(listing, widths)
    return Setting(starts, tuple(widths), tuple(longest))


def heading(listing: Listing, setting: Setting) -> str:
    """The list's name, and its columns' headings."""
    font = face("Medium", NOTE)
    labels = [shown(column.label) for column in listing.columns]
    name = escape(shown(listing.heading))
    return f"<strong>{name}</strong>\n{_set(listing, setting, labels, [font] * len(labels))}"


def row_line(facts: PaperFacts, listing: Listing, row: Sequence[Cell], setting: Setting) -> str:
    """One row."""
    texts = [shown(text) for text in _padded(listing, row_texts(facts, listing, row), setting)]
    return _set(listing, setting, texts, _fonts(listing))


def total_line(facts: PaperFacts, listing: Listing, setting: Setting) -> str:
    """The last line: what all lines before add up to."""
    bold, regular = face("SemiBold", LINE), face("Regular", LINE)
    totals = total_texts(facts, listing)
    first = next((place for place, text in enumerate(totals) if text), len(totals) - 1)
    room = setting.starts[first] + setting.widths[first] - regular.measure(totals[first]) - GAP
    label = bold.cut(shown(listing.closing), room)
    amounts = _set(listing, setting, totals, _fonts(listing), first=first, at=bold.measure(label))
    return f"<b>{escape(label)}</b>{amounts}"


def _fonts(listing: Listing) -> list[Face]:
    """The numbers stand out."""
    return [face("SemiBold" if each.kind == Kind.NUMBER else "Regular", LINE) for each in listing.columns]


def _spread(listing: Listing, widths: list[float]) -> tuple[float, ...]:
    """Where the columns begin: what is left goes to a column of long texts, else between all."""
    gaps = len(widths) - 1
    left = max(0.0, WIDTH - sum(widths) - gaps * GAP)
    kinds = [column.kind for column in listing.columns]
    if Kind.LONG in kinds:
        widths[kinds.index(Kind.LONG)] += left
        left = 0.0
    starts = [0.0]
    for width in widths[:-1]:
        starts.append(starts[-1] + width + GAP + left / gaps)
    return tuple(starts)


def _padded(listing: Listing, texts: Sequence[str], setting: Setting) -> list[str]:
    """The amounts padded to the longest of their column, so that their figures stand below each other."""
    return [
        aligned(text, longest) if column.kind == Kind.AMOUNT and text else text
        for column, text, longest in zip(listing.columns, texts, setting.longest, strict=True)
    ]


def _set(
    listing: Listing,
    setting: Setting,
    texts: Sequence[str],
    fonts: Sequence[Face],
    *,
    first: int = 0,
    at: float = 0.0,
) -> str:
    """Texts at their columns from the first one on; blanks lead there from where the line has come to."""
    line = ""
    for place in range(first, len(texts)):
        font, kind = fonts[place], listing.columns[place].kind
        start, text = setting.starts[place], font.cut(texts[place], setting.widths[place] + 0.5)
        if kind == Kind.AMOUNT:
            start += setting.widths[place] - font.measure(text)
        text = font.blank(start - at) + text
        at += font.measure(text)
        line += f"<b>{escape(text)}</b>" if kind == Kind.NUMBER else escape(text)
    return line.rstrip()
