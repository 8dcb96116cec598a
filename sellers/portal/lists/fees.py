"""The list of the marketplace's commission invoices and credit notes to a seller."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy

from marketplace.kernel.amounts import percent_text
from marketplace.parties.models import Seller
from sellers.door.templatetags.money import language
from sellers.portal.columns import Column, Kind
from sellers.portal.listing import Listing
from settlement.billing.models import FeeInvoice
from settlement.billing.models import Kind as FeeKind
from settlement.documents.models import DocumentLine


def fee_files(fee: FeeInvoice) -> list[tuple[str, str]]:
    """The files of a commission invoice as pairs of a word and an address."""
    kept = {"pdf": ("PDF", fee.pdf_id), "xlsx": ("Excel", fee.xlsx_id)}
    return [
        (word, reverse("portal:fee_invoice_file", args=[fee.reference, kind]))
        for kind, (word, file) in kept.items()
        if file
    ]


def search_fees(seller: Seller, text: str) -> Q:
    """By its own number, its document's reference, or the number of an order on it."""
    lines = DocumentLine.objects.filter(order__seller=seller, order__number=text)
    return (
        Q(reference__icontains=text)
        | Q(document__reference=text.upper())
        | Q(document__in=lines.values("document"))
    )


def _document_url(fee: Any) -> str:
    return reverse("portal:document", args=[fee.document.reference])


FEES = Listing(
    name="commission-invoices",
    title=gettext_lazy("Commission invoices"),
    columns=(
        Column(
            gettext_lazy("Number"),
            lambda row: row.reference,
            css="at-title nowrap",
            url=lambda row: _document_url(row) + "#commission",
            note=lambda row: row.get_kind_display(),
            width=20,
        ),
        Column(gettext_lazy("Kind"), lambda row: row.get_kind_display(), on_page=False, width=24),
        Column(gettext_lazy("Issued"), lambda row: row.issued_on, Kind.DAY, "at-sub", sort="-issued"),
        Column(gettext_lazy("Date of supply"), lambda row: row.supplied_on, Kind.DAY, on_page=False),
        Column(
            gettext_lazy("Document"),
            lambda row: row.document.reference,
            css="nowrap",
            url=_document_url,
            width=20,
        ),
        Column(
            gettext_lazy("VAT rate"),
            lambda row: percent_text(row.vat_bp, language=language()),
            css="num",
        ),
        Column(gettext_lazy("Net"), lambda row: row.net, Kind.MONEY),
        Column(gettext_lazy("VAT"), lambda row: row.vat, Kind.MONEY),
        Column(gettext_lazy("Total"), lambda row: row.gross, Kind.MONEY, css="at-amount", sort="-total"),
        Column(
            gettext_lazy("Invoices it credits"),
            lambda row: ", ".join(row.originals),
            on_page=False,
            width=40,
        ),
        Column(gettext_lazy("Download"), fee_files, Kind.LINKS),
    ),
    sorts={"issued": "issued_at", "total": "gross"},
    sort="-issued",
    day="issued_at",
    search=search_fees,
    placeholder=gettext_lazy("Invoice, document or order number"),
    tabs={
        "all": (gettext_lazy("All"), Q()),
        "invoices": (gettext_lazy("Invoices"), Q(kind=FeeKind.INVOICE)),
        "credits": (gettext_lazy("Credit notes"), Q(kind=FeeKind.CREDIT)),
    },
    tabs_label=gettext_lazy("Commission invoices by kind"),
)
