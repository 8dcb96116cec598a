"""What the customer's invoice says of a voucher: full gross and VAT, a lower amount due, and why. Pure: no
Django, no clock.

A voucher is a means of payment, never a discount: it changes neither price nor VAT.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.kernel.amounts import amount_text
from marketplace.orders.rules.comments import settle_note

NOTES: Mapping[str, str] = {
    "en": "Of the invoice total, {amount} was paid by voucher",
    "es": "Del total de la factura, {amount} se pagó con vale",
    "pl": "Z łącznej kwoty faktury {amount} opłacono bonem",
    "ro": "Din totalul facturii, {amount} a fost achitat cu voucher",
    "hu": "A számla végösszegéből {amount} utalvánnyal lett kifizetve",
    "cs": "Z celkové částky faktury bylo {amount} uhrazeno poukazem",
}
DUE: Mapping[str, str] = {
    "en": "Amount due: {amount}",
    "es": "Importe a pagar: {amount}",
    "pl": "Do zapłaty: {amount}",
    "ro": "Rest de plată: {amount}",
    "hu": "Fizetendő összeg: {amount}",
    "cs": "K úhradě: {amount}",
}
SIGNS: Mapping[str, str] = {"HUF": "Ft", "RON": "lei", "PLN": "zł", "CZK": "Kč", "EUR": "€"}
"""How an amount's currency is written on an invoice; others by their code."""


@dataclass(frozen=True, slots=True)
class InvoiceTexts:
    """The customer's invoice in minor units and the two lines to put on it, empty without a voucher."""

    gross: int
    voucher: int
    due: int
    note: str = ""
    due_line: str = ""


def invoice_texts(total: int, voucher: int, currency: str, language: str) -> InvoiceTexts:
    """What to write on the customer's invoice of an order; a language we do not write gets English.

    ``language`` may name its country, ``es-MX``: amounts are written as there.

    :raises Refused: if the voucher is worth more than the order.
    """
    due = settle_note(total, voucher, currency)
    if voucher <= 0:
        return InvoiceTexts(gross=total, voucher=0, due=total)
    spoken, written = language[:2].lower(), language
    if spoken not in NOTES:
        spoken = written = "en"
    return InvoiceTexts(
        gross=total,
        voucher=voucher,
        due=due,
        note=NOTES[spoken].format(amount=_amount(voucher, currency, written)),
        due_line=DUE[spoken].format(amount=_amount(due, currency, written)),
    )


def _amount(minor: int, currency: str, language: str) -> str:
    number = amount_text(minor, currency=currency, language=language)
    return f"{number} {SIGNS.get(currency, currency)}"
