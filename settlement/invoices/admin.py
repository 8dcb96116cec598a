"""Sellers' invoices in the back office: compared with their documents, booked, refused, cancelled."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.amounts import percent_text
from marketplace.kernel.backoffice import Work, badge, money, money_column, state_column
from marketplace.kernel.desk import Deed, DeskAdmin, acting, file_link
from marketplace.kernel.desk_parts import Notice, Table, age_column, history, link_column, queue_filter
from marketplace.kernel.states import IllegalMove
from marketplace.kernel.zones import local_date
from settlement.documents.models import Kind
from settlement.documents.operations.voiding import ReasonMissing
from settlement.invoices import wording
from settlement.invoices.models import Invoice, State
from settlement.invoices.operations import deciding
from settlement.invoices.operations.submitting import Differs
from settlement.invoices.queries import told_by, variances
from settlement.invoices.rules import Variance

TONES: dict[str, str] = {
    State.SUBMITTED: "warn",
    State.BOOKED: "ok",
    State.REFUSED: "bad",
    State.CANCELLED: "bad",
}
FOUND: dict[bool | None, tuple[Any, str]] = {
    True: (_("found"), "ok"),
    False: (_("not found"), "bad"),
    None: (_("not readable by machine"), "warn"),
}

INVOICE_FIGURES = (
    _("net, invoice"),
    _("net, document"),
    _("VAT, invoice"),
    _("VAT, document"),
    _("total, invoice"),
    _("total, document"),
)
CREDIT_FIGURES = (
    _("net, credit note"),
    _("net, document"),
    _("VAT, credit note"),
    _("VAT, document"),
    _("total, credit note"),
    _("total, document"),
)


def _book(request: HttpRequest, row: Invoice, text: str) -> None:
    deciding.book_invoice(invoice_id=row.pk, **acting(request))


def _refuse(request: HttpRequest, row: Invoice, text: str) -> None:
    deciding.refuse_invoice(invoice_id=row.pk, reason=text, **acting(request))


def _cancel(request: HttpRequest, row: Invoice, text: str) -> None:
    deciding.cancel_invoice(invoice_id=row.pk, reason=text, **acting(request))


def _waits(request: HttpRequest, row: Invoice) -> bool:
    return row.state == State.SUBMITTED


DEEDS = (
    Deed("book", _("Book"), _book, refusals=(IllegalMove, Differs), when=_waits),
    Deed(
        "refuse",
        _("Refuse"),
        _refuse,
        refusals=(IllegalMove, ReasonMissing),
        asks=_("reason"),
        note=_("The seller is written to and reads this reason; the document waits for another invoice."),
        when=_waits,
        grave=True,
    ),
    Deed(
        "cancel",
        _("Cancel the booking"),
        _cancel,
        refusals=(IllegalMove, ReasonMissing, deciding.OnASetOff),
        asks=_("reason"),
        note=_("Its entry in the books is reversed; the seller is written to and reads this reason."),
        when=lambda request, row: row.state == State.BOOKED and row.netted_at is None,
        grave=True,
    ),
)


class KindFilter(admin.SimpleListFilter):
    """Whether it answers an invoice document or a credit document."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(Kind.INVOICE), _("Invoices")), (str(Kind.CREDIT), _("Credit notes"))]

    def queryset(self, request: HttpRequest, rows: "QuerySet[Invoice]") -> "QuerySet[Invoice]":
        return rows.filter(document__kind=self.value()) if self.value() in Kind.values else rows


