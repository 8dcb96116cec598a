"""Deposits in the back office: looked at, entered by one person and approved by another, taken back."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import Work, badge, money, money_column, rate_column, state_column
from marketplace.kernel.desk import Deed, acting
from marketplace.kernel.desk_parts import Notice, Table, history, link_for, market_column, moment
from marketplace.kernel.desk_sums import SummedDesk
from marketplace.kernel.states import IllegalMove
from marketplace.parties.operations import SamePerson
from settlement.billing.admin.forms import DepositForm, form_address, key_in_address
from settlement.billing.admin.parts import MOST, entry_table, line_table, only_first
from settlement.billing.models import Deposit, DepositState
from settlement.billing.operations import receiving
from settlement.billing.refusals import Refused, SentBefore
from settlement.documents.operations.voiding import ReasonMissing

TONES: dict[str, str] = {
    DepositState.PROPOSED: "warn",
    DepositState.RECEIVED: "ok",
    DepositState.REFUSED: "none",
    DepositState.REVERSED: "bad",
}
RECEIVED = Q(state=DepositState.RECEIVED)
REFUSALS = (IllegalMove, SamePerson, ReasonMissing, Refused)


def _approve(request: HttpRequest, row: Deposit, text: str) -> None:
    receiving.approve_deposit(deposit_id=row.pk, **acting(request))


def _refuse(request: HttpRequest, row: Deposit, text: str) -> None:
    receiving.refuse_deposit(deposit_id=row.pk, reason=text, **acting(request))


def _reverse(request: HttpRequest, row: Deposit, text: str) -> None:
    receiving.reverse_deposit(deposit_id=row.pk, reason=text, **acting(request))


def _waits(request: HttpRequest, row: Deposit) -> bool:
    return row.state == DepositState.PROPOSED


DEEDS = (
    Deed(
        "approve",
        _("Approve"),
        _approve,
        refusals=REFUSALS,
        when=lambda request, row: _waits(request, row) and row.proposed_by_id != request.user.pk,
    ),
    Deed(
        "refuse",
        _("Refuse"),
        _refuse,
        refusals=REFUSALS,
        asks=_("reason"),
        note=_("It never counts. Whoever entered it reads the reason here."),
        when=_waits,
        grave=True,
    ),
    Deed(
        "reverse",
        _("Take back"),
        _reverse,
        refusals=REFUSALS,
        asks=_("reason"),
        note=_(
            "For money that never came, or was charged back. Its entry in the books is reversed, and the "
            "seller is written to. Nothing may be taken from it, and no invoice may be over it."
        ),
        when=lambda request, row: row.state == DepositState.RECEIVED,
        grave=True,
        listed=False,
    ),
)


class UseFilter(admin.SimpleListFilter):
    """What of a deposit is left to be invoiced, or for fees."""

    title = _("what is left")
    parameter_name = "left"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("uninvoiced", _("To be invoiced")), ("untaken", _("Left for fees"))]

    def queryset(self, request: HttpRequest, rows: Any) -> Any:
        match self.value():
            case "uninvoiced":
                return rows.filter(RECEIVED, invoiced__lt=F("gross"))
            case "untaken":
                return rows.filter(RECEIVED, taken__lt=F("gross"))
        return rows


def _currency(row: Deposit) -> str:
    return row.currency


@admin.register(Deposit)
class DepositAdmin(SummedDesk):
    list_display = (
        "reference",
        "seller",
        "shown_state",
        "received_on",
        "shown_gross",
        "shown_left",
        "shown_uninvoiced",
        "source",
        "shown_market",
    )
    list_filter = ("state", UseFilter, "market", "source")
    search_fields = ("reference", "external_id", "note", "seller__partner_number", "seller__name")
    ordering = ("-received_at", "-pk")
    date_hierarchy = "received_on"
    list_select_related = ("seller", "market")
    deeds = DEEDS
    work = (
        Work(
            _("Deposits that wait for a second person"),
            Q(state=DepositState.PROPOSED),
            {"state__exact": DepositState.PROPOSED.value},
        ),
    )
    sums = {
        "gross": (_("received"), Sum("gross", filter=RECEIVED)),
        "left": (_("left"), Sum(F("gross") - F("taken"), filter=RECEIVED)),
        "uninvoiced": (_("to be invoiced"), Sum(F("gross") - F("invoiced"), filter=RECEIVED)),
    }
    fields = readonly_fields = (
        "reference",
        "seller",
        "shown_state",
        "market",
        "source",
        "external_id",
        "received_at",
        "method",
        "shown_gross",
        "shown_rate",
        "shown_taken",
        "shown_left",
        "shown_invoiced",
        "shown_uninvoiced",
        "note",
        "recorded_at",
        "proposed_by",
        "approved_by",
    )
    shown_market = market_column
    shown_state = state_column(TONES)
    shown_gross = money_column("gross", _("amount"), currency=_currency)
    shown_taken = money_column("taken", _("taken by fees"), currency=_currency)
    shown_invoiced = money_column("invoiced", _("invoiced"), currency=_currency)
    shown_rate = rate_column("vat_bp", _("VAT rate"))

    @admin.display(description=_("left"), ordering=F("gross") - F("taken"))
    def shown_left(self, row: Deposit) -> SafeString:
        return money(row.left, row.currency)

    @admin.display(description=_("to be invoiced"), ordering=F("gross") - F("invoiced"))
    def shown_uninvoiced(self, row: Deposit) -> SafeString:
        return money(row.uninvoiced, row.currency)

    def tools(self, request: HttpRequest) -> Iterable[tuple[Any, str]]:
        if _may_enter(request):
            yield _("Enter a deposit"), reverse("admin:billing_deposit_enter")

    def notices(self, request: HttpRequest, row: Deposit) -> Iterable[Notice]:
        if row.state == DepositState.PROPOSED:
            yield _who_approves(request, row)
        if row.state in (DepositState.PROPOSED, DepositState.RECEIVED):
            for twin in _twins(row):
                text = _("%(twin)s is of the same seller, day and amount: is it the same money?")
                yield Notice(text % {"twin": twin}, "warn")

    def tables_for(self, request: HttpRequest, row: Deposit) -> Iterable[Table]:
        yield _takings(request, row)
        yield line_table(request, row.lines.all())
        yield entry_table(request, [row.key], beginning=f"deposit_squared:{row.reference}:")
        yield history(row, TONES)

    def get_urls(self) -> list[URLPattern]:
        enter = self.admin_site.admin_view(self.enter)
        return [path("enter/", enter, name="billing_deposit_enter"), *super().get_urls()]

    def enter(self, request: HttpRequest) -> HttpResponse:
        """A form for a deposit that came in by no file and no system."""
        if not (_may_enter(request) and self.has_view_permission(request)):
            raise PermissionDenied
        key = key_in_address(request)
        if request.method == "GET" and key is None:
            return redirect(form_address(request))
        form = DepositForm(request.POST if request.method == "POST" else None, key=key)
        if form.is_valid() and (deposit := _enter(request, form)):
            if deposit.state == DepositState.PROPOSED:  # sent again, it may have been decided since
                messages.success(request, _("Entered. It counts once somebody else approves it."))
            return redirect("admin:billing_deposit_change", deposit.pk)
        return self.own_page(request, title=_("Enter a deposit"), form=form, submit=_("Enter"))


def _may_enter(request: HttpRequest) -> bool:
    return request.user.has_perm("billing.add_deposit")


def _enter(request: HttpRequest, form: DepositForm) -> Deposit | None:
    told, now = form.cleaned_data, acting(request)
    try:
        return receiving.propose_deposit(
            seller_id=told["seller"].pk,
            amount=told["amount"],
            received_at=form.instant(now["at"]),
            method=told["method"].strip(),
            note=told["note"].strip(),
            form_key=told["form_key"],
            **now,
        )
    except SentBefore as refusal:
        form.add_error(None, str(refusal))
        form.renew()
        return None
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None


def _who_approves(request: HttpRequest, row: Deposit) -> Notice:
    if row.proposed_by_id == request.user.pk:
        return Notice(_("You entered this deposit, so you cannot approve it: somebody else must."), "warn")
    text = gettext("%(who)s entered this deposit. It counts once somebody else approves it.")
    return Notice(text % {"who": row.proposed_by}, "warn")


def _twins(row: Deposit) -> "QuerySet[Deposit]":
    same = Deposit.objects.filter(seller=row.seller_id, received_on=row.received_on, gross=row.gross)
    live = same.filter(state__in=(DepositState.PROPOSED, DepositState.RECEIVED))
    return live.exclude(pk=row.pk).order_by("pk")[:5]


def _takings(request: HttpRequest, row: Deposit) -> Table:
    shown = list(row.takings.select_related("fee").order_by("pk")[: MOST + 1])
    return Table(
        title=_("Fees taken from it"),
        words=(_("fee"), _("what for"), _("taken"), _("state")),
        figures=(_("VAT"), _("amount")),
        rows=[
            (
                link_for(request, each.fee),
                each.fee.text,
                moment(each.taken_at),
                badge(_("Undone"), "none") if each.undone_at else badge(_("Taken"), "ok"),
                money(each.vat, row.currency),
                money(each.gross, row.currency),
            )
            for each in shown[:MOST]
        ],
        empty=_("None."),
        more=only_first(shown),
    )
