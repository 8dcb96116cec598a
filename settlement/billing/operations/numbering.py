"""Numbers of deposits, fees, invoices and requests: gapless per market, kind and year."""

from collections.abc import Sequence
from typing import Any

from marketplace.kernel.numbers import take_numbers
from marketplace.kernel.zones import local_date
from marketplace.parties.models import Market
from settlement.billing.models import BillingKind

SERIES = {
    "deposit": "DP",
    "fee": "FE",
    "change_request": "CR",
    "billing_invoice": "I",
    "billing_credit_note": "IC",
}
"""The letters each kind of number bears."""

INVOICE_SERIES = {BillingKind.INVOICE: "billing_invoice", BillingKind.CREDIT: "billing_credit_note"}


def number(rows: Sequence[Any], *, market: Market, kind: str, at: Any) -> None:
    """Give unsaved rows their numbers, in the year of ``at`` in the market; call it last."""
    if not rows:
        return
    year = local_date(at, market.zone).year
    serials = take_numbers(market_id=market.pk, kind=kind, year=year, count=len(rows))
    for row, serial in zip(rows, serials, strict=True):
        row.year, row.serial = year, serial
        row.reference = f"{market.code}-{SERIES[kind]}-{year}-{serial:06d}"
