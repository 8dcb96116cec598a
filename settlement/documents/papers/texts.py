"""A paper's facts as the texts its pages show. Pure: no database, no clock."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from html import escape
from typing import Any

from django.utils.safestring import SafeString

from marketplace.kernel.amounts import amount_text, money_text
from marketplace.kernel.days import day_text
from settlement.documents.papers.facts import Cell, Kind, Listing, PaperFacts
from settlement.documents.pdf import party_texts

_REFERENCE = re.compile(r"\b[A-Z]{2}-(?:[A-Z]{1,2}-)?[0-9]{4}-[0-9]+")

WIDE_FROM = 13
"""Signs of an amount that the usual columns do not hold any more."""


def page_texts(facts: PaperFacts) -> dict[str, Any]:
    """What stands above the lists, and on every page."""
    before, rest = facts.words["page"].split("{page}")
    between, after = rest.split("{pages}")
    payment = facts.payment
    return {
        "facts": facts,
        "words": facts.words,
        "language": facts.spoken,
        "stressed": _unbroken(facts.stressed),
        "text": _unbroken(facts.text),
        "page": {"before": before, "between": between, "after": after},
        "parties": [
            {"heading": each.heading, "party": party_texts(each.party), "addressed": each.addressed}
            for each in facts.parties
        ],
        "sums": [{"label": each.label, "amount": amount(facts, each.amount)} for each in facts.sums],
        "result": {"label": facts.result.label, "amount": money(facts, facts.result.amount)},
        # Drawn by ourselves of what we wrote: the only markup that comes as a fact.
        "picture": SafeString(payment.picture) if payment else "",
    }


def list_texts(facts: PaperFacts, listing: Listing, rows: Iterable[Sequence[Cell]]) -> dict[str, Any]:
    """A list as a table shows it."""
    totals = total_texts(facts, listing)
    span = next((place for place, text in enumerate(totals) if text), len(totals))
    looks = ["num" if column.kind == Kind.AMOUNT else "" for column in listing.columns]
    made = (row_texts(facts, listing, row) for row in rows)
    return {
        "heading": listing.heading,
        "note": listing.note,
        "kinds": [str(column.kind) for column in listing.columns],
        "labels": [(column.label, look) for column, look in zip(listing.columns, looks, strict=True)],
        "rows": [
            (_unbroken(name), list(zip(map(_unbroken, texts), looks[1:], strict=True)))
            for name, *texts in made
        ],
        "closing": listing.closing,
        "span": str(span),
        "totals": totals[span:],
        "wide": max(map(len, totals)) >= WIDE_FROM,
    }


def row_texts(facts: PaperFacts, listing: Listing, row: Sequence[Cell]) -> list[str]:
    """The cells of a row."""
    return [_cell(facts, column.kind, cell) for column, cell in zip(listing.columns, row, strict=True)]


def total_texts(facts: PaperFacts, listing: Listing) -> list[str]:
    """The totals under a list's columns, empty where there is none."""
    return ["" if column.total is None else amount(facts, column.total) for column in listing.columns]


def amount(facts: PaperFacts, minor: int) -> str:
    """An amount of the paper's currency, which its heading names."""
    return amount_text(minor, currency=facts.currency, language=facts.language)


def money(facts: PaperFacts, minor: int) -> str:
    """An amount with its currency."""
    return money_text(minor, currency=facts.currency, language=facts.language)


def _unbroken(text: str) -> SafeString:
    """A text whose references are not parted at the end of a line."""
    return SafeString(_REFERENCE.sub(r'<span class="whole">\g<0></span>', escape(text)))


def _cell(facts: PaperFacts, kind: Kind, cell: Cell) -> str:
    if cell is None or cell == "":
        return ""
    if kind == Kind.DAY:
        day = cell if isinstance(cell, date) else date.fromisoformat(str(cell))
        return day_text(day, language=facts.spoken)
    return amount(facts, cell) if isinstance(cell, int) else str(cell)
