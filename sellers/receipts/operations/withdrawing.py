"""Taking a registered receipt back, and registering files on an order a person chose."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.states import move
from marketplace.orders.models import Order
from marketplace.orders.operations.receipts import forget_receipt
from marketplace.parties.models import Seller
from sellers.receipts.models import Bundle, Origin, Receipt, ReceivedFile, State
from sellers.receipts.operations.taking import Handed, open_bundle
from settlement.claims.models import Claim


class ReasonMissing(Exception):
    """Withdrawing needs its reason."""


class Needed(Exception):
    """The order was sent, or billed, on this receipt: it stands."""


@transaction.atomic
def withdraw_receipt(*, receipt_id: int, reason: str, by: Any, at: datetime, as_seller: bool) -> Receipt:
    """Take a receipt back; its order needs another before it is sent. Staff may do so after sending too.

    :raises IllegalMove: if it is withdrawn already.
    :raises ReasonMissing: if no reason is given.
    :raises Needed: if its order was sent (for sellers), or stands on a live document, or a note refers to it.
    """
    if not reason.strip():
        raise ReasonMissing(_("Say why; the seller and your colleagues will read it."))
    owner = Receipt.objects.values_list("seller", flat=True).get(pk=receipt_id)
    Seller.objects.locked().get(pk=owner)
    order = Order.objects.locked().get(receipts=receipt_id)
    receipt = Receipt.objects.locked().get(pk=receipt_id)
    _check_free(receipt, order, as_seller=as_seller)
    move(receipt, State.WITHDRAWN, by=by, at=at, reason=reason.strip()[:200])
    if receipt.opens_the_gate:
        forget_receipt(order=order, by=by, at=at)
    record(
        verb="receipt.withdrawn",
        subject=receipt.number,
        by=by,
        at=at,
        seller_id=receipt.seller_id,
        details={"order": order.number, "reason": reason[:200]},
    )
    return receipt


def _check_free(receipt: Receipt, order: Order, *, as_seller: bool) -> None:
    told = {"receipt": receipt.number, "order": order.number}
    if note := receipt.notes.filter(state=State.REGISTERED).first():
        raise Needed(
            _("Note %(note)s refers to receipt %(receipt)s. Withdraw that first.")
            % {"note": note.number, **told}
        )
    if not receipt.opens_the_gate:
        return
    if claim := Claim.objects.filter(order=order).first():
        raise Needed(
            _("Order %(order)s is billed on %(reference)s, which needs receipt %(receipt)s.")
            % {"reference": claim.reference, **told}
        )
    if as_seller and order.shipped_at is not None:
        raise Needed(
            _("Order %(order)s was sent with receipt %(receipt)s. Ask support to withdraw it.") % told
        )


def assign_files(*, file_ids: Sequence[int], order: Order, origin: Origin, by: Any, at: datetime) -> Bundle:
    """Register received files again, on the order a person chose for them."""
    rows = ReceivedFile.objects.filter(pk__in=file_ids).select_related("file").order_by("position")
    return open_bundle(
        market=order.market,
        sellers=[order.seller],
        files=[Handed(row.name, row.file) for row in rows if row.file],
        origin=origin,
        by=by,
        at=at,
        order=order,
    )
