"""The list of invoice documents."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from marketplace.parties.models import Seller
from sellers.door.templatetags.days import through
from sellers.portal.columns import Badge, Column, Kind
from sellers.portal.listing import Listing
from settlement.documents.models import Document, DocumentLine, Invoicing, State
from settlement.invoices.models import Invoice

ISSUED = Q(state=State.ISSUED)
AWAITED = ISSUED & Q(invoicing=Invoicing.AWAITED, purchase_gross__gt=0)
TONES = {Invoicing.AWAITED: "awaited", Invoicing.RECEIVED: "submitted", Invoicing.BOOKED: "booked"}


def standing_of(document: Document) -> Badge:
    """How far a document is: void, or how far its invoice is."""
    if document.state == State.VOID:
        return Badge(document.get_state_display(), "void")
    if document.invoicing == Invoicing.AWAITED and document.purchase_gross <= 0:
        return Badge(_("Nothing to invoice"), "closed")
    invoicing = Invoicing(document.invoicing)
    return Badge(str(invoicing.label), TONES[invoicing])


def search_documents(seller: Seller, text: str) -> Q:
    """By the document's reference, the number of the seller's invoice, or an order's number."""
    orders = DocumentLine.objects.filter(order__seller=seller, order__number=text)
    invoices = Invoice.objects.of(seller).filter(number__iexact=text)
    return (
        Q(reference__icontains=text)
        | Q(pk__in=orders.values("document"))
        | Q(pk__in=invoices.values("document"))
    )


def _url(document: Any) -> str:
    return reverse("portal:document", args=[document.reference])


def _files(document: Any) -> list[tuple[str, str]]:
    kept = {"pdf": ("PDF", document.pdf_id), "xlsx": ("Excel", document.xlsx_id)}
    return [
        (word, reverse("portal:document_file", args=[document.reference, kind]))
        for kind, (word, file) in kept.items()
        if file
    ]


DOCUMENTS = Listing(
    name="documents",
    title=gettext_lazy("Invoice documents"),
    columns=(
        Column(gettext_lazy("Reference"), lambda row: row.reference, css="at-title", url=_url),
        Column(
            gettext_lazy("Period"),
            lambda row: through(row.period.first_on, row.period.span.last_on),
            css="at-sub",
            width=22,
        ),
        Column(gettext_lazy("Issued"), lambda row: row.issued_at, Kind.MOMENT, sort="-issued"),
        Column(gettext_lazy("State"), standing_of, Kind.STATE, css="at-badge", width=20),
        Column(gettext_lazy("Orders"), lambda row: row.orders, Kind.COUNT),
        Column(gettext_lazy("Net"), lambda row: row.purchase_net, Kind.MONEY, on_page=False),
        Column(gettext_lazy("VAT"), lambda row: row.purchase_vat, Kind.MONEY, on_page=False),
        Column(
            gettext_lazy("To be invoiced"),
            lambda row: row.purchase_gross,
            Kind.MONEY,
            css="at-amount",
            sort="-amount",
        ),
        Column(gettext_lazy("Cash you hold"), lambda row: row.held_by_seller, Kind.MONEY, sort="-held"),
        Column(gettext_lazy("Download"), _files, Kind.LINKS),
    ),
    sorts={"issued": "issued_at", "amount": "purchase_gross", "held": "held_by_seller"},
    sort="-issued",
    day="issued_at",
    search=search_documents,
    placeholder=gettext_lazy("Document, invoice or order number"),
    tabs={
        "all": (gettext_lazy("All"), Q()),
        "awaited": (gettext_lazy("Await your invoice"), AWAITED),
        "received": (gettext_lazy("Invoice in review"), ISSUED & Q(invoicing=Invoicing.RECEIVED)),
        "booked": (pgettext_lazy("several documents", "Invoiced"), ISSUED & Q(invoicing=Invoicing.BOOKED)),
        "void": (pgettext_lazy("several documents", "Void"), Q(state=State.VOID)),
    },
    tabs_label=gettext_lazy("Documents by state"),
)
