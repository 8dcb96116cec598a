"""What came back of an order, who gives which money back to the customer, and where it is settled."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.orders.models import Custody, Method, Order, Refund, RefundState, Return
from sellers.portal.columns import Badge
from sellers.portal.refund_form import RefundForm
from settlement.netting.models import LineState, Paper, SetOffLine

TONES = {
    RefundState.OWED: "awaited",
    RefundState.TOLD: "submitted",
    RefundState.PAID: "paid",
    RefundState.DROPPED: "cancelled",
}


@dataclass(frozen=True, slots=True)
class Back:
    """A refund as its seller reads it; ``form`` is there to tell it as paid, ``reason`` says why its proof
    was sent back.
    """

    refund: Refund
    payer: str
    badge: Badge
    reason: str
    form: RefundForm | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is settled: a page, and what stands there."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class CameBack:
    """A return with its refunds, and the way from it to the set-off that pays for it."""

    returned: Return
    refunds: list[Back]
    why: str
    places: list[Place]


@dataclass(frozen=True, slots=True)
class ReturnsCard:
    """All that came back of an order; ``others`` are refunds of an order that never arrived."""

    returns: list[CameBack]
    others: list[Back]
    to_refund: int


def live_refunds(order: Order) -> list[Refund]:
    """An order's refunds with all that is told of them, oldest first."""
    rows = order.refunds.live().select_related("tender", "proof").prefetch_related("changes")
    return list(rows.order_by("owed_at", "pk"))


def is_mine_to_pay(refund: Refund) -> bool:
    """Whether the seller still owes this refund to the customer."""
    return refund.payer == Custody.SELLER and refund.state == RefundState.OWED


def returns_card(
    order: Order, refunds: Sequence[Refund], forms: Mapping[int, RefundForm]
) -> ReturnsCard | None:
    """What came back and what is given back, given the order's live refunds, and the forms to tell some of
    them as paid; None where nothing is.
    """
    returns = list(order.returns.prefetch_related("lines__line").order_by("at", "number"))
    if not returns and not refunds:
        return None
    settled = _set_offs(order, {each.settled_in for each in returns if each.settled_in})
    told: dict[int | None, list[Back]] = {}
    for each in refunds:
        told.setdefault(each.returned_id, []).append(_back(each, forms.get(each.pk)))
    return ReturnsCard(
        [_came_back(order, each, told.get(each.pk, []), settled) for each in returns],
        told.get(None, []),
        sum(each.amount for each in refunds if is_mine_to_pay(each)),
    )


def _came_back(
    order: Order, returned: Return, mine: list[Back], settled: Mapping[str, list[Place]]
) -> CameBack:
    if not returned.settled_in:
        return CameBack(returned, mine, _unsettled(order), [])
    document = Place(returned.settled_in, reverse("portal:document", args=[returned.settled_in]))
    netted = settled.get(returned.settled_in, [])
    why = (
        _("Taken into account by:")
        if netted
        else _("Taken into account by the document; what it leaves comes on the next set-off:")
    )
    return CameBack(returned, mine, why, [document, *netted])


def _unsettled(order: Order) -> str:
    if hasattr(order, "claim"):
        return _(
            "The order was billed before; what came back is taken into account by your next credit document."
        )
    return _("Nothing of it is billed yet; the next document bills only what is left.")


def _back(refund: Refund, form: RefundForm | None) -> Back:
    changes = sorted(refund.changes.all(), key=lambda each: each.pk)
    sent_back = refund.state == RefundState.OWED and changes and changes[-1].from_state == RefundState.TOLD
    return Back(
        refund=refund,
        payer=_payer(refund),
        badge=Badge(_state(refund), TONES[RefundState(refund.state)]),
        reason=changes[-1].reason if sent_back else "",
        form=form,
    )


def _payer(refund: Refund) -> str:
    if refund.payer == Custody.SELLER:
        return _("You pay the customer")
    if refund.tender.method == Method.VOUCHER:
        return _("The marketplace gives it back to the voucher")
    return _("The marketplace pays the customer")


def _state(refund: Refund) -> str:
    if refund.tender.method == Method.VOUCHER and refund.state == RefundState.PAID:
        return _("Reactivated")
    if refund.tender.method == Method.VOUCHER:
        return _("To be reactivated")
    return refund.get_state_display()


def _set_offs(order: Order, references: Iterable[str]) -> dict[str, list[Place]]:
    """By document, the set-offs its items are, or were, on: of cash, the order's own alone."""
    of_order = ~Q(item__paper=Paper.CASH) | Q(item__order=order)
    lines = SetOffLine.objects.filter(of_order, item__document__reference__in=list(references))
    rows = (
        lines.exclude(state=LineState.WITHDRAWN)
        .order_by("set_off")
        .values_list("item__document__reference", "set_off__reference")
        .distinct()
    )
    found: dict[str, list[Place]] = {}
    for document, set_off in rows:
        place = Place(
            _("Set-off %(reference)s") % {"reference": set_off}, reverse("portal:set_off", args=[set_off])
        )
        found.setdefault(document, []).append(place)
    return found
