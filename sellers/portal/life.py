"""The life of a document's or an order's money: document, invoice, set-offs, disputes, payments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.orders.models import Order
from sellers.door.templatetags.money import money
from sellers.portal.columns import Badge
from sellers.portal.lists.payments import demand_badge, payout_badge
from sellers.portal.lists.setoffs import decision_of
from sellers.portal.lists.setoffs import standing_of as set_off_badge
from sellers.portal.why_open import Why, awaits_invoice, why_open
from settlement.documents.models import Document, DocumentLine, State
from settlement.invoices.models import Invoice
from settlement.invoices.models import State as InvoiceState
from settlement.netting.models import Dispute, Item, LineState, SetOffLine, Side
from settlement.payouts.models import CollectionItem, CollectionState, PayoutItem, PayoutState

INVOICE_TONES = {
    InvoiceState.SUBMITTED: "submitted",
    InvoiceState.BOOKED: "booked",
    InvoiceState.REFUSED: "refused",
    InvoiceState.CANCELLED: "cancelled",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to the money, with the page that shows it."""

    at: datetime
    label: str
    url: str
    badge: Badge
    text: str


@dataclass(frozen=True, slots=True)
class Life:
    """What happened to an order's money, oldest first, and why what is open of it is open; no reason: all
    is settled.
    """

    steps: list[Step]
    reasons: list[Why]


def life_of_order(order: Order) -> Life | None:
    """The life of an order's money; None while it is on no document."""
    lines = DocumentLine.objects.filter(order=order).exclude(document__state=State.VOID)
    line = lines.select_related("document").order_by("-pk").first()
    if line is None:
        return None
    items = _items(Q(order=order) | Q(document=line.document, side=Side.PAYABLE))
    invoices = Invoice.objects.live().filter(document=line.document)
    disputes = Dispute.objects.filter(order=order).select_related("order", "set_off")
    steps = [
        _issued(line),
        *(_invoiced(each, line.document) for each in invoices),
        *steps_of(items),
        *(_disputed(each) for each in disputes),
    ]
    reasons = reasons_of(items, order=order)
    if not any(item.side == Side.PAYABLE for item in items):
        reasons = list(dict.fromkeys([*reasons, *awaits_invoice(line.document)]))
    return Life(sorted(steps, key=lambda step: step.at), reasons)


def invoice_item_of(document: Document) -> list[Item]:
    """The item of a document's invoice, in a list; none before it is booked."""
    return _items(Q(document=document, side=Side.PAYABLE))


def reasons_of(items: Sequence[Item], *, order: Order | None = None) -> list[Why]:
    """Why what is open of some items is open, each reason once."""
    open_ones = [item for item in items if item.open]
    return list(dict.fromkeys(why_open(open_ones, order=order).values())) if open_ones else []


def steps_of(items: Sequence[Item]) -> list[Step]:
    """The set-offs, payouts and demands that some items were on."""
    lines = SetOffLine.objects.filter(item__in=items).exclude(state=LineState.WITHDRAWN)
    payouts = PayoutItem.objects.filter(item__in=items).exclude(payout__state=PayoutState.CANCELLED)
    demands = CollectionItem.objects.filter(item__in=items)
    demands = demands.exclude(collection__state=CollectionState.CANCELLED)
    return [
        *_set_off(lines.select_related("set_off", "item").order_by("set_off", "-position")),
        *(_paid(each) for each in payouts.select_related("payout").order_by("payout")),
        *(_demanded(each) for each in demands.select_related("collection").order_by("collection")),
    ]


def _items(condition: Q) -> list[Item]:
    return list(Item.objects.filter(condition).live().select_related("document").order_by("due_at", "pk"))


def _issued(line: DocumentLine) -> Step:
    document = line.document
    told = {
        "price": money(line.purchase_gross, document.currency),
        "cash": money(line.held_by_seller, document.currency),
    }
    text = (
        _("To be invoiced: %(price)s.")
        if not line.held_by_seller
        else _("To be invoiced: %(price)s. Cash of it you hold: %(cash)s.")
    )
    return Step(
        document.issued_at,
        _("Document %(reference)s") % {"reference": document.reference},
        reverse("portal:document", args=[document.reference]),
        Badge(document.get_state_display(), document.state),
        text % told,
    )


def _invoiced(invoice: Invoice, document: Document) -> Step:
    return Step(
        invoice.submitted_at,
        _("Your invoice %(number)s") % {"number": invoice.number},
        reverse("portal:document", args=[document.reference]) + "#invoice",
        Badge(invoice.get_state_display(), INVOICE_TONES[InvoiceState(invoice.state)]),
        _("%(amount)s for the whole document.") % {"amount": money(invoice.gross, invoice.currency)},
    )


def _set_off(lines: Iterable[SetOffLine]) -> list[Step]:
    """One step for each set-off, whichever of the items are on it."""
    told: dict[int, list[SetOffLine]] = {}
    for line in lines:
        told.setdefault(line.set_off_id, []).append(line)
    return [_netted(each) for each in told.values()]


def _netted(lines: list[SetOffLine]) -> Step:
    set_off = lines[0].set_off
    return Step(
        set_off.proposed_at,
        _("Set-off %(reference)s") % {"reference": set_off.reference},
        reverse("portal:set_off", args=[set_off.reference]),
        set_off_badge(set_off),
        " ".join(_line_text(line) for line in lines),
    )


def _line_text(line: SetOffLine) -> str:
    told = {
        "number": line.item.number,
        "netted": money(line.netted, line.item.currency),
        "remaining": money(line.remaining, line.item.currency),
    }
    if line.item.side == Side.PAYABLE:
        return _("Of invoice %(number)s, %(netted)s is set off and %(remaining)s remains.") % told
    return _("Of its cash, %(netted)s is set off and %(remaining)s remains.") % told


def _disputed(dispute: Dispute) -> Step:
    told = {
        "cash": money(dispute.cash, dispute.set_off.currency),
        "share": money(dispute.share, dispute.set_off.currency),
    }
    return Step(
        dispute.opened_at,
        _("Dispute about order %(order)s") % {"order": dispute.order.number},
        reverse("portal:dispute", args=[dispute.pk]),
        decision_of(dispute),
        _("Left aside: %(cash)s of cash and %(share)s of the invoice.") % told,
    )


def _paid(row: PayoutItem) -> Step:
    payout = row.payout
    told = {"amount": money(row.amount, payout.currency)}
    return Step(
        payout.created_at,
        _("Payout %(reference)s") % {"reference": payout.reference},
        reverse("portal:payout", args=[payout.reference]),
        payout_badge(payout),
        _("It pays %(amount)s of the invoice.") % told,
    )


def _demanded(row: CollectionItem) -> Step:
    demand = row.collection
    told = {"amount": money(row.amount, demand.currency)}
    return Step(
        demand.demanded_at,
        _("Demand %(reference)s") % {"reference": demand.reference},
        reverse("portal:demand", args=[demand.reference]),
        demand_badge(demand),
        _("It asks for %(amount)s of the cash.") % told,
    )
