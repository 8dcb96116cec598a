"""How an order is paid: each part of it with its state in words, and the texts for the customer's invoice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from marketplace.kernel.money import vat_within
from marketplace.orders.models import Method, Order, Refund, RefundState, State, Tender, TenderState
from marketplace.orders.rules.invoice_notes import InvoiceTexts, invoice_texts
from sellers.door.templatetags.money import money
from sellers.portal.columns import Badge

NEVER = (State.CANCELLED, State.LOST, State.RETURNED)
"""Statuses in which what is awaited comes no more."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an order's payment as a person reads it."""

    tender: Tender
    badge: Badge
    code: str
    given_back: str


@dataclass(frozen=True, slots=True)
class RateSum:
    """What of an order's total one VAT rate makes up, in minor units."""

    vat_bp: int
    gross: int
    vat: int


@dataclass(frozen=True, slots=True)
class InvoiceCard:
    """The customer's invoice of a voucher order: full price and VAT, and the two lines about the voucher."""

    texts: InvoiceTexts
    rates: list[RateSum]
    guide_url: str


def payment_parts(order: Order, tenders: Sequence[Tender], refunds: Sequence[Refund]) -> list[Part]:
    """The parts of an order's payment, given all its live refunds."""
    return [
        Part(
            tender,
            _state(order, tender),
            _masked(tender.voucher.code) if tender.voucher else "",
            _given_back(tender, [each for each in refunds if each.tender_id == tender.pk], order.currency),
        )
        for tender in tenders
    ]


def invoice_card(order: Order) -> InvoiceCard | None:
    """What to write on the customer's invoice; None where no voucher paid anything."""
    if not order.voucher_amount:
        return None
    rates = order.rates.order_by("vat_bp").values_list("vat_bp", "gross")
    return InvoiceCard(
        invoice_texts(order.total, order.voucher_amount, order.currency, order.market.locale),
        [RateSum(vat_bp, gross, vat_within(gross, vat_bp)) for vat_bp, gross in rates if gross],
        order.market.voucher_guide_url,
    )


def _state(order: Order, tender: Tender) -> Badge:
    method = Method(tender.method)
    if tender.state == TenderState.CAPTURED:
        words: Mapping[Method, str] = {
            Method.VOUCHER: _("Redeemed"),
            Method.CARD: _("Successful payment"),
            Method.TRANSFER: _("Received"),
            Method.COD: _("Collected"),
        }
        return Badge(words[method], "received")
    if order.state in NEVER:
        return Badge(_("Not paid"), "")
    waits: Mapping[Method, tuple[str, str]] = {
        Method.VOUCHER: (_("To be redeemed"), "awaited"),
        Method.CARD: (_("Not captured yet"), "awaited"),
        Method.TRANSFER: (_("Awaited"), "awaited"),
        Method.COD: (_("Paid at delivery"), "open"),
    }
    return Badge(*waits[method])


def _masked(code: str) -> str:
    """A voucher's code but for its last four signs hidden: whoever knows the whole could spend it."""
    return "••••" + code[-4:] if len(code) > 4 else "••••"


def _given_back(tender: Tender, refunds: Sequence[Refund], currency: str) -> str:
    """How much of it went back to the customer, and how much is still to go."""
    paid = sum(each.amount for each in refunds if each.state == RefundState.PAID)
    due = sum(each.amount for each in refunds) - paid
    to_voucher = tender.method == Method.VOUCHER
    said = []
    if paid == tender.amount:
        said.append(_("Reactivated in whole") if to_voucher else _("Refunded in whole"))
    elif paid:
        text = _("Reactivated in part: %(amount)s") if to_voucher else _("Refunded in part: %(amount)s")
        said.append(text % {"amount": money(paid, currency)})
    if due:
        text = _("To be reactivated: %(amount)s") if to_voucher else _("To be refunded: %(amount)s")
        said.append(text % {"amount": money(due, currency)})
    return " · ".join(said)
