"""Fees in the back office: looked at down to the deposits they were taken from, charged, taken back."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import badge, money, money_column, rate_column, state_column
from marketplace.kernel.desk import Deed, acting
from marketplace.kernel.desk_parts import Notice, Table, link_for, market_column, moment
from marketplace.kernel.desk_sums import SummedDesk
from settlement.billing.admin.forms import FeeForm, form_address, key_in_address
from settlement.billing.admin.parts import MOST, entry_table, line_table, only_first
from settlement.billing.models import Fee, FeeKind, FeeSource, FeeState
from settlement.billing.operations.charging import Service, charge_fees, withdraw_fee
from settlement.billing.refusals import Refused, SentBefore
from settlement.documents.operations.voiding import ReasonMissing

TONES: dict[str, str] = {FeeState.CHARGED: "ok", FeeState.WITHDRAWN: "bad"}
CHARGED = Q(state=FeeState.CHARGED)


def _withdraw(request: HttpRequest, row: Fee, text: str) -> None:
    withdraw_fee(fee_id=row.pk, reason=text, **acting(request))


DEEDS = (
    Deed(
        "withdraw",
        _("Take back"),
        _withdraw,
        refusals=(ReasonMissing, Refused),
        asks=_("reason"),
        note=_("What it took goes back to the deposits, and pays other fees that wait. Invoiced fees stay."),
        when=lambda request, row: row.state == FeeState.CHARGED,
        grave=True,
        listed=False,
    ),
)


class CoverFilter(admin.SimpleListFilter):
    """Whether deposits or an invoice cover it."""

    title = _("covered")
    parameter_name = "covered"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("Waits for a deposit or the month's invoice")), ("invoiced", _("On an invoice"))]

    def queryset(self, request: HttpRequest, rows: Any) -> Any:
        match self.value():
            case "no":
                return rows.filter(CHARGED, gross__gt=F("taken") + F("invoiced"))
            case "invoiced":
                return rows.filter(invoiced__gt=0)
        return rows


def _currency(row: Fee) -> str:
    return row.currency


@admin.register(Fee)
class FeeAdmin(SummedDesk):
    list_display = (
        "reference",
        "seller",
        "what_for",
        "charged_on",
        "shown_gross",
        "shown_taken",
        "shown_uncovered",
        "shown_state",
        "shown_market",
    )
    list_filter = ("state", CoverFilter, "market", "kind", "source")
    search_fields = ("reference", "external_id", "text", "seller__partner_number", "seller__name")
    ordering = ("-charged_at", "-pk")
    date_hierarchy = "charged_on"
    list_select_related = ("seller", "market")
    deeds = DEEDS
    sums = {
        "gross": (_("charged"), Sum("gross", filter=CHARGED)),
        "taken": (_("taken from deposits"), Sum("taken", filter=CHARGED)),
        "invoiced": (_("invoiced"), Sum("invoiced", filter=CHARGED)),
        "uncovered": (_("not covered"), Sum(F("gross") - F("taken") - F("invoiced"), filter=CHARGED)),
    }
    fields = readonly_fields = (
        "reference",
        "seller",
        "shown_state",
        "market",
        "kind",
        "text",
        "source",
        "shown_number",
        "charged_at",
        "charged_by",
        "shown_gross",
        "shown_rate",
        "shown_taken",
        "shown_invoiced",
        "shown_uncovered",
        "recorded_at",
        "withdrawn_at",
        "reason",
    )
    shown_market = market_column
    shown_state = state_column(TONES)
    shown_gross = money_column("gross", _("amount"), currency=_currency)
    shown_taken = money_column("taken", _("taken from deposits"), currency=_currency)
    shown_invoiced = money_column("invoiced", _("invoiced"), currency=_currency)
    shown_rate = rate_column("vat_bp", _("VAT rate"))

    @admin.display(description=_("not covered"), ordering=F("gross") - F("taken") - F("invoiced"))
    def shown_uncovered(self, row: Fee) -> SafeString:
        return money(row.uncovered, row.currency)

    @admin.display(description=_("what for"), ordering="text")
    def what_for(self, row: Fee) -> str:
        return f"{row.get_kind_display()}: {row.text}"

    @admin.display(description=_("number there"))
    def shown_number(self, row: Fee) -> str:
        return row.external_id if row.source == FeeSource.API else "–"

    def tools(self, request: HttpRequest) -> Iterable[tuple[Any, str]]:
        if _may_charge(request):
            yield _("Charge a fee"), reverse("admin:billing_fee_charge")

    def notices(self, request: HttpRequest, row: Fee) -> Iterable[Notice]:
        if row.uncovered:
            yield Notice(_("No deposit covers all of it: the next one does, or the month's invoice."))

    def tables_for(self, request: HttpRequest, row: Fee) -> Iterable[Table]:
        yield _takings(request, row)
        yield line_table(request, row.lines.all())
        yield entry_table(request, [each.key for each in row.takings.select_related("fee")[:MOST]])

    def get_urls(self) -> list[URLPattern]:
        charge = self.admin_site.admin_view(self.charge)
        return [path("charge/", charge, name="billing_fee_charge"), *super().get_urls()]

    def charge(self, request: HttpRequest) -> HttpResponse:
        """A form for a service that no system told of."""
        if not (_may_charge(request) and self.has_view_permission(request)):
            raise PermissionDenied
        key = key_in_address(request)
        if request.method == "GET" and key is None:
            return redirect(form_address(request))
        form = FeeForm(request.POST if request.method == "POST" else None, key=key)
        if form.is_valid() and (fee := _charge(request, form)):
            if fee.state != FeeState.WITHDRAWN:  # sent again, it may have been taken back since
                messages.success(request, _("Charged, and taken from the deposits as far as they reach."))
            return redirect("admin:billing_fee_change", fee.pk)
        return self.own_page(request, title=_("Charge a fee"), form=form, submit=_("Charge"))


def _may_charge(request: HttpRequest) -> bool:
    return request.user.has_perm("billing.add_fee")


def _charge(request: HttpRequest, form: FeeForm) -> Fee | None:
    told, now = form.cleaned_data, acting(request)
    service = Service(
        FeeKind(told["kind"]),
        told["text"].strip(),
        told["amount"],
        form.instant(now["at"]),
        external_id=told["form_key"].hex,
    )
    try:
        (fee,) = charge_fees(seller_id=told["seller"].pk, services=[service], source=FeeSource.HAND, **now)
    except SentBefore as refusal:
        form.add_error(None, str(refusal))
        form.renew()
        return None
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    return fee


def _takings(request: HttpRequest, row: Fee) -> Table:
    shown = list(row.takings.select_related("deposit").order_by("pk")[: MOST + 1])
    return Table(
        title=_("Taken from"),
        words=(_("deposit"), _("taken"), _("state")),
        figures=(_("VAT"), _("amount")),
        rows=[
            (
                link_for(request, each.deposit),
                moment(each.taken_at),
                badge(_("Undone"), "none") if each.undone_at else badge(_("Taken"), "ok"),
                money(each.vat, row.currency),
                money(each.gross, row.currency),
            )
            for each in shown[:MOST]
        ],
        empty=_("No deposit yet."),
        more=only_first(shown),
    )
