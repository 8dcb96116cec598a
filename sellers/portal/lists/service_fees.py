"""The list of fees for services."""

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from marketplace.parties.models import Seller
from sellers.portal.columns import Badge, Column, Kind
from sellers.portal.listing import Listing
from settlement.billing.models import Fee, FeeKind, FeeState

CHARGED = Q(state=FeeState.CHARGED)
WAITS = CHARGED & Q(gross__gt=F("taken") + F("invoiced"))


def standing_of(fee: Fee) -> Badge:
    """How a fee was covered."""
    if fee.state == FeeState.WITHDRAWN:
        return Badge(fee.get_state_display(), "closed")
    if fee.uncovered:
        return Badge(_("Waits for a deposit"), "awaited")
    return Badge(_("Invoiced"), "invoiced") if fee.invoiced else Badge(_("Taken from deposits"), "done")


def search_fees(seller: Seller, text: str) -> Q:
    """By its number, that in the marketplace's systems, a part of what it is for, or a deposit or invoice."""
    own = Fee.objects.of(seller).order_by()
    return (
        Q(reference__icontains=text)
        | Q(external_id__icontains=text)
        | Q(text__icontains=text)
        | Q(pk__in=own.filter(takings__deposit__reference=text.upper()).values("pk"))
        | Q(pk__in=own.filter(lines__invoice__reference=text.upper()).values("pk"))
    )


FEES = Listing(
    name="fees",
    title=gettext_lazy("Fees"),
    columns=(
        Column(
            gettext_lazy("Fee"),
            lambda row: row.reference,
            css="at-title nowrap",
            url=lambda row: reverse("portal:fee", args=[row.reference]),
            width=20,
        ),
        Column(gettext_lazy("Service"), lambda row: row.get_kind_display(), css="at-none"),
        Column(gettext_lazy("What for"), lambda row: row.text, css="at-sub long", width=40),
        Column(gettext_lazy("State"), standing_of, Kind.STATE, css="at-badge", width=20),
        Column(
            pgettext_lazy("when", "Charged"),
            lambda row: row.charged_at,
            Kind.MOMENT,
            "at-sub",
            sort="-charged",
        ),
        Column(gettext_lazy("Amount"), lambda row: row.gross, Kind.MONEY, css="at-amount", sort="-amount"),
        Column(gettext_lazy("Taken from deposits"), lambda row: row.taken, Kind.MONEY, quiet=True),
        Column(pgettext_lazy("amount", "Invoiced"), lambda row: row.invoiced, Kind.MONEY, quiet=True),
        Column(pgettext_lazy("amount", "Waits"), lambda row: row.uncovered, Kind.MONEY, quiet=True),
    ),
    sorts={"charged": "charged_at", "amount": "gross"},
    sort="-charged",
    day="charged_at",
    search=search_fees,
    placeholder=gettext_lazy("Fee, deposit or invoice number, what for"),
    tabs={
        "all": (gettext_lazy("All"), Q()),
        "waiting": (pgettext_lazy("several fees", "Waiting for a deposit"), WAITS),
        "withdrawn": (pgettext_lazy("several fees", "Taken back"), Q(state=FeeState.WITHDRAWN)),
    },
    tabs_label=gettext_lazy("Fees by state"),
    states={str(kind): (kind.label, Q(kind=kind)) for kind in FeeKind},
    states_label=gettext_lazy("Service"),
)
