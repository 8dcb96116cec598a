"""What happened to an order's money besides set-offs: its voucher, its documents, and what came back."""

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.orders.models import Custody, Method, Order, RefundState, TenderState
from marketplace.parties.models import BusinessModel
from sellers.door.templatetags.money import money
from sellers.portal.columns import Badge
from sellers.portal.steps import Step
from settlement.billing.models import FeeInvoice
from settlement.documents.models import Document, DocumentLine
from settlement.invoices.models import Invoice
from settlement.invoices.models import State as InvoiceState

INVOICE_TONES = {
    InvoiceState.SUBMITTED: "submitted",
    InvoiceState.BOOKED: "booked",
    InvoiceState.REFUSED: "refused",
    InvoiceState.CANCELLED: "cancelled",
}


def before_settlement(order: Order) -> list[Step]:
    """What a voucher paid of an order, what came back of it, and what was given back, oldest first."""
    steps = [*_vouchers(order), *_returns(order), *_refunds(order)]
    return sorted(steps, key=lambda step: step.at)


def _vouchers(order: Order) -> Iterable[Step]:
    if not order.voucher_amount:
        return
    told = {
        "amount": money(order.voucher_amount, order.currency),
        "rest": money(order.to_pay, order.currency),
    }
    for tender in order.tenders.filter(method=Method.VOUCHER, state=TenderState.CAPTURED)[:1]:
        yield Step(
            tender.paid_at or order.placed_at,
            _("Paid by voucher"),
            "#payment",
            Badge(_("Redeemed"), "received"),
            _("The voucher paid %(amount)s; %(rest)s was left to be paid.") % told,
        )


def _returns(order: Order) -> Iterable[Step]:
    if order.returned_at is None:
        return
    for returned in order.returns.order_by("at", "number"):
        told = {
            "gross": money(returned.gross, order.currency),
            "left": money(returned.left_total, order.currency),
        }
        yield Step(
            returned.at,
            _("Return %(number)s") % {"number": returned.number},
            "#returns",
            Badge(_("Came back"), "late"),
            _("What was sold for %(gross)s came back; %(left)s is left of the order.") % told,
        )


def _refunds(order: Order) -> Iterable[Step]:
    paid = order.refunds.filter(state=RefundState.PAID).select_related("tender")
    for refund in paid.order_by("paid_at", "pk"):
        if refund.paid_at is None:
            continue
        to_voucher = refund.tender.method == Method.VOUCHER
        mine = refund.payer == Custody.SELLER
        text = (
            _("The marketplace gave %(amount)s back to the voucher.")
            if to_voucher
            else _("You paid %(amount)s back to the customer.")
            if mine
            else _("The marketplace paid %(amount)s back to the customer.")
        )
        yield Step(
            refund.paid_at,
            _("Voucher reactivated") if to_voucher else _("Refund"),
            "#returns",
            Badge(_("Reactivated") if to_voucher else refund.get_state_display(), "paid"),
            text % {"amount": money(refund.amount, order.currency)},
        )


def issued(line: DocumentLine) -> Step:
    """The document an order is on, or the credit document that takes it back."""
    document = line.document
    label = _("Credit document %(reference)s") if document.is_credit else _("Document %(reference)s")
    return Step(
        document.issued_at,
        label % {"reference": document.reference},
        reverse("portal:document", args=[document.reference]),
        Badge(document.get_state_display(), document.state),
        _issued_text(line, document),
    )


def _issued_text(line: DocumentLine, document: Document) -> str:
    told = {
        "price": money(line.purchase_gross, document.currency),
        "cash": money(line.held_by_seller, document.currency),
        "fee": money(line.commission_gross, document.currency),
    }
    agency = document.model == BusinessModel.AGENCY
    if document.is_credit:
        text = _("Your share less: %(price)s.") if agency else _("To be credited: %(price)s.")
        if line.held_by_seller:
            text = f"{text} {_('Given back by you: %(cash)s.')}"
    elif agency:
        text = _("Your share: %(price)s. Commission: %(fee)s.")
        if line.held_by_seller:
            text = f"{text} {_('Collected by you: %(cash)s.')}"
    elif line.held_by_seller:
        text = _("To be invoiced: %(price)s. Cash of it you hold: %(cash)s.")
    else:
        text = _("To be invoiced: %(price)s.")
    return text % told


def invoiced(invoice: Invoice) -> Step:
    """The seller's invoice for a document, or its credit note for a credit document."""
    document = invoice.document
    label = _("Your credit note %(number)s") if document.is_credit else _("Your invoice %(number)s")
    return Step(
        invoice.submitted_at,
        label % {"number": invoice.number},
        reverse("portal:document", args=[document.reference]) + "#invoice",
        Badge(invoice.get_state_display(), INVOICE_TONES[InvoiceState(invoice.state)]),
        _("%(amount)s for the whole document.") % {"amount": money(invoice.gross, invoice.currency)},
    )


def fee_steps(documents: Sequence[Document]) -> list[Step]:
    """The commission invoices and credit notes of agency documents."""
    if not any(each.model == BusinessModel.AGENCY for each in documents):
        return []
    rows = FeeInvoice.objects.filter(document__in=documents).select_related("document").order_by("pk")
    return [
        Step(
            fee.issued_at,
            f"{fee.get_kind_display()} {fee.reference}",
            reverse("portal:document", args=[fee.document.reference]) + "#commission",
            Badge(_("Issued"), "issued"),
            _("%(amount)s for the whole document.") % {"amount": money(fee.gross, fee.currency)},
        )
        for fee in rows
    ]
