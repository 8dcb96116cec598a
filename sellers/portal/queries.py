"""What pages show of orders, besides the rows themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.orders.models import Order, State, What
from marketplace.parties.models import BusinessModel
from settlement.documents.models import DocumentLine
from settlement.documents.models import State as DocumentState
from settlement.review.models import State as SubmissionState
from settlement.review.models import SubmissionLine

MASK = "•••"


@dataclass(frozen=True, slots=True)
class Customer:
    """An order's customer as the seller may see it; before the order is confirmed only name, phone and
    city.
    """

    name: str
    company: str
    document: str
    tax_id: str
    phone: str
    email: str
    street: str
    city: str
    zip: str
    country: str
    masked: bool


def customer_of(order: Order) -> Customer:
    """The customer's data, masked until the seller has confirmed the order; one never confirmed stays
    masked.
    """
    masked = order.confirmed_at is None

    def shown(text: str) -> str:
        return MASK if masked and text else text

    return Customer(
        name=order.customer_name,
        company=shown(order.customer_company),
        document=shown(f"{order.customer_id_type} {order.customer_id_number}".strip()),
        tax_id=shown(order.customer_tax_id),
        phone=order.customer_phone,
        email=shown(order.customer_email),
        street=shown(order.customer_street),
        city=order.customer_city,
        zip=shown(order.customer_zip),
        country=order.customer_country,
        masked=masked,
    )


def split_of_money(order: Order) -> list[dict[str, Any]]:
    """Where an order's total goes: in resale the seller's net price, the VAT on it and the marketplace's
    part; in agency the seller's share and the commission.
    """
    commission = {"label": _("Commission, with VAT"), "amount": order.commission_gross, "series": 3}
    if order.model == BusinessModel.AGENCY:
        return [
            {"label": _("Your share"), "amount": order.purchase_gross, "series": 1},
            commission | {"series": 2},
        ]
    return [
        {"label": _("Purchase price, net"), "amount": order.purchase_net, "series": 1},
        {"label": _("VAT on the purchase price"), "amount": order.purchase_vat, "series": 2},
        commission,
    ]


def timeline_of(order: Order) -> list[dict[str, Any]]:
    """What happened to an order, oldest first."""
    labels = dict(State.choices)
    moves = order.changes.filter(what=What.MOVED).select_related("by").order_by("at", "pk")
    steps = [
        {"at": each.at, "label": labels[State(each.to_state)], "by": each.by, "note": each.reason}
        for each in moves
    ]
    extra: Iterable[tuple[datetime | None, str]] = (
        (order.confirmed_at, _("Confirmed by the seller")),
        (order.receipt_at, _("Receipt registered")),
    )
    steps += [{"at": at, "label": label, "by": None, "note": ""} for at, label in extra if at]
    return sorted(steps, key=lambda step: step["at"])


def voided_of(order: Order) -> str:
    """Why the order's last document was voided, if that is why it is on none; "" otherwise."""
    lines = DocumentLine.objects.filter(order=order, order__billable__isnull=False)
    line = lines.filter(document__state=DocumentState.VOID).select_related("document").order_by("-pk").first()
    if line is None:
        return ""
    change = line.document.changes.order_by("-pk").first()
    told = {"reference": line.document.reference, "reason": change.reason if change else ""}
    return _("Document %(reference)s was voided: %(reason)s. The order goes on the next one.") % told


@dataclass(frozen=True, slots=True)
class InReview:
    """An order that lies with accounting just now."""

    url: str
    period: str


def review_of(order: Order) -> InReview | None:
    """The submission under review that holds the order, if any: more exact than what the order alone can
    say.
    """
    waiting = (SubmissionState.READING, SubmissionState.UNDER_REVIEW, SubmissionState.APPROVED)
    lines = SubmissionLine.objects.filter(order=order, submission__state__in=waiting)
    line = lines.select_related("submission__period").order_by("-pk").first()
    if line is None or not line.is_included:
        return None
    return InReview(reverse("portal:submission", args=[line.submission_id]), str(line.submission.period))
