"""Amounts and days of a bank's file, exactly or not at all. Pure: no Django, no clock."""

import re
from datetime import date

from marketplace.kernel.money import BadAmount, parse_minor
from settlement.payouts.bank_answers.tree import Element, text_at
from settlement.payouts.refusals import BadStatement

_AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,5})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_SIGNS = {"CRDT": 1, "DBIT": -1}


def amount_of(element: Element | None, *, entry: int) -> tuple[int, str]:
    """The minor units and the currency of an ``Amt``.

    :raises BadStatement: if it is none, or finer than a hundredth.
    """
    if element is None:
        raise BadStatement(entry=entry, value="Amt")
    text, currency = (element.text or "").strip(), element.get("Ccy", "")
    if not _AMOUNT.fullmatch(text) or not _CURRENCY.fullmatch(currency):
        raise BadStatement(entry=entry, value=f"{text} {currency}".strip()[:60] or "Amt")
    try:
        return parse_minor(text), currency
    except BadAmount:
        raise BadStatement(entry=entry, value=text) from None


def sign_of(element: Element, *, entry: int) -> int:
    """1 for money in, -1 for money out.

    :raises BadStatement: if it is not said.
    """
    side = text_at(element, "CdtDbtInd")
    if side not in _SIGNS:
        raise BadStatement(entry=entry, value=side[:60] or "CdtDbtInd")
    return _SIGNS[side]


def day_at(element: Element, *paths: str, entry: int = 0) -> date | None:
    """The day at the first path that has one, as the bank's calendar has it; None if none has.

    :raises BadStatement: if what stands there is no day.
    """
    text = text_at(element, *paths)
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise BadStatement(entry=entry, value=text[:60]) from None


def iban_at(element: Element, *paths: str) -> str:
    """An account number without blanks."""
    return "".join(text_at(element, *paths).split()).upper()
