"""The life of an order's money: its voucher, its documents, set-offs, disputes, payments, and what comes
back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from marketplace.orders.models import Custody, Order, RefundState
from sellers.portal.order_steps import before_settlement, fee_steps, invoiced, issued
from sellers.portal.steps import Step, disputed, steps_of
from sellers.portal.why_open import Why, awaits_invoice, why_open
from settlement.documents.models import Document, DocumentLine, State
from settlement.invoices.models import Invoice
from settlement.netting.models import Dispute, Item


@dataclass(frozen=True, slots=True)
class Life:
    """What happened to an order's money, oldest first, and why what is open of it is open; one on a
    document without a reason is settled.
    """

    steps: list[Step]
    reasons: list[Why]
    is_billed: bool


def life_of_order(order: Order) -> Life | None:
    """The life of an order's money; None while nothing has happened to it but its payment."""
    lines = list(_lines(order))
    back = before_settlement(order)
    if not lines:
        return Life(back, _unfinished(order), is_billed=False) if back else None
    documents = [line.document for line in lines]
    items = _items(Q(order=order) | Q(document__in=documents, order=None))
    invoices = Invoice.objects.live().filter(document__in=documents).select_related("document")
    disputes = Dispute.objects.filter(order=order).select_related("order", "set_off")
    steps = [
        *back,
        *(issued(line) for line in lines),
        *(invoiced(each) for each in invoices),
        *fee_steps(documents),
        *steps_of(items),
        *(disputed(each) for each in disputes),
    ]
    reasons = reasons_of(items, order=order)
    answered = {item.document_id for item in items if item.order_id is None}
    unanswered = [why for each in documents if each.pk not in answered for why in awaits_invoice(each)]
    reasons = list(dict.fromkeys([*reasons, *unanswered, *_unfinished(order, is_billed=True)]))
    return Life(sorted(steps, key=lambda step: step.at), reasons, is_billed=True)


def _unfinished(order: Order, *, is_billed: bool = False) -> list[Why]:
    """What of an order's returns and refunds is not finished yet."""
    found = []
    if is_billed and order.returned_at and order.returns.filter(settled_in="").exists():
        found.append(Why(_("What came back comes on your next credit document."), "#returns"))
    owed = order.refunds.filter(payer=Custody.SELLER, state__in=[RefundState.OWED, RefundState.TOLD])
    states = set(owed.values_list("state", flat=True))
    if RefundState.OWED in states:
        found.append(Why(_("You still owe the customer a refund."), "#returns"))
    if RefundState.TOLD in states:
        found.append(Why(_("Accounting looks at the proof of your refund."), "#returns"))
    return found


def _lines(order: Order) -> "QuerySet[DocumentLine]":
    """The order on its documents that stand: the one that billed it, and those that credit it."""
    lines = DocumentLine.objects.filter(order=order).exclude(document__state=State.VOID)
    return lines.select_related("document").order_by("pk")


def items_of(document: Document) -> list[Item]:
    """The items of the whole of a document, its invoice, held money or commission; of a credit document
    also the refunds its seller paid.
    """
    whole = Q(document=document, order=None)
    return _items(Q(document=document) if document.is_credit else whole)


def reasons_of(items: Sequence[Item], *, order: Order | None = None) -> list[Why]:
    """Why what is open of some items is open, each reason once."""
    open_ones = [item for item in items if item.open]
    return list(dict.fromkeys(why_open(open_ones, order=order).values())) if open_ones else []


def _items(condition: Q) -> list[Item]:
    return list(Item.objects.filter(condition).live().select_related("document").order_by("due_at", "pk"))
