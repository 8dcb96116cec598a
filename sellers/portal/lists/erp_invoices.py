"""The list of orders in the ERP: invoiced, on their way, or failed."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from marketplace.parties.models import Seller
from sellers.erp.models import ErpInvoice, ErpState, Trigger
from sellers.erp.queries import TO_DO
from sellers.erp.refusals import CAUSES
from sellers.erp.wording import status_text
from sellers.portal.columns import Badge, Column, Kind
from sellers.portal.listing import Listing

TONES = {
    ErpState.WAITING: "submitted",
    ErpState.SENDING: "running",
    ErpState.UNKNOWN: "late",
    ErpState.DONE: "done",
    ErpState.FAILED: "failed",
}


def erp_invoices_of(seller: Seller) -> "QuerySet[ErpInvoice]":
    """A seller's orders that are in the ERP, on their way there, or failed."""
    return ErpInvoice.objects.of(seller).select_related("order", "channel", "asked_by")


def badge_of(row: ErpInvoice) -> Badge:
    """How far an order is on its way into the ERP."""
    return Badge(row.get_state_display(), TONES[ErpState(row.state)])


def search_invoices(seller: Seller, text: str) -> Q:
    """By the order's number from its beginning, the ERP's number or id, the customer, or what an error is
    about.
    """
    return (
        Q(order__number__startswith=text)
        | Q(number__icontains=text)
        | Q(external_id=text)
        | Q(order__customer_name__icontains=text)
        | Q(about__icontains=text)
    )


def _why(row: Any) -> str:
    about = row.about if row.about != row.order.number else ""
    return ": ".join(str(part) for part in (CAUSES.get(row.cause, ""), about) if part)


def _number(row: Any) -> str:
    return str(row.number or row.external_id)


def _id_note(row: Any) -> str:
    return _("id %(id)s") % {"id": row.external_id} if row.number and row.external_id else ""


def _asker(row: Any) -> str:
    return str(row.asked_by or "")


def _status(row: Any) -> str:
    return status_text(row.status, stamped=row.stamped)


def _trigger(row: Any) -> str:
    return str(row.get_trigger_display())


def _company(row: Any) -> str:
    return str(row.channel.company or row.channel.name)


ERP_INVOICES = Listing(
    name="erp-invoices",
    title=gettext_lazy("Invoices in the ERP"),
    columns=(
        Column(
            gettext_lazy("Order"),
            lambda row: row.order.number,
            css="at-title nowrap",
            url=lambda row: reverse("portal:order", args=[row.order.number]) + "#erp",
        ),
        Column(
            gettext_lazy("Customer"),
            lambda row: row.order.customer_name,
            css="at-sub long",
            width=30,
        ),
        Column(gettext_lazy("State"), badge_of, Kind.STATE, css="at-badge why", note=_why, width=20),
        Column(gettext_lazy("Why"), _why, on_page=False, width=40),
        Column(gettext_lazy("Number in the ERP"), _number, css="nowrap", note=_id_note, width=22, quiet=True),
        Column(gettext_lazy("Id in the ERP"), lambda row: row.external_id, on_page=False),
        Column(gettext_lazy("Status in the ERP"), _status, width=20, quiet=True),
        Column(
            gettext_lazy("Total"),
            lambda row: row.total,
            Kind.MONEY,
            css="at-amount",
        ),
        Column(gettext_lazy("Order's total"), lambda row: row.order.total, Kind.MONEY, on_page=False),
        Column(
            pgettext_lazy("from the order", "Differs"),
            lambda row: Badge(_("Differs"), "late") if row.differs else None,
            Kind.STATE,
            note=lambda row: row.differs,
            css="long",
            quiet=True,
        ),
        Column(gettext_lazy("What differs"), lambda row: row.differs, on_page=False, width=40),
        Column(gettext_lazy("How"), _trigger, on_page=False, width=18),
        Column(gettext_lazy("Asked by"), _asker, on_page=False, width=28),
        Column(
            gettext_lazy("Asked"),
            lambda row: row.asked_at,
            Kind.MOMENT,
            "at-sub",
            note=_trigger,
            sort="-asked",
        ),
        Column(gettext_lazy("Invoiced"), lambda row: row.done_at, Kind.MOMENT, on_page=False),
        Column(gettext_lazy("Company in the ERP"), _company, on_page=False, width=30),
    ),
    sorts={"asked": "asked_at"},
    sort="-asked",
    day="asked_at",
    search=search_invoices,
    placeholder=gettext_lazy("Order, invoice number, customer or error"),
    tabs={
        "all": (gettext_lazy("All"), Q()),
        "done": (pgettext_lazy("several orders", "Invoiced"), Q(state=ErpState.DONE)),
        "way": (gettext_lazy("On their way"), Q(state__in=TO_DO)),
        "failed": (gettext_lazy("Errors"), Q(state=ErpState.FAILED)),
    },
    tabs_label=gettext_lazy("Orders by how far they are"),
    states={
        "differs": (gettext_lazy("Differs from the order"), ~Q(differs="")),
        "stamped": (gettext_lazy("Stamped"), Q(stamped=True)),
        "unstamped": (gettext_lazy("Not stamped"), Q(stamped=False, state=ErpState.DONE)),
        **{str(trigger): (trigger.label, Q(trigger=trigger)) for trigger in Trigger},
        **{str(cause): (label, Q(cause=str(cause))) for cause, label in CAUSES.items()},
    },
    states_label=gettext_lazy("Only"),
)
