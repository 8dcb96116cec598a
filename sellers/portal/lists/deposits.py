"""The list of deposits, of which those not invoiced yet can be ticked."""

from dataclasses import replace

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from marketplace.parties.models import Seller
from sellers.portal.columns import Badge, Box, Column, Kind
from sellers.portal.listing import Listing
from settlement.billing.models import BillingLine, Deposit, DepositState, FeeTaking

TICKS = "ticks"
"""The id of the form that what is ticked belongs to."""

RECEIVED = Q(state=DepositState.RECEIVED)
TO_INVOICE = RECEIVED & Q(invoiced__lt=F("gross"))
TONES = {DepositState.PROPOSED: "awaited", DepositState.REFUSED: "closed", DepositState.REVERSED: "reversed"}


def standing_of(deposit: Deposit) -> Badge:
    """How far a deposit is: what its seller may still do with it."""
    state = DepositState(deposit.state)
    if state != DepositState.RECEIVED:
        return Badge(deposit.get_state_display(), TONES[state])
    if not deposit.uninvoiced:
        return Badge(_("Invoiced"), "invoiced")
    return Badge(_("Invoiced in part") if deposit.invoiced else _("To be invoiced"), "open")


def search_deposits(seller: Seller, text: str) -> Q:
    """By its number, the payer's or bank's number, how it was paid, an invoice it stands on or a fee taken
    from it.
    """
    takings = FeeTaking.objects.filter(fee__seller=seller, fee__reference=text.upper())
    lines = BillingLine.objects.filter(invoice__seller=seller, invoice__reference=text.upper())
    return (
        Q(reference__icontains=text)
        | Q(external_id__icontains=text)
        | Q(method__icontains=text)
        | Q(pk__in=lines.values("deposit"))
        | Q(pk__in=takings.values("deposit"))
    )


def url_of(deposit: Deposit) -> str:
    """A deposit's own page."""
    return reverse("portal:deposit", args=[deposit.reference])


def _box_label(deposit: Deposit) -> str:
    return _("Deposit %(reference)s") % {"reference": deposit.reference}


TICK = Column(
    gettext_lazy("Tick"),
    lambda row: str(row.pk) if row.uninvoiced else "",
    Kind.TICK,
    css="at-check",
    box=Box("deposit", _box_label, lambda row: row.uninvoiced, TICKS),
)
DEPOSITS = Listing(
    name="deposits",
    title=gettext_lazy("Deposits"),
    columns=(
        TICK,
        Column(
            gettext_lazy("Deposit"),
            lambda row: row.reference,
            css="at-title nowrap",
            url=url_of,
            note=lambda row: row.method,
            width=20,
        ),
        Column(gettext_lazy("Paid by"), lambda row: row.method, on_page=False),
        Column(
            gettext_lazy("Payer's or bank's number"), lambda row: row.external_id, on_page=False, width=24
        ),
        Column(gettext_lazy("State"), standing_of, Kind.STATE, css="at-badge", width=20),
        Column(gettext_lazy("Source"), lambda row: row.get_source_display(), css="at-none"),
        Column(
            pgettext_lazy("when", "Received"),
            lambda row: row.received_at,
            Kind.MOMENT,
            "at-sub",
            sort="-received",
        ),
        Column(gettext_lazy("Amount"), lambda row: row.gross, Kind.MONEY, css="at-amount", sort="-amount"),
        Column(gettext_lazy("Left for fees"), lambda row: row.left, Kind.MONEY),
        Column(pgettext_lazy("amount", "To be invoiced"), lambda row: row.uninvoiced, Kind.MONEY, quiet=True),
    ),
    sorts={"received": "received_at", "amount": "gross"},
    sort="-received",
    day="received_at",
    search=search_deposits,
    placeholder=gettext_lazy("Deposit, payment or invoice number"),
    tabs={
        "open": (gettext_lazy("To be invoiced"), TO_INVOICE),
        "invoiced": (pgettext_lazy("several deposits", "Invoiced"), RECEIVED & Q(invoiced=F("gross"))),
        "all": (gettext_lazy("All"), Q()),
    },
    tabs_label=gettext_lazy("Deposits by whether they are invoiced"),
    states={
        **{str(state): (state.label, Q(state=state)) for state in DepositState},
        "left": (gettext_lazy("Something is left for fees"), RECEIVED & Q(taken__lt=F("gross"))),
    },
)


def deposits_for(*, may_tick: bool) -> Listing:
    """The list as a login sees it: who may not invoice has nothing to tick."""
    return DEPOSITS if may_tick else replace(DEPOSITS, columns=DEPOSITS.columns[1:])
