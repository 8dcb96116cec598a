"""What an ERP's invoice says of its order, and what it says otherwise."""

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from marketplace.kernel.amounts import money_text
from marketplace.orders.models import Method, Order, Tender
from marketplace.orders.wording import payment_text
from sellers.erp.port import Made


def order_note(order: Order) -> str:
    """How the order was paid, in the market's language: what a voucher paid is a payment, no discount."""
    language = order.market.locale
    with translation.override(order.market.spoken):
        parts = [_("Order %(number)s") % {"number": order.number}, payment_text(order.payment)]
        tenders = Tender.objects.filter(order=order, method=Method.VOUCHER).values_list("amount", flat=True)
        if paid := sum(tenders):
            amount = money_text(paid, currency=order.currency, language=language)
            parts.append(_("%(amount)s were paid with a voucher") % {"amount": amount})
        return ". ".join(filter(None, parts)) + "."


def differs_text(made: Made, order: Order, *, twins: int = 0, to_stamp: bool = False) -> str:
    """What the ERP has otherwise than the order; nothing where both agree."""
    said = []
    if made.status == "void":
        said.append(_("The ERP has voided this invoice."))
    elif made.rejected:
        said.append(_("The tax authority rejected its stamp; see the invoice in the ERP."))
    elif to_stamp and not made.stamped:
        said.append(_("It was to be stamped and is not: have it stamped on the order's page, or in the ERP."))
    said.append(_total_text(made.total, order))
    if twins > 0:
        said.append(_("The ERP has more than one invoice of this order."))
    return " ".join(filter(None, said))


def _total_text(total: int | None, order: Order) -> str:
    if total is None:
        return _("The ERP does not say a total that can be read.")
    if total == order.total:
        return ""
    language = order.market.locale
    told = {
        "theirs": money_text(total, currency=order.currency, language=language),
        "ours": money_text(order.total, currency=order.currency, language=language),
    }
    return _("The ERP says %(theirs)s, the order %(ours)s.") % told


def status_text(status: str, *, stamped: bool) -> str:
    """What the ERP says of an invoice, in words where we know its own."""
    words = {
        "draft": pgettext("ERP's invoice", "Draft"),
        "open": pgettext("ERP's invoice", "Open"),
        "closed": pgettext("ERP's invoice", "Paid"),
        "void": pgettext("ERP's invoice", "Voided"),
    }
    said = words.get(status, status)
    return _("%(status)s, stamped") % {"status": said} if stamped else said


def gone_text() -> str:
    """That the ERP has an invoice no more."""
    return _("The ERP does not have this invoice any more.")
