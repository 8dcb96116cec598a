"""Billing invoices and credit notes in the back office: their lines, relations, files, letters, numbers."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import BigIntegerField, Case, ExpressionWrapper, F, Q, QuerySet, Sum, When
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import badge, money_column, rate_column
from marketplace.kernel.desk import Deed
from marketplace.kernel.desk_parts import Notice, Table
from marketplace.kernel.desk_sums import SummedDesk
from marketplace.kernel.models import MailState, OutgoingMail
from settlement.billing.admin import numbers
from settlement.billing.admin.invoice_tables import (
    lines_table,
    recipient_table,
    relations_table,
    requests_table,
)
from settlement.billing.admin.parts import (
    entry_table,
    mail_table,
    send_dead,
    standing,
)
from settlement.billing.catalogues import reason_text
from settlement.billing.models import (
    BillingInvoice,
    BillingKind,
    ChangeRequest,
    RequestState,
)
from settlement.billing.refusals import Refused

KIND_TONES: dict[str, str] = {BillingKind.INVOICE: "info", BillingKind.CREDIT: "accent"}
IS_CREDIT = Q(kind=BillingKind.CREDIT)


def letters_of(row: BillingInvoice) -> "QuerySet[OutgoingMail]":
    """The letters that brought an invoice to its recipient."""
    return OutgoingMail.objects.filter(key=row.key)


def _send_again(request: HttpRequest, row: BillingInvoice, text: str) -> None:
    send_dead(letters_of(row))


def _failed(request: HttpRequest, row: BillingInvoice) -> bool:
    return letters_of(row).filter(state=MailState.DEAD).exists()


def _signed(field: str) -> Sum:
    negative = ExpressionWrapper(-F(field), output_field=BigIntegerField())
    return Sum(Case(When(IS_CREDIT, then=negative), default=F(field)))


class StandingFilter(admin.SimpleListFilter):
    """Whether an invoice stands, was taken back, replaces another, or is to be changed."""

    title = _("state")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("live", _("Live")),
            ("taken_back", _("Taken back")),
            ("replaces", _("Replaces another")),
            ("requested", _("A change is requested")),
        ]

    def queryset(self, request: HttpRequest, rows: Any) -> Any:
        match self.value():
            case "live":
                return rows.live()
            case "taken_back":
                return rows.filter(credit_note__isnull=False)
            case "replaces":
                return rows.filter(replaces__isnull=False)
            case "requested":
                waiting = ChangeRequest.objects.filter(state=RequestState.REQUESTED)
                return rows.filter(pk__in=waiting.values("invoice"))
        return rows


def _currency(row: BillingInvoice) -> str:
    return row.currency


@admin.register(BillingInvoice)
class BillingInvoiceAdmin(SummedDesk):
    list_display = (
        "reference",
        "what",
        "recipient",
        "issued_on",
        "shown_gross",
        "shown_standing",
        "files",
        "shown_net",
        "shown_vat",
        "seller",
    )
    list_filter = (StandingFilter, "market", "kind", "subject", "origin", "year")
    search_fields = (
        "reference",
        "parties__recipient__name",
        "parties__recipient__tax_id",
        "seller__partner_number",
        "seller__name",
    )
    search_help_text = _("Number, recipient's name or tax id, or the seller")
    ordering = ("-issued_at", "-pk")
    date_hierarchy = "issued_on"
    list_select_related = ("seller", "market", "credits", "replaces", "credit_note")
    papers = {"pdf": _("PDF"), "xlsx": _("Excel"), "xml": _("XML")}
    deeds = (
        Deed(
            "send_again",
            _("Send its letter again"),
            _send_again,
            refusals=(Refused,),
            when=_failed,
            listed=False,
        ),
    )
    sums = {
        "net": (_("net"), _signed("net")),
        "vat": (_("VAT"), _signed("vat")),
        "gross": (_("total"), _signed("gross")),
    }
    fields = readonly_fields = (
        "reference",
        "shown_kind",
        "subject",
        "origin",
        "seller",
        "market",
        "issued_at",
        "issued_by",
        "issued_on",
        "supplied_on",
        "shown_rate",
        "shown_net",
        "shown_vat",
        "shown_gross",
        "shown_reason",
        "files",
    )
    shown_rate = rate_column("vat_bp", _("VAT rate"))
    shown_net = money_column("net", _("net"), currency=_currency)
    shown_vat = money_column("vat", _("VAT"), currency=_currency)
    shown_gross = money_column("gross", _("total"), currency=_currency)

    @admin.display(description=_("kind"), ordering="kind")
    def shown_kind(self, row: BillingInvoice) -> SafeString:
        return badge(row.get_kind_display(), KIND_TONES[row.kind])

    @admin.display(description=_("kind"), ordering="kind")
    def what(self, row: BillingInvoice) -> SafeString:
        return format_html("{} {}", self.shown_kind(row), row.get_subject_display())

    @admin.display(description=_("recipient"))
    def recipient(self, row: BillingInvoice) -> str:
        return str(row.parties["recipient"]["name"])

    @admin.display(description=_("state"))
    def shown_standing(self, row: BillingInvoice) -> SafeString | str:
        return standing(row)

    @admin.display(description=_("reason"))
    def shown_reason(self, row: BillingInvoice) -> str:
        code = reason_text(row.market.code, row.reason_code) if row.reason_code else ""
        return " · ".join(filter(None, (code, row.reason))) or "–"

    def tools(self, request: HttpRequest) -> Iterable[tuple[Any, str]]:
        yield _("Numbers"), reverse("admin:billing_billinginvoice_numbers")

    def notices(self, request: HttpRequest, row: BillingInvoice) -> Iterable[Notice]:
        if row.pdf_id is None:
            yield Notice(_("Its files are being drawn; look again in a moment."))
        if _failed(request, row):
            yield Notice(_("Its letter could not be sent; the reason stands below."), "bad")

    def tables_for(self, request: HttpRequest, row: BillingInvoice) -> Iterable[Table]:
        yield recipient_table(row)
        yield lines_table(request, row)
        yield relations_table(request, row)
        yield requests_table(request, row)
        yield mail_table(letters_of(row))
        yield entry_table(request, [row.key])

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(partial(numbers.numbers_page, self))
        return [path("numbers/", page, name="billing_billinginvoice_numbers"), *super().get_urls()]
