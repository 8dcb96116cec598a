"""Fees that a Mexican seller's deposits do not cover, invoiced at the month's end, and its orders."""

from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction

from marketplace.parties.models import Market, Seller
from settlement.billing.models import BillingInvoice, Origin
from settlement.billing.operations.issuing import Issue, credit_invoice
from settlement.billing.operations.monthly import invoice_fees
from tests.billing.mexico import charge
from tests.cast import settle, take, work_off_but_rendering
from tests.orders.telling import goods, tell_order, tender

NOVEMBER = date(2026, 11, 1)
MONTH_OVER = datetime(2026, 11, 1, 14, tzinfo=UTC)


def owe(seller: Seller, amount: str = "116.00") -> BillingInvoice:
    """The invoice of a fee charged in October, issued on 1 November; no job of it has run."""
    charge(seller, amount)
    invoice = invoice_fees(seller_id=seller.pk, before=NOVEMBER, at=MONTH_OVER)
    assert invoice is not None
    return invoice


def invoiced(seller: Seller, amount: str = "116.00") -> BillingInvoice:
    """The same, with its item opened."""
    invoice = owe(seller, amount)
    work_off_but_rendering()
    return invoice


def credited(invoice: BillingInvoice) -> BillingInvoice:
    """The credit note that takes an invoice back."""
    with transaction.atomic():
        seller = Seller.objects.locked().select_related("market").get(pk=invoice.seller_id)
        issue = Issue(Origin.REQUEST, None, MONTH_OVER)
        note = credit_invoice(invoice=invoice, seller=seller, reason="Charged twice", code="", issue=issue)
    work_off_but_rendering()
    return note


def sell(market: Market, total: str = "1160.00", **told: Any) -> None:
    """An order paid by card and delivered in October, settled with all that came before."""
    facts = {
        "seller": "7101",
        "currency": "MXN",
        "lines": [goods(total, vat="16")],
        "tenders": [tender("card", total)],
    }
    (taken,) = take(market, tell_order(**(facts | told)))
    assert taken.outcome == "taken", taken.reason
    settle(market)