@admin.register(Invoice)
class InvoiceAdmin(DeskAdmin):
    list_display = (
        "number",
        "shown_kind",
        "seller",
        "shown_document",
        "issued_on",
        "shown_gross",
        "found",
        "shown_state",
        "age",
    )
    work = (Work(_("Sellers' invoices to be booked"), Q(state=State.SUBMITTED)),)
    list_filter = (queue_filter(State.choices, waiting=[State.SUBMITTED]), KindFilter, "market")
    search_fields = ("number", "document__reference", "seller__partner_number", "seller__name")
    ordering = ("submitted_at", "pk")
    list_select_related = ("seller", "document", "market")
    fields = readonly_fields = (
        "number",
        "shown_kind",
        "seller",
        "shown_document",
        "issued_on",
        "shown_gross",
        "shown_state",
        "paper",
        "found",
        "submitted_at",
        "submitted_by",
        "booked_at",
        "netted_at",
    )
    deeds = DEEDS
    papers = {"file": _("File")}
    shown_state = state_column(TONES)
    shown_document = link_column("document", _("invoice document"))
    shown_gross = money_column("gross", _("total"), currency=lambda row: row.currency)
    age = age_column("submitted_at", lambda row: row.state == State.SUBMITTED)

    @admin.display(description=_("kind"), ordering="document__kind")
    def shown_kind(self, row: Invoice) -> SafeString:
        """A credit document is answered by a credit note."""
        if row.document.is_credit:
            return badge(_("credit note"), "accent")
        return badge(_("invoice"), "info")

    @admin.display(description=_("on the file"))
    def found(self, row: Invoice) -> SafeString:
        """Whether all that must stand on the file was found there."""
        if row.findings is None:
            return badge(_("being read"), "info")
        answers = list(row.findings.values())
        if missing := answers.count(False):
            text = ngettext("%(count)s thing not found", "%(count)s things not found", missing)
            return badge(text % {"count": missing}, "bad")
        return badge(*FOUND[None]) if None in answers else badge(_("everything found"), "ok")

    @admin.display(description=_("file"))
    def paper(self, row: Invoice) -> SafeString:
        return file_link(self.file_address(row, "file"), row.file)

    def notices(self, request: HttpRequest, row: Invoice) -> Iterable[Notice]:
        if row.state == State.BOOKED and row.netted_at is not None:
            yield Notice(_("It is on a set-off: its booking can be cancelled only once that is withdrawn."))
        if row.state == State.SUBMITTED and not (row.findings and all(row.findings.values())):
            yield Notice(_("Not everything was found on the file by machine: open it and look."), "warn")

    def tables(self, row: Invoice) -> Iterable[Table]:
        found = variances(told_by(row), row.document, today=local_date(timezone.now(), row.market.zone))
        if found:
            yield _differences(row, found)
        yield _beside_the_document(row)
        yield Table(
            title=_("Found on the file"),
            words=(_("what must stand there"), _("on the file")),
            rows=[(wording.finding_text(name), badge(*FOUND[is_there])) for name, is_there in _findings(row)],
            empty=_("The file is still being read."),
        )
        yield history(row, TONES)


def _findings(row: Invoice) -> Iterable[tuple[str, bool | None]]:
    return (row.findings or {}).items()


def _differences(row: Invoice, found: Iterable[Variance]) -> Table:
    language = get_language() or "en"

    def value(told: str | int) -> str:
        return wording.value_text(told, currency=row.currency, language=language)

    return Table(
        title=_("What differs"),
        words=(
            _("what"),
            _("on the credit note") if row.document.is_credit else _("on the invoice"),
            _("on the document"),
            _("why"),
        ),
        rows=[
            (
                wording.part_text(each, language=language),
                value(each.told),
                value(each.expected),
                wording.cause_text(each),
            )
            for each in found
        ],
    )


def _beside_the_document(row: Invoice) -> Table:
    """The invoice's amounts per rate beside those of its document."""
    ours = {rate.vat_bp: (rate.net, rate.vat) for rate in row.document.rates.all()}
    theirs = {rate.vat_bp: (rate.net, rate.vat) for rate in row.rates.all()}
    language, none = get_language() or "en", (0, 0)
    rows = []
    for vat_bp in sorted({*ours, *theirs}):
        amounts = _side_by_side(theirs.get(vat_bp, none), ours.get(vat_bp, none))
        rows.append((percent_text(vat_bp, language=language), *_monies(amounts, row.currency)))
    whole = _side_by_side((row.net, row.vat), (row.document.purchase_net, row.document.purchase_vat))
    return Table(
        title=_("The credit note beside the credit document")
        if row.document.is_credit
        else _("The invoice beside the document"),
        words=(_("VAT rate"),),
        figures=CREDIT_FIGURES if row.document.is_credit else INVOICE_FIGURES,
        rows=rows,
        foot=[(_("Total"), *_monies(whole, row.currency))],
    )


def _side_by_side(theirs: tuple[int, int], ours: tuple[int, int]) -> tuple[int, ...]:
    return (theirs[0], ours[0], theirs[1], ours[1], sum(theirs), sum(ours))


def _monies(amounts: Iterable[int], currency: str) -> list[SafeString]:
    return [money(amount, currency) for amount in amounts]
