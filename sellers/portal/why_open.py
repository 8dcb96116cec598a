"""Why an item is still open, in one sentence each, with the page that tells more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.orders.models import Order
from marketplace.parties.models import BusinessModel
from sellers.door.templatetags.days import day, short_day
from settlement.documents.models import Document, Invoicing
from settlement.netting.models import Dispute, Item, LineState, SetOffLine, Side
from settlement.payouts.models import CollectionItem, CollectionState, PayoutItem, PayoutState

ON_THE_WAY = (PayoutState.CREATED, PayoutState.APPROVED, PayoutState.SENT, PayoutState.FAILED)


@dataclass(frozen=True, slots=True)
class Why:
    """Why an item is open, and where to read on."""

    text: str
    url: str


@dataclass(slots=True)
class _Found:
    """What keeps items open, by item."""

    disputes: dict[int, list[Dispute]] = field(default_factory=dict)
    lines: dict[int, SetOffLine] = field(default_factory=dict)
    payouts: dict[int, PayoutItem] = field(default_factory=dict)
    demands: dict[int, CollectionItem] = field(default_factory=dict)


def why_open(items: Sequence[Item], *, order: Order | None = None) -> dict[int, Why]:
    """Why each of some unsettled items is open; their documents are read along by the caller.

    Told to the reader of one order, disputes about others are left out.
    """
    found = _find([item.pk for item in items], order)
    return {item.pk: _join(list(_reasons(item, found))) for item in items}


def _find(keys: Sequence[int], order: Order | None) -> _Found:
    found = _Found()
    withheld = Dispute.objects.open().filter(Q(cash_item__in=keys) | Q(invoice_item__in=keys))
    if order is not None:
        withheld = withheld.filter(order=order)
    for dispute in withheld.select_related("order").order_by("pk"):
        for item_id in (dispute.cash_item_id, dispute.invoice_item_id):
            if item_id is not None:
                found.disputes.setdefault(item_id, []).append(dispute)
    lines = SetOffLine.objects.filter(item__in=keys, state=LineState.PROPOSED).select_related("set_off")
    found.lines = {line.item_id: line for line in lines}
    paid = PayoutItem.objects.filter(item__in=keys, payout__state__in=ON_THE_WAY).order_by("payout")
    found.payouts = {row.item_id: row for row in paid.select_related("payout")}  # the latest try wins
    asked = CollectionItem.objects.filter(item__in=keys, collection__state=CollectionState.DEMANDED)
    found.demands = {row.item_id: row for row in asked.select_related("collection")}
    return found


def _reasons(item: Item, found: _Found) -> Iterable[Why]:
    if item.pk in found.disputes:
        yield _disputed(found.disputes[item.pk])
    if item.pk in found.payouts and item.reserved:
        yield _being_paid(found.payouts[item.pk])
    if item.pk in found.demands and item.reserved:
        yield _demanded(found.demands[item.pk])
    if item.pk in found.lines:
        yield _on_set_off(found.lines[item.pk])
    elif item.available:
        yield _free(item)


def _join(reasons: list[Why]) -> Why:
    if not reasons:
        return Why(_("The payment is being prepared."), "")
    return Why(" ".join(reason.text for reason in reasons), reasons[0].url)


def _disputed(disputes: list[Dispute]) -> Why:
    count, first = len(disputes), disputes[0]
    if count == 1:
        text = _("Order %(order)s is disputed.") % {"order": first.order.number}
        return Why(text, reverse("portal:dispute", args=[first.pk]))
    text = ngettext("%(count)s of its orders is disputed.", "%(count)s of its orders are disputed.", count)
    return Why(text % {"count": count}, reverse("portal:disputes"))


def _being_paid(row: PayoutItem) -> Why:
    payout = row.payout
    text = (
        _("Payout %(reference)s did not go through; it is paid again.")
        if payout.state == PayoutState.FAILED
        else _("Being paid by payout %(reference)s.")
    )
    return Why(text % {"reference": payout.reference}, reverse("portal:payout", args=[payout.reference]))


def _demanded(row: CollectionItem) -> Why:
    demand = row.collection
    text = _("Demanded by %(reference)s, due %(day)s.")
    told = {"reference": demand.reference, "day": day(demand.due_on)}
    return Why(text % told, reverse("portal:demand", args=[demand.reference]))


def _on_set_off(line: SetOffLine) -> Why:
    set_off = line.set_off
    text = _("On set-off %(reference)s, to be answered by %(day)s.")
    told = {"reference": set_off.reference, "day": short_day(set_off.answer_by)}
    return Why(text % told, reverse("portal:set_off", args=[set_off.reference]))


def _free(item: Item) -> Why:
    document = item.document if item.side == Side.RECEIVABLE else None
    waiting = awaits_invoice(document) if document is not None else []
    return waiting[0] if waiting else Why(_("Carried to the next set-off."), reverse("portal:set_offs"))


def awaits_invoice(document: Document) -> list[Why]:
    """That a document's invoice, or a credit document's credit note, is not booked yet, if so."""
    url = reverse("portal:document", args=[document.reference])
    told = {"reference": document.reference}
    if document.model == BusinessModel.AGENCY:
        waits = document.invoicing == Invoicing.AWAITED and document.commission_net > 0
        text = _("The commission invoice of document %(reference)s is being issued.")
        return [Why(text % told, url)] if waits else []
    url += "#invoice"
    if document.invoicing == Invoicing.AWAITED and document.purchase_gross > 0:
        text = (
            _("Document %(reference)s awaits your credit note.")
            if document.is_credit
            else _("Document %(reference)s awaits your invoice.")
        )
        return [Why(text % told, url)]
    if document.invoicing == Invoicing.RECEIVED:
        text = (
            _("Your credit note for document %(reference)s is in review.")
            if document.is_credit
            else _("Your invoice for document %(reference)s is in review.")
        )
        return [Why(text % told, url)]
    return []
